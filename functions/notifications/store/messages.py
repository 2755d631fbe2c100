"""Notifications: accepted, claimed by whoever sends them, and followed to their end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4
from zlib import crc32

from functions.common import clock
from functions.common.cause import Cause, because, current, envelop
from functions.common.failures import Busy, Stale, Transient
from functions.common.log import count
from functions.common.table import ConditionFailed, Item, absent
from functions.notifications import content
from functions.notifications.notification import Notification, Postage
from functions.notifications.port import NotTaken, Rejected, Taken, Unanswered, Unprintable
from functions.notifications.receipt import Complaint, Receipt
from functions.notifications.statuses import FAILED, FINAL, Status, before
from functions.notifications.store.table import DAY_OF, attr, expiry, named, stands, table
from schemas.envelope import instant
from schemas.grammar import KeyType
from schemas.platform import (
    Channel,
    ComplaintReceived,
    LetterUploaded,
    NotificationAccepted,
    NotificationStatusChanged,
    PlatformEvent,
)

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

LEASE = 60
"""Seconds that a claim holds: longer than the function that took it may run."""
SHARDS = 4
"""Partitions of the index for each hour of receipts that are waited for: one would be the whole platform's."""
PATIENCE = timedelta(hours=4)
"""How long a message is offered to a provider that does not take it (contract 4, delivery); how long it waited before is not counted."""

AMBIGUOUS = "ambiguous: the provider may have taken it, and it is not sent again"

WORDS = ("subject", "body", "one_click_unsubscribe_url", "unsubscribe_url", "sanitised", "address", "contact_block")
"""What of a notification people wrote: kept apart, since it may be large. (Its reference is not, and callbacks need it.)"""
_UNREAD: content.Words = {"subject": None, "body": ""}


class Settled(Stale):
    """It has left, or never will."""


class Ambiguous(Stale):
    """Whoever was sending it is gone, and nobody knows whether it left. It is reported as that."""


def create(notification: Notification) -> Notification | None:
    """Accept a notification: one write, durable when this returns. Answers None; or the one of this id that was accepted before."""
    said: PlatformEvent
    about = {"service_id": UUID(notification.service_id), "notification_id": UUID(notification.id)}
    if notification.status == Status.PENDING_VIRUS_CHECK:
        said = LetterUploaded(**about)
    else:
        said = NotificationAccepted(**about, channel=notification.channel)
    envelope = envelop(said)
    cause = Cause.of(envelope, envelope.department)
    emits = [] if notification.is_simulated else [envelope]
    try:
        table.put(_item(replace(notification, cause=cause)), expect=absent(), emits=emits)
    except ConditionFailed as stands:
        return read(stands.item)
    return None


def find(service_id: str, notification_id: str) -> Notification | None:
    """A notification of this service, or None."""
    item = _standing(service_id, notification_id)
    return read(item) if item and not item.get("is_simulated") else None


def find_unread(service_id: str, notification_id: str) -> Notification | None:
    """The same without its words."""
    item = _standing(service_id, notification_id)
    return _notification(item, _UNREAD) if item and not item.get("is_simulated") else None


def kept(service_id: str, notification_id: str) -> Notification | None:
    """A notification with its words, and what is kept of requests to simulated recipients too."""
    item = _standing(service_id, notification_id)
    return read(item) if item else None


def unread(service_id: str, notification_id: str) -> Notification | None:
    """A notification without its words, for as long as anything is there of it."""
    item = table.get(*key(service_id, notification_id), consistent=True)
    return _notification(item, _UNREAD) if item else None


@contextmanager
def claim(service_id: str, notification_id: str) -> Iterator[Notification]:
    """Hold a notification, alone, while it is handed to its provider.

    Raises Busy where another holds it, Settled where nothing is left to do, Ambiguous where a holder is gone. What the provider answers
    decides how it ends: taken is `record_sent`, not taken releases the claim (or gives up, after `PATIENCE`), rejected, unprintable and
    unanswered are final. Any other failure leaves the claim to run out, for nobody knows how far the sending came.
    """
    held = _take(service_id, notification_id)
    try:
        yield held
    except NotTaken as refusal:
        if clock.now() - datetime.fromisoformat(held.offered_at or held.created_at) > PATIENCE:
            _give_up(held, Status.TECHNICAL_FAILURE, f"given up: {refusal}")
            return
        release(held)
        raise
    except Rejected as refusal:
        _give_up(held, Status.TECHNICAL_FAILURE, f"rejected: {refusal}")
    except Unprintable as refusal:
        _give_up(held, Status.VALIDATION_FAILED, str(refusal))
    except Unanswered as lost:
        _give_up(held, Status.TECHNICAL_FAILURE, AMBIGUOUS)
        count("Ambiguous")
        raise Ambiguous(AMBIGUOUS) from lost


