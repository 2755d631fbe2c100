"""What one department lets another see of its events, and what that other one asks for: no more than both say reaches it.

A path names a field of the event's data, dots leading inwards (`address.postcode`); through a list it names the field of each of its
members. A path that names an object or a list means all that it holds.
"""

import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.grammar import EventType, FieldPath, Slug, Text

SUBSCRIPTIONS = "subscriptions"
"""What the queue is called that the platform keeps for a department that subscribes to others' events and names no webhook of its own."""

Fields = Annotated[list[FieldPath], Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Share(_Strict):
    """The owner's consent: which fields another department may have, what for, and until when (that day included)."""

    fields: Fields
    purpose: Text
    subject: bool = Field(default=False, description="Whether the event's subject goes with it; without, nobody but the owner reads it.")
    until: datetime.date | None = None


class Subscription(_Strict):
    """What a department asks to have of another's events, in its own queue or, where it names one of its webhooks, there.

    The condition sees the fields that are asked for, and no other.
    """

    to: EventType
    fields: Fields
    purpose: Text
    subject: bool = False
    if_: Text | None = Field(default=None, alias="if")
    webhook: Slug | None = None

    @model_validator(mode="after")
    def _no_field_twice(self) -> Self:
        if len(set(self.fields)) < len(self.fields):
            raise ValueError("names a field twice")
        return self


def queue_name(prefix: str, department: str) -> str:
    """The name of that queue, in a stage whose names begin with this prefix: `commonweal-dev-to-communities`."""
    return f"{prefix}-to-{department}"
