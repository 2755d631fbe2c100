"""The front door: the API as it is, and what only a laptop shows."""

import asyncio
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from infra.local.front_door import PICTURES, front_door

from .conftest import Sample


class Door:
    """A browser before the front door."""

    def __init__(self, app: Starlette) -> None:
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 50000))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", follow_redirects=True, timeout=30)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._loop.run_until_complete(self._client.get(path, **options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self._loop.run_until_complete(self._client.post(path, **options))

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()


@pytest.fixture(scope="module")
def door(sample: Sample) -> Iterator[Door]:
    outputs = {"commonweal-local-foundation": sample.ground, "commonweal-local-bus": sample.ground}
    about = {
        "url": "http://127.0.0.1:8000",
        "admin_key": "admin-1",
        "departments": {"agency": {"services": {"floods": {"id": "1", "keys": {"live": "live-<1>"}}}}},
    }
    door = Door(front_door(sample.aws, outputs, about))
    yield door
    door.close()


def test_the_api_hears_the_request_as_it_was_made(door: Door) -> None:
    heard = door.get("/a%20b/ü?q=1&q=%2B", headers={"x-api-key": "k", "user-agent": "mine"}).json()
    assert heard["rawPath"] == "/a b/ü"
    assert heard["rawQueryString"] == "q=1&q=%2B"
    assert heard["headers"]["x-api-key"] == "k"
    assert heard["headers"]["user-agent"] == "mine"


def test_the_api_makes_its_addresses_through_the_front_door(door: Door) -> None:
    heard = door.get("/").json()["headers"]
    assert (heard["host"], heard["x-forwarded-host"], heard["x-forwarded-proto"]) == ("127.0.0.1:8000", "127.0.0.1:8000", "http")


def test_a_body_goes_through_and_the_answer_comes_back(door: Door) -> None:
    answer = door.post("/orders", json={"id": uuid4().hex})
    assert (answer.status_code, answer.text) == (202, "{}")


def test_a_body_over_ten_megabytes_is_refused_as_api_gateway_does(door: Door) -> None:
    answer = door.post("/orders", content=b"x" * (10 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})


def test_nothing_answers_to_another_name(door: Door) -> None:
    assert door.get("/local/", headers={"host": "evil.example"}).status_code == 400


def test_the_outbox_shows_emails_and_texts_newest_first(sample: Sample, door: Door) -> None:
    person, number = f"{uuid4().hex}@example.com", "+447700900987"
    for subject in ("First", "Second"):
        sample.aws.client("sesv2").send_email(
            FromEmailAddress="sample@example.gov",
            Destination={"ToAddresses": [person]},
            ReplyToAddresses=["answers@example.gov"],
            Content={
                "Simple": {
                    "Subject": {"Data": subject},
                    "Body": {"Text": {"Data": "<b>"}, "Html": {"Data": "<p>Hi</p>"}},
                    "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://example.gov/stop>"}],
                }
            },
        )
    sample.aws.client("sns").publish(PhoneNumber=number, Message="Flood")
    messages = door.get("/local/outbox.json").json()["messages"]
    assert [message["sent_at"] for message in messages] == sorted((message["sent_at"] for message in messages), reverse=True)
    (text,) = door.get(f"/local/outbox?to={number}", headers={"accept": "application/json"}).json()["messages"]
    assert (text["kind"], text["body"], text["to"]) == ("text", "Flood", [number])
    emails = door.get("/local/outbox.json", params={"to": person.upper()}).json()["messages"]
    assert [email["subject"] for email in emails] == ["Second", "First"]
    assert [email["reply_to"] for email in emails] == [["answers@example.gov"]] * 2
    assert emails[0]["headers"] == {"List-Unsubscribe": "<https://example.gov/stop>"}
    page = door.get("/local/outbox", params={"to": person})
    assert page.headers["content-type"].startswith("text/html")
    assert "2 messages" in page.text
    assert "<pre>&lt;b&gt;</pre>" in page.text
    assert "sandbox" in page.text


