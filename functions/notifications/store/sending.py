"""What services send with that no file declares, and whose texts to a number are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from functions.common.failures import Transient
from functions.common.recent import Recent
from functions.common.table import ConditionFailed, Delete, Item, Put, Write, absent
from functions.notifications.store.table import attr, table, token_key
from schemas.platform import SendingChanged

TRIES = 2

type Kept = Mapping[str, Any]
"""As `schemas.sending.Sending.compiled` gives it, with `title`, `department` and, where it sends emails, the `mailbox` they come from."""

_said: Recent[str, Kept] = Recent()


class Taken(Exception):
    """A number, or a mailbox, is another service's."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind} {name}")
        self.kind = kind
        self.name = name


def sending(service_id: str) -> Kept | None:
    """What a service sends with, or None where nobody has said."""
    # That nobody has said anything is remembered, too: as nothing, which is something.
    return _said.get(service_id, lambda: _read(service_id) or {}) or None


def save(service_id: str, wanted: Kept) -> None:
    """Keep what a service sends with from now on; its numbers and its mailbox are its own meanwhile.

    Raises Taken, and Transient where others change the same at the same time.
    """
    held = sorted(_held(wanted))
    for _ in range(TRIES):
        before = table.get(f"service#{service_id}", "sending", consistent=True)
        try:
            table.transact(*_writes(service_id, wanted, held, before))
        except ConditionFailed as failed:
            if 1 <= failed.index <= len(held):
                raise Taken(*held[failed.index - 1]) from None
        else:
            _said.forget(service_id)
            return
    raise Transient("others are changing it")


def number(dialled: str) -> tuple[str, str] | None:
    """The service that texts to a number are for, and its department."""
    item = table.get(f"number#{dialled}", "number")
    return (item["service_id"], item["department"]) if item else None


def forget() -> None:
    """Forget what was read."""
    _said.clear()


def _read(service_id: str) -> Kept | None:
    item = table.get(f"service#{service_id}", "sending")
    found: Kept | None = json.loads(item["sending"]) if item else None
    return found


def _held(said: Kept) -> set[tuple[str, str]]:
    """What is a service's own while it sends with this."""
    mailboxes = {("mailbox", said["mailbox"])} if "mailbox" in said else set()
    return {("number", number) for number in said["inbound_numbers"]} | mailboxes


def _writes(service_id: str, wanted: Kept, held: Sequence[tuple[str, str]], before: Item | None) -> list[Write]:
    """The settings, then all that is the service's own from now on, then what it gives up: tokens of addresses no longer told among it."""
    standing: Kept = json.loads(before["sending"]) if before else {"inbound_numbers": [], "callbacks": {}}
    mine = attr("service_id").eq(service_id)
    kept = {"service_id": service_id, "department": wanted["department"]}
    untold = [name for name, one in standing["callbacks"].items() if wanted["callbacks"].get(name, {}).get("url") != one["url"]]
    return [
        Put(
            {"pk": f"service#{service_id}", "sk": "sending", "sending": json.dumps(wanted, ensure_ascii=False)},
            # What is given up follows from what was read: over anything else, something would be left that nobody gives up.
            expect=attr("sending").eq(before["sending"]) if before else absent(),
            emits=[SendingChanged(service_id=UUID(service_id))],
        ),
        *(Put({"pk": f"{kind}#{name}", "sk": kind, **kept}, expect=absent() | mine) for kind, name in held),
        *(Delete(f"{kind}#{name}", kind, expect=mine) for kind, name in sorted(_held(standing) - set(held))),
        *(Delete(*token_key(service_id, name)) for name in untold),
    ]
