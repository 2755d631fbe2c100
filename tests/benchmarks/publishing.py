"""How long it takes from a publication to its page, on the local stack; and the AWS calls that the Publishing API's requests ask for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from functions.common import clients
from functions.publishing.api import api
from functions.publishing.content import content
from functions.publishing.finding import finding
from functions.publishing.linking import linking
from functions.publishing.pages import pages
from functions.publishing.render import render
from schemas.platform import ContentPublished
from tests.benchmarks.account import Account, Handler, account, call, deliver, request, room, said, unheard
from tests.benchmarks.bare_hop import BareHop
from tests.benchmarks.local_stack import LocalStack
from tests.benchmarks.paths import _listed, counting
from tests.benchmarks.report import Section, spread

PUBLICATIONS, A_SECOND, WARMING = 100, 2.0, 8
PATIENCE, BETWEEN_LOOKS = 30.0, 0.005

type Json = dict[str, Any]


def measure(stack: LocalStack, hop: BareHop, publications: int = PUBLICATIONS) -> Section:
    """One publication after another; between them, one bare hop each."""
    for number in range(WARMING):
        _publish(stack, f"/benchmarks/warming/{number}")
    stack.settle()
    hop.sent.clear()
    answered, shown = [], []
    for number in range(publications):
        began = time.monotonic()
        until_answered, until_shown = _publish(stack, f"/benchmarks/published/{number}")
        answered.append(until_answered)
        shown.append(until_shown)
        hop.take()
        time.sleep(max(0.0, began + 1 / A_SECOND - time.monotonic()))
    stack.settle()
    return Section(
        title="From a publication to its page",
        how=f"{publications} × `POST /v2/content/<id>/publish`, one after another, at most {A_SECOND:.0f} a second, on the local stack; "
        "from before the request until its page answers 200, looked at over HTTP again and again. "
        f"{WARMING} before them warm the stack and are not counted. The way is table, stream, relay, bus, queue, rendering, and the "
        "visitor's read; the floor is one bare hop from bus to queue to a handler that only notes the time, between the publications.",
        columns=("ms", "p50", "p95", "longest"),
        rows=[
            spread("*floor: one bare hop*", hop.taken()),
            spread("the publication is answered", answered),
            spread("**the page is there**", shown),
        ],
        found=f"{len(shown)} pages of {publications} publications.",
    )


def calls() -> Section:
    """The AWS calls of one request each, in a warm process."""
    with account() as here, unheard():
        counted = _counted(here)
    return Section(
        title="AWS calls of the Publishing API",
        how="Counted at the client, in a warm process, authentication included; of a document that is published and has a draft where the "
        "request needs one.",
        columns=("request", "calls", "which"),
        rows=[(name, f"{len(made)}", _listed(made)) for name, made in counted.items()],
    )


def _publish(stack: LocalStack, path: str) -> tuple[float, float]:
    """Put and publish; seconds from asking for it until the answer, and until the page is there."""
    headers, address = {"X-Api-Key": stack.key}, f"/v2/content/{uuid4()}"
    stack.http.put(address, json=_answer(path), headers=headers).raise_for_status()
    began = time.monotonic()
    stack.http.post(f"{address}/publish", json={}, headers=headers).raise_for_status()
    answered = time.monotonic()
    while stack.http.get(path).status_code != 200:
        if time.monotonic() > began + PATIENCE:
            raise TimeoutError(f"{path} is not there after {PATIENCE:.0f} seconds")
        time.sleep(BETWEEN_LOOKS)
    return answered - began, time.monotonic() - began


def _counted(here: Account) -> dict[str, list[str]]:
    address, path, target = f"/v2/content/{uuid4()}", "/benchmarks/counted", str(uuid4())
    ask = _asking(here)
    links = f"/v2/links/{address.rsplit('/', 1)[1]}"
    counted = {
        "PUT content, the first draft": ask(api, "PUT", address, _answer(path)),
        "PUT content, the next": ask(api, "PUT", address, _answer(path)),
        "GET content, a draft": ask(api, "GET", address),
        "publish": ask(api, "POST", f"{address}/publish", {}),
    }
    with room("publishing"):
        [published] = said(ContentPublished)
        made: list[str] = []
        with counting(made):
            deliver(render, published)
    return counted | {
        "render its page": made,
        "read its page": ask(pages, "GET", path),
        "read its content item": ask(content, "GET", f"/api/content{path}"),
        "GET content, what is live": ask(api, "GET", address),
        "PATCH links": ask(linking, "PATCH", links, {"links": {"taxons": [target]}}),
        "GET links": ask(linking, "GET", links),
        "GET expanded links": ask(linking, "GET", links.replace("links", "expanded-links")),
        "list content": ask(finding, "GET", "/v2/content"),
        "look up a path": ask(finding, "POST", "/lookup-by-base-path", {"base_paths": [path]}),
        "list events": ask(api, "GET", f"{address}/events"),
        "unpublish": ask(api, "POST", f"{address}/unpublish", {"type": "gone"}),
        "republish": ask(api, "POST", f"{address}/republish", {}),
    }


def _asking(here: Account) -> Callable[..., list[str]]:
    def ask(handler: Handler, method: str, path: str, body: object = None) -> list[str]:
        made: list[str] = []
        with room("publishing"), counting(made):
            call(handler, request(method, path, here.whole_key, body))
        return made

    clients.dynamodb()
    ask(api, "PUT", f"/v2/content/{uuid4()}", _answer("/benchmarks/warm"))
    return ask


def _answer(base_path: str) -> Json:
    return {
        "base_path": base_path,
        "title": "What to do in a flood",
        "schema_name": "answer",
        "document_type": "answer",
        "publishing_app": "benchmarks",
        "rendering_app": "commonweal",
        "routes": [{"path": base_path, "type": "exact"}],
        "details": {"body": [{"content_type": "text/govspeak", "content": "## Before\n\nMove what you can upstairs."}]},
        "update_type": "major",
    }
