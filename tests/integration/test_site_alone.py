"""What was published is read while everything else is down: the site needs its function, its table and its bucket, and nothing more."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from tests.integration.stack import Stack, within
from tests.integration.test_content_api import edition
from tests.integration.test_publishing import Department
from tests.integration.test_when_things_go_wrong import workers

SITE, PREFIX = "commonweal-local-publishing-pages", "commonweal-local-"
TABLE, BUCKET = b'"commonweal-local-publishing"', b"/commonweal-local-publishing-000000000000/"
READS = {"DynamoDB_20120810.GetItem", "DynamoDB_20120810.Query", "DynamoDB_20120810.BatchGetItem", "S3.GET"}

PARTS = [{"title": title, "slug": title.lower(), "body": f"<p>What to do {title.lower()}.</p>"} for title in ("Before", "After")]
LONG = "<p>" + "water " * 50_000 + "</p>"
"""Longer than an item of the table may be: its page is an object of the bucket."""


@contextmanager
def everything_else_down(stack: Stack) -> Iterator[None]:
    """No function runs but the site's, no call to AWS is answered but those about its store, and what it had in memory is gone."""
    functions = stack.platform.client("lambda")
    pages = functions.get_paginator("list_functions").paginate()
    others = [name for page in pages for one in page["Functions"] if (name := one["FunctionName"]).startswith(PREFIX) and name != SITE]
    assert len(others) > 20
    for name in others:
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        with stack.proxy.nothing_but(TABLE, BUCKET):
            killed = workers(stack, "publishing-pages")
            for worker in killed:
                os.kill(worker, signal.SIGKILL)
            # The emulator learns that a worker is dead by asking it.
            for _ in killed:
                stack.http.get("/robots.txt")
            yield
    finally:
        for name in others:
            functions.delete_function_concurrency(FunctionName=name)


def test_what_was_published_is_served_with_everything_down_but_the_site_and_its_store(stack: Stack) -> None:
    agency = Department(stack)
    short = agency.publish(edition("/tests/alone/short"))
    agency.publish(edition("/tests/alone/long") | {"details": {"body": LONG}})
    agency.publish(edition("/tests/alone/guide") | {"schema_name": "guide", "document_type": "guide", "details": {"parts": PARTS}})
    agency.publish(edition("/tests/alone/left"), moved := str(uuid4()))
    agency.publish(edition("/tests/alone/moved"), moved)
    paths = [f"/tests/alone/{name}" for name in ("short", "long", "guide", "guide/after", "left", "moved")]
    assert within(60, lambda: all(stack.http.get(path).status_code == (301 if path.endswith("left") else 200) for path in paths))
    styles = re.findall(r'href="(/assets/[^"]+)"', stack.http.get(paths[0]).text)
    paths += ["/", "/robots.txt", "/sitemap.xml", "/sitemaps/sitemap_1.xml", "/tests/alone/nothing", *styles]
    stack.settle()
    before = [stack.http.get(path) for path in paths]
    with everything_else_down(stack):
        begin = len(stack.proxy.calls)
        after = [stack.http.get(path) for path in paths]
        calls = set(stack.proxy.calls[begin:])
        elsewhere = [
            agency.ask("GET", f"/v2/content/{short}"),
            agency.ask("GET", "/v2/content"),
            stack.http.get("/api/content/tests/alone/short"),
            stack.http.get("/registers/flood-warning/records"),
            stack.http.post("/events", json={}),
        ]
    assert [(one.status_code, one.headers.get("etag"), one.text) for one in after] == [
        (one.status_code, one.headers.get("etag"), one.text) for one in before
    ]
    assert LONG in after[1].text
    assert set() < calls <= READS
    assert "S3.GET" in calls
    assert [answer.status_code for answer in elsewhere if answer.status_code < 429] == []
    assert within(60, lambda: agency.ask("GET", f"/v2/content/{short}").status_code == 200)
