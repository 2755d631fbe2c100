"""Tell a service's receiver what waits for it in one lane, signed, until it takes each or a day is over (contract 4, callbacks).

What is to be told waits in the table, by the time when it is due; a message in the queue only wakes whoever tells it. So a receiver that is
away keeps no message in flight, of which a queue has 120,000 for everybody, and one that is slow keeps no more functions than it has lanes.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Literal

from functions.common import clock, sealing, signing, webhooks
from functions.common.consumer import consumes_messages
from functions.common.failures import Invalid
from functions.notifications import callback_bodies, directory, turns
from functions.notifications.notification import Callback
from functions.notifications.store import callbacks, lanes
from functions.notifications.store.callbacks import PATIENCE, Telling, binding, signed_as
from functions.notifications.store.lanes import Turn

LONGEST = timedelta(seconds=45)
"""How long a turn goes on: with what it does last it is over within the function's minute."""
FEW = 3
"""Tellings in a row that a receiver misses before it is left alone for a while. Over a single one it may just have stumbled."""
LONGEST_REST = 900
"""Seconds for which it is left alone at the most, and for which a queue can put off a message."""


@consumes_messages
def call_back(event: Any) -> None:
    """Tell what is due, one after another, and see to it that what still waits has a turn. Stale where it is another's turn."""
    turn = Turn(**event)
    rests = lanes.take(turn)
    try:
        _tell_and_go_on(turn, rests)
    except Exception:
        # It comes again in a moment, and need not wait until its time would have been over.
        lanes.leave(turn, turn, rests=rests)
        raise


def _tell_and_go_on(turn: Turn, rests: int) -> None:
    rests, missed = _tell(turn, rests)
    if missed == FEW:
        pause = min(2 ** (rests + 1), LONGEST_REST)
        _follow(turn, pause, rests=rests + 1, until=clock.epoch() + pause - 1)
    # First left and then looked at: news that found the lane taken is seen here, and news that comes later finds it free.
    elif lanes.leave(turn, turn, rests=rests) and (due := callbacks.next_due(turn.lane)):
        _follow(turn, min(max(0, ceil((due - clock.now()).total_seconds())), LONGEST_REST), rests=rests)


def _tell(turn: Turn, rests: int) -> tuple[int, int]:
    """Tell what is due, for as long as a turn goes on: how often in a row the receiver was left alone now, and what it missed last."""
    ends, missed = clock.now() + LONGEST, 0
    for telling in callbacks.due(turn.lane):
        match _told(telling, turn.department):
            case "answered":
                rests = missed = 0
            case "missed":
                missed += 1
        if missed == FEW or clock.now() > ends:
            break
    return rests, missed


def _told(telling: Telling, department: str) -> Literal["answered", "missed", "over"]:
    """Post it. Where the receiver is away, it waits; where it refuses, or was away for a day, that is kept, and it can be told again."""
    if clock.now() - datetime.fromisoformat(telling.since) > PATIENCE:
        callbacks.give_up(telling, f"given up: {telling.reason or 'it could not be told for a day'}")
        return "over"
    callback, body = _callback(telling, department), callback_bodies.body(telling)
    if callback is None or body is None:
        callbacks.give_up(telling, "the callback is gone" if callback is None else "what it was about is gone")
        return "over"
    content = json.dumps(body, ensure_ascii=False).encode()
    try:
        webhooks.post(callback.url, content, _headers(telling, callback.url, content))
    except webhooks.Refused as refused:
        callbacks.record_refused(telling, f"the receiver answered {refused.status}")
    except Invalid:
        callbacks.record_refused(telling, "the address is none that may be posted to")
    except webhooks.Unreached as missed:
        callbacks.record_missed(telling, str(missed))
        return "missed"
    else:
        callbacks.record_told(telling)
    return "answered"


def _follow(turn: Turn, pause: int, *, rests: int, until: int = 0) -> None:
    # Sent before it is named: what is named comes. Where it is not named, for somebody came with news, it is let go.
    turns.send(turn.next, pause)
    lanes.leave(turn, turn.next, rests=rests, until=until)


def _callback(telling: Telling, department: str) -> Callback | None:
    service = directory.service(telling.service_id, department)
    return next((one for one in service.callbacks if one.name == telling.callback), None) if service else None


def _headers(telling: Telling, url: str, content: bytes) -> dict[str, str]:
    """What stands at the head: the signature (Standard Webhooks), and the service's own token where it has set one (contract 4)."""
    signed = signing.headers(signed_as(telling.service_id, telling.callback), telling.id, content)
    sealed = callbacks.token(telling.service_id, telling.callback, url)
    token = {"Authorization": f"Bearer {sealing.unseal(sealed, binding(telling.service_id, telling.callback))}"} if sealed else {}
    return {"Content-Type": "application/json", **signed, **token}
