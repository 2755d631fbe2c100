"""What time it is, in one place, so that tests can say."""

from __future__ import annotations

from datetime import UTC, datetime

from schemas.envelope import instant


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def stamp() -> str:
    """This moment as RFC 3339 with microseconds, so that text order is time order."""
    return instant(now())


def epoch() -> int:
    """This moment in whole seconds since 1970, as DynamoDB's time to live counts."""
    return int(now().timestamp())
