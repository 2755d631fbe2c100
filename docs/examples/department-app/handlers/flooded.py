"""The Environment Agency warns of a flood: the area's harbour is closed, once, however often the warning is delivered."""

from __future__ import annotations

from close import close
from contracts.flood_warning_issued import FloodWarningIssued

from commonweal_events import Envelope, TableMemory, consumes

HARBOURS = {"065WAF441": "newhaven", "122FWF100": "whitby"}
"""The harbours by the flood area that each lies in."""
DANGEROUS = 2
"""A flood warning; 1 is a severe one."""


@consumes(FloodWarningIssued, once=TableMemory())
def handler(warning: FloodWarningIssued, envelope: Envelope) -> None:
    """Close the area's harbour where the warning is dangerous."""
    harbour = HARBOURS.get(warning.floodAreaID)
    if harbour and warning.severityLevel <= DANGEROUS:
        close(harbour, f"Flood warning for {warning.floodAreaID}.", caused_by=envelope)
