"""The paths that are taken most, each as one request to its handler or one event to its consumer, and the AWS calls that it makes warm."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from uuid_utils import uuid7

from functions.bus.ingress import ingress
from functions.common import clients, recent
from functions.data_access.api import api as registers
from functions.data_access.append import append
from functions.notifications.api import api as notifications
from functions.notifications.deliver_email import deliver_email
from functions.notifications.manage import manage
from functions.notifications.tally import tally
from functions.publishing.api import api as publishing
from functions.publishing.content import content
from functions.publishing.pages import pages
from functions.publishing.render import render
from schemas.platform import ContentPublished, RecordSubmitted
from tests.benchmarks import messages
from tests.benchmarks.account import DEPARTMENT, Account, Event, Handler, account, call, deliver, forget, request, room, said, unheard
from tests.benchmarks.report import Section

ROOT = Path(__file__).parents[2]
WARNING = ROOT / "events" / DEPARTMENT / "FloodWarningIssued" / "severe.json"

LOOKS = 9
SENDS = 1_000
PAGE = 250
READS = frozenset({"BatchGetItem", "GetItem", "Query", "GetObject", "Decrypt", "GetSecretValue"})


@dataclass(frozen=True)
class Hot:
    """A path that is taken often. `allowed` is what the design allows it; `comes` makes what comes in, anew each time."""

    name: str
    room: str
    handler: Handler
    comes: Callable[[], Any]
    allowed: str
    most: int
    hand: Callable[[Handler, Any], Any] = call
    """How it is handed to the handler: `call` for a request, `deliver` for an event."""
    looks: int = 1
    """How many are looked at: more than one where now and then one has to take another block of a limit."""

    def take(self) -> list[str]:
        """Take it once; the AWS operations that it asked for."""
        made: list[str] = []
        coming = self.comes()
        with room(self.room), counting(made):
            self.hand(self.handler, coming)
        return made


@dataclass(frozen=True)
class Cold:
    """What a process asked for from its beginning, a send on average."""

    writes: float
    reads: float


def measure() -> Section:
    """Count them."""
    with account() as here, unheard():
        cold = cold_sends(here)
    with account() as here, unheard():  # a fresh one: those sends used up the minute's limit
        counted = {path: calls(path) for path in hot_paths(here)}
    return Section(
        title="AWS calls on hot paths",
        how="Counted at the client, in a warm process (keys and templates at most two seconds old, a block of each limit in hand), "
        f"authentication included: what most of {LOOKS} requests ask for. "
        "The floor is the least that durability allows: one write of what must not be lost, one read of what is asked for. "
        "`tests/unit/test_calls.py` holds these numbers.",
        columns=("path", "calls", "which", "to reach"),
        rows=[(path.name, f"{len(made)}", _listed(made), path.allowed) for path, made in counted.items()],
        found=f"{cold.writes:.2f} writes and {cold.reads:.3f} reads a send, where a process begins cold and accepts {SENDS:,} emails: each "
        "is one write, limits are taken in blocks that double, and keys and templates are read again every two seconds.",
    )


def calls(path: Hot) -> list[str]:
    """The AWS operations that one more request asks for, once the process is warm: those of most, where several are looked at."""
    with _nothing_ages():
        path.take()
        [(made, _)] = Counter(tuple(path.take()) for _ in range(path.looks)).most_common(1)
    return list(made)


def cold_sends(here: Account, sends: int = SENDS) -> Cold:
    """Forget all that the process keeps, and have so many emails accepted."""
    forget()
    made: list[str] = []
    with room("notifications"), counting(made):
        for _ in range(sends):
            call(notifications, messages.send_email(here))
    reads = sum(name in READS for name in made)
    return Cold((len(made) - reads) / sends, reads / sends)


@contextmanager
def counting(made: list[str]) -> Iterator[None]:
    """Note every AWS operation that these paths may ask for meanwhile."""
    asked = [make() for make in (clients.dynamodb, clients.s3, clients.sqs, clients.kms, clients.secrets, clients.ses)]

    def note(model: Any, **_: Any) -> None:
        made.append(model.name)

    for client in asked:
        client.meta.events.register("before-call", note)
    try:
        yield
    finally:
        for client in asked:
            client.meta.events.unregister("before-call", note)


@contextmanager
def _nothing_ages() -> Iterator[None]:
    """Keys and templates stay current meanwhile, however slow the machine is."""
    with patch.object(recent, "SECONDS", inf):
        yield


def hot_paths(here: Account) -> list[Hot]:
    """All of them, with what they read made ready."""
    _publish(here)
    with room("data-access"):
        deliver(append, RecordSubmitted(register_name="flood-warning", key="065WAF441", item=json.loads(WARNING.read_bytes())["data"]))
    return [
        *_messages(here),
        Hot("emit an event", "bus", ingress, partial(emit, here), "1 write", 1, looks=LOOKS),
        Hot("read a page", "publishing", pages, partial(get, "/floods"), "1 read", 1),
        Hot("read a content item", "publishing", content, partial(get, "/api/content/floods"), "1 read", 1),
        Hot("read a record", "data-access", registers, partial(get, "/registers/flood-warning/records/065WAF441"), "1 read", 1),
        Hot("PUT content", "publishing", publishing, partial(_put_content, here), "2", 2),
    ]


def _messages(here: Account) -> Iterator[Hot]:
    sent = {
        "send an email": messages.send_email,
        "send an email, with an `Idempotency-Key`": messages.send_email_once,
        "send a text": messages.send_text,
        "send a letter": messages.send_letter,
    }
    for name, send in sent.items():
        yield Hot(name, "notifications", notifications, partial(send, here), "1 write", 1, looks=LOOKS)
    declared, kept = messages.EMAIL["template_id"], _keep_template(here)
    for name, template in {"read a declared template": declared, "read a template made over HTTP": kept}.items():
        yield Hot(name, "notifications", notifications, partial(get, f"/v2/template/{template}", here), "1 read or 0", 1)
    _fill_a_page(here)
    yield Hot(f"list {PAGE} notifications", "notifications", notifications, partial(get, "/v2/notifications", here), "4 reads", 4)
    accepted, changed = partial(messages.accepted_email, here), partial(messages.changed_status, here)
    yield Hot("hand an email over", "notifications", deliver_email, accepted, "3 writes and the email", 4, deliver)
    yield Hot("count a change of status", "notifications", tally, changed, "1 write", 1, deliver)


def _listed(made: Sequence[str]) -> str:
    return ", ".join(f"{number} × {name}" if number > 1 else name for name, number in Counter(made).items()) or "none"


def get(path: str, signed: Account | None = None) -> Event:
    """Ask for something, perhaps with a token."""
    return request("GET", path, signed.token if signed else {})


def emit(here: Account) -> Event:
    """Send the demonstration event, under a new id."""
    event = {**json.loads(WARNING.read_bytes()), "id": str(uuid7())}
    return request("POST", "/events", {**here.whole_key, "content-type": "application/cloudevents+json"}, event)


def _fill_a_page(here: Account) -> None:
    with room("notifications"):
        for _ in range(PAGE):
            call(notifications, messages.send_email(here))


def _answer(base_path: str) -> dict[str, object]:
    return {
        "base_path": base_path,
        "title": "Floods",
        "schema_name": "answer",
        "document_type": "answer",
        "publishing_app": "desk",
        "rendering_app": "commonweal",
        "routes": [{"path": base_path, "type": "exact"}],
        "details": {"body": [{"content_type": "text/govspeak", "content": "What to do in a flood."}]},
        "update_type": "major",
    }


def _put_content(here: Account) -> Event:
    content_id = uuid4()
    return request("PUT", f"/v2/content/{content_id}", here.whole_key, _answer(f"/floods/{content_id}"))


def _publish(here: Account) -> None:
    path = f"/v2/content/{uuid4()}"
    with room("publishing"):
        call(publishing, request("PUT", path, here.whole_key, _answer("/floods")))
        call(publishing, request("POST", f"{path}/publish", here.whole_key, {}))
        [published] = said(ContentPublished)
        deliver(render, published)


def _keep_template(here: Account) -> str:
    body = {"name": "Another", "type": "sms", "body": "Hello ((name))"}
    with room("notifications"):
        made = call(manage, request("POST", f"/notifications/services/{here.service}/templates", here.whole_key, body))
    return str(made["id"])
