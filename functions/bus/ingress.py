"""Take events in over HTTP: `POST /events`, and `GET /events/<id>` for what became of one."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, Field

from functions.bus import admission, cloudevents, store
from functions.common import auth, declarations
from functions.common.failures import Refusal
from functions.common.http import Api, caller

api = ingress = Api("Events", scheme=auth.whole_key, scope="events:emit", key_types=("live", "test"), raw=True)


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


@api.post("/events", summary="Send one CloudEvent, or a batch of at most 100", responses={202: {"description": "Taken in"}})
def post_events() -> Response[str]:
    """Structured, binary and batched modes. Every event gets a receipt; one that is refused does not spoil the others."""
    sent, batched = cloudevents.read(api.headers, api.body())
    receipts = [admission.admit(event, caller(), api.base_url) for event in sent]
    refused = [receipt for receipt in receipts if receipt.problem]
    if not batched and refused:
        raise refused[0].refusal()
    status = 422 if refused and len(refused) == len(receipts) else 202
    body: object = {"receipts": [receipt.wire() for receipt in receipts]} if batched else receipts[0].wire()
    return Response(status, "application/json", json.dumps(body, ensure_ascii=False))


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
