"""A topic is renamed that thousands of pages show: how soon each of them has its new name, and what that asks of AWS."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import httpx

from tests.benchmarks.local_stack import LocalStack
from tests.benchmarks.report import Section
from tests.integration.faults import FaultProxy

PAGES, CLIENTS = 10_000, 8
LONGEST = 7_200.0
"""Seconds until whatever is under way has ended."""
BEFORE, AFTER = "Floods and coasts", "Rivers, floods and coasts"
TOPIC, BELOW = "/benchmarks/topic", "/benchmarks/of-the-topic"
MOST_SHOWN = 8
"""Kinds of calls that are listed."""
MADE = "DynamoDB_20120810.TransactWriteItems"
"""What making a page's item and HTML ends with, once for each time."""
OTHERS = 10
"""What of these is no page's, at most: the topic is saved, published, and made itself."""

type Json = dict[str, Any]


def measure(stack: LocalStack, proxy: FaultProxy, pages: int = PAGES) -> Section:
    """Publish them, rename their topic, wait for the last, and look at each. Fails where one has the old name, or more were made."""
    topic = str(uuid4())
    _publish(stack, stack.http, topic, _topic(BEFORE))
    began = time.monotonic()
    _at_once(stack, partial(_publish_page, stack, topic), pages)
    published = time.monotonic() - began
    stack.settle(LONGEST)
    called, began = len(proxy.calls), time.monotonic()
    address = _publish(stack, stack.http, topic, _topic(AFTER))
    took = stack.settle(LONGEST) - began
    calls = Counter(proxy.calls[called:])
    effects = stack.http.get(address, headers=_headers(stack)).raise_for_status().json()["effects"]
    assert effects["complete"], effects
    assert effects["dependents"] == effects["refreshed"] == pages, effects
    assert calls[MADE] <= pages + OTHERS, f"{calls[MADE]:,} times a page was made"
    _at_once(stack, _check, pages)
    return _section(pages, published, took, calls)


def _section(pages: int, published: float, took: float, calls: Counter[str]) -> Section:
    shown = [(call.rpartition(".")[2] if call.startswith("Dynamo") else call, count) for call, count in calls.most_common(MOST_SHOWN)]
    return Section(
        title="A topic that many pages show is renamed",
        how=f"{pages:,} pages of one topic on the local stack, published over HTTP by {CLIENTS} clients in {published:,.0f} s "
        f"({pages / published:.0f} a second). Then the topic is published with another title, and everything that follows is waited for: "
        "finding the pages, and making each again, at most five at once, behind whatever is published meanwhile. Then each is looked at. "
        "Calls are counted between the functions and AWS, the relay's and those of publishing the topic among them.",
        columns=("calls to AWS", "in all", "for each page"),
        rows=[*((name, f"{count:,}", f"{count / pages:.2f}") for name, count in shown), _all(pages, calls)],
        found=f"The last page had the new name after {took:,.1f} s: {pages / took:.0f} pages a second. Every one has it, and none was made "
        "twice for it.",
    )


def _all(pages: int, calls: Counter[str]) -> tuple[str, str, str]:
    return "**all**", f"{calls.total():,}", f"**{calls.total() / pages:.1f}**"


def _at_once(stack: LocalStack, work: Any, pages: int) -> None:
    """Do something for each page, so many clients at once."""

    def share(numbers: Sequence[int]) -> None:
        with httpx.Client(base_url=stack.http.base_url, timeout=60, trust_env=False) as client:
            for number in numbers:
                work(client, number)

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(share, [range(first, pages, CLIENTS) for first in range(CLIENTS)]))


def _publish_page(stack: LocalStack, topic: str, client: httpx.Client, number: int) -> None:
    _publish(stack, client, str(uuid4()), _page(number, topic))


def _publish(stack: LocalStack, client: httpx.Client, content_id: str, payload: Json) -> str:
    """Put and publish; where what follows from it is told."""
    address = f"/v2/content/{content_id}"
    client.put(address, json=payload, headers=_headers(stack)).raise_for_status()
    answer = client.post(f"{address}/publish", json={}, headers=_headers(stack)).raise_for_status()
    return answer.headers["link"].partition(">")[0].removeprefix("<")


def _check(client: httpx.Client, number: int) -> None:
    page = client.get(f"{BELOW}/{number}").raise_for_status().text
    assert AFTER in page, f"page {number} has not the new name"
    assert f">{BEFORE}<" not in page, f"page {number} has the old name"


def _headers(stack: LocalStack) -> dict[str, str]:
    return {"X-Api-Key": stack.key}


def _topic(title: str) -> Json:
    return _edition(TOPIC, title, schema_name="taxon", document_type="taxon", details={})


def _page(number: int, topic: str) -> Json:
    details = {"body": [{"content_type": "text/govspeak", "content": "## Before\n\nMove what you can upstairs."}]}
    return _edition(f"{BELOW}/{number}", f"Page {number}", details=details, links={"taxons": [topic]})


def _edition(base_path: str, title: str, **more: Any) -> Json:
    return {
        "base_path": base_path,
        "title": title,
        "schema_name": "answer",
        "document_type": "answer",
        "publishing_app": "benchmarks",
        "rendering_app": "commonweal",
        "routes": [{"path": base_path, "type": "exact"}],
        "update_type": "major",
        **more,
    }
