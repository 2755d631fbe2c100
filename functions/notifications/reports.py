"""What providers report over HTTP: what became of a message, and texts that people sent. Each is safe in a queue before it is answered."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from functions.common import auth, clients, clock
from functions.common.http import Api
from functions.common.settings import setting
from functions.notifications.receipt import reported
from schemas.envelope import instant
from schemas.platform import Channel
from schemas.sending import dialled

reports = Api("Notifications: reports of providers", scheme=auth.whole_key, scope="notifications:receipts")


class NewReceipt(BaseModel):
    """What became of a message. `reference` is the provider's; a printer's is that of the manifest."""

    model_config = ConfigDict(extra="forbid")

    channel: Channel
    reference: Annotated[str, Field(min_length=1, max_length=256)]
    status: Literal["pending", "delivered", "temporary-failure", "permanent-failure", "technical-failure", "returned-letter"]
    at: AwareDatetime


class NewText(BaseModel):
    """A text that somebody sent to a number of ours, as its network passes it on."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=256)]
    source_number: Annotated[str, Field(pattern=r"^\+?[0-9]{3,15}$")]
    destination_number: Annotated[str, Field(max_length=32), AfterValidator(dialled)]
    message: Annotated[str, Field(max_length=2_000)]


class Taken(BaseModel):
    """It is kept, and will be dealt with in a moment."""

    status: Literal["accepted"] = "accepted"


@reports.post("/notifications/receipts", status_code=202)
def post_receipt(receipt: NewReceipt) -> tuple[Taken, int]:
    """Take a receipt. One that comes early, late or again does no harm."""
    # A reference that nobody knows is waited for until some time after this, which a clock that is fast would never let come.
    at = min(receipt.at, clock.now())
    _put("RECEIPTS_QUEUE", reported(receipt.channel, receipt.reference, receipt.status, instant(at)))
    return Taken(), 202


@reports.post("/notifications/received-texts", status_code=202)
def post_text(text: NewText) -> tuple[Taken, int]:
    """Take a text that somebody sent. The same id again changes nothing."""
    passed_on: dict[str, object] = {
        "originationNumber": text.source_number,
        "destinationNumber": text.destination_number,
        "messageBody": text.message,
        "inboundMessageId": text.id,
    }
    _put("RECEIVED_QUEUE", passed_on)
    return Taken(), 202


def _put(queue: str, message: dict[str, object]) -> None:
    clients.sqs().send_message(QueueUrl=setting(queue), MessageBody=json.dumps(message))
