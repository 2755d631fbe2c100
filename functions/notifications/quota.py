"""What a service may send: so many requests a minute with keys of one type, so many messages a day (contract 1.5, 1.6, 4)."""

from __future__ import annotations

from functions.common import limits
from functions.notifications.notification import Service
from functions.notifications.requests import Unacceptable
from schemas.grammar import KeyType
from schemas.platform import Channel

_ABROAD = "international_sms"


def check_rate(service: Service, key_type: KeyType) -> None:
    """Take one of the requests of this minute. Raises Unacceptable (429)."""
    per_minute = service.limits.requests_per_minute
    try:
        limits.take_token(f"{service.id}#{key_type}", per_minute=per_minute)
    except limits.Exceeded as used_up:
        message = f"Exceeded rate limit for key type {key_type.upper()} of {per_minute} requests per 60 seconds"
        raise Unacceptable(("RateLimitError", message), status=429, headers=limits.headers(used_up)) from None


def take_message(service: Service, channel: Channel, key_type: KeyType) -> None:
    """Take one of the messages of today. What a test key asks for is never counted. Raises Unacceptable (429)."""
    if _is_counted(service, channel, key_type):
        _take(service, channel, service.limits.per_day(channel))


def give_back(service: Service, channel: Channel, key_type: KeyType) -> None:
    """The message was not accepted after all."""
    if _is_counted(service, channel, key_type):
        limits.give_back_daily(_name(service, channel))


def take_international(service: Service) -> None:
    """Take one of today's texts abroad. Raises Unacceptable (429)."""
    _take(service, _ABROAD, service.limits.international_texts_per_day)


def give_back_international(service: Service) -> None:
    """The text abroad was not accepted after all."""
    limits.give_back_daily(_name(service, _ABROAD))


def _is_counted(service: Service, channel: Channel, key_type: KeyType) -> bool:
    # Letters in trial mode have a refusal of their own, which says more than that none is left.
    return key_type != "test" and not (channel == "letter" and service.is_trial)


def _take(service: Service, name: str, limit: int) -> None:
    try:
        limits.take_daily(_name(service, name), limit=limit)
    except limits.Exceeded as used_up:
        message = f"Exceeded send limits ({name}: {limit}) for today"
        raise Unacceptable(("TooManyRequestsError", message), status=429, headers=limits.headers(used_up)) from None


def _name(service: Service, name: str) -> str:
    return f"{service.id}#{name}"
