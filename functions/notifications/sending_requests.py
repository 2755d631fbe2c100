"""A request to send, from its quota to the notification that is kept, in the order of contract 1.5.

With an `Idempotency-Key` the notification's id follows from the key: so the write that accepts it also finds out, at no cost, whether the
same was asked before. Nothing of the key is kept for longer than a day; then it may be used anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from functions.common import clock, ids
from functions.notifications import accepting, content, quota, requests, unsubscribing
from functions.notifications.accepting import SIMULATED, Acceptance
from functions.notifications.notification import Notification, Service
from functions.notifications.requests import AnyAsked, PrecompiledAsked, Unacceptable
from functions.notifications.store import messages
from functions.notifications.template_views import wanted
from schemas.grammar import KeyType
from schemas.platform import Channel

REMEMBERED = timedelta(hours=24)
"""How long a key stands for one request."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, and for what; `idempotency_key` is the header as it came."""

    channel: Channel
    service: Service
    key_type: KeyType
    idempotency_key: str | None


def take(request: Request, body: Callable[[], object], read: Callable[[object], AnyAsked]) -> Notification:
    """The notification that was accepted, now or when the same was asked before. Raises Unacceptable with the first reason against it."""
    quota.check_rate(request.service, request.key_type)
    try:
        quota.take_message(request.service, request.channel, request.key_type)
    except Unacceptable:
        # The last message of a day may be asked for again, too, and is none more.
        if request.idempotency_key and (before := _before(request.service.id, _acceptance(request, body()))):
            return before
        raise
    is_new = False
    try:
        notification, is_new = _taken(request, body(), read)
    finally:
        if not is_new:
            quota.give_back(request.service, request.channel, request.key_type)
    return notification


def keep(notification: Notification, service: Service) -> Notification | None:
    """Keep it, and count it where it goes abroad. Answers None; or the one of this id that was kept before. Raises Unacceptable (429)."""
    is_counted = notification.is_international and notification.key_type != "test"
    if is_counted:
        quota.take_international(service)
    is_new = False
    try:
        before = messages.create(notification)
        is_new = before is None
    finally:
        if is_counted and not is_new:
            quota.give_back_international(service)
    return before


def with_link(notification: Notification, service: Service, list_name: str | None = None, subscriber_id: str | None = None) -> Notification:
    """The notification with the link that ends it, for whoever reads it, or for somebody on a list."""
    link = unsubscribing.Link(service.id, service.department, notification.id, list_name, subscriber_id)
    return replace(notification, unsubscribe_url=unsubscribing.url(link))


def _taken(request: Request, body: object, read: Callable[[object], AnyAsked]) -> tuple[Notification, bool]:
    """The notification, and whether it is a new one that is to be sent."""
    acceptance = _acceptance(request, body)
    while True:
        try:
            notification = _accepted(request, read(body), acceptance)
            is_simulated = notification.recipient in SIMULATED
            before = _kept(request, replace(notification, is_simulated=is_simulated))
        except Unacceptable:
            # What was accepted stays accepted, though its template may have changed since.
            if before := _before(request.service.id, acceptance):
                return before, False
            raise
        if before is None:
            return notification, not is_simulated
        if not _is_over(before):
            return _same(before, acceptance), False
        # The day of the key is over: the next notification under it follows from the last.
        acceptance = _next(acceptance, before)


def _acceptance(request: Request, body: object) -> Acceptance:
    key = requests.idempotency_key(request.idempotency_key)
    if key is None:
        return Acceptance(ids.new(), clock.stamp())
    return Acceptance(ids.derived(request.service.id, f"{request.key_type}:{key}"), clock.stamp(), _digest(request.channel, body))


def _accepted(request: Request, asked: AnyAsked, acceptance: Acceptance) -> Notification:
    service = request.service
    if isinstance(asked, PrecompiledAsked):
        precompiled, pdf = accepting.accept_precompiled(asked, service, request.key_type, acceptance)
        content.keep_letter(str(precompiled.pdf_key), pdf)
        return precompiled
    template = wanted(service.id, str(asked.template_id), asked.template_version)
    accepted = accepting.accept(asked, service, request.key_type, template, acceptance)
    return with_link(accepted, service) if template and template.unsubscribe else accepted


def _kept(request: Request, notification: Notification) -> Notification | None:
    """Keep it, unless nobody will ask for it again: what is simulated is kept to recognise its request alone."""
    if notification.is_simulated and request.idempotency_key is None:
        return None
    return keep(notification, request.service)


def _before(service_id: str, acceptance: Acceptance) -> Notification | None:
    """What was accepted under this key within a day, if anything was."""
    if acceptance.request_hash is None:
        return None
    while before := messages.kept(service_id, acceptance.id):
        if not _is_over(before):
            return _same(before, acceptance)
        acceptance = _next(acceptance, before)
    return None


def _next(acceptance: Acceptance, before: Notification) -> Acceptance:
    return replace(acceptance, id=ids.derived(before.id, "next"))


def _same(before: Notification, acceptance: Acceptance) -> Notification:
    if before.request_hash == acceptance.request_hash:
        return before
    message = "This Idempotency-Key was used for another request: use a key of its own for each"
    raise Unacceptable(("BadRequestError", message), status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _is_over(before: Notification) -> bool:
    return clock.now() - datetime.fromisoformat(before.created_at) > REMEMBERED


def _digest(channel: Channel, body: object) -> str:
    """What a request says, however its JSON was written."""
    return hashlib.sha256(f"{channel}:{json.dumps(body, sort_keys=True)}".encode()).hexdigest()