def record_sent(held: Notification, taken: Taken) -> None:
    """The provider has taken it. The reference comes first, so that no receipt finds a notification that does not know it was sent."""
    status = Status.SENT if held.is_international else Status.SENDING
    # Nobody waits for a receipt that some countries never give, nor counts the hours until a letter is printed.
    waits = {} if held.is_international or held.channel == "letter" else waiting(held, taken)
    reference = {"service_id": held.service_id, "notification_id": held.id, "expires_at": expiry(held.retention_days)}
    table.put({**named(_reference_key(held.channel, taken.reference)), **reference, **waits})
    changes = {"provider": taken.provider, "provider_reference": taken.reference, "sent_at": taken.at, "pages": taken.pages}
    try:
        _change(held, status, changes, _held(held))
    except ConditionFailed as changed:
        if changed.item.get("provider_reference") != taken.reference:
            raise Ambiguous(AMBIGUOUS) from None


def waiting(held: Notification, taken: Taken) -> Item:
    """Until when the receipt of a sending is waited for, as the index has it: three days, or an hour less than it is kept for."""
    until = datetime.fromisoformat(taken.at) + min(timedelta(hours=72), timedelta(days=held.retention_days, hours=-1))
    return {"gsi1pk": waiting_partition(until, crc32(taken.reference.encode()) % SHARDS), "gsi1sk": taken.reference}


def waiting_partition(until: datetime, shard: int) -> str:
    """Where the index has the sendings whose receipts are waited for until some time in this hour."""
    return f"waiting#{until:%Y-%m-%dT%H}#{shard}"


def unanswered(until: datetime, limit: int) -> list[tuple[str, str, tuple[str, str]]]:
    """Some sendings of this hour, up to `limit` of each shard: service, notification, and the key of what waits."""
    items = [item for shard in range(SHARDS) for item in table.query(waiting_partition(until, shard), index="gsi1", limit=limit).items]
    return [(item["service_id"], item["notification_id"], (item["pk"], item["sk"])) for item in items]


def wait_no_more(waits: tuple[str, str]) -> None:
    """A sending is not waited for any more."""
    with suppress(ConditionFailed):
        table.update(*waits, remove=["gsi1pk", "gsi1sk"], expect=attr("gsi1pk").exists())


def find_by_reference(channel: Channel, reference: str) -> Notification | None:
    """The notification that its provider knows by a reference, without its words; None where no sending has it, or none yet."""
    known = table.get(*_reference_key(channel, reference), consistent=True)
    return unread(known["service_id"], known["notification_id"]) if known else None


def record_receipt(notification: Notification, receipt: Receipt) -> None:
    """A receipt has come. Raises Transient where it comes before the sending is on record, Stale where it changes nothing."""
    possible = [status.value for status in before(receipt.status) if status != Status.CREATED]
    expected = attr("provider_reference").eq(receipt.reference) & attr("status").is_in(possible)
    reason = {"reason": receipt.reason} if receipt.status in FAILED else {}
    # What is said follows from the acceptance, not from an event of the provider's, which is in nobody's tree.
    with because(notification.cause or current()):
        try:
            _change(notification, receipt.status, reason, expected)
        except ConditionFailed as found:
            if found.item.get("status") == Status.CREATED.value:
                raise Transient("the sending is not on record yet") from None
            raise Stale(f"a receipt after {found.item.get('status', 'its end')}") from None
    if receipt.status in FINAL:
        # After the status, not with it: where this is not done, the sweep finds that there is nothing to do.
        wait_no_more(_reference_key(receipt.channel, receipt.reference))


def record_complaint(notification: Notification, complaint: Complaint) -> None:
    """The recipient complains, which is said once. Raises Stale where it was said before."""
    said = ComplaintReceived(
        service_id=UUID(notification.service_id), notification_id=UUID(notification.id), complaint_id=complaint.complaint_id
    )
    known = {"complaint_id": complaint.complaint_id, "complained_at": instant(complaint.at)}
    expected = attr("pk").exists() & attr("complaint_id").not_exists()
    with because(notification.cause or current()):
        try:
            table.update(*key(notification.service_id, notification.id), set=known, expect=expected, emits=[said])
        except ConditionFailed:
            raise Stale("a complaint that was heard before") from None


def record_checked(
    letter: Notification, status: Status, reason: str | None = None, *, pages: int | None = None, postage: Postage | None = None
) -> None:
    """A precompiled letter was checked: it waits for the printer, or has failed. Raises Stale where it was checked before."""
    accepted = NotificationAccepted(service_id=UUID(letter.service_id), notification_id=UUID(letter.id), channel=letter.channel)
    also = [accepted] if status == Status.CREATED else []
    changes = {"reason": reason, "pages": pages, "postage": postage}
    try:
        _change(letter, status, changes, attr("status").eq(Status.PENDING_VIRUS_CHECK.value), also)
    except ConditionFailed as found:
        raise Stale(f"it is {found.item.get('status', 'gone')}") from None


def release(held: Notification) -> None:
    """Nothing has left, and somebody else may try."""
    where = key(held.service_id, held.id)
    table.update(*where, remove=["claim", "claim_until"], expect=attr("claim").eq(held.claim))


def key(service_id: str, notification_id: str) -> tuple[str, str]:
    """Where a notification stands."""
    return f"notification#{service_id}#{notification_id}", "notification"


