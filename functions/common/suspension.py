"""Whether a department is suspended: what it says is acted on no more, from seconds after it was, though its file is deployed still.

`functions/departments` writes the item, which stands beside the keys; functions that act on what departments say read it. What ingress
took in before is acted on, however long it waits in a queue.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from functions.common import clock
from functions.common.recent import Recent
from schemas.envelope import instant

DEPARTMENTS = "departments"
"""The partition of all departments, by slug."""

GRACE = timedelta(seconds=5)
"""What ingress takes in with a keyring that is two seconds old has come to the queues of those who act on it by then."""

_kept: Recent[str, str] = Recent()


def stops(department: str, arrived: datetime) -> bool:
    """Whether what a department said, and came to a queue at this moment, is acted on no more. One read in two seconds.

    A function that is not told where departments stand only remembers what was said, or hands on what others decided: nothing stops it.
    """
    if "DEPARTMENTS_TABLE" not in os.environ:
        return False
    since = _kept.get(department, lambda: _read(department))
    return bool(since) and instant(arrived - GRACE) > str(since)


def arrival(milliseconds: str | None) -> datetime:
    """When a message came to its queue, as SQS says it; now, where it does not."""
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if milliseconds else clock.now()


def _read(department: str) -> str:
    from functions.common.table import Table  # local: most consumers are never asked this

    item = Table("DEPARTMENTS_TABLE").get(DEPARTMENTS, department, consistent=True)
    return str(item.get("suspended_at", "")) if item else ""
