"""What became of one event that was published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commonweal_events.envelope import Envelope

type Status = Literal["accepted", "duplicate", "checked", "refused", "failed"]
TAKEN: frozenset[Status] = frozenset({"accepted", "duplicate", "checked"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an event: which field, and why."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


@dataclass(frozen=True, slots=True)
class Receipt:
    """`accepted`; `duplicate`: it was there already; `checked`: valid, sent with a test key; `refused`: never will be taken as it is, and
    the problems say why; `failed`: not taken yet, through no fault of its own. Publishing `envelope` later is safe: its id stays.

    `trace` is where to follow it, if the platform said so. `warnings` do not keep it from being taken: its type is to end, say.
    """

    envelope: Envelope
    status: Status
    problems: tuple[Problem, ...] = ()
    trace: str | None = None
    warnings: tuple[Problem, ...] = ()

    @property
    def id(self) -> str:
        return self.envelope.id

    @property
    def taken(self) -> bool:
        """Whether the platform has it."""
        return self.status in TAKEN

    def __str__(self) -> str:
        return "; ".join((f"{self.status} {self.envelope.type} {self.id}", *map(str, self.problems)))
