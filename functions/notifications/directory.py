"""Who sends: what a department's file says of its services, or what was said over HTTP of one that no file declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.common import declarations
from functions.common.settings import setting
from functions.notifications.notification import Callback, Limits, Sender, Service
from functions.notifications.store import sending
from schemas.grammar import mailbox_of

_UNSAID: Mapping[str, Any] = {
    "permissions": ["email", "sms"],
    "trial": False,
    "team": [],
    "guestlist": [],
    "text_prefix": True,
    "reply_to": {},
    "text_senders": {},
    "contact_blocks": {},
    "inbound_numbers": [],
    "retention_days": {"email": 7, "sms": 7, "letter": 7},
    "limits": {
        "requests_per_minute": 3_000,
        "emails_per_day": 250_000,
        "texts_per_day": 250_000,
        "letters_per_day": 20_000,
        "international_texts_per_day": 100,
    },
    "callbacks": {},
}
"""What a service sends with of which nobody has said anything (contract 4)."""

_declared: dict[str, Service] = {}


def service(service_id: str, department: str) -> Service | None:
    """A service of this department; None where the id is another's."""
    if declared := declarations.service(service_id):
        if declared["department"] != department:
            return None
        if service_id not in _declared:
            _declared[service_id] = _service(service_id, declared)
        return _declared[service_id]
    kept = sending.sending(service_id)
    if kept and kept["department"] != department:
        return None
    named = kept["title"] if kept else department
    return _service(service_id, {"title": _title(department), **said(service_id), "name": named, "department": department})


def said(service_id: str) -> Mapping[str, Any]:
    """What a service sends with that no file declares: what was said over HTTP, else what goes without saying."""
    return {**_UNSAID, **(sending.sending(service_id) or {})}


def mailbox(said: Mapping[str, Any]) -> str:
    """The local part of the address that a service's emails come from."""
    return mailbox_of(str(said.get("email_name") or said["name"]))


def owner(service_id: str) -> str | None:
    """The department that declares a service."""
    declared = declarations.service(service_id)
    return str(declared["department"]) if declared else None


def of_number(dialled: str) -> Service | None:
    """The service that texts to a number are for."""
    if service_id := declarations.number(dialled):
        return service(service_id, owner(service_id) or "")
    kept = sending.number(dialled)
    return service(*kept) if kept else None


def forget() -> None:
    """Forget what was read."""
    _declared.clear()
    sending.forget()


def _service(service_id: str, said: Mapping[str, Any]) -> Service:
    return Service(
        id=service_id,
        name=said["title"],
        department=said["department"],
        email_address=f"{mailbox(said)}@{setting('EMAIL_DOMAIN')}",
        text_sender=setting("TEXT_SENDER"),
        permissions=frozenset(said["permissions"]),
        is_trial=said["trial"],
        guests=frozenset((*said["team"], *said["guestlist"])),
        text_prefix=said["text_prefix"],
        reply_to=_senders(said["reply_to"], "address"),
        text_senders=_senders(said["text_senders"], "sender"),
        contact_blocks=_senders(said["contact_blocks"], "lines"),
        retention_days=said["retention_days"],
        limits=Limits(**said["limits"]),
        callbacks=tuple(
            Callback(name, one["url"], frozenset(one["for"]), frozenset(one["key_types"])) for name, one in said["callbacks"].items()
        ),
    )


def _senders(said: Mapping[str, Mapping[str, Any]], member: str) -> dict[str, Sender]:
    return {identity: Sender(one["name"], one[member], one["default"]) for identity, one in said.items()}


def _title(department: str) -> str:
    said = declarations.department(department)
    return str(said["title"]) if said else department
