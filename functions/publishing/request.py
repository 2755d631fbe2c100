"""Publish what an event asks to be published, and take away what one asks to be taken away; the newest request decides."""

from __future__ import annotations

from typing import Any

from functions.common import cause
from functions.common.consumer import consumes_any
from functions.common.failures import Invalid, Refusal
from functions.publishing import commands
from functions.publishing.heard import read
from schemas.content.failures import Unacceptable
from schemas.envelope import CloudEvent
from schemas.ids import content_id
from schemas.platform import ContentPublishRequested, ContentUnpublishRequested


@consumes_any
def request(envelope: CloudEvent) -> None:
    """Raises Invalid where the content, the path or the department does not allow it, Stale where something newer was heard."""
    event = read(envelope, ContentPublishRequested, ContentUnpublishRequested)
    try:
        if isinstance(event, ContentPublishRequested):
            commands.publish_now(content_id(event.base_path), _payload(event), envelope.version)
        else:
            order = event.model_dump(include={"type", "explanation", "alternative_path"})
            commands.unpublish_now(content_id(event.base_path), event.base_path, event.locale, order, envelope.version)
    except Unacceptable as refused:
        first = refused.failures[0]
        raise Invalid(first["message"], first["fragment"]) from None
    except Refusal as refused:
        raise Invalid(refused.message, refused.field) from None


def _payload(event: ContentPublishRequested) -> dict[str, Any]:
    """The request as a PUT would bring it: a page at one path, of the acting department's."""
    asked = event.model_dump(exclude_none=True)
    return {
        **asked,
        "publishing_app": cause.current().department,
        "rendering_app": "commonweal",
        "routes": [{"path": event.base_path, "type": "exact"}],
    }
