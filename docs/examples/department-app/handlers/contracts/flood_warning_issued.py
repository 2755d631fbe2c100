# ruff: noqa
# fmt: off
"""environment-agency.FloodWarningIssued.v1, of which a subscriber is given floodAreaID, severityLevel. Generated from version 1.0.0 of its
schema: not for editing."""

from dataclasses import dataclass
from typing import ClassVar

from commonweal_events.contract import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodWarningIssued:
    """A flood warning was issued, changed or ended for one flood area, as the Environment Agency's flood-monitoring API gives it."""

    __contract__: ClassVar[Contract] = Contract("environment-agency.FloodWarningIssued.v1", "1.0.0")

    floodAreaID: str
    """The code of the flood area or flood alert area."""
    severityLevel: int
    """1 is a severe flood warning, 2 a flood warning, 3 a flood alert, 4 a warning no longer in force."""
