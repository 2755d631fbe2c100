"""What would follow from an event, worked out from the declarations by the code that the functions run; nothing is done."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions.common import declarations
from infra.tools.conditions import deciding
from schemas import placeholders
from schemas.envelope import owner_of
from schemas.expressions import ExpressionError
from schemas.platform import (
    EVENTS,
    ContentPublishRequested,
    ContentUnpublishRequested,
    ForwardRequested,
    NotificationRequested,
    PlatformEvent,
    RecordSubmitted,
)

if TYPE_CHECKING:
    from schemas.envelope import CloudEvent

type Data = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """A reaction or a subscription beside one event: its condition, whether that holds and what decided, and what would be asked for.

    `problem` is why it cannot be worked out, and `prevented` why what would be asked for is not: another step's problem.
    """

    department: str
    name: str
    condition: str | None
    holds: bool
    because: list[str]
    request: PlatformEvent | None = None
    problem: str | None = None
    prevented: str | None = None

    def wire(self) -> dict[str, Any]:
        """For programs."""
        asked = self.request and {"type": self.request.type_name(), "data": self.request.model_dump(mode="json", exclude_none=True)}
        told = {"department": self.department, "name": self.name, "if": self.condition, "holds": self.holds, "because": self.because}
        ends = {"request": asked, "problem": self.problem, "prevented": self.prevented}
        return {name: value for name, value in {**told, **ends}.items() if value is not None}


def reactions(event: "CloudEvent") -> list[Step]:
    """What the department's own file makes of it, a step for each action; a request to the platform is its own and only step.

    An event that one step cannot read is quarantined whole: then no other asks for anything.
    """
    from functions.common import requested
    from functions.common.failures import Invalid

    def step(reaction: Mapping[str, Any], data: Data) -> Step:
        written = reaction.get("if")
        try:
            request = requested.of(reaction, event, data)
            because = deciding(written, data) if written else []
        except (ExpressionError, Invalid) as wrong:
            return Step(owner, reaction["name"], written, False, [], problem=str(wrong))
        return Step(owner, reaction["name"], written, request is not None, because, request)

    if model := EVENTS.get(event.type):
        asks = declarations.department_of(event.source) or ""
        return [Step(asks, "what it asks for itself", None, True, [], model.read(event))]
    # Of the type's owner, whoever says the event.
    owner = owner_of(event.type)
    return _all_or_none([step(reaction, _data(event)) for reaction in declarations.reactions(event.type)])


def _all_or_none(steps: list[Step]) -> list[Step]:
    fails = next((step.name for step in steps if step.problem), None)
    if fails is None:
        return steps
    prevented = f"{fails} cannot be worked out"
    return [replace(step, request=None, prevented=prevented) if step.request else step for step in steps]


def subscriptions(event: "CloudEvent") -> list[Step]:
    """What other departments would be handed of it: the event minimised, as they would get it, whatever becomes of another's part."""
    from functions.common import offers
    from functions.common.minimised import minimised, stands

    def step(subscription: Mapping[str, Any]) -> Step:
        written, department, name = subscription.get("if"), subscription["department"], subscription["name"]
        if not stands(subscription):
            return Step(department, name, written, False, [f"the owner's consent ended on {subscription['until']}"])
        # Which one, only the platform can tell.
        part = minimised(whole, subscription, alias=lambda _: "a UUID in the place of its id")
        try:
            request = offers.asked(part, subscription)
            because = deciding(written, part["data"]) if written else []
        except ExpressionError as wrong:
            return Step(department, name, written, False, [], problem=str(wrong))
        return Step(department, name, written, request is not None, because, request)

    found = declarations.subscriptions(event.type)
    whole = offers.whole(event, event.data) if found else {}
    return [step(subscription) for subscription in found]


def worded(step: Step) -> Iterator[str]:
    """What a step that holds would do, line by line, with its texts."""
    match step.request:
        case ContentPublishRequested() as page:
            yield f"publishes the page {page.base_path} ({page.schema_name}, {page.document_type})"
            yield f"  {page.title}"
            yield from _indented(page.description or "")
            yield from _indented(_govspeak(page))
        case ContentUnpublishRequested() as gone:
            yield f"takes the page {gone.base_path} away ({gone.type})"
            yield from _indented(gone.explanation or gone.alternative_path or "")
        case NotificationRequested() as message:
            yield from _message(message)
        case RecordSubmitted() as record:
            yield f"appends to the register {record.register_name} under {record.key}"
            yield from _indented(json.dumps(record.item, indent=2, ensure_ascii=False))
        case ForwardRequested() as handed:
            yield f"hands it on to the {handed.target} {handed.name}"
            yield from _indented(json.dumps(handed.event, indent=2, ensure_ascii=False))


def _govspeak(page: ContentPublishRequested) -> str:
    """The body of a page, as it is written."""
    body = page.details.get("body", "")
    written = [part.get("content", "") for part in body if isinstance(part, Mapping)] if isinstance(body, list) else [body]
    return "\n\n".join(map(str, written))


def _message(message: NotificationRequested) -> Iterator[str]:
    whom = message.email_address or message.phone_number or ", ".join((message.postal_address or "").splitlines())
    yield f"notifies {f'the subscribers of {message.subscribers}' if message.subscribers else whom}"
    for channel, template_id in message.templates.items():
        template = declarations.template(str(template_id)) or {}
        values = placeholders.with_defaults(message.personalisation, template.get("defaults", {}))
        subject, body = template.get("subject", ""), template.get("body", "")
        yield f"  by {'text' if channel == 'sms' else channel}, with the template {template.get('name', template_id)}"
        if lacking := placeholders.missing(values, subject, body):
            yield f"    would be refused: nothing fills {', '.join(lacking)}"
            continue
        if subject:
            yield f"    {placeholders.one_line(placeholders.fill(subject, values, placeholders.prose))}"
        join = placeholders.prose if channel == "sms" else placeholders.bullets
        yield from _indented(f"{_prefix(message, channel)}{placeholders.fill(body, values, join).strip()}", 4)


def _prefix(message: NotificationRequested, channel: str) -> str:
    service = declarations.service(str(message.service_id)) or {}
    return f"{service['title']}: " if channel == "sms" and service.get("text_prefix") else ""


def _indented(text: str, by: int = 2) -> Iterator[str]:
    yield from (f"{' ' * by}{line}".rstrip() for line in text.strip().splitlines())


def _data(event: "CloudEvent") -> Data:
    return event.data if isinstance(event.data, Mapping) else {}
