"""Who sends, and with which declared templates: what the departments' files say, in this room's words."""

from __future__ import annotations

import re

from functions.common import declarations
from functions.common.settings import setting
from functions.notifications.notification import Service, Template
from schemas.platform import Channel


def service(service_id: str, department: str) -> Service | None:
    """A service of this department; None where the id is declared as another's. One that no file declares is taken at its key's word."""
    declared = declarations.service(service_id)
    if declared and declared["department"] != department:
        return None
    title = declared["title"] if declared else _title(department)
    channels: list[Channel] = declared["permissions"] if declared else ["email", "sms"]
    return Service(
        id=service_id,
        name=title,
        department=department,
        email_address=f"{_local_part(declared['name'] if declared else department)}@{setting('EMAIL_DOMAIN')}",
        text_sender=setting("TEXT_SENDER"),
        channels=frozenset(channels),
        guestlist=frozenset(declared.get("guestlist", ())) if declared else frozenset(),
    )


def owner(service_id: str) -> str | None:
    """The department that declares a service."""
    declared = declarations.service(service_id)
    return str(declared["department"]) if declared else None


def template(service_id: str, template_id: str) -> Template | None:
    """A template that the service's department declares."""
    declared = declarations.template(template_id)
    return _template(template_id, declared) if declared and declared["service"] == service_id else None


def templates(service_id: str) -> list[Template]:
    """Every template that a file declares for a service."""
    everything = declarations.compiled()["templates"]
    return [_template(template_id, declared) for template_id, declared in everything.items() if declared["service"] == service_id]


def _template(template_id: str, declared: declarations.Declared) -> Template:
    return Template(
        id=template_id,
        service_id=declared["service"],
        name=declared["title"],
        channel=declared["channel"],
        version=1,
        body=declared["body"],
        subject=declared.get("subject"),
        created_at=None,
    )


def _title(department: str) -> str:
    declared = declarations.department(department)
    return str(declared["title"]) if declared else department


def _local_part(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", ".", name.lower()).strip(".") or "notifications"
