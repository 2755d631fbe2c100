"""What an answer says of itself: for how long others may keep it (Content Store, contract 2), and what a browser may do with it."""

from __future__ import annotations

from functions.common import clock
from functions.common.browsers import SECURITY

__all__ = ["PRIVATE", "SECURITY", "public"]

SHORTEST, LONGEST = 5, 300
"""Seconds."""
PRIVATE = f"max-age={SHORTEST}, private"
"""What only some may see."""


def public(*, publish_at: int | None = None, longest: int | None = None) -> str:
    """Five minutes; less where something is meant to be published sooner (seconds since 1970), or an item says `longest` itself."""
    seconds = LONGEST if longest is None else longest
    if publish_at is not None and (left := publish_at - clock.epoch()) > 0:
        seconds = left
    return f"max-age={max(SHORTEST, min(seconds, LONGEST))}, public"
