"""What services send with that no file declares, and whose texts to a number are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from functions.common import clock
from functions.common.failures import Transient
from functions.common.table import ConditionFailed, Delete, Put, Write, absent
from functions.notifications.store.table import attr, table
from schemas.platform import SendingChanged

SECONDS = 2.0
"""How long what was read is taken for current."""

type Kept = Mapping[str, Any]
"""As `schemas.sending.Sending.compiled` gives it, with `title` and `department`."""

_read: dict[str, tuple[float, Kept | None]] = {}


class NumberTaken(Exception):
    """Texts to this number are another service's. The text is the number."""


def sending(service_id: str) -> Kept | None:
    """What a service sends with, or None where nobody has said."""
    known = _read.get(service_id)
    now = clock.now().timestamp()
    if known and now < known[0]:
        return known[1]
    item = table.get(f"service#{service_id}", "sending")
    found: Kept | None = json.loads(item["sending"]) if item else None
    _read[service_id] = (now + SECONDS, found)
    return found


def save(service_id: str, wanted: Kept) -> None:
    """Keep what a service sends with from now on; its numbers are its own meanwhile. Raises NumberTaken."""
    before = table.get(f"service#{service_id}", "sending", consistent=True)
    owned = set(json.loads(before["sending"])["inbound_numbers"]) if before else set()
    numbers: Sequence[str] = sorted(wanted["inbound_numbers"])
    mine = attr("service_id").eq(service_id)
    kept = {"service_id": service_id, "department": wanted["department"]}
    writes: list[Write] = [
        Put(
            {"pk": f"service#{service_id}", "sk": "sending", "sending": json.dumps(wanted, ensure_ascii=False)},
            emits=[SendingChanged(service_id=UUID(service_id))],
        ),
        *(Put({"pk": f"number#{number}", "sk": "number", **kept}, expect=absent() | mine) for number in numbers),
        *(Delete(f"number#{number}", "number", expect=mine) for number in sorted(owned - set(numbers))),
    ]
    try:
        table.transact(*writes)
    except ConditionFailed as failed:
        if failed.index > len(numbers):
            raise Transient("its numbers are changing") from None
        raise NumberTaken(numbers[failed.index - 1]) from None
    _read.pop(service_id, None)


def number(dialled: str) -> tuple[str, str] | None:
    """The service that texts to a number are for, and its department."""
    item = table.get(f"number#{dialled}", "number")
    return (item["service_id"], item["department"]) if item else None


def forget() -> None:
    """Forget what was read."""
    _read.clear()
