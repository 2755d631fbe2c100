"""Build snapshots of registers: woken by entries, which come together, and by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.common import clock, declarations
from functions.common.consumer import consumes_messages
from functions.common.failures import Invalid
from functions.common.recent import Recent

LONGEST = timedelta(minutes=8)
"""How long one round of the clock goes on: what is left, the next one does."""

_looked_at: Recent[str, bool] = Recent()
"""Entries come many at a time: a register is looked at once for those that come together. What comes later, the clock finds."""


@consumes_messages
def snapshot(message: Any) -> None:
    """Look at the register that an event is about, at the one that somebody asks for (`{"build": …}`), or, by the clock, at all."""
    match message:
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
    for register in declarations.compiled()["registers"]:
        _look(register)
        if clock.now() - began > LONGEST:
            return


def _look(register: str) -> bool:
    from functions.data_access import building  # here: SQLite and what writes files, which a batch of nothing new does without

    _known(register)
    return building.build_if_due(register) is not None


def _build(register: str) -> None:
    from functions.data_access import building
    from functions.data_access.store import log

    _known(register)
    if head := log.head(register):
        building.build(register, head)


def _known(register: str) -> None:
    if not declarations.register(register):
        raise Invalid(f"{register[:80]} is no register", "register_name")
