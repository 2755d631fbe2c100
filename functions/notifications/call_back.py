"""Tell a service's receiver one thing that it wants to know, signed, until it takes it or a day is over (contract 4, callbacks)."""

from __future__ import annotations

import json
from typing import Any

from functions.common import sealing, signing, webhooks
from functions.common.consumer import consumes_messages
from functions.common.failures import Invalid, Stale
from functions.notifications import callback_bodies, directory
from functions.notifications.callback_secrets import binding, signed_as
from functions.notifications.notification import Callback
from functions.notifications.store import callbacks
from functions.notifications.store.callbacks import Telling


@consumes_messages
def call_back(event: Any) -> None:
    """Post it. Transient where the receiver is away; where it refuses, or was away for a day, that is kept, and it can be told again."""
    telling = callbacks.find(event["service_id"], event["callback"], event["event_at"], event["id"])
    if telling is None or telling.state != "waiting":
        raise Stale("it was told, or nobody waits for it any more")
    callback = _callback(telling, event["department"])
    body = callback_bodies.body(telling)
    if callback is None or body is None:
        callbacks.record_refused(telling, "the callback is gone" if callback is None else "what it was about is gone")
        return
    content = json.dumps(body, ensure_ascii=False).encode()
    try:
        webhooks.post(callback.url, content, _headers(telling, content))
    except webhooks.Refused as refused:
        callbacks.record_refused(telling, f"the receiver answered {refused.status}")
    except Invalid:
        callbacks.record_refused(telling, "the address is none that may be posted to")
    except webhooks.Unreached as missed:
        if callbacks.record_missed(telling, str(missed)):
            raise
    else:
        callbacks.record_told(telling)


def _callback(telling: Telling, department: str) -> Callback | None:
    service = directory.service(telling.service_id, department)
    return next((one for one in service.callbacks if one.name == telling.callback), None) if service else None


def _headers(telling: Telling, content: bytes) -> dict[str, str]:
    """What stands at the head: the signature (Standard Webhooks), and the service's own token where it has set one (contract 4)."""
    signed = signing.headers(signed_as(telling.service_id, telling.callback), telling.id, content)
    sealed = callbacks.token(telling.service_id, telling.callback)
    token = {"Authorization": f"Bearer {sealing.unseal(sealed, binding(telling.service_id, telling.callback))}"} if sealed else {}
    return {"Content-Type": "application/json", **signed, **token}
