"""Build snapshots of registers: woken by entries, which come together, and by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.common import clock
from functions.common.consumer import consumes_messages
from functions.common.failures import Invalid
from functions.common.recent import Recent
from functions.data_access import definitions, dictionary
from functions.data_access.dictionary import Dictionary

LONGEST = timedelta(minutes=8)
"""How long one round of the clock goes on: what is left, the next one does."""

_looked_at: Recent[str, bool] = Recent()
"""Entries come many at a time: a register is looked at once for those that come together. What comes later, the clock finds."""


@consumes_messages
def snapshot(event: Any) -> None:
    """Look at the register that an event is about, at the one that somebody asks for (`{"build": …}`), or, by the clock, at all."""
    match event:
        case {"scheduled": _}:
            _round()
        case {"detail": {"data": {"register_name": str(register)}}}:
            _looked_at.get(register, lambda: _look(register))
        case {"build": str(register)}:
            _build(register)
        case _:
            raise Invalid("names no register", "register_name")


def _round() -> None:
    began = clock.now()
    for register in definitions.every():
        _look(register)
        if clock.now() - began > LONGEST:
            return


def _look(register: str) -> bool:
    from functions.data_access import building  # here: SQLite and what writes files, which a batch of nothing new does without

    return building.build_if_due(register, _known(register)) is not None


def _build(register: str) -> None:
    from functions.data_access import building
    from functions.data_access.store import log

    known = _known(register)
    if head := log.head(register):
        building.build(register, head, known)


def _known(register: str) -> Dictionary:
    found = definitions.find(register)
    if found is None:
        raise Invalid(f"{register[:80]} is no register", "register_name")
    return dictionary.of(found)
