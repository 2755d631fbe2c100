"""Put what a table's outbox says on the bus, from the table's stream.

A stream keeps a record for 24 hours and its failure destination carries no payload, so every record is finished here: throttled entries
are tried again, what will not go is sent with its payload to this relay's own failure queue, and only if that fails too does the relay
raise.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Iterator
from typing import Any

from functions.common import clients
from functions.common.log import count, logger
from functions.common.settings import setting

MOST_ENTRIES = 10
MOST_BYTES = 1_000_000
"""Entries and bytes that one PutEvents call takes (EventBridge quotas), with room for what surrounds the details."""
TRIES = 5
RETRYABLE = frozenset({"ThrottlingException", "InternalFailure", "InternalException", "ServiceUnavailable", "RequestLimitExceeded"})

type Envelope = dict[str, Any]


def relay(event: dict[str, Any], context: object) -> None:
    """Handle a batch of stream records. Raises only where an event is neither on the bus nor in the failure queue."""
    said = [envelope for record in event["Records"] for envelope in _outbox(record)]
    for batch in _batches(said):
        _put(batch)
    count("Relayed", len(said))


def _outbox(record: dict[str, Any]) -> Iterator[Envelope]:
    image = record["dynamodb"].get("NewImage", {})
    if "outbox" in image:
        yield from json.loads(image["outbox"]["S"])


def _batches(said: Iterable[Envelope]) -> Iterator[list[dict[str, str]]]:
    batch: list[dict[str, str]] = []
    size = 0
    for envelope in said:
        entry = _entry(envelope)
        weight = len(entry["Detail"].encode()) + len(entry["Source"]) + len(entry["DetailType"]) + 14
        if batch and (len(batch) == MOST_ENTRIES or size + weight > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += weight
    if batch:
        yield batch


def _entry(envelope: Envelope) -> dict[str, str]:
    return {
        "EventBusName": setting("BUS"),
        "Source": envelope["source"],
        "DetailType": envelope["type"],
        "Time": envelope["time"],
        "Detail": json.dumps(envelope, separators=(",", ":"), ensure_ascii=False),
    }


def _put(entries: list[dict[str, str]]) -> None:
    refused: list[dict[str, str]] = []
    for attempt in range(TRIES):
        if attempt:
            time.sleep(min(0.05 * 2**attempt, 1) * random.uniform(0.5, 1))  # noqa: S311  # jitter, not a secret
        entries, permanent = _put_once(entries)
        refused += permanent
        if not entries:
            break
    for entry in [*refused, *entries]:
        _keep(entry)


def _put_once(entries: list[dict[str, str]]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """One call. Gives back the entries to try again, and those that never will go."""
    try:
        results = clients.events().put_events(Entries=entries)["Entries"]  # type: ignore[arg-type]  # Time is taken as text too
    except Exception as failure:  # the whole call: the network, a throttle, a refusal; each entry may still go later
        logger.warning("could not put events", error=type(failure).__name__, entries=len(entries))
        return entries, []
    again: list[dict[str, str]] = []
    never: list[dict[str, str]] = []
    for entry, result in zip(entries, results, strict=True):
        code = result.get("ErrorCode")
        if code:
            (again if code in RETRYABLE else never).append(entry)
            logger.warning("an event was refused", code=code, event_type=entry["DetailType"])
    return again, never


def _keep(entry: dict[str, str]) -> None:
    clients.sqs().send_message(QueueUrl=setting("RELAY_FAILURES"), MessageBody=json.dumps(entry))
    count("RelayFailed")
