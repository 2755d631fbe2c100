# ruff: noqa
# fmt: off
"""harbour-board.HarbourClosed.v1. Generated from version 1.0.0 of its schema: not for editing."""

from dataclasses import dataclass, field
from typing import ClassVar

from commonweal_events.contract import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class HarbourClosed:
    """A harbour was closed to vessels."""

    __contract__: ClassVar[Contract] = Contract("harbour-board.HarbourClosed.v1", "1.0.0", __file__)

    harbour: str
    """The board's own code for the harbour."""
    reason: str
    """Why it is closed, for the public."""
    closed_at: str = field(metadata={"name": "closed-at"})
