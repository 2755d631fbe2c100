"""What one request to send costs in CPU, warm and in process, authentication included, AWS answered by a canned transport."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from functions.bus.ingress import ingress
from functions.common import clients, keyring
from functions.notifications.api import api
from tests.benchmarks import canned, messages
from tests.benchmarks.account import Account, Event, Handler, account, call, room, unheard
from tests.benchmarks.paths import emit
from tests.benchmarks.report import Section, milliseconds

ROUNDS, REQUESTS = 9, 60


@contextmanager
def in_memory(here: Account) -> Iterator[None]:
    """DynamoDB answers from memory meanwhile: a write went well, a limit is never used up, and keys and templates are as they are now.
    Nothing else may be asked of AWS.
    """
    kept = {
        item["sk"]["S"]: item
        for table, partition in (("departments", keyring.partition(here.service)), ("notifications", f"service#{here.service}"))
        for item in _items(table, partition)
    }
    keys = [item for name, item in kept.items() if not name.startswith("template#")]
    answers = {
        "PutItem": b"{}",
        "UpdateItem": canned.body({"Attributes": {"full_at": {"N": "0"}, "taken": {"N": "0"}}}),
        "Query": canned.body({"Items": keys, "Count": len(keys), "ScannedCount": len(keys)}),
    }
    items = {name: canned.body({"Item": item}) for name, item in kept.items()}

    def answering(operation: str, asked: dict[str, Any]) -> bytes:
        return items[asked["Key"]["sk"]["S"]] if operation == "GetItem" else answers[operation]

    with canned.dynamodb(answering):
        yield


def _items(table: str, partition: str) -> list[dict[str, Any]]:
    values = {":p": {"S": partition}}
    found = clients.dynamodb().query(TableName=table, KeyConditionExpression="pk = :p", ExpressionAttributeValues=values)
    return [{**item} for item in found["Items"]]


def measure(rounds: int = ROUNDS) -> Section:
    """Ours and the floors, round by round, so that a busy moment hits all."""
    with account() as here, unheard():
        asked: dict[str, tuple[Handler, str, Callable[[], Event]]] = {
            "bare": (_bare(here), "notifications", partial(messages.send_email, here)),
            "writing": (_writing(here), "notifications", partial(messages.send_email, here)),
            "email": (api, "notifications", partial(messages.send_email, here)),
            "once": (api, "notifications", partial(messages.send_email_once, here)),
            "sms": (api, "notifications", partial(messages.send_text, here)),
            "letter": (api, "notifications", partial(messages.send_letter, here)),
            "event": (ingress, "bus", partial(emit, here)),
        }
        cheapest(1, asked)
        with in_memory(here):
            costs = cheapest(rounds, asked)
    floor = costs["writing"]
    return Section(
        title="Taking a request to send",
        how="CPU of one request in a warm process, the handler called with API Gateway's event: token checked, limits "
        "counted, template filled, recipient checked, notification and event written, logged and counted. AWS is a canned transport "
        f"below boto3. Best mean of {rounds} rounds of {REQUESTS}. GOV.UK Notify's figures are of a like machine at another time. "
        "To reach: 3 ms.",
        columns=("request", "ms of CPU", "times the floor"),
        rows=[
            ("*floor: a bare Powertools resolver that answers the same JSON*", milliseconds(costs["bare"]), _times(costs["bare"], floor)),
            ("*floor: the same, and one PutItem of the same item with boto3*", milliseconds(floor), "1.00"),
            ("`POST /v2/notifications/email`", milliseconds(costs["email"]), _times(costs["email"], floor)),
            ("the same, with an `Idempotency-Key`", milliseconds(costs["once"]), _times(costs["once"], floor)),
            ("`POST /v2/notifications/sms`", milliseconds(costs["sms"]), _times(costs["sms"], floor)),
            ("`POST /v2/notifications/letter`", milliseconds(costs["letter"]), _times(costs["letter"], floor)),
            ("`POST /events`, the demonstration event", milliseconds(costs["event"]), _times(costs["event"], floor)),
            ("*published: GOV.UK Notify's own API, web process*", "7 to 11", ""),
            ("*published: GOV.UK Notify's own API, PostgreSQL besides*", "1 to 2", ""),
        ],
    )


def cheapest(rounds: int, asked: dict[str, tuple[Handler, str, Callable[[], Event]]]) -> dict[str, float]:
    """The CPU seconds of one call of each, in the round that was least disturbed."""
    costs: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, (handler, table, event) in asked.items():
            with room(table):
                costs[name].append(_mean(handler, [event() for _ in range(REQUESTS)]))
    return {name: min(found) for name, found in costs.items()}


def _mean(handler: Handler, events: Sequence[Event]) -> float:
    began = time.process_time()
    for event in events:
        handler(event, SimpleNamespace())
    return (time.process_time() - began) / len(events)


def _bare(here: Account) -> Handler:
    with room("notifications"):
        answer = call(api, messages.send_email(here))
    resolver = APIGatewayHttpResolver()

    @resolver.post("/v2/notifications/email")
    def post() -> tuple[dict[str, Any], int]:
        json.loads(resolver.current_event.decoded_body or "")
        return answer, 201

    return resolver


def _writing(here: Account) -> Handler:
    item = _item(here)
    bare = _bare(here)

    def handle(event: Event, context: Any) -> Any:
        clients.dynamodb().put_item(TableName="notifications", Item=item)
        return bare(event, context)

    return handle


def _item(here: Account) -> Any:
    """The item that a request writes, as DynamoDB takes it."""
    written: list[Any] = []

    def note(params: Any, **_: Any) -> None:
        written.append(params["Item"])

    client = clients.dynamodb()
    client.meta.events.register("provide-client-params.dynamodb.PutItem", note)
    try:
        with room("notifications"):
            call(api, messages.send_email(here))
    finally:
        client.meta.events.unregister("provide-client-params.dynamodb.PutItem", note)
    return written[0]


def _times(cost: float, floor: float) -> str:
    return f"{cost / floor:.2f}"
