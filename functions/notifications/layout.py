"""What the print contract asks of a page: its size, where the address stands, where there may be ink, and how many there may be."""

from __future__ import annotations

from typing import NamedTuple

MAXIMUM_PAGES = 10
"""Five sheets, printed on both sides."""


class Area(NamedTuple):
    """A part of a page, in millimetres from its top left."""

    left: float
    top: float
    right: float
    bottom: float


PAGE = Area(0, 0, 210, 297)
ADDRESS_WINDOW = Area(24.6, 39.5, 120, 66.3)
LATER_PAGES = (Area(15, 5, 195, 292),)
FIRST_PAGE = (Area(15, 95, 195, 292), Area(125, 5, 195, 95), Area(15, 5, 125, 30), ADDRESS_WINDOW)
"""Where there may be ink: the text, the sender, the logo, the address."""
