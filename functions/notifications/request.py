"""Do what an event asks: notify one person, or everyone on a list, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from functions.common import claim_check, clock, ids
from functions.common.cause import current
from functions.common.consumer import consumes
from functions.common.failures import Invalid, Transient
from functions.common.log import count
from functions.notifications import directory, quota
from functions.notifications.accepting import SIMULATED, Acceptance, Unreachable, accept
from functions.notifications.notification import Notification, Service, Subscriber
from functions.notifications.requests import Asked, Unacceptable
from functions.notifications.sending_requests import keep, with_link
from functions.notifications.store import messages, subscribers
from functions.notifications.template_views import wanted
from schemas.envelope import CloudEvent
from schemas.platform import Channel, NotificationAccepted, NotificationRequested

PAGE = 50
"""Notifications that one invocation accepts; a longer list goes on in an event of its own."""


class OverQuota(Transient):
    """The service may send no more today: the rest is sent when another day has begun."""

    longest_pause = 3600


@dataclass(frozen=True, slots=True)
class _Recipient:
    """Somebody to notify, and the id of the notification that follows from the request and them."""

    channel: Channel
    address: str
    notification_id: str
    subscriber: Subscriber | None = None


@consumes(NotificationRequested)
def request(event: NotificationRequested) -> None:
    """Accept a notification for each recipient, with an id that follows from the request and the recipient."""
    service = _service(event)
    root, event = _root(event), _recent(event, service)
    if not event.templates:
        return
    if event.subscribers is None:
        for recipient in _named(event, service, root):
            _accept(event, service, recipient)
        return
    listed, after = subscribers.subscribers(service.id, event.subscribers, event.after, PAGE)
    for one in listed:
        address = f"+{one.address}" if one.channel == "sms" else one.address
        _accept(event, service, _Recipient(one.channel, address, ids.derived(root, one.id), one))
    if after:
        subscribers.go_on(root, after, _continuation(event, root, after), service.longest_kept)


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


def _recent(event: NotificationRequested, service: Service) -> NotificationRequested:
    """The event without the channels for which it is too old: nothing is known any more of what it led to, and it must not be repeated."""
    age = clock.now() - event.envelope.time
    recent = {channel: one for channel, one in event.templates.items() if age <= timedelta(days=service.retention_days[channel])}
    if recent != event.templates:
        count("TooOld")
    return event.model_copy(update={"templates": recent})


def _named(event: NotificationRequested, service: Service, root: str) -> Iterator[_Recipient]:
    given: dict[Channel, str | None] = {"email": event.email_address, "sms": event.phone_number, "letter": event.postal_address}
    if not any(given.values()):
        raise Invalid("names nobody: give it subscribers, an email_address, a phone_number or a postal_address")
    for channel, address in given.items():
        if address:
            yield _Recipient(channel, address, ids.derived(root, f"{channel}:{service.id}"))


def _accept(event: NotificationRequested, service: Service, recipient: _Recipient) -> None:
    if recipient.channel not in event.templates:
        count("NoTemplateForChannel")
        return
    try:
        notification = _accepted(event, service, recipient)
        if notification.recipient not in SIMULATED:
            _keep(notification, service)
    except Unreachable as refused:
        if event.subscribers is None:
            raise Invalid(refused.message) from None
        # One address gone bad must not keep the others from being told.
        count("Unreachable")
        return
    except Unacceptable as refused:
        raise Invalid(refused.message) from None


def _keep(notification: Notification, service: Service) -> None:
    """Keep it, unless it was kept before. Raises OverQuota."""
    is_new = False
    try:
        quota.take_message(service, notification.channel, "live")
        try:
            is_new = keep(notification, service) is None
        finally:
            if not is_new:
                quota.give_back(service, notification.channel, "live")
    except Unacceptable as used_up:
        if not messages.kept(service.id, notification.id):
            raise OverQuota(used_up.message) from None


def _accepted(event: NotificationRequested, service: Service, recipient: _Recipient) -> Notification:
    template_id = event.templates[recipient.channel]
    template = wanted(service.id, str(template_id), event.template_versions.get(recipient.channel))
    asked = Asked(
        channel=recipient.channel,
        recipient=recipient.address,
        template_id=template_id,
        personalisation={**event.personalisation, **_address_lines(recipient)},
        reference=event.reference,
    )
    notification = accept(asked, service, "live", template, Acceptance(recipient.notification_id, clock.stamp()))
    if template is None or not template.unsubscribe:
        return notification
    listed = (event.subscribers, recipient.subscriber.id) if recipient.subscriber else (None, None)
    return with_link(notification, service, *listed)


def _address_lines(recipient: _Recipient) -> dict[str, str]:
    if recipient.channel != "letter":
        return {}
    return {f"address_line_{number}": line for number, line in enumerate(recipient.address.splitlines(), start=1)}


def _continuation(event: NotificationRequested, root: str, after: str) -> CloudEvent:
    """The same request from further on. It is no deeper in the tree than the page before it, or a long list would look like a loop."""
    data = event.model_copy(update={"after": after}).model_dump(mode="json", exclude_none=True)
    changes = {
        "id": ids.derived(root, f"{event.type_name()}:{event.subscribers}:{after}"),
        # Its own: what this page leads to is known from now on.
        "time": clock.now(),
        # Said by this room, whose relay may speak for no other.
        "source": NotificationAccepted.source_name(),
        "dataschema": event.schema_uri(),
        "dataclassification": event.classification,
        "department": current().department,
        "correlationid": event.envelope.correlation,
        "causationid": root,
        "dataref": None,
        "data": data,
    }
    return claim_check.leave(event.envelope.model_copy(update=changes))