def listed(service_id: str, key_type: KeyType, day: str) -> str:
    """Where the index has the notifications of a day."""
    return f"notifications#{service_id}#{key_type}#{day}"


def referenced(service_id: str, key_type: KeyType, reference: str) -> str:
    """Where the index has the notifications of a caller's reference, which may hold anything, and so is not a key itself."""
    return f"reference#{service_id}#{key_type}#{hashlib.sha256(reference.encode()).hexdigest()}"


def moment(notification: Notification) -> str:
    """Where a notification stands in the order of time."""
    return f"{notification.created_at}#{notification.id}"


def read(item: Item) -> Notification:
    """A notification as its item has it, words included, unless they are gone."""
    return _notification(item, content.fetch(item) or _UNREAD)


def _standing(service_id: str, notification_id: str) -> Item | None:
    # Consistent: callers ask as soon as they have the id.
    item = table.get(*key(service_id, notification_id), consistent=True)
    return item if item and stands(item) else None


def _take(service_id: str, notification_id: str) -> Notification:
    free = attr("status").eq(Status.CREATED.value) & attr("claim").not_exists()
    claim = {"claim": uuid4().hex, "claim_until": clock.epoch() + LEASE}
    try:
        item = table.update(*key(service_id, notification_id), set=claim, once={"offered_at": clock.stamp()}, expect=free)
    except ConditionFailed as taken:
        _explain(taken.item)
        raise
    unread = _notification(item, _UNREAD)
    try:
        words = content.fetch(item)
    except Exception:
        # Nothing has left: its words could not be read, and may be in a moment.
        release(unread)
        raise
    if words is None:
        _give_up(unread, Status.TECHNICAL_FAILURE, "its words are gone")
        raise Settled("its words are gone")
    return _notification(item, words)


def _explain(item: Item) -> None:
    """Why a notification cannot be claimed."""
    if not item:
        raise Settled("no such notification is kept")
    if item["status"] != Status.CREATED.value:
        raise Settled(f"it is {item['status']}")
    if item["claim_until"] > clock.epoch():
        raise Busy("somebody is sending it")
    _give_up(_notification(item, _UNREAD), Status.TECHNICAL_FAILURE, AMBIGUOUS)
    count("Ambiguous")
    raise Ambiguous(AMBIGUOUS)


def _give_up(held: Notification, status: Status, reason: str) -> None:
    try:
        _change(held, status, {"reason": reason}, _held(held))
    except ConditionFailed:
        raise Busy("it is changing") from None


def _held(held: Notification) -> ConditionBase:
    condition: ConditionBase = attr("claim").eq(held.claim) & attr("status").eq(Status.CREATED.value)
    return condition


def _change(
    notification: Notification,
    status: Status,
    changes: Mapping[str, Any],
    expect: ConditionBase,
    also: Sequence[PlatformEvent] = (),
) -> None:
    """Give a notification another status, and say so in the same write."""
    said = NotificationStatusChanged(
        service_id=UUID(notification.service_id),
        notification_id=UUID(notification.id),
        channel=notification.channel,
        status=status.value,
        key_type=notification.key_type,
        template_id=UUID(notification.template_id) if notification.template_id else None,
        reason=changes.get("reason"),
    )
    completed = {"completed_at": clock.stamp()} if status in FINAL else {}
    known = {name: value for name, value in changes.items() if value is not None}
    table.update(
        *key(notification.service_id, notification.id),
        set={"status": status.value, **known, **completed},
        remove=["claim_until"],
        expect=expect,
        emits=[said, *also],
    )


def _item(notification: Notification) -> Item:
    fields = asdict(notification)
    words = {name: fields.pop(name) for name in WORDS}
    place = moment(notification)
    item = {
        **named(key(notification.service_id, notification.id)),
        **fields,
        **content.keep({name: word for name, word in words.items() if word not in (None, (), {})}, notification.retention_days),
        "status": notification.status.value,
        "cause": json.dumps(fields["cause"]),
        "expires_at": expiry(notification.retention_days),
    }
    if notification.is_simulated:
        return item
    if notification.reference:
        item |= {"gsi2pk": referenced(notification.service_id, notification.key_type, notification.reference), "gsi2sk": place}
    return item | {"gsi1pk": listed(notification.service_id, notification.key_type, notification.created_at[DAY_OF]), "gsi1sk": place}


def _notification(item: Item, words: content.Words) -> Notification:
    known = {name: item.get(name) for name in Notification.__slots__ if name in item}
    cause = Cause(**json.loads(item["cause"]))
    defaults = {"subject": None, "body": "", **words, "address": tuple(words.get("address", ()))}
    # An attribute that is None is not kept, and what is not kept of these has no other meaning.
    absences = {"template_id": None, "rate_multiplier": None}
    return Notification(**{**absences, **known, **defaults, "status": Status(item["status"]), "cause": cause})


def _reference_key(channel: Channel, reference: str) -> tuple[str, str]:
    return f"reference#{channel}#{reference}", "reference"
