"""The queues beside a function: where what nobody can handle is kept, and when a message comes back that failed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, cast

type BatchAnswer = dict[str, list[dict[str, str]]]

FIRST_PAUSE = 15
GROWS = 4
LONGEST_PAUSE = 3_600
"""Seconds. The five tries of a queue then lie within some twenty minutes: the second soon, the last when a short outage is over."""
LONGEST_REASON = 256


class Unnamed(LookupError):
    """The environment names no such queue."""


def keep(setting: str, body: str, reason: str) -> None:
    """Send a message as it came, with why, to the queue that the environment names. Raises Unnamed where it names none."""
    queue = os.environ.get(setting)
    if not queue:
        raise Unnamed(f"{setting} is not set")
    told = {"reason": {"DataType": "String", "StringValue": reason[:LONGEST_REASON] or "not told"}}
    _sqs().send_message(QueueUrl=queue, MessageBody=body, MessageAttributes=cast("Any", told))


def settle(records: Sequence[Mapping[str, Any]], one: Callable[[Mapping[str, Any]], bool]) -> BatchAnswer:
    """Work off a batch, of which `one` says whether a message is done with. The others come back, each after its pause."""
    failures = [record for record in records if not one(record)]
    for record in failures:
        _space(record)
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failures]}


def _space(record: Mapping[str, Any]) -> None:
    if "receiptHandle" not in record:  # no queue brought it, but a test
        return
    try:
        come_back(record)
    except Exception as failure:  # then it comes when the queue has hidden it for as long as it does any other
        import logging  # local: that fails seldom

        logging.getLogger("commonweal_events").warning("a retry could not be spaced: %s", type(failure).__name__)


def come_back(record: Mapping[str, Any]) -> None:
    """Have a message come back after a pause, which grows with each try and varies, so that many do not come at once."""
    import random  # local: as boto3 below

    _, _, _, _, account, name = str(record["eventSourceARN"]).split(":")
    tries = int(record["attributes"]["ApproximateReceiveCount"])
    seconds = min(FIRST_PAUSE * GROWS ** (tries - 1), LONGEST_PAUSE) * random.uniform(0.75, 1.25)  # noqa: S311  # jitter, not a secret
    # The queue may be another account's, and is in the Region of whoever is brought its messages.
    url = f"{_sqs().meta.endpoint_url}/{account}/{name}"
    _sqs().change_message_visibility(QueueUrl=url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=round(seconds))


@cache
def _sqs() -> Any:
    import boto3  # local: most messages and events go well

    return boto3.client("sqs")
