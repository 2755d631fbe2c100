"""What developers are written, by asking notifications on the bus: from a declared service of the platform's own, with its templates.

Nothing that somebody typed goes into an email but the address it goes to: whoever is named in a form gets no words of a stranger.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal
from uuid import UUID

from functions.common.cause import because, current, envelop
from functions.common.settings import setting
from schemas.envelope import CloudEvent
from schemas.ids import service_id, template_id
from schemas.platform import KeyCreated, NotificationRequested

DEPARTMENT, SERVICE = "commonweal", "developers"
"""Whose file declares the service and the templates."""

type Template = Literal["developer-confirm", "developer-account", "developer-unknown"]


def about(template: Template, email: str, path: str) -> CloudEvent:
    """The request for an email with a link to a path of this site, as it is known to everybody, whatever a request says of the host."""
    asked = NotificationRequested(
        service_id=UUID(service_id(DEPARTMENT, SERVICE)),
        templates={"email": UUID(template_id(DEPARTMENT, template, "email"))},
        personalisation={"link": f"{setting('PUBLIC_URL')}{path}"},
        email_address=email,
    )
    with because(replace(current(), department=DEPARTMENT)):
        said = envelop(asked)
    # This room's relay may speak for no other.
    return said.model_copy(update={"source": KeyCreated.source_name()})
