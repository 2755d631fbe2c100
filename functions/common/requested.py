"""What a declared reaction asks of a capability, worked out from one event's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from functions.common.failures import Invalid
from schemas.envelope import CloudEvent
from schemas.expressions import condition, render, value
from schemas.platform import (
    ContentPublishRequested,
    ContentUnpublishRequested,
    ForwardRequested,
    NotificationRequested,
    PlatformEvent,
    RecordSubmitted,
)

type Data = Mapping[str, Any]
type Reaction = Mapping[str, Any]


def of(reaction: Reaction, event: CloudEvent, data: Data) -> PlatformEvent | None:
    """The request of one reaction; None where its condition does not hold. Raises ExpressionError, or Invalid that names the field."""
    if "if" in reaction and not condition(reaction["if"], data):
        return None
    try:
        return _MAKERS[reaction["kind"]](reaction, event, data)
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        raise Invalid(first["msg"], f"{reaction['name']}.{'.'.join(str(part) for part in first['loc'])}") from None


def _publish(reaction: Reaction, _: CloudEvent, data: Data) -> ContentPublishRequested:
    return ContentPublishRequested(
        base_path=render(reaction["path"], data).lower(),
        schema_name=reaction["schema"],
        document_type=reaction["document_type"],
        title=render(reaction["title"], data),
        description=_text(reaction, "description", data),
        details={"body": [{"content_type": "text/govspeak", "content": render(reaction["body"], data)}]},
        locale=reaction["locale"],
        update_type=reaction["update_type"],
        change_note=_text(reaction, "change_note", data),
    )


def _unpublish(reaction: Reaction, _: CloudEvent, data: Data) -> ContentUnpublishRequested:
    return ContentUnpublishRequested(
        base_path=render(reaction["path"], data).lower(),
        type=reaction["as"],
        explanation=_text(reaction, "explanation", data),
        alternative_path=_text(reaction, "alternative_path", data),
    )


def _notify(reaction: Reaction, _: CloudEvent, data: Data) -> NotificationRequested:
    return NotificationRequested(
        service_id=reaction["service"],
        templates=reaction["templates"],
        template_versions=reaction.get("versions", {}),
        personalisation=_personalisation(reaction, data),
        subscribers=_text(reaction, "subscribers", data),
        email_address=_text(reaction, "email_address", data),
        phone_number=_text(reaction, "phone_number", data),
        postal_address=_text(reaction, "postal_address", data),
    )


def _personalisation(reaction: Reaction, data: Data) -> dict[str, object]:
    """What fills the templates; a field that is absent or empty is left to the template's default."""
    filled: dict[str, object] = {name: value(text, data) for name, text in reaction["personalisation"].items()}
    given = {name: data.get(field) for name, field in reaction.get("optional", {}).items()}
    return filled | {name: found for name, found in given.items() if found not in (None, "", [])}


def _record(reaction: Reaction, _: CloudEvent, data: Data) -> RecordSubmitted:
    item = {name: value(text, data) for name, text in reaction["item"].items()} if "item" in reaction else dict(data)
    return RecordSubmitted(register_name=reaction["register"], key=render(reaction["key"], data), item=item)


def _forward(reaction: Reaction, event: CloudEvent, _: Data) -> ForwardRequested:
    target = "webhook" if "webhook" in reaction else "queue"
    return ForwardRequested(target=target, name=reaction[target], event=event.wire())


_MAKERS = {"publish": _publish, "unpublish": _unpublish, "notify": _notify, "record": _record, "forward": _forward}


def _text(reaction: Reaction, name: str, data: Data) -> str | None:
    return render(reaction[name], data) if name in reaction else None
