"""What an answer says of itself: for how long others may keep it (Content Store, contract 2), and what a browser may do with it."""

from __future__ import annotations

from functions.common import clock

SECURITY = {
    # No script runs here, ours or anybody's. Pictures may come from where departments keep theirs.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' https: data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every page."""

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
