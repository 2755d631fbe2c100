"""Every dead-letter queue of a stage: what waits there, where it came from, and the way back.

Names tell the three kinds apart: `…-dead` holds what a function gave up on (and what the bus itself could not take), `…-undelivered`
what a rule could not hand to its queue, `…-relay-failures` what a relay could not put on the bus.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.tools.failures import Failed
from infra.tools.letter import AT, HELD_SECONDS, Letter, entry_of, provenance
from infra.tools.queue_names import DEAD_LETTERS
from infra.tools.target import Target

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef


@dataclass(frozen=True)
class Queue:
    """A queue as it stands: how many messages wait, and how many somebody holds."""

    name: str
    url: str
    arn: str
    waiting: int
    held: int
    dead_letters: str | None = None
    """The ARN of the queue that takes what could not be handled here."""


@dataclass(frozen=True)
class Home:
    """Where the messages of a dead-letter queue came from, and go back to: a queue, or the bus, which has no `url`."""

    name: str
    url: str | None = None


def every_queue(target: Target) -> list[Queue]:
    """All queues of the stage, by name."""
    pages = target.sqs.get_paginator("list_queues").paginate(QueueNamePrefix=f"{target.prefix}-", PaginationConfig={"PageSize": 1000})
    return sorted((_queue(target, url) for page in pages for url in page.get("QueueUrls", [])), key=lambda queue: queue.name)


def queue_named(target: Target, name: str) -> Queue:
    """The queue of this name, as it stands. Raises Failed when there is none."""
    return _queue(target, target.queue_url(name))


def dead_letter_queues(target: Target) -> list[tuple[Queue, Home | None]]:
    """Those that take dead letters, each with where its messages came from, if that still is."""
    queues = every_queue(target)
    return [(queue, _home(target, queue, queues)) for queue in queues if queue.name.endswith(DEAD_LETTERS)]


def dead_letter_queue(target: Target, name: str) -> tuple[Queue, Home | None]:
    """One of them, by its name with or without the stage's prefix. Raises Failed when there is none of that name."""
    full = name if name.startswith(f"{target.prefix}-") else f"{target.prefix}-{name}"
    for queue, home in dead_letter_queues(target):
        if queue.name == full:
            return queue, home
    raise Failed(f"There is no dead-letter queue {name}: `commonweal redrive list` shows them all.")


def letters(target: Target, queue: Queue, before: str | None = None) -> Iterator[Letter]:
    """The messages of a queue, held while they are looked at. What is not deleted or released comes back by itself after a minute.

    With `before`, a stamp, those that were sent back since are left out: what fails again must not go round for ever.
    """
    seen: set[str] = set()
    while received := _receive(target, queue):
        for letter in map(Letter.of, received):
            again = letter.id in seen  # its hold ran out
            if again or (before and letter.said.get(AT, "") >= before):
                release(target, queue, [letter])
                return
            seen.add(letter.id)
            yield letter


def release(target: Target, queue: Queue, held: Iterable[Letter]) -> None:
    """Let the messages be seen by others again."""
    for letter in held:
        target.sqs.change_message_visibility(QueueUrl=queue.url, ReceiptHandle=letter.receipt, VisibilityTimeout=0)


def give_back(target: Target, queue: Queue, home: Home, letter: Letter, edited: str | None = None) -> None:
    """Send a message back where it came from, then delete it here: between the two there are two of it, never none.

    Raises when it cannot be sent; then it is still here.
    """
    body = letter.body if edited is None else edited
    if home.url is None:
        _put(target, home.name, queue, body)
    else:
        attributes = provenance(letter, queue.name, edited=edited is not None)
        target.sqs.send_message(QueueUrl=home.url, MessageBody=body, MessageAttributes=attributes)
    target.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=letter.receipt)


def _put(target: Target, bus: str, queue: Queue, body: str) -> None:
    # An event on the bus has no message attributes: where it was waiting stands among its resources.
    entry = entry_of(body) | {"EventBusName": bus, "Resources": [queue.arn]}
    answer = target.events.put_events(Entries=[entry])["Entries"][0]  # type: ignore[list-item]  # Time is taken as text too
    if answer.get("ErrorCode"):
        raise Failed(f"the bus refuses it: {answer['ErrorCode']}: {answer.get('ErrorMessage', '')}")


def _receive(target: Target, queue: Queue) -> "list[MessageTypeDef]":
    return target.sqs.receive_message(
        QueueUrl=queue.url,
        MaxNumberOfMessages=10,
        # A short poll may come back empty from a queue that is not.
        WaitTimeSeconds=1 if queue.waiting else 0,
        VisibilityTimeout=HELD_SECONDS,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    ).get("Messages", [])


def _queue(target: Target, url: str) -> Queue:
    found = target.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    policy = json.loads(found.get("RedrivePolicy") or "{}")
    return Queue(
        name=url.rpartition("/")[2],
        url=url,
        arn=found["QueueArn"],
        waiting=int(found.get("ApproximateNumberOfMessages", 0)),
        held=int(found.get("ApproximateNumberOfMessagesNotVisible", 0)),
        dead_letters=policy.get("deadLetterTargetArn"),
    )


def _home(target: Target, queue: Queue, queues: list[Queue]) -> Home | None:
    if queue.name.endswith("-relay-failures") or queue.name == f"{target.prefix}-bus-dead":
        return Home(target.prefix)
    if queue.name.endswith("-dead"):
        return next((Home(source.name, source.url) for source in queues if source.dead_letters == queue.arn), None)
    arns = _targets(target, queue.name.removesuffix("-undelivered"))
    return next((Home(one.name, one.url) for one in queues if one.arn in arns), None)


def _targets(target: Target, rule: str) -> set[str]:
    """The ARNs that a rule sends to, on the shared bus or, as receipts from providers are heard, on the account's own."""
    found = set[str]()
    for bus in (target.prefix, "default"):
        with suppress(target.events.exceptions.ResourceNotFoundException):
            found |= {one["Arn"] for one in target.events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"]}
    return found
