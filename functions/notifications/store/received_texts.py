"""Texts that people sent to a service's numbers."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from functions.common.table import ConditionFailed, Item, absent
from functions.notifications.notification import ReceivedText, Service
from functions.notifications.store import listing
from functions.notifications.store.table import DAY_OF, expiry, named, stands, table
from schemas.platform import TextReceived


def keep(text: ReceivedText, retention_days: int) -> bool:
    """Keep a text and say that it came. False where it came before."""
    place = {"gsi1pk": _listed(text.service_id, text.created_at[DAY_OF]), "gsi1sk": _moment(text)}
    item = {**named(_key(text.service_id, text.id)), **asdict(text), **place, "expires_at": expiry(retention_days)}
    try:
        table.put(item, expect=absent(), emits=[TextReceived(service_id=UUID(text.service_id), text_id=UUID(text.id))])
    except ConditionFailed:
        return False
    return True


def find(service_id: str, text_id: str) -> ReceivedText | None:
    """A text that this service received, or None."""
    item = table.get(*_key(service_id, text_id), consistent=True)
    return _text(item) if item and stands(item) else None


def page(service: Service, older_than: str | None) -> list[ReceivedText]:
    """Up to a page of what a service received, newest first; nothing where `older_than` is not its own."""
    before = ""
    if older_than is not None:
        known = find(service.id, older_than)
        if known is None:
            return []
        before = _moment(known)
    entries = listing.page(listing.newest(lambda day: _listed(service.id, day), service.retention_days["sms"], before))
    keys = [(item["pk"], item["sk"]) for item in entries]
    items = table.get_many(keys)
    return listing.fitting((_text(items[key]) for key in keys if key in items and stands(items[key])), lambda text: text.content)


def _text(item: Item) -> ReceivedText:
    return ReceivedText(**{name: item[name] for name in ReceivedText.__slots__})


def _key(service_id: str, text_id: str) -> tuple[str, str]:
    return f"received#{service_id}#{text_id}", "text"


def _listed(service_id: str, day: str) -> str:
    return f"received#{service_id}#{day}"


def _moment(text: ReceivedText) -> str:
    return f"{text.created_at}#{text.id}"
