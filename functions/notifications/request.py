"""Do what an event asks: notify one person, or everyone on a list, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator

from functions.common import claim_check, clock, ids
from functions.common.cause import current
from functions.common.consumer import consumes
from functions.common.failures import Invalid
from functions.common.log import count
from functions.notifications import directory, store
from functions.notifications.accepting import SIMULATED, Unreachable, accept
from functions.notifications.notification import Service
from functions.notifications.requests import Asked, Unacceptable
from schemas.envelope import CloudEvent
from schemas.platform import Channel, NotificationRequested

PAGE = 50
"""Notifications that one invocation accepts; a longer list goes on in an event of its own."""


@consumes(NotificationRequested)
def request(event: NotificationRequested) -> None:
    """Accept a notification for each recipient, with an id that follows from the request and the recipient."""
    service = _service(event)
    root = _root(event)
    if event.subscribers is None:
        for channel, recipient in _recipients(event):
            _accept(event, service, channel, recipient, ids.derived(root, f"{channel}:{service.id}"))
        return
    subscribers, after = store.subscribers(service.id, event.subscribers, event.after, PAGE)
    for subscriber in subscribers:
        _accept(event, service, subscriber.channel, _dialled(subscriber.channel, subscriber.address), ids.derived(root, subscriber.id))
    if after:
        store.go_on(root, after, _continuation(event, root, after))


def _service(event: NotificationRequested) -> Service:
    """The service that the event names. Raises Invalid unless a file declares it as the acting department's own."""
    department, asked = current().department, str(event.service_id)
    # An event brings no key, and nothing else here proves whose a service is that was made over HTTP: those send over HTTP.
    service = directory.service(asked, department) if department and directory.owner(asked) == department else None
    if service is None:
        raise Invalid(f"{department!r} has no service {asked}", "service_id")
    return service


def _root(event: NotificationRequested) -> str:
    """The id of the request itself, whichever page of its list this is: what ids follow from must not change with how the pages fall."""
    return event.envelope.causationid or event.envelope.id if event.after else event.envelope.id


def _recipients(event: NotificationRequested) -> Iterator[tuple[Channel, str]]:
    if event.email_address:
        yield "email", event.email_address
    if event.phone_number:
        yield "sms", event.phone_number
    if not event.email_address and not event.phone_number:
        raise Invalid("names nobody: give it subscribers, an email_address or a phone_number")


def _accept(event: NotificationRequested, service: Service, channel: Channel, recipient: str, id: str) -> None:  # noqa: A002
    if channel not in event.templates:
        count("NoTemplateForChannel")
        return
    template_id = event.templates[channel]
    asked = Asked(channel, recipient, template_id, event.personalisation, event.reference)
    template = directory.template(service.id, str(template_id)) or store.template(service.id, str(template_id))
    try:
        notification = accept(asked, service, "live", template, id=id, at=clock.stamp())
    except Unreachable as refused:
        if event.subscribers is None:
            raise Invalid(refused.message) from None
        # One address gone bad must not keep the others from being told.
        count("Unreachable")
        return
    except Unacceptable as refused:
        raise Invalid(refused.message) from None
    if notification.recipient not in SIMULATED:
        store.create(notification)


def _continuation(event: NotificationRequested, root: str, after: str) -> CloudEvent:
    """The same request from further on. It is no deeper in the tree than the page before it, or a long list would look like a loop."""
    data = event.model_copy(update={"after": after}).model_dump(mode="json", exclude_none=True)
    changes = {
        "id": ids.derived(root, f"{event.type_name()}:{event.subscribers}:{after}"),
        "source": event.source_name(),
        "dataschema": event.schema_uri(),
        "dataclassification": event.classification,
        "department": current().department,
        "correlationid": event.envelope.correlation,
        "causationid": root,
        "dataref": None,
        "data": data,
    }
    return claim_check.leave(event.envelope.model_copy(update=changes))


def _dialled(channel: Channel, address: str) -> str:
    return f"+{address}" if channel == "sms" else address
