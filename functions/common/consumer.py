"""What every consumer of events needs and none should write: parsing, trust, cause, partial batches, the kinds of failure, latency.

A consumer reads a queue that a rule on the bus fills. Its outcome for each event is one of applied, stale, quarantined or, where it
may work later, transient: then the message is not acknowledged and comes back, and after its queue's tries goes to the dead-letter queue.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from functions.common import claim_check, clients, clock, declarations
from functions.common.cause import Cause, because
from functions.common.failures import Invalid, Stale, Transient
from functions.common.log import count, logger
from functions.common.settings import function, setting
from schemas.envelope import MAXIMUM_HOPS, PLATFORM_SOURCES, REDRIVEN_FROM, CloudEvent, owner_of
from schemas.platform import PlatformEvent

type BatchAnswer = dict[str, list[dict[str, str]]]
type Handler = Callable[[dict[str, Any], LambdaContext], BatchAnswer]

LONGEST_PAUSE = Transient.longest_pause
"""Seconds between two tries at the most, where the failure does not say."""
LONGEST_WAY = timedelta(days=1)
"""From where an event is put to a queue: for so long a stream keeps it and EventBridge tries to deliver it."""


def consumes[Event: PlatformEvent](model: type[Event]) -> Callable[[Callable[[Event], None]], Handler]:
    """Make a Lambda handler of a function that takes one platform event of this type.

    The function raises Invalid, Stale or anything else (transient); it returns where the event is applied.
    """

    def decorate(consumer: Callable[[Event], None]) -> Handler:
        def read_and_consume(envelope: CloudEvent) -> None:
            consumer(_read(model, envelope))

        return consumes_any(read_and_consume)

    return decorate


def consumes_any(consumer: Callable[[CloudEvent], None]) -> Handler:
    """The same for a function that takes any event, in its envelope."""
    return batches(lambda record: _consume_event(record, consumer))


def consumes_messages(consumer: Callable[[Any], None]) -> Handler:
    """The same for a function that takes JSON that is no CloudEvent, as AWS services put on the default bus.

    Who may send it is the matter of the queue's policy.
    """
    return batches(lambda record: _settle(record, None, lambda: consumer(_json(record.body))))


def batches(consume_one: Callable[[SQSRecord], None]) -> Handler:
    """Work off a batch of messages. Those whose consumption raises are named in the answer, and only they come back.

    Not with Powertools' processor: it brings asyncio and models of every event source, a ninth of what a consumer takes to start.
    """

    def handle(event: dict[str, Any], _: LambdaContext) -> BatchAnswer:
        failures = []
        for record in map(SQSRecord, event["Records"]):
            try:
                consume_one(record)
            except Exception:  # whatever it was: the message comes back, and after its tries goes to the dead-letter queue
                failures.append({"itemIdentifier": record.message_id})
        return {"batchItemFailures": failures}

    return handle


def acting_department(envelope: CloudEvent) -> str | None:
    """Whom an event acts for. Sources are fenced: the platform's own may name a department, any other is its department's alone."""
    if envelope.source.startswith(PLATFORM_SOURCES):
        return envelope.department
    return declarations.department_of(envelope.source)


def _consume_event(record: SQSRecord, consumer: Callable[[CloudEvent], None]) -> None:
    try:
        envelope = _trusted(record)
        _check_standing(envelope, record)
    except Invalid as invalid:
        _quarantine(record.body, invalid)
        _report("quarantined", None, reason=str(invalid))
        return

    def consume() -> None:
        with because(Cause.of(envelope, acting_department(envelope))):
            consumer(claim_check.collect(envelope))

    _settle(record, envelope, consume)


def _settle(record: SQSRecord, envelope: CloudEvent | None, consume: Callable[[], None]) -> None:
    try:
        consume()
    except Stale as stale:
        _report("stale", envelope, reason=str(stale))
    except Invalid as invalid:
        _quarantine(record.body, invalid)
        _report("quarantined", envelope, reason=str(invalid))
    except Exception as failure:
        _report("transient", envelope, reason=type(failure).__name__, tries=record.attributes.approximate_receive_count)
        _pause(record, getattr(failure, "longest_pause", LONGEST_PAUSE))
        raise
    else:
        _report("applied", envelope)


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("is not JSON", "body") from None


def _trusted(record: SQSRecord) -> CloudEvent:
    """The CloudEvent that EventBridge delivered. Invalid where it is none, or claims what EventBridge does not know of it."""
    try:
        delivered = json.loads(record.body)
        envelope = CloudEvent.model_validate(delivered["detail"])
    except ValidationError as refused:
        raise Invalid(_first_problem(refused), "detail") from None
    except (ValueError, RecursionError, KeyError, TypeError):
        raise Invalid("is not an event as EventBridge delivers it", "body") from None
    for claimed, known, field in (
        (envelope.source, delivered.get("source"), "source"),
        (envelope.type, delivered.get("detail-type"), "type"),
    ):
        if claimed != known:
            raise Invalid(f"the CloudEvent says {claimed!r} but it was put on the bus as {known!r}", field)
    _check_sender(envelope)
    if "sunset" in (declarations.emitted(envelope.type) or {}):
        _check_not_over(envelope, delivered, record)
    if envelope.hops > MAXIMUM_HOPS:
        raise Invalid(f"is {envelope.hops} causes deep, which is a loop: {MAXIMUM_HOPS} are allowed", "hops")
    return envelope


def _check_sender(envelope: CloudEvent) -> None:
    if envelope.source.startswith(PLATFORM_SOURCES):
        return
    department = declarations.department_of(envelope.source)
    if department is None:
        raise Invalid(f"{envelope.source!r} belongs to no department", "source")
    if envelope.department not in (None, department):
        raise Invalid(f"{envelope.source!r} cannot act for {envelope.department!r}", "department")
    if not declarations.may_emit(envelope.source, envelope.type):
        raise Invalid(f"{department!r} does not declare {envelope.type!r} from {envelope.source!r}", "type")
    if owner_of(envelope.type) not in (department, "platform"):
        raise Invalid(f"{envelope.type!r} belongs to another department", "type")


def _check_standing(envelope: CloudEvent, record: SQSRecord) -> None:
    """What the platform says for a department was decided before; what the department itself says is acted on while it stands."""
    if envelope.source.startswith(PLATFORM_SOURCES):
        return
    from functions.common import suspension  # local: most consumers hear the platform alone

    department = declarations.department_of(envelope.source)
    if department and suspension.stops(department, suspension.arrival(record.attributes.get("SentTimestamp"))):
        raise Invalid(f"the department {department!r} is suspended", "source")


def _check_not_over(envelope: CloudEvent, delivered: dict[str, Any], record: SQSRecord) -> None:
    from functions.common import sunset  # local: few types end, and every consumer pays for what it imports

    if found := sunset.over(envelope.type, *_said_at(envelope, delivered, record)):
        raise Invalid(found.refusal, "type")


def _said_at(envelope: CloudEvent, delivered: dict[str, Any], record: SQSRecord) -> Iterator[datetime]:
    """When an event was said: as it says itself, as EventBridge says, and, unless it comes again, by when it came into the queue.

    Whoever puts an event may give it the time that they like, but not that of its message. What comes again, out of the archive or a
    dead-letter queue, has waited: it was on the bus once, and is judged by its own time.
    """
    yield envelope.time
    with suppress(KeyError, TypeError, ValueError):
        yield datetime.fromisoformat(delivered["time"])
    if "replay-name" not in delivered and REDRIVEN_FROM not in record.message_attributes:
        sent = int(record["attributes"].get("SentTimestamp", 0)) / 1000
        yield datetime.fromtimestamp(sent, UTC) - LONGEST_WAY


def _read[Event: PlatformEvent](model: type[Event], envelope: CloudEvent) -> Event:
    if envelope.type != model.type_name():
        raise Invalid(f"this consumer reads {model.type_name()}", "type")
    try:
        return model.read(envelope)
    except ValidationError as refused:
        raise Invalid(_first_problem(refused), "data") from None


def _first_problem(refused: ValidationError) -> str:
    # Where and what, never the value: it may be somebody's name.
    problem = refused.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"


def _quarantine(body: str, invalid: Invalid) -> None:
    message = {"consumer": function(), "reason": str(invalid), "body": body}
    clients.sqs().send_message(QueueUrl=setting("QUARANTINE_QUEUE"), MessageBody=json.dumps(message))


def _pause(record: SQSRecord, longest: int) -> None:
    """Space the tries: 1, 2, 4, … seconds, with jitter, so that many do not come back at once."""
    tries = int(record.attributes.approximate_receive_count)
    seconds = min(2 ** (tries - 1), longest) * random.uniform(0.75, 1.25)  # noqa: S311  # jitter, not a secret
    try:
        queue = clients.queue_url(record.event_source_arn)
        clients.sqs().change_message_visibility(QueueUrl=queue, ReceiptHandle=record.receipt_handle, VisibilityTimeout=round(seconds))
    except Exception as failure:  # the queue's own visibility timeout then does it, later
        logger.warning("could not space a retry", reason=type(failure).__name__)


def _report(outcome: str, envelope: CloudEvent | None, **details: str) -> None:
    told: dict[str, Any] = {"outcome": outcome, **details}
    if envelope:
        told |= {"event_id": envelope.id, "event_type": envelope.type, "correlation_id": envelope.correlation}
    logger.info(outcome, **told)
    # Not "Outcome": in the embedded format a metric and a dimension of one name are one member.
    count("Event", Outcome=outcome)
    if envelope and outcome == "applied":
        latency = (clock.now() - envelope.time).total_seconds() * 1000
        count("Latency", max(latency, 0), unit=MetricUnit.Milliseconds)
