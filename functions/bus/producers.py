"""Who still produces a type of event that is to end: counted by day and service, so that its owner knows whom to talk to.

A running process writes its first event down at once, and then twice as many at a time: who it is is certain, how many are at least as
many as told. What a process has not written down when it ends is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from functions.bus import store
from functions.common import clock
from functions.common.log import count, logger

OWN_ACCOUNT = "account"
"""In the place of a service: the department put the event on the bus itself, from its own AWS account."""
LARGEST_NOTE = 64
"""Events that are written down at once, at the most."""


@dataclass
class _Tally:
    unwritten: int = 0
    note: int = 1


_day = ""
_tallies: dict[tuple[str, str, str], _Tally] = {}


def note(type_: str, department: str, service: str) -> None:
    """Count one event of a type that is to end. It has been taken: whatever fails here is no reason to say otherwise."""
    global _day  # noqa: PLW0603  # what was counted yesterday is of no use to the next day
    count("Deprecated", Type=type_, Department=department, Service=service)
    today = clock.stamp()[:10]
    if today != _day:
        _day = today
        _tallies.clear()
    tally = _tallies.setdefault((type_, department, service), _Tally())
    tally.unwritten += 1
    if tally.unwritten < tally.note:
        return
    try:
        store.add_use(type_, today, department, service, tally.unwritten)
    except Exception as failure:  # whatever it is: the next note brings these along
        logger.warning("could not count a deprecated event", error=type(failure).__name__, event_type=type_)
        return
    tally.unwritten, tally.note = 0, min(2 * tally.note, LARGEST_NOTE)


def forget() -> None:
    """Drop every count, as a new process begins."""
    _tallies.clear()
