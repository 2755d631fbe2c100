"""Keeping templates and lists of subscribers over HTTP."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from functions.common.auth import Caller
from functions.notifications.manage import manage
from schemas.platform import SubscriberAdded, SubscriberRemoved, TemplateSaved
from tests.unit.notifications.ground import DEPARTMENT, LIST, SERVICE, Ground

SCOPES = frozenset({"notifications:manage"})
TEMPLATES = f"/notifications/services/{SERVICE}/templates"
SUBSCRIBERS = f"/notifications/services/{SERVICE}/subscribers/{LIST}"


@pytest.fixture(autouse=True)
def _caller() -> Iterator[None]:
    with caller():
        yield


def caller(department: str = DEPARTMENT, service_id: str = SERVICE, scopes: frozenset[str] = SCOPES) -> Any:
    return patch.object(manage, "_scheme", lambda _: Caller(department, service_id, "key", "live", scopes))


def call(method: str, path: str, body: object = None, query: dict[str, str] | None = None) -> tuple[int, Any]:
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "queryStringParameters": query,
        "headers": {"host": "127.0.0.1:8000", "content-type": "application/json"},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }
    answer = manage(event, SimpleNamespace())  # type: ignore[arg-type]  # nothing reads the context
    return answer["statusCode"], json.loads(answer["body"]) if answer.get("body") else None


def test_a_template_is_kept_and_said(ground: Ground) -> None:
    status, template = call("POST", TEMPLATES, {"name": "Welcome", "type": "email", "subject": "Hi ((name))", "body": "Hello"})
    assert (status, template["version"], template["personalisation"]) == (201, 1, {"name": {"required": True}})
    (said,) = ground.new()
    assert str(TemplateSaved.read(said).template_id) == template["id"]
    status, listed = call("GET", TEMPLATES)
    assert status == 200
    assert sorted(one["name"] for one in listed["templates"]) == ["Flood risk", "Flood warning", "Flood warning", "Welcome"]


def test_more_templates_than_one_read_holds_are_all_listed(ground: Ground) -> None:
    for number in range(6):
        call("POST", TEMPLATES, {"name": f"Letter {number}", "type": "email", "subject": "Hi", "body": "a" * 199_000})
    _, listed = call("GET", TEMPLATES)
    assert {one["name"] for one in listed["templates"]} == {"Flood warning", "Flood risk", *(f"Letter {number}" for number in range(6))}


@pytest.mark.parametrize(
    "draft",
    [
        {"name": "Welcome", "type": "email", "body": "Hello"},
        {"name": "Welcome", "type": "sms", "subject": "Hi", "body": "Hello"},
        {"name": "", "type": "sms", "body": "Hello"},
        {"name": "Welcome", "type": "letter", "body": "Hello"},
        {"name": "Welcome", "type": "fax", "body": "Hello"},
        {"name": "Welcome", "type": "sms", "body": "Hello", "colour": "red"},
    ],
)
def test_a_template_that_is_none_is_refused(ground: Ground, draft: dict[str, str]) -> None:
    status, refusal = call("POST", TEMPLATES, draft)
    assert (status, refusal["code"]) == (422, "invalid")
    assert ground.new() == []


def test_a_subscriber_is_added_listed_and_removed(ground: Ground) -> None:
    status, jo = call("POST", SUBSCRIBERS, {"email_address": " Jo@Example.com"})
    assert (status, jo["email_address"]) == (201, "jo@example.com")
    status, al = call("POST", SUBSCRIBERS, {"phone_number": "07723 456789"})
    assert (status, al["phone_number"]) == (201, "447723456789")
    status, listed = call("GET", SUBSCRIBERS)
    assert sorted(one["id"] for one in listed["subscribers"]) == sorted([jo["id"], al["id"]])
    assert listed["next"] is None
    assert call("DELETE", f"{SUBSCRIBERS}/{jo['id']}") == (204, None)
    assert call("DELETE", f"{SUBSCRIBERS}/{jo['id']}")[0] == 404
    assert [one["id"] for one in call("GET", SUBSCRIBERS)[1]["subscribers"]] == [al["id"]]
    added, _, removed = ground.new()
    assert SubscriberAdded.read(added).list == SubscriberRemoved.read(removed).list == LIST
    assert "jo@example.com" not in added.model_dump_json() + removed.model_dump_json()


def test_who_is_on_a_list_already_stays_there_once(ground: Ground) -> None:
    first = call("POST", SUBSCRIBERS, {"email_address": "jo@example.com"})
    second = call("POST", SUBSCRIBERS, {"email_address": "JO@example.com"})
    assert (first[0], second[0], first[1]) == (201, 200, second[1])
    assert ground.names() == ["SubscriberAdded"]


def test_who_left_may_come_back(ground: Ground) -> None:
    _, jo = call("POST", SUBSCRIBERS, {"email_address": "jo@example.com"})
    call("DELETE", f"{SUBSCRIBERS}/{jo['id']}")
    status, again = call("POST", SUBSCRIBERS, {"email_address": "jo@example.com"})
    assert status == 201
    assert again["id"] != jo["id"]


def test_a_removed_subscriber_leaves_no_address_behind(ground: Ground) -> None:
    _, jo = call("POST", SUBSCRIBERS, {"email_address": "jo@example.com"})
    call("DELETE", f"{SUBSCRIBERS}/{jo['id']}")
    item = ground.item(f"subscribers#{SERVICE}#{LIST}#{int(jo['id'][-1], 16) % 4}", jo["id"])
    assert "address" not in item
    assert item["expires_at"]


@pytest.mark.parametrize(
    ("new", "detail"),
    [
        ({"email_address": "x"}, "Not a valid email address"),
        ({"phone_number": "07123"}, "Not enough digits"),
        ({"phone_number": "020 7946 0991"}, "Only UK mobile numbers can be sent texts."),
        ({}, "give an email_address or a phone_number"),
        ({"email_address": "jo@example.com", "phone_number": "07723456789"}, "give an email_address or a phone_number"),
    ],
)
def test_who_cannot_be_told_is_not_put_on_a_list(ground: Ground, new: dict[str, str], detail: str) -> None:
    status, refusal = call("POST", SUBSCRIBERS, new)
    assert status == 422
    assert detail in refusal["detail"]
    assert ground.new() == []


def test_a_long_list_is_shown_a_page_at_a_time(ground: Ground) -> None:
    for number in range(7):
        call("POST", SUBSCRIBERS, {"email_address": f"resident{number}@example.com"})
    found: list[str] = []
    query: dict[str, str] = {}
    with patch("functions.notifications.manage.PAGE", 2):
        while True:
            _, page = call("GET", SUBSCRIBERS, query=query)
            assert len(page["subscribers"]) <= 2
            found += [one["id"] for one in page["subscribers"]]
            if page["next"] is None:
                break
            query = {"after": page["next"]}
    assert len(found) == len(set(found)) == 7
    for odd in ("nonsense", "²:", "4:", f"0:{'a' * 2_000}", "0:\n"):
        assert call("GET", SUBSCRIBERS, query={"after": odd})[0] == 422


@pytest.mark.parametrize("path", [TEMPLATES, SUBSCRIBERS])
def test_anothers_service_is_as_if_not_there(ground: Ground, path: str) -> None:
    with caller(department="communities", service_id=str(uuid4())):
        assert call("GET", path)[0] == 404
    with caller(service_id=str(uuid4())):
        assert call("GET", path)[0] == 200, "another service of the same department"
    with caller(department="platform", service_id=str(uuid4()), scopes=SCOPES | {"departments:admin"}):
        assert call("GET", path)[0] == 200, "whoever runs the platform"


def test_a_key_without_the_scope_may_not(ground: Ground) -> None:
    with caller(scopes=frozenset({"notifications:send"})):
        assert call("POST", SUBSCRIBERS, {"email_address": "jo@example.com"})[0] == 403
