"""The paths that are taken most, each as one request to its handler, and the AWS calls that it makes when the process is warm."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from uuid_utils import uuid7

from functions.bus.ingress import ingress
from functions.common import clients
from functions.data_access.api import api as registers
from functions.data_access.append import append
from functions.notifications.api import api as notifications
from functions.notifications.manage import manage
from functions.publishing.api import api as publishing
from functions.publishing.content import content
from functions.publishing.pages import pages
from functions.publishing.render import render
from schemas.ids import template_id
from schemas.platform import ContentPublished, RecordSubmitted
from tests.benchmarks.account import DEPARTMENT, Account, Event, Handler, account, call, deliver, request, room, said, unheard
from tests.benchmarks.report import Section

ROOT = Path(__file__).parents[2]
WARNING = ROOT / "events" / DEPARTMENT / "FloodWarningIssued" / "severe.json"
VALUES = {
    "severity": "Severe flood warning",
    "description": "Upper Ouse in East Sussex",
    "message": "Leave now if the emergency services tell you to.",
    "flood area id": "065WAF441",
    "county": "East Sussex",
}


@dataclass(frozen=True)
class Hot:
    """A path that is taken often. `allowed` is what the design allows it; `event` makes a new request each time."""

    name: str
    room: str
    handler: Handler
    event: Callable[[], Event]
    allowed: str
    most: int

    def take(self) -> Any:
        """Take it once; what it answers."""
        with room(self.room):
            return call(self.handler, self.event())


def measure() -> Section:
    """Count them."""
    with account() as here, unheard():
        counted = {path: calls(path) for path in hot_paths(here)}
    return Section(
        title="AWS calls on hot paths",
        how="Counted at the client, in a warm process (keys at most two seconds old), authentication included. "
        "The floor is the least that durability allows: one write of what must not be lost, one read of what is asked for. "
        "`tests/unit/test_calls.py` holds these numbers.",
        columns=("path", "calls", "which", "to reach"),
        rows=[(path.name, f"{len(made)}", ", ".join(made) or "none", path.allowed) for path, made in counted.items()],
    )


def calls(path: Hot) -> list[str]:
    """The AWS operations of one more request, once the process is warm."""
    path.take()
    made: list[str] = []
    with counting(made):
        path.take()
    return made


@contextmanager
def counting(made: list[str]) -> Iterator[None]:
    """Note every AWS operation that these paths may ask for meanwhile."""
    asked = [make() for make in (clients.dynamodb, clients.s3, clients.sqs, clients.kms, clients.secrets)]

    def note(model: Any, **_: Any) -> None:
        made.append(model.name)

    for client in asked:
        client.meta.events.register("before-call", note)
    try:
        yield
    finally:
        for client in asked:
            client.meta.events.unregister("before-call", note)


def hot_paths(here: Account) -> list[Hot]:
    """All of them, with what they read made ready."""
    kept = _keep_template(here)
    _publish(here)
    with room("data-access"):
        deliver(append, RecordSubmitted(register_name="flood-warning", key="065WAF441", item={"floodAreaID": "065WAF441"}))
    template = f"/v2/template/{_template('email')}"
    return [
        Hot("send an email", "notifications", notifications, partial(send_email, here), "1 write", 1),
        Hot("send a text", "notifications", notifications, partial(send_text, here), "1 write", 1),
        Hot("emit an event", "bus", ingress, partial(emit, here), "1 write", 1),
        Hot("read a page", "publishing", pages, partial(get, "/floods"), "1 read", 1),
        Hot("read a content item", "publishing", content, partial(get, "/api/content/floods"), "1 read", 1),
        Hot("read a record", "data-access", registers, partial(get, "/registers/flood-warning/records/065WAF441"), "1 read", 1),
        Hot("read a declared template", "notifications", notifications, partial(get, template, here), "1 read or 0", 1),
        Hot("read a template made over HTTP", "notifications", notifications, partial(get, f"/v2/template/{kept}", here), "1 read or 0", 1),
        Hot("PUT content", "publishing", publishing, partial(_put_content, here), "2", 2),
    ]


def get(path: str, signed: Account | None = None) -> Event:
    """Ask for something, perhaps with a token."""
    return request("GET", path, signed.token if signed else {})


def send_email(here: Account) -> Event:
    """Ask for an email from the declared template, as Notify's clients do."""
    body = {"email_address": "someone@example.com", "template_id": _template("email"), "personalisation": VALUES}
    return request("POST", "/v2/notifications/email", here.token, body)


def send_text(here: Account) -> Event:
    """Ask for a text."""
    body = {"phone_number": "07700 900201", "template_id": _template("sms"), "personalisation": VALUES}
    return request("POST", "/v2/notifications/sms", here.token, body)


def emit(here: Account) -> Event:
    """Send the demonstration event, under a new id."""
    event = {**json.loads(WARNING.read_bytes()), "id": str(uuid7())}
    return request("POST", "/events", {**here.whole_key, "content-type": "application/cloudevents+json"}, event)


def _template(channel: str) -> str:
    return template_id(DEPARTMENT, "flood-warning", channel)


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
