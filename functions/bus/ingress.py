"""Take events in over HTTP: `POST /events`, and `GET /events/<id>` for what became of one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, Field

from functions.bus import admission, cloudevents, store
from functions.bus.admission import Receipt
from functions.common import auth, clock, declarations, sunset
from functions.common.failures import Refusal
from functions.common.http import Api, caller

api = ingress = Api("Events", scheme=auth.whole_key, scope="events:emit", key_types=("live", "test"), raw=True)

SHOWN = 14
"""Days for which it is shown who produced a type that is to end."""


class Hop(BaseModel):
    """One event of a tree, without its data where that may be personal."""

    id: str
    type: str
    source: str
    subject: str | None = None
    time: str
    published_at: str
    causationid: str | None = None
    data: dict[str, Any] | None = None


class Tree(BaseModel):
    """What became of an event: every event of its tree that is this department's, in the order of time."""

    id: str
    events: list[Hop] = Field(description="Empty until the event is on the bus.")


class Producer(BaseModel):
    """A service that said events of a type in a day."""

    day: str
    department: str
    service: str = Field(description="The id of the service; `account` where the department's own AWS account put them on the bus.")
    events: int = Field(description="At least so many.")


class TypeOfEvent(BaseModel):
    """A type of event, when it ends, and who said it lately."""

    type: str
    sunset: str | None = Field(default=None, description="The last day on which it is taken.")
    replaced_by: str | None = None
    producers: list[Producer]


@api.post("/events", summary="Send one CloudEvent, or a batch of at most 100", responses={202: {"description": "Taken in"}})
def post_events() -> Response[str]:
    """Structured, binary and batched modes. Every event gets a receipt; one that is refused does not spoil the others."""
    sent, batched = cloudevents.read(api.headers, api.body())
    receipts = [admission.admit(event, caller(), api.base_url) for event in sent]
    if not batched and receipts[0].problem:
        raise receipts[0].refusal()
    body: object = {"receipts": [receipt.wire() for receipt in receipts]} if batched else receipts[0].wire()
    return Response(_status(receipts), "application/json", json.dumps(body, ensure_ascii=False), headers=_headers(receipts))


@api.get("/events/<event_id>", summary="Follow an event")
def get_event(event_id: str) -> Tree:
    """The tree of an event that this department sent or that the platform acted on for it. Any other is as if it were not there."""
    event_id = unquote(event_id)
    # A tree may hold other departments' events too: anybody can name a correlation id.
    hops = [hop for hop in store.trace(event_id) if admission.belongs(hop, caller().department)]
    if all(hop["id"] != event_id for hop in hops):
        sources = (declarations.department(caller().department) or {}).get("sources", ())
        if store.taken_in(event_id, sources):
            return Tree(id=event_id, events=[])
        raise Refusal(404, "There is no such event.", code="not_found")
    return Tree(id=event_id, events=[Hop(**{**hop, "data": json.loads(hop["data"]) if hop.get("data") else None}) for hop in hops])


@api.get("/events/types/<event_type>", summary="Whether one of your types is to end, and who still produces it")
def get_type(event_type: str) -> TypeOfEvent:
    """A type of the caller's own department. Producers are counted from when its file says a sunset, those of the last 14 days are told."""
    type_ = unquote(event_type)
    declared = declarations.emitted(type_)
    if declared is None or declared["department"] != caller().department:
        raise Refusal(404, "There is no such type.", code="not_found")
    ending = sunset.ending(type_)
    since = (clock.now().date() - timedelta(days=SHOWN)).isoformat()
    return TypeOfEvent(
        type=type_,
        sunset=ending.last_day.isoformat() if ending else None,
        replaced_by=ending.successor if ending else None,
        producers=[Producer(**asdict(use)) for use in store.uses(type_, since)],
    )


def _status(receipts: Sequence[Receipt]) -> int:
    """202 where any event was taken; else 429 where that is all that was wrong, and 422."""
    refusals = [receipt.problem.status for receipt in receipts if receipt.problem]
    if not receipts or len(refusals) < len(receipts):
        return 202
    return 429 if set(refusals) == {429} else 422


def _headers(receipts: Sequence[Receipt]) -> dict[str, str | list[str]]:
    """What the answer to several says of them all: what types end, and when to come again with those that were too many."""
    ends = sunset.headers(dict.fromkeys(receipt.ending for receipt in receipts if receipt.ending))
    limited = [receipt.problem.headers for receipt in receipts if receipt.problem and receipt.problem.status == 429]
    return {**ends, **(limited[-1] if limited else {})}
