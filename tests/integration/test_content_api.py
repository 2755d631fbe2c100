"""Publishing over HTTP: a draft, a page, and the four ways of taking it away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.stack import Stack, within
from tests.real_items import ITEMS, sendable

TYPES = {"answer", "guide", "news_article"}
REAL = [file for file in sorted(ITEMS.glob("*.json")) if json.loads(file.read_text())["schema_name"] in TYPES]


def edition(path: str, title: str = "What to do in a flood") -> dict[str, Any]:
    return {
        "base_path": path,
        "title": title,
        "schema_name": "answer",
        "document_type": "answer",
        "publishing_app": "tests",
        "rendering_app": "commonweal",
        "routes": [{"path": path, "type": "exact"}],
        "update_type": "major",
        "details": {"body": [{"content_type": "text/govspeak", "content": "## Before\n\nMove what you can upstairs."}]},
    }


def publish(stack: Stack, path: str, content_id: str | None = None) -> str:
    content_id = content_id or str(uuid4())
    key = {"X-Api-Key": stack.key()}
    put = stack.http.put(f"/v2/content/{content_id}", json=edition(path), headers=key)
    assert put.status_code == 200, put.text
    published = stack.http.post(f"/v2/content/{content_id}/publish", json={}, headers=key)
    assert published.status_code == 200, published.text
    assert within(30, lambda: stack.http.get(path).status_code == 200)
    return content_id


def unpublish(stack: Stack, content_id: str, **how: str) -> None:
    answer = stack.http.post(f"/v2/content/{content_id}/unpublish", json=how, headers={"X-Api-Key": stack.key()})
    assert answer.status_code == 200, answer.text


def test_what_is_published_is_a_page_and_a_content_item(stack: Stack) -> None:
    content_id = publish(stack, "/tests/floods")
    page = stack.http.get("/tests/floods")
    assert "Move what you can upstairs" in page.text
    item = stack.http.get("/api/content/tests/floods")
    assert item.json()["content_id"] == content_id
    again = stack.http.get("/api/content/tests/floods", headers={"If-None-Match": item.headers["etag"]})
    assert again.status_code == 304


def test_gone_is_410_and_a_redirect_301(stack: Stack) -> None:
    unpublish(stack, publish(stack, "/tests/gone"), type="gone")
    assert within(30, lambda: stack.http.get("/tests/gone").status_code == 410)
    unpublish(stack, publish(stack, "/tests/moved"), type="redirect", alternative_path="/tests/floods")
    assert within(30, lambda: stack.http.get("/tests/moved").status_code == 301)
    assert stack.http.get("/tests/moved").headers["location"].endswith("/tests/floods")


def test_a_vanished_page_is_404_and_a_withdrawn_one_says_so(stack: Stack) -> None:
    unpublish(stack, publish(stack, "/tests/vanished"), type="vanish")
    assert within(30, lambda: stack.http.get("/tests/vanished").status_code == 404)
    unpublish(stack, publish(stack, "/tests/withdrawn"), type="withdrawal", explanation="There is newer advice.")
    assert within(30, lambda: "There is newer advice" in stack.http.get("/tests/withdrawn").text)


def test_what_is_wrong_is_named_by_its_pointer(stack: Stack) -> None:
    wrong = edition("/tests/wrong") | {"details": {"body": 7}}
    answer = stack.http.put(f"/v2/content/{uuid4()}", json=wrong, headers={"X-Api-Key": stack.key()})
    assert answer.status_code == 422
    assert any(problem["fragment"].startswith("#/details/body") for problem in answer.json())


def test_a_reserved_path_cannot_be_published(stack: Stack) -> None:
    for path in ("/events/today", "/v2/mine", "/registers/mine", "/local/outbox"):
        answer = stack.http.put(f"/v2/content/{uuid4()}", json=edition(path), headers={"X-Api-Key": stack.key()})
        assert answer.status_code == 422, path


@pytest.mark.skipif(not REAL, reason="there are no real items beside this checkout")
@pytest.mark.parametrize("file", REAL, ids=lambda file: file.stem)
def test_a_real_item_publishes(stack: Stack, file: Path) -> None:
    item = json.loads(file.read_text())
    key = {"X-Api-Key": stack.key()}
    put = stack.http.put(f"/v2/content/{item['content_id']}", json=sendable(item), headers=key)
    assert put.status_code == 200, put.text
    assert stack.http.post(f"/v2/content/{item['content_id']}/publish", json={"locale": item["locale"]}, headers=key).status_code == 200
    assert within(30, lambda: stack.http.get(item["base_path"]).status_code == 200)