def journal(sample: Sample, correlation: str, *events: dict[str, str]) -> None:
    """Write events to the journal, as the bus does."""
    database = sample.aws.client("dynamodb")
    for event in events:
        key = {"pk": {"S": f"trace#{correlation}"}, "sk": {"S": f"{event['time']}#{event['id']}"}}
        database.put_item(TableName=sample.ground["BusTable"], Item=key | {name: {"S": value} for name, value in event.items()})
        back = {"pk": {"S": f"event#{event['id']}"}, "sk": {"S": "trace"}, "correlationid": {"S": correlation}}
        database.put_item(TableName=sample.ground["BusTable"], Item=back)


@pytest.fixture(scope="module")
def told(sample: Sample) -> dict[str, str]:
    """A journal of one event, what it caused, and what that caused."""
    ids = {name: uuid4().hex for name in ("correlation", "root", "child", "grandchild", "other")}
    at = "2026-11-23T09:30:00.{}Z".format
    common = {"source": "uk.gov.sample", "time": at("000")}
    journal(
        sample,
        ids["correlation"],
        common | {"id": ids["root"], "type": "agency.FloodWarningIssued.v1", "subject": "065WAF441", "published_at": at("010")},
        common | {"id": ids["grandchild"], "type": "platform.ContentPublished.v1", "causationid": ids["child"], "published_at": at("150")},
        common
        | {"id": ids["child"], "type": "platform.ContentPublishRequested.v1", "causationid": ids["root"], "published_at": at("060")}
        | {"data": '{"a": "<"}'},
        common | {"id": ids["other"], "type": "platform.RecordAppended.v1", "causationid": ids["root"], "published_at": at("090")},
    )
    return ids


def test_a_trace_is_the_tree_of_what_followed_with_times(door: Door, told: dict[str, str]) -> None:
    trace = door.get(f"/local/trace/{told['correlation']}.json").json()
    assert (trace["correlationid"], trace["events"], trace["took_ms"]) == (told["correlation"], 4, 140)

    def shape(step: dict[str, Any]) -> Any:
        return step["type"].split(".")[1], step["after_ms"], [shape(one) for one in step["caused"]]

    assert [shape(step) for step in trace["tree"]] == [
        ("FloodWarningIssued", 0, [("ContentPublishRequested", 50, [("ContentPublished", 140, [])]), ("RecordAppended", 80, [])])
    ]


def test_a_trace_is_found_by_any_of_its_events(door: Door, told: dict[str, str]) -> None:
    assert door.get(f"/local/trace/{told['grandchild']}.json").json()["correlationid"] == told["correlation"]
    assert door.get("/local/trace", params={"id": told["root"]}).url.path == f"/local/trace/{told['root']}"


def test_a_trace_is_a_page_that_needs_no_script(door: Door, told: dict[str, str]) -> None:
    page = door.get(f"/local/trace/{told['correlation']}")
    assert "4 events, 140 ms" in page.text
    assert "{&#34;a&#34;: &#34;&lt;&#34;}" in page.text
    for path in ("/local/", "/local/outbox", f"/local/trace/{told['correlation']}"):
        assert Tags.of(door.get(path).text).count("script") == 0


def test_the_pictures_of_the_seeded_pages_are_there_and_nothing_else_is(door: Door) -> None:
    for file in PICTURES.iterdir():
        answer = door.get(f"/local/pictures/{file.name}")
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "image/svg+xml")
        assert answer.content == file.read_bytes()
        assert b"<script" not in answer.content
    for path in ("/local/pictures/none.svg", "/local/pictures/..%2Ffront_door.py", "/local/pictures/"):
        assert door.get(path).status_code == 404


def test_an_unknown_trace_is_not_found(door: Door) -> None:
    assert door.get("/local/trace/nobody").status_code == 404
    assert door.get("/local/trace/nobody.json").json() == {"message": "Nothing is known of nobody."}
    assert door.get("/local/nothing").status_code == 404


def test_the_index_says_where_everything_is_and_shows_the_demo_keys(door: Door) -> None:
    page = door.get("/local").text
    assert all(where in page for where in ('href="/local/outbox"', 'href="/docs"', "live-&lt;1&gt;", "admin-1", 'action="/local/trace"'))


class Tags(HTMLParser):
    """The names of a page's elements."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @classmethod
    def of(cls, page: str) -> list[str]:
        parser = cls()
        parser.feed(page)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
