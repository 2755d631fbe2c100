"""The notifications table: the only file of the room that knows its keys and expressions, and the only way in which the room says an event.

| pk | sk | what |
|---|---|---|
| `notification#<service>#<id>` | `notification` | a notification; its claim while somebody sends it |
| `reference#<channel>#<provider's reference>` | `reference` | which notification a receipt is about |
| `service#<id>` | `template#<id>` | a template that no file declares |
| `subscribers#<service>#<list>#<shard>` | `<subscriber>` | somebody on a list; a tombstone once removed |
| `subscription#<service>#<list>#<hash of the address>` | `subscription` | that an address is on a list, once |
| `request#<event>` | `<where it went on>` | how far a request for a list has come |

Whatever names a person expires after `RETENTION`, but subscriptions, which last until they are ended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from functions.common import clock, ids
from functions.common.cause import Cause, because, current, envelop
from functions.common.failures import Busy, Stale, Transient
from functions.common.log import count
from functions.common.table import ConditionFailed, Delete, Item, Put, Table, Update, absent
from functions.notifications import content
from functions.notifications.notification import Notification, Subscriber, Template
from functions.notifications.port import NotTaken, Rejected, Taken, Unanswered
from functions.notifications.receipt import Receipt
from functions.notifications.statuses import FAILED, FINAL, Status, before
from schemas.envelope import CloudEvent
from schemas.platform import Channel, NotificationAccepted, NotificationStatusChanged, SubscriberAdded, SubscriberRemoved, TemplateSaved

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

table = Table()

RETENTION = timedelta(days=7)
SHARDS = 4
"""Partitions of a list: each stays small enough to read quickly, and each is read in order."""
LEASE = 60
"""Seconds that a claim holds: longer than the function that took it may run."""
TEMPLATE_SECONDS = 2.0
"""How long a template that was read is taken for current."""

AMBIGUOUS = "ambiguous: the provider may have taken it, and it is not sent again"

_UNREAD: content.Words = {"subject": None, "body": ""}

_templates: dict[tuple[str, str], tuple[float, Template | None]] = {}


class Settled(Stale):
    """It has left, or never will."""


class Ambiguous(Stale):
    """Whoever was sending it is gone, and nobody knows whether it left. It is reported as that."""


def create(notification: Notification) -> bool:
    """Accept a notification: one write, durable when this returns. False where it was accepted before."""
    accepted = NotificationAccepted(
        service_id=UUID(notification.service_id), notification_id=UUID(notification.id), channel=notification.channel
    )
    envelope = envelop(accepted)
    cause = Cause.of(envelope, envelope.department)
    try:
        table.put(_item(replace(notification, cause=cause)), expect=absent(), emits=[envelope])
    except ConditionFailed:
        return False
    return True


def find(service_id: str, notification_id: str) -> Notification | None:
    """A notification of this service, or None."""
    # Consistent: callers ask as soon as they have the id.
    item = table.get(*_notification_key(service_id, notification_id), consistent=True)
    return _notification(item, content.fetch(item)) if item else None


@contextmanager
def claim(service_id: str, notification_id: str) -> Iterator[Notification]:
    """Hold a notification, alone, while it is handed to its provider.

    Raises Busy where another holds it, Settled where nothing is left to do, Ambiguous where a holder is gone. What the provider answers
    decides how it ends: taken is `record_sent`, not taken releases the claim, rejected and unanswered are final. Any other failure leaves
    the claim to run out, for nobody knows how far the sending came.
    """
    held = _take(service_id, notification_id)
    try:
        yield held
    except NotTaken:
        _release(service_id, notification_id, held.claim)
        raise
    except Rejected as refusal:
        _give_up(held, f"rejected: {refusal}")
    except Unanswered as lost:
        _give_up(held, AMBIGUOUS)
        count("Ambiguous")
        raise Ambiguous(AMBIGUOUS) from lost


def record_sent(held: Notification, taken: Taken) -> None:
    """The provider has taken it. The reference comes first, so that no receipt finds a notification that does not know it was sent."""
    reference = {"service_id": held.service_id, "notification_id": held.id, "expires_at": _expiry()}
    table.put({**_named(_reference_key(held.channel, taken.reference)), **reference})
    changes = {"provider": taken.provider, "provider_reference": taken.reference, "sent_at": taken.at}
    try:
        _change(held, Status.SENDING, changes, _attr("claim").eq(held.claim) & _attr("status").eq(Status.CREATED.value))
    except ConditionFailed as changed:
        if changed.item.get("provider_reference") != taken.reference:
            raise Ambiguous(AMBIGUOUS) from None


def find_by_reference(receipt: Receipt) -> Notification | None:
    """The notification that a receipt is about, without its words; None where no sending has such a reference, or none yet."""
    known = table.get(*_reference_key(receipt.channel, receipt.reference), consistent=True)
    item = table.get(*_notification_key(known["service_id"], known["notification_id"]), consistent=True) if known else None
    return _notification(item, _UNREAD) if item else None


def record_receipt(notification: Notification, receipt: Receipt) -> None:
    """A receipt has come. Raises Transient where it comes before the sending is on record, Stale where it changes nothing."""
    possible = [status.value for status in before(receipt.status) if status != Status.CREATED]
    expected = _attr("provider_reference").eq(receipt.reference) & _attr("status").is_in(possible)
    reason = {"reason": receipt.reason} if receipt.status in FAILED else {}
    # What is said follows from the acceptance, not from an event of the provider's, which is in nobody's tree.
    with because(notification.cause or current()):
        try:
            _change(notification, receipt.status, reason, expected)
        except ConditionFailed as found:
            if found.item.get("status") == Status.CREATED.value:
                raise Transient("the sending is not on record yet") from None
            raise Stale(f"a receipt after {found.item.get('status', 'its end')}") from None


def save_template(template: Template) -> None:
    """Keep a new version of a template."""
    said = TemplateSaved(
        service_id=UUID(template.service_id), template_id=UUID(template.id), version=template.version, channel=template.channel
    )
    table.put({**_named(_template_key(template.service_id, template.id)), "template": json.dumps(asdict(template))}, emits=[said])


def template(service_id: str, template_id: str) -> Template | None:
    """A template of this service, or None. What was read stays current for `TEMPLATE_SECONDS`; that there is none does not."""
    known = _templates.get((service_id, template_id))
    now = clock.now().timestamp()
    if known and now < known[0]:
        return known[1]
    item = table.get(*_template_key(service_id, template_id))
    found = Template(**json.loads(item["template"])) if item else None
    if found:
        _templates[service_id, template_id] = (now + TEMPLATE_SECONDS, found)
    return found


def templates(service_id: str) -> list[Template]:
    """The templates of a service that no file declares."""
    found: list[Template] = []
    after = None
    while True:
        page = table.query(f"service#{service_id}", prefix="template#", after=after)
        found += [Template(**json.loads(item["template"])) for item in page.items]
        if (after := page.after) is None:
            return found


def subscribe(service_id: str, name: str, channel: Channel, address: str) -> tuple[Subscriber, bool]:
    """Put an address on a list. Answers with the subscriber, and whether it is new there."""
    subscriber = Subscriber(ids.new(), channel, address)
    said = SubscriberAdded(service_id=UUID(service_id), list=name, subscriber_id=UUID(subscriber.id), channel=channel)
    added_at = clock.stamp()
    try:
        table.transact(
            Put({**_named(_subscription_key(service_id, name, address)), "subscriber_id": subscriber.id}, expect=absent()),
            Put({**_named(_subscriber_key(service_id, name, subscriber.id)), **_kept(subscriber), "added_at": added_at}, emits=[said]),
        )
    except ConditionFailed as known:
        return replace(subscriber, id=known.item["subscriber_id"]), False
    return subscriber, True


def unsubscribe(service_id: str, name: str, subscriber_id: str) -> bool:
    """Take somebody off a list, their address with them. False where nobody of that id is on it."""
    pk, sk = _subscriber_key(service_id, name, subscriber_id)
    item = table.get(pk, sk, consistent=True)
    if item is None or "address" not in item:
        return False
    said = SubscriberRemoved(service_id=UUID(service_id), list=name, subscriber_id=UUID(subscriber_id))
    try:
        table.transact(
            Update(pk, sk, {"expires_at": _expiry()}, remove=["address"], expect=_attr("address").exists(), emits=[said]),
            Delete(*_subscription_key(service_id, name, item["address"])),
        )
    except ConditionFailed:
        return False
    return True


def subscribers(service_id: str, name: str, after: str | None, limit: int) -> tuple[list[Subscriber], str | None]:
    """Up to `limit` of those on a list, and where to go on, if there is more. One shard after another, each by id."""
    shard, _, last = (after or "0:").partition(":")
    found: list[Subscriber] = []
    for number in range(int(shard), SHARDS):
        page = table.query(_shard_key(service_id, name, number), after=last or None, limit=limit - len(found), consistent=True)
        found += [Subscriber(item["sk"], item["channel"], item["address"]) for item in page.items if "address" in item]
        if page.after:
            return found, f"{number}:{page.after}"
        if len(found) >= limit and number + 1 < SHARDS:
            return found, f"{number + 1}:"
        last = ""
    return found, None


def go_on(request_id: str, after: str, continuation: CloudEvent) -> None:
    """A page of a list is done: say, once, that the request goes on after it."""
    try:
        item = {"pk": f"request#{request_id}", "sk": after, "expires_at": _expiry()}
        table.put(item, expect=absent(), emits=[continuation])
    except ConditionFailed:
        count("AlreadyGoneOn")


def _take(service_id: str, notification_id: str) -> Notification:
    key = _notification_key(service_id, notification_id)
    free = _attr("status").eq(Status.CREATED.value) & _attr("claim").not_exists()
    until = clock.epoch() + LEASE
    try:
        item = table.update(*key, set={"claim": uuid4().hex, "claim_until": until}, expect=free)
    except ConditionFailed as taken:
        _explain(taken.item)
        raise
    try:
        return _notification(item, content.fetch(item))
    except Exception:
        # Nothing has left: its words could not be read, and may be in a moment.
        _release(service_id, notification_id, item["claim"])
        raise


def _explain(item: Item) -> None:
    """Why a notification cannot be claimed."""
    if not item:
        raise Settled("no such notification is kept")
    if item["status"] != Status.CREATED.value:
        raise Settled(f"it is {item['status']}")
    if item["claim_until"] > clock.epoch():
        raise Busy("somebody is sending it")
    _give_up(_notification(item, _UNREAD), AMBIGUOUS)
    count("Ambiguous")
    raise Ambiguous(AMBIGUOUS)


def _release(service_id: str, notification_id: str, claim: str | None) -> None:
    key = _notification_key(service_id, notification_id)
    table.update(*key, remove=["claim", "claim_until"], expect=_attr("claim").eq(claim))


def _give_up(held: Notification, reason: str) -> None:
    expected = _attr("claim").eq(held.claim) & _attr("status").eq(Status.CREATED.value)
    try:
        _change(held, Status.TECHNICAL_FAILURE, {"reason": reason}, expected)
    except ConditionFailed:
        raise Busy("it is changing") from None


def _change(notification: Notification, status: Status, changes: dict[str, str], expect: ConditionBase) -> None:
    """Give a notification another status, and say so in the same write."""
    said = NotificationStatusChanged(
        service_id=UUID(notification.service_id),
        notification_id=UUID(notification.id),
        channel=notification.channel,
        status=status.value,
        reason=changes.get("reason"),
    )
    completed = {"completed_at": clock.stamp()} if status in FINAL else {}
    key = _notification_key(notification.service_id, notification.id)
    table.update(*key, set={"status": status.value, **changes, **completed}, remove=["claim_until"], expect=expect, emits=[said])


def _item(notification: Notification) -> Item:
    fields = asdict(notification)
    written = {name: fields.pop(name) for name in ("subject", "body", "one_click_unsubscribe_url", "reference")}
    return {
        **_named(_notification_key(notification.service_id, notification.id)),
        **fields,
        **content.keep(written),
        "status": notification.status.value,
        "cause": json.dumps(fields["cause"]),
        "expires_at": _expiry(),
    }


def _notification(item: Item, words: content.Words) -> Notification:
    kept = {name: item.get(name) for name in Notification.__slots__ if name in item}
    cause = Cause(**json.loads(item["cause"]))
    return Notification(**{**kept, **words, "status": Status(item["status"]), "cause": cause})


def _kept(subscriber: Subscriber) -> Item:
    return {"channel": subscriber.channel, "address": subscriber.address}


def _expiry() -> int:
    return int((clock.now() + RETENTION).timestamp())


def _attr(name: str) -> Any:
    from boto3.dynamodb.conditions import Attr  # here, as everything of boto3: reading a module must cost little

    return Attr(name)


def _named(key: tuple[str, str]) -> Item:
    return {"pk": key[0], "sk": key[1]}


def _notification_key(service_id: str, notification_id: str) -> tuple[str, str]:
    return f"notification#{service_id}#{notification_id}", "notification"


def _reference_key(channel: Channel, reference: str) -> tuple[str, str]:
    return f"reference#{channel}#{reference}", "reference"


def _template_key(service_id: str, template_id: str) -> tuple[str, str]:
    return f"service#{service_id}", f"template#{template_id}"


def _shard_key(service_id: str, name: str, shard: int) -> str:
    return f"subscribers#{service_id}#{name}#{shard}"


def _subscriber_key(service_id: str, name: str, subscriber_id: str) -> tuple[str, str]:
    return _shard_key(service_id, name, int(subscriber_id[-1], 16) % SHARDS), subscriber_id


def _subscription_key(service_id: str, name: str, address: str) -> tuple[str, str]:
    return f"subscription#{service_id}#{name}#{hashlib.sha256(address.encode()).hexdigest()}", "subscription"
