"""What a service sends with, what its callbacks were told, and what became of its messages: over HTTP, with a key that may manage it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict, Field

from functions.common import auth, clock, declarations, sealing, signing
from functions.common.failures import Refusal, nothing_here
from functions.common.http import Api, caller
from functions.notifications import activity, directory, service_settings, turns, views
from functions.notifications.notification import Callback, Service
from functions.notifications.ownership import own, refuse_declared
from functions.notifications.service_settings import ServiceSettings
from functions.notifications.store import callbacks, counts, messages, sending, unsubscribes
from functions.notifications.store.callbacks import Telling, binding, signed_as
from functions.notifications.store.lanes import LANES, Lane

PAGE = 100
MOST_AGAIN = 500
"""Tellings that one request repeats; its answer says where to go on."""
LONGEST_REPORT = 366
"""Days that one report of counts may span."""

_SERVICE = "/notifications/services/<service_id>"
_CALLBACK = f"{_SERVICE}/callbacks/<callback>"

configure = Api("Notifications: settings, callbacks and reports", scheme=auth.whole_key, scope="notifications:manage")


class Token(BaseModel):
    """The bearer token that a callback's receiver wants to see."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=10, max_length=500, pattern=r"^[!-~]+$")]


class Again(BaseModel):
    """What is to be told again of a day: what failed, or all of it. `after` goes on from an answer's `next`."""

    model_config = ConfigDict(extra="forbid")

    day: date
    all: bool = False
    after: Annotated[str, Field(pattern=f"^({callbacks.CURSOR})?$")] | None = None


@configure.get(f"{_SERVICE}/settings")
def get_settings(service_id: UUID) -> views.Shape:
    """What a service sends with, wherever it was said, in the form in which it is set; and the ids of its senders."""
    service = own(service_id)
    declared = declarations.service(service.id)
    return service_settings.shown(service.name, declared or directory.said(service.id), is_declared=declared is not None)


@configure.put(f"{_SERVICE}/settings")
def put_settings(service_id: UUID, wanted: ServiceSettings) -> views.Shape:
    """Say what a service sends with that no department's file declares. It holds everywhere within two seconds."""
    service = own(service_id)
    refuse_declared(service.id)
    compiled = {**wanted.compiled(service.id), "title": wanted.title, "department": service.department}
    if "email" in wanted.permissions:
        compiled["mailbox"] = directory.mailbox({**compiled, "name": wanted.title})
    service_settings.check(directory.said(service.id), compiled, caller().scopes)
    try:
        sending.save(service.id, compiled)
    except sending.Taken as taken:
        raise service_settings.in_use(taken.kind, taken.name) from None
    return service_settings.shown(wanted.title, compiled, is_declared=False)


@configure.get(f"{_CALLBACK}/secret")
def get_secret(service_id: UUID, callback: str) -> Response[dict[str, str]]:
    """The secret with which a callback's messages are signed, as receivers' libraries take it (Standard Webhooks)."""
    service, _ = _with_callback(service_id, callback)
    secret = {"secret": signing.shared_secret(signed_as(service.id, callback))}
    return Response(200, "application/json", secret, headers={"Cache-Control": "no-store"})


@configure.put(f"{_CALLBACK}/token", status_code=204)
def put_token(service_id: UUID, callback: str, new: Token) -> tuple[None, int]:
    """Set the bearer token that a callback's receiver wants to see. It cannot be read again."""
    # As it stands now, not two seconds ago: the token is for this address alone.
    sending.forget()
    service, told = _with_callback(service_id, callback)
    callbacks.keep_token(service.id, callback, told.url, sealing.seal(new.token, binding(service.id, callback)))
    return None, 204


@configure.delete(f"{_CALLBACK}/token", status_code=204)
def delete_token(service_id: UUID, callback: str) -> tuple[None, int]:
    """Tell a callback without a token from now on; the callback itself may be gone."""
    callbacks.forget_token(own(service_id).id, callback)
    return None, 204


@configure.get(f"{_CALLBACK}/deliveries")
def get_deliveries(service_id: UUID, callback: str) -> views.Shape:
    """What a callback was to be told of a day (`day`, today without it), and how it fared; `after` goes on from an answer's `next`."""
    service, _ = _with_callback(service_id, callback)
    day = _day("day") or clock.now().date()
    found, after = callbacks.tellings(service.id, callback, day.isoformat(), configure.cursor(callbacks.CURSOR), PAGE)
    return {"deliveries": [activity.telling(one) for one in found], "next": after}


@configure.post(f"{_CALLBACK}/replay", status_code=202)
def replay(service_id: UUID, callback: str, again: Again) -> tuple[views.Shape, int]:
    """Tell a callback again what it failed to take on a day, or all of it. Each has the id that it had before.

    What waits for longer than anything is tried is taken to have failed, too: nobody tells it any more.
    """
    service, _ = _with_callback(service_id, callback)
    found, after = callbacks.tellings(service.id, callback, again.day.isoformat(), again.after or None, MOST_AGAIN)
    wanted = [one for one in found if again.all or _has_failed(one)]
    for one in wanted:
        callbacks.tell_again(one)
    for number in range(LANES):
        turns.wake(Lane(service.id, callback, number), service.department)
    return {"told_again": len(wanted), "next": after}, 202


@configure.get(f"{_SERVICE}/counts")
def get_counts(service_id: UUID) -> views.Shape:
    """How many notifications came to each status, by day, from `first` to `last`: the last seven days without them."""
    service = own(service_id)
    last = _day("last") or clock.now().date()
    first = _day("first") or last - timedelta(days=6)
    if first > last:
        raise Refusal(422, "A report begins before it ends.", code="invalid", field="first")
    if (last - first).days >= LONGEST_REPORT:
        raise Refusal(422, f"A report spans at most {LONGEST_REPORT} days.", code="invalid", field="first")
    return {"counts": [activity.count(one) for one in counts.between(service.id, first.isoformat(), last.isoformat())]}


@configure.get(f"{_SERVICE}/unsubscribes")
def get_unsubscribes(service_id: UUID) -> views.Shape:
    """Who asked on a day (`day`, today without it) not to be sent more; `after` goes on from an answer's `next`."""
    service = own(service_id)
    day = _day("day") or clock.now().date()
    found, after = unsubscribes.of_day(service.id, day.isoformat(), configure.cursor(unsubscribes.CURSOR), PAGE)
    return {"unsubscribes": [activity.unsubscribe(one) for one in found], "next": after}


@configure.get(f"{_SERVICE}/notifications/<notification_id>")
def get_notification(service_id: UUID, notification_id: UUID) -> views.Shape:
    """A notification as people of the service see it: why it failed, and no word of what a redacted template hides."""
    service = own(service_id)
    found = messages.find(service.id, str(notification_id))
    if found is None:
        raise nothing_here()
    return activity.notification(found, configure.base_url)


def _with_callback(service_id: UUID, callback: str) -> tuple[Service, Callback]:
    service = own(service_id)
    for one in service.callbacks:
        if one.name == callback:
            return service, one
    raise nothing_here()


def _has_failed(one: Telling) -> bool:
    is_forgotten = one.state == "waiting" and clock.now() - datetime.fromisoformat(one.since) > callbacks.PATIENCE
    return one.state == "failed" or is_forgotten


def _day(name: str) -> date | None:
    given = configure.query.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Refusal(422, "Give a day as 2026-11-26.", code="invalid", field=name) from None
