"""What a service sends with, what its callbacks were told, and what became of its messages: over HTTP, with a key that may manage it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict, Field

from functions.common import auth, clock, declarations, sealing, signing
from functions.common.failures import Refusal
from functions.common.http import Api
from functions.notifications import activity, announce, views
from functions.notifications.callback_secrets import binding, signed_as
from functions.notifications.notification import Service
from functions.notifications.ownership import nothing_here, own, refuse_declared
from functions.notifications.store import callbacks, counts, messages, sending, unsubscribes
from schemas.sending import Sending

PAGE = 100
MOST_AGAIN = 500
"""Tellings that one request repeats; its answer says where to go on."""
LONGEST_REPORT = 366
"""Days that one report of counts may span."""

_SERVICE = "/notifications/services/<service_id>"
_CALLBACK = f"{_SERVICE}/callbacks/<callback>"

configure = Api("Notifications: settings, callbacks and reports", scheme=auth.whole_key, scope="notifications:manage")


class ServiceSending(Sending):
    """What a service sends with; `title` is the name that its recipients see."""

    title: Annotated[str, Field(min_length=1, max_length=255)]


class Token(BaseModel):
    """The bearer token that a callback's receiver wants to see."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=10, max_length=500, pattern=r"^[!-~]+$")]


class Again(BaseModel):
    """What is to be told again of a day: what failed, or all of it. `after` goes on from an answer's `next`."""

    model_config = ConfigDict(extra="forbid")

    day: date
    all: bool = False
    after: str | None = None


@configure.get(f"{_SERVICE}/settings")
def get_settings(service_id: UUID) -> views.Shape:
    """What a service sends with, wherever it was said."""
    service = own(service_id)
    said = declarations.service(service.id) or sending.sending(service.id)
    return {"title": service.name, "is_declared": declarations.service(service.id) is not None, "sending": _shown(said or {})}


@configure.put(f"{_SERVICE}/settings")
def put_settings(service_id: UUID, wanted: ServiceSending) -> views.Shape:
    """Say what a service sends with that no department's file declares. It holds everywhere within two seconds."""
    service = own(service_id)
    refuse_declared(service.id)
    compiled = wanted.compiled(service.id)
    taken = [number for number in compiled["inbound_numbers"] if declarations.number(number)]
    try:
        if taken:
            raise sending.NumberTaken(taken[0])
        sending.save(service.id, {**compiled, "title": wanted.title, "department": service.department})
    except sending.NumberTaken:
        raise Refusal(409, "Texts to one of these numbers are another service's.", code="number_in_use", field="inbound_numbers") from None
    return {"title": wanted.title, "is_declared": False, "sending": compiled}


@configure.get(f"{_CALLBACK}/secret")
def get_secret(service_id: UUID, callback: str) -> Response[dict[str, str]]:
    """The secret with which a callback's messages are signed, as receivers' libraries take it (Standard Webhooks)."""
    service = _with_callback(service_id, callback)
    secret = {"secret": signing.shared_secret(signed_as(service.id, callback))}
    return Response(200, "application/json", secret, headers={"Cache-Control": "no-store"})


@configure.put(f"{_CALLBACK}/token", status_code=204)
def put_token(service_id: UUID, callback: str, new: Token) -> tuple[None, int]:
    """Set the bearer token that a callback's receiver wants to see. It cannot be read again."""
    service = _with_callback(service_id, callback)
    callbacks.keep_token(service.id, callback, sealing.seal(new.token, binding(service.id, callback)))
    return None, 204


@configure.delete(f"{_CALLBACK}/token", status_code=204)
def delete_token(service_id: UUID, callback: str) -> tuple[None, int]:
    """Tell a callback without a token from now on."""
    service = _with_callback(service_id, callback)
    callbacks.forget_token(service.id, callback)
    return None, 204


@configure.get(f"{_CALLBACK}/deliveries")
def get_deliveries(service_id: UUID, callback: str) -> views.Shape:
    """What a callback was to be told of a day (`day`, today without it), and how it fared; `after` goes on from an answer's `next`."""
    service = _with_callback(service_id, callback)
    day = _day("day") or clock.now().date()
    found, after = callbacks.tellings(service.id, callback, day.isoformat(), configure.query.get("after"), PAGE)
    return {"deliveries": [activity.telling(one) for one in found], "next": after}


@configure.post(f"{_CALLBACK}/replay", status_code=202)
def replay(service_id: UUID, callback: str, again: Again) -> tuple[views.Shape, int]:
    """Tell a callback again what it failed to take on a day, or all of it. Each has the id that it had before."""
    service = _with_callback(service_id, callback)
    found, after = callbacks.tellings(service.id, callback, again.day.isoformat(), again.after, MOST_AGAIN)
    wanted = [one for one in found if again.all or one.state == "failed"]
    for one in wanted:
        announce.send(callbacks.tell_again(one), service.department)
    return {"told_again": len(wanted), "next": after}, 202


@configure.get(f"{_SERVICE}/counts")
def get_counts(service_id: UUID) -> views.Shape:
    """How many notifications came to each status, by day, from `first` to `last`: the last seven days without them."""
    service = own(service_id)
    last = _day("last") or clock.now().date()
    first = _day("first") or last - timedelta(days=6)
    if (last - first).days >= LONGEST_REPORT:
        raise Refusal(422, f"A report spans at most {LONGEST_REPORT} days.", code="invalid", field="first")
    return {"counts": [activity.count(one) for one in counts.between(service.id, first.isoformat(), last.isoformat())]}


@configure.get(f"{_SERVICE}/unsubscribes")
def get_unsubscribes(service_id: UUID) -> views.Shape:
    """Who asked on a day (`day`, today without it) not to be sent more; `after` goes on from an answer's `next`."""
    service = own(service_id)
    day = _day("day") or clock.now().date()
    found, after = unsubscribes.of_day(service.id, day.isoformat(), configure.query.get("after"), PAGE)
    return {"unsubscribes": [activity.unsubscribe(one) for one in found], "next": after}


@configure.get(f"{_SERVICE}/notifications/<notification_id>")
def get_notification(service_id: UUID, notification_id: UUID) -> views.Shape:
    """A notification as people of the service see it: why it failed, and no word of what a redacted template hides."""
    service = own(service_id)
    found = messages.find(service.id, str(notification_id))
    if found is None:
        raise nothing_here()
    return activity.notification(found, configure.base_url)


def _with_callback(service_id: UUID, callback: str) -> Service:
    service = own(service_id)
    if all(one.name != callback for one in service.callbacks):
        raise nothing_here()
    return service


def _day(name: str) -> date | None:
    given = configure.query.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Refusal(422, "Give a day as 2026-11-26.", code="invalid", field=name) from None


def _shown(said: declarations.Declared) -> views.Shape:
    return {name: value for name, value in said.items() if name in _SAID}


_SAID = frozenset(Sending.model_fields)
