"""What must hold when things are large, come at once, come twice, come late or break off."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from itertools import batched
from typing import Any
from uuid import uuid4

import pytest

from functions.common import clients, clock
from functions.common.failures import Transient
from functions.common.http import Api
from functions.publishing import refreshing, rendering, spread
from functions.publishing.api import api
from functions.publishing.finding import finding
from functions.publishing.linking import linking
from functions.publishing.reserving import reserving
from functions.publishing.store import documents as store
from functions.publishing.store import links, pages, table
from schemas.envelope import CloudEvent
from schemas.ids import content_id as id_of
from schemas.platform import ContentPublishRequested
from tests.unit.publishing.ground import (
    MINE,
    THEIRS,
    answer,
    ask,
    asked,
    calls,
    deliver,
    everything,
    http,
    outboxes,
    published,
    read_content,
    rendered,
    spread_and_refreshed,
    visit,
)

pytestmark = pytest.mark.usefixtures("aws")

type Json = dict[str, Any]

POINTS: tuple[Api, ...] = (api, finding, linking, reserving)


def taxon(title: str, path: str = "/topics", **changed: Any) -> Json:
    return answer(path, title=title, schema_name="taxon", document_type="taxon", details={}, **changed)


def tell(consumer: Any, *names: str) -> None:
    """Hand every event of these types that the outboxes hold to a consumer."""
    for event in [one for one in outboxes() if one["type"] in {f"platform.{name}.v1" for name in names}]:
        assert deliver(consumer, CloudEvent.model_validate(event)) == []


class TestLarge:
    def test_three_megabytes_are_saved_published_read_and_shown(self) -> None:
        body = "<p>" + "word " * 600_000 + "</p>"
        content_id = published(answer("/long", details={"body": body}))
        rendered()
        assert http("GET", f"/v2/content/{content_id}")[1]["details"] == {"body": body}
        assert len(read_content("/long")[1]["details"]["body"]) > 2_900_000
        assert len(visit("/long")["body"]) > 2_900_000

    def test_what_would_be_too_large_to_answer_with_is_refused_before_it_is_saved(self) -> None:
        content_id = str(uuid4())
        status, said = http("PUT", f"/v2/content/{content_id}", answer("/long", body="word " * 700_000))
        assert (status, said["error"]["error_code"]) == (413, "body_too_large")
        assert "details" in said["error"]["fields"]
        assert http("GET", f"/v2/content/{content_id}")[0] == 404

    def test_more_links_than_an_item_holds_are_refused_with_the_number_that_it_does(self) -> None:
        links = {"taxons": [str(uuid4()) for _ in range(5_001)]}
        status, said = http("PATCH", f"/v2/links/{uuid4()}", {"links": links})
        assert (status, "5,000" in said["error"]["message"]) == (413, True)
        links["taxons"].pop()
        assert http("PATCH", f"/v2/links/{uuid4()}", {"links": links})[0] == 200

    def test_what_every_link_shows_must_fit_where_links_are_read(self) -> None:
        details = {"notes_for_editors": "word " * 50_000}
        status, said = http("PUT", f"/v2/content/{uuid4()}", {**taxon("Topics"), "details": details})
        assert (status, said["error"]["error_code"]) == (413, "body_too_large")


type Writing = Callable[[str], tuple[int, Any]]


def putting(**changed: Any) -> Writing:
    return lambda content_id: http("PUT", f"/v2/content/{content_id}", answer("/a", **changed))


def ordering(command: str, **order: Any) -> Writing:
    return lambda content_id: http("POST", f"/v2/content/{content_id}/{command}", order)


def in_between(monkeypatch: pytest.MonkeyPatch, *others: Callable[[], Any]) -> None:
    """Others write when somebody has read and decided, and is about to write; each once."""
    waiting, really = list(others), table.write

    def write(writes: Any) -> None:
        while waiting:
            waiting.pop(0)()
        really(writes)

    monkeypatch.setattr(store, "write", write)


class TestAtOnce:
    @pytest.mark.parametrize(
        ("mine", "theirs", "status", "title"),
        [
            (putting(title="Mine"), putting(title="Theirs"), 200, "Mine"),
            (putting(title="Mine", previous_version=1), putting(title="Theirs"), 409, "Theirs"),
            (ordering("publish"), putting(title="Theirs"), 200, "Theirs"),
            (ordering("publish", previous_version=1), putting(title="Theirs"), 409, "Theirs"),
            (ordering("publish"), ordering("publish"), 409, "A title"),
            (ordering("publish"), ordering("discard-draft"), 404, None),
            (ordering("discard-draft"), ordering("publish"), 422, "A title"),
            (ordering("discard-draft", previous_version=1), putting(title="Theirs"), 409, "Theirs"),
            (putting(title="Mine", previous_version=1), ordering("publish"), 200, "Mine"),
        ],
    )
    def test_of_two_writers_to_a_draft_the_second_decides_again(
        self, monkeypatch: pytest.MonkeyPatch, mine: Writing, theirs: Writing, status: int, title: str | None
    ) -> None:
        content_id = str(uuid4())
        putting()(content_id)
        in_between(monkeypatch, lambda: theirs(content_id))
        assert mine(content_id)[0] == status
        assert http("GET", f"/v2/content/{content_id}")[1].get("title") == title

    @pytest.mark.parametrize(
        ("mine", "theirs", "status"),
        [
            (ordering("unpublish", type="gone"), putting(), 422),
            (ordering("unpublish", type="gone"), ordering("unpublish", type="withdrawal", explanation="Over."), 200),
            (ordering("republish"), ordering("unpublish", type="gone"), 200),
            (ordering("republish"), putting(), 200),
        ],
    )
    def test_of_two_writers_to_what_is_live_the_second_decides_again(
        self, monkeypatch: pytest.MonkeyPatch, mine: Writing, theirs: Writing, status: int
    ) -> None:
        content_id = published(answer("/a"))
        in_between(monkeypatch, lambda: theirs(content_id))
        assert mine(content_id)[0] == status

    @pytest.mark.parametrize("first", [MINE, THEIRS])
    def test_a_path_that_two_departments_claim_at_once_is_one_ones(self, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
        second = {MINE: THEIRS, THEIRS: MINE}[first]
        in_between(monkeypatch, lambda: published(answer("/a", title=first), department=first))
        status, said = http("PUT", f"/v2/content/{uuid4()}", answer("/a", title=second), second)
        assert (status, said["error"]["error_code"]) == (422, "base_path_already_in_use")
        assert read_content("/a")[1]["title"] == first

    def test_a_path_that_two_documents_publish_to_at_once_is_one_ones(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first, second = published(answer("/gone")), str(uuid4())
        http("POST", f"/v2/content/{first}/unpublish", {"type": "gone"})
        http("PUT", f"/v2/content/{second}", answer("/gone", title="The next"))
        # The one that is gone comes back while the other takes its place.
        in_between(monkeypatch, lambda: http("POST", f"/v2/content/{first}/republish", {}))
        status, said = http("POST", f"/v2/content/{second}/publish", {})
        assert (status, said["error"]["error_code"]) == (422, "base_path_already_in_use")
        assert http("GET", f"/v2/content/{first}")[1]["publication_state"] == "published"

    def test_two_patches_of_a_link_set_are_both_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        content_id, first, second, really = str(uuid4()), str(uuid4()), str(uuid4()), table.write
        others = [lambda: http("PATCH", f"/v2/links/{content_id}", {"links": {"organisations": [first]}})]

        def write(writes: Any) -> None:
            if others:
                others.pop()()
            really(writes)

        monkeypatch.setattr(links, "write", write)
        status, said = http("PATCH", f"/v2/links/{content_id}", {"links": {"taxons": [second]}})
        assert (status, said["version"]) == (200, 2)
        assert said["links"] == {"organisations": [first], "taxons": [second]}

    def test_what_is_published_during_a_refresh_is_what_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        content_id = published(answer("/a", title="Before"))
        rendered()
        others, really = [lambda: published(answer("/a", title="After"), content_id)], pages.save

        def save(*made: Any) -> None:
            if others:
                others.pop()()
                rendered()
            really(*made)

        monkeypatch.setattr(pages, "save", save)
        rendering.refresh("/a", clock.now())
        assert read_content("/a")[1]["title"] == "After"
        assert "After" in visit("/a")["body"]


class TestOnceAndInOrder:
    @pytest.mark.parametrize("path", ["/v2/mine", "/events/today", "/draft/mine", "/api/content/mine", "/Mine", "/a/", "/a//b", "/../etc"])
    def test_an_address_that_is_not_to_be_had_is_refused_with_a_pointer_to_it(self, path: str) -> None:
        status, said = http("PUT", f"/v2/content/{uuid4()}", answer(path))
        assert (status, said[0]["fragment"], said[0]["schema"]) == (422, "#/base_path", "answer")
        assert everything() == []

    def test_a_request_that_comes_twice_and_one_that_comes_late_leave_one_edition_and_one_write(self) -> None:
        def warning(title: str) -> ContentPublishRequested:
            details = {"body": [{"content_type": "text/govspeak", "content": "Act now"}]}
            return ContentPublishRequested(
                base_path="/warnings/a", schema_name="news_article", document_type="news_story", title=title, details=details
            )

        for version, title in (("2", "Second"), ("2", "Second"), ("1", "First")):
            assert ask(warning(title), version=version) == []
        content_id = id_of("/warnings/a")
        edition = http("GET", f"/v2/content/{content_id}")[1]
        assert (edition["title"], edition["state_history"]) == ("Second", {"1": "published"})
        assert [event["action"] for event in http("GET", f"/v2/content/{content_id}/events")[1]] == ["Publish"]
        rendered()
        assert "Second" in visit("/warnings/a")["body"]

    def test_a_spread_that_breaks_off_is_whole_when_its_message_comes_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        topic = published(taxon("Before"))
        for number in range(8):
            patched(published(answer(f"/a{number}")), topic)
        rendered()
        spread_and_refreshed()
        address = monitor(topic, taxon("After"))
        really, sendings = refreshing.ask, [True, False]

        def ask(content_ids: Any, *said: Any) -> None:
            if not sendings:
                raise Transient("the worker was killed")
            sendings.pop()
            really(list(content_ids)[:3], *said)
            raise Transient("the worker was killed")

        event = next(one for one in outboxes() if one["data"].get("title") == "After")
        with monkeypatch.context() as broken:
            broken.setattr(refreshing, "ask", ask)
            assert deliver(spread.spread, CloudEvent.model_validate(event)) != []
        assert not http("GET", address)[1]["effects"]["complete"]
        rendered()
        spread_and_refreshed()
        effects = http("GET", address)[1]["effects"]
        assert (effects["dependents"], effects["refreshed"], effects["complete"]) == (8, 8, True)
        assert {shown_topic(f"/a{number}") for number in range(8)} == {"After"}


def patched(content_id: str, topic: str) -> None:
    assert http("PATCH", f"/v2/links/{content_id}", {"links": {"taxons": [topic]}})[0] == 200


def drafting(path: str, topic: str) -> Json:
    """Save a draft at a path, with this topic; the edition as it then stands."""
    content_id = str(id_of(path))
    http("PUT", f"/v2/content/{content_id}", answer(path, title="A draft"))
    patched(content_id, topic)
    edition: Json = http("GET", f"/v2/content/{content_id}")[1]
    assert edition["publication_state"] == "draft"
    return edition


def monitor(content_id: str, payload: Json) -> str:
    """Put and publish; where the effects of that are followed."""
    http("PUT", f"/v2/content/{content_id}", payload)
    link: str = asked("POST", f"/v2/content/{content_id}/publish", {})["headers"]["Link"]
    return link.split(">")[0].removeprefix("<")


def shown_topic(path: str) -> str:
    title: str = read_content(path)[1]["links"]["taxons"][0]["title"]
    return title


class TestMany:
    def test_more_pages_than_are_read_at_once_are_each_found_once_in_a_few_reads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        topic = self.shown_on(120, monkeypatch)
        monitor(topic, taxon("After"))
        sent: list[str] = []
        monkeypatch.setattr(refreshing, "ask", lambda content_ids, *_: sent.extend(content_ids))
        with calls() as asked_of_aws:
            tell(spread.spread, "ContentPublished")
        assert len(sent) == len(set(sent)) == 120
        # Who links to each is asked once, for how things are and how they were.
        assert len(asked_of_aws) <= 1.2 * 120

    def test_a_renamed_topic_is_renamed_on_every_page_each_made_at_most_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        topic = self.shown_on(30, monkeypatch)
        address = monitor(topic, taxon("After"))
        rendered()
        made: list[str] = []
        really = pages.save

        def save(*page: Any) -> None:
            made.append(page[1][0]["path"])
            really(*page)

        monkeypatch.setattr(pages, "save", save)
        with calls() as asked_of_aws:
            tell(spread.spread, "ContentPublished")
            # The event comes twice, and so do the messages to refresh.
            messages = spread_and_refreshed()
        effects = http("GET", address)[1]["effects"]
        assert (effects["dependents"], effects["refreshed"], effects["complete"]) == (30, 30, True)
        assert {shown_topic(f"/a{number}") for number in range(30)} == {"After"}
        assert max(made.count(path) for path in set(made)) <= 2
        assert len(asked_of_aws) <= 15 * messages

    def test_a_hundred_pages_are_each_made_once_for_a_renamed_topic_and_no_draft_is_touched(self, monkeypatch: pytest.MonkeyPatch) -> None:
        topic = self.shown_on(100, monkeypatch)
        paths = [f"/a{number}" for number in range(100)]
        drafted = {path: drafting(path, topic) for path in (*paths[::20], "/a-draft-alone")}
        spread_and_refreshed()
        address = monitor(topic, taxon("After"))
        rendered()
        made: list[str] = []
        really = pages.save

        def save(*page: Any) -> None:
            made.append(page[1][0]["path"])
            really(*page)

        monkeypatch.setattr(pages, "save", save)
        with calls() as asked_of_aws:
            messages = spread_and_refreshed()
        assert sorted(made) == sorted(paths)
        assert messages == 100
        shown = [visit(path)["body"] for path in paths]
        assert all("After" in page and "Before" not in page and "A draft" not in page for page in shown)
        assert shown_topic(paths[-1]) == "After"
        effects = http("GET", address)[1]["effects"]
        assert (effects["dependents"], effects["refreshed"], effects["complete"]) == (100, 100, True)
        assert {path: http("GET", f"/v2/content/{id_of(path)}")[1] for path in drafted} == drafted
        assert visit("/a-draft-alone")["statusCode"] == 404
        assert len(asked_of_aws) <= 16 * 100

    def shown_on(self, number: int, monkeypatch: pytest.MonkeyPatch) -> str:
        """A topic that so many pages show."""
        topic = published(taxon("Before"))
        first = published(answer("/a0"), str(id_of("/a0")))
        patched(first, topic)
        rendered()
        spread_and_refreshed()
        copied(first, "/a0", number)
        # Nothing fails in here: moto need not copy the table for each transaction.
        monkeypatch.setattr(copy, "deepcopy", lambda thing, memo=None: thing)
        return topic


def copied(content_id: str, path: str, number: int) -> None:
    """Pages just like this one: `/a0` has `/a1`, `/a2` and so on beside it, up to so many in all."""
    model = [{name: value for name, value in item.items() if name != "outbox"} for item in everything()]
    texts = [text for item in model if content_id in (text := json.dumps(item)) or f"path#{path}" in text]
    stem = path.rstrip("0")
    others = [(str(id_of(f"{stem}{one}")), f"{stem}{one}") for one in range(1, number)]
    items = (json.loads(text.replace(content_id, its_id).replace(path, its_path)) for its_id, its_path in others for text in texts)
    for some in batched(items, 25, strict=False):
        clients.dynamodb().batch_write_item(RequestItems={os.environ["TABLE"]: [{"PutRequest": {"Item": item}} for item in some]})
