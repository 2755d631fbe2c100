"""What a service sends with, as it is asked for over HTTP and shown: in one form, so that what was read can be changed and set."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import Field

from functions.common import declarations
from functions.common.failures import Refusal
from functions.notifications import directory
from schemas.sending import Permissions, Sending

SENDERS = ("reply_to", "text_senders", "contact_blocks")
PLATFORMS = ("permissions", "trial", "limits", "email_name", "text_senders", "inbound_numbers")
"""What only whoever runs the platform changes: what a service may do, and as whom. The rest is for the service's own people."""


class ServiceSettings(Sending):
    """What a service sends with; `title` is the name that its recipients see."""

    title: Annotated[str, Field(min_length=1, max_length=255)]
    permissions: Permissions


def shown(title: str, said: Mapping[str, Any], *, is_declared: bool) -> dict[str, object]:
    """The settings in the form in which they are set, each sender with the id that requests name it by."""
    known = {name: value for name, value in said.items() if name in Sending.model_fields and name not in SENDERS}
    by_name = {kind: {one["name"]: _sender(identity, one) for identity, one in said[kind].items()} for kind in SENDERS}
    return {"is_declared": is_declared, "settings": {"title": title, **known, **by_name}}


def check(standing: Mapping[str, Any], wanted: Mapping[str, Any], scopes: Collection[str]) -> None:
    """Raises Refusal where somebody asks for what only the platform gives, or for a mailbox or number of a declared service."""
    if "departments:admin" not in scopes:
        for name in PLATFORMS:
            if _comparable(standing.get(name)) != _comparable(wanted.get(name)):
                message = f"Only whoever runs the platform changes {name}: leave it as it stands, or ask them."
                raise Refusal(403, message, code="platforms_own", field=name)
    if wanted.get("mailbox") in _mailboxes_of_others(wanted["department"]):
        raise in_use("mailbox", wanted["mailbox"])
    for number in wanted["inbound_numbers"]:
        if declarations.number(number):
            raise in_use("number", number)


def in_use(kind: str, name: str) -> Refusal:
    """Emails come from a mailbox, and texts go to a number, of one service alone."""
    if kind == "mailbox":
        return Refusal(409, f"Another service's emails come from {name}: give it an email_name.", code="mailbox_in_use", field="email_name")
    return Refusal(409, f"Texts to {name} are another service's.", code="number_in_use", field="inbound_numbers")


def _mailboxes_of_others(department: str) -> set[str]:
    """Those that declared services have, and services of other departments of which nothing was said."""
    compiled = declarations.compiled()
    unsaid = ({"name": slug} for slug in compiled["departments"] if slug != department)
    return {directory.mailbox(said) for said in (*compiled["services"].values(), *unsaid)}


def _sender(identity: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": identity, **{name: value for name, value in said.items() if name != "name"}}


def _comparable(value: Any) -> object:
    return sorted(value) if isinstance(value, list) else value
