"""What services send with that no file declares, and whose texts to a number are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from functions.common import clock
from functions.common.failures import Transient
from functions.common.table import ConditionFailed, Delete, Item, Put, Write, absent
from functions.notifications.store.table import attr, table
from schemas.platform import SendingChanged

SECONDS = 2.0
"""How long what was read is taken for current."""
TRIES = 2

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
    """Keep what a service sends with from now on; its numbers are its own meanwhile.

    Raises NumberTaken, and Transient where others change the same at the same time.
    """
    numbers = sorted(wanted["inbound_numbers"])
    for _ in range(TRIES):
        before = table.get(f"service#{service_id}", "sending", consistent=True)
        try:
            table.transact(*_writes(service_id, wanted, numbers, before))
        except ConditionFailed as failed:
            if 1 <= failed.index <= len(numbers):
                raise NumberTaken(numbers[failed.index - 1]) from None
        else:
            _read.pop(service_id, None)
            return
    raise Transient("others are changing it")


def number(dialled: str) -> tuple[str, str] | None:
    """The service that texts to a number are for, and its department."""
    item = table.get(f"number#{dialled}", "number")
    return (item["service_id"], item["department"]) if item else None


def forget() -> None:
    """Forget what was read."""
    _read.clear()


def _writes(service_id: str, wanted: Kept, numbers: Sequence[str], before: Item | None) -> list[Write]:
    """The settings, then each number that is the service's own from now on, then those that it gives up."""
    owned = set(json.loads(before["sending"])["inbound_numbers"]) if before else set()
    mine = attr("service_id").eq(service_id)
    kept = {"service_id": service_id, "department": wanted["department"]}
    return [
        Put(
            {"pk": f"service#{service_id}", "sk": "sending", "sending": json.dumps(wanted, ensure_ascii=False)},
            # What is given up follows from what was read: over anything else, numbers would be left that nobody gives up.
            expect=attr("sending").eq(before["sending"]) if before else absent(),
            emits=[SendingChanged(service_id=UUID(service_id))],
        ),
        *(Put({"pk": f"number#{number}", "sk": "number", **kept}, expect=absent() | mine) for number in numbers),
        *(Delete(f"number#{number}", "number", expect=mine) for number in sorted(owned - set(numbers))),
    ]
