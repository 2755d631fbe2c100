"""The Notify API on the wire: routes, shapes, refusals, and what a request costs (contract 1)."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from functions.common import clients
from functions.common.auth import Caller
from functions.common.failures import Refusal
from functions.notifications.api import api
from functions.notifications.notification import Template
from functions.notifications.store import template_versions
from functions.notifications.store.table import table
from schemas.platform import NotificationAccepted
from tests.unit.notifications.ground import DEPARTMENT, EMAIL_TEMPLATE, SERVICE, TEXT_TEMPLATE, VALUES, Ground, deliver, handle

LIVE = Caller(DEPARTMENT, SERVICE, "key", "live", frozenset({"notifications:send"}))
EMAIL = {"email_address": "Jo@example.com ", "template_id": EMAIL_TEMPLATE, "personalisation": VALUES, "reference": "my reference"}
TEXT = {"phone_number": "07723 456789", "template_id": TEXT_TEMPLATE, "personalisation": VALUES}

KEYS = {
    *(
        "id",
        "reference",
        "email_address",
        "phone_number",
        "type",
        "status",
        "template",
        "body",
        "subject",
        "created_by_name",
        "scheduled_for",
    ),
    *("line_1", "line_2", "line_3", "line_4", "line_5", "line_6", "postcode", "postage", "created_at", "sent_at", "completed_at"),
    *("one_click_unsubscribe_url", "cost_details", "cost_in_pounds", "is_cost_data_ready"),
}


@pytest.fixture(autouse=True)
def _caller() -> Iterator[None]:
    with patch.object(api, "_scheme", lambda _: LIVE):
        yield


def call(method: str, path: str, body: object = None, media_type: str = "application/json") -> tuple[int, Any]:
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "127.0.0.1:8000", "x-forwarded-proto": "http", "content-type": media_type},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": body if isinstance(body, str) else json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }
    answer = api(event, SimpleNamespace())  # type: ignore[arg-type]  # nothing reads the context
    return answer["statusCode"], json.loads(answer["body"])


def as_caller(**changes: Any) -> Any:
    fields = {name: getattr(LIVE, name) for name in ("department", "service_id", "key_id", "key_type", "scopes")}
    return patch.object(api, "_scheme", lambda _: Caller(**{**fields, **changes}))


def test_an_email_is_accepted_and_answered_in_notifys_shape(ground: Ground) -> None:
    status, answer = call("POST", "/v2/notifications/email", EMAIL)
    assert status == 201
    assert answer == {
        "id": answer["id"],
        "reference": "my reference",
        "uri": f"http://127.0.0.1:8000/v2/notifications/{answer['id']}",
        "template": {"id": EMAIL_TEMPLATE, "version": 1, "uri": f"http://127.0.0.1:8000/services/{SERVICE}/templates/{EMAIL_TEMPLATE}"},
        "scheduled_for": None,
        "content": {
            "subject": "Severe at Avon",
            "body": "# Severe\n\nAvon",
            "from_email": "floods@notifications.example.gov",
            "one_click_unsubscribe_url": None,
        },
        "sanitised_content": {},
    }
    (said,) = ground.new()
    assert str(NotificationAccepted.read(said).notification_id) == answer["id"]
    assert said.department == DEPARTMENT


def test_a_text_is_accepted_and_answered_in_notifys_shape(ground: Ground) -> None:
    status, answer = call("POST", "/v2/notifications/sms", TEXT)
    assert status == 201
    assert answer["content"] == {"body": "Severe at Avon", "from_number": "Commonweal"}
    assert "sanitised_content" not in answer


def test_sending_costs_one_write_and_hardly_any_reads(ground: Ground) -> None:
    for _ in range(4):
        # A process reads the template, and takes of each limit in blocks of one, two and four.
        call("POST", "/v2/notifications/email", EMAIL)
    calls = ground.calls(clients.dynamodb())
    assert call("POST", "/v2/notifications/email", EMAIL)[0] == 201
    assert calls == ["PutItem"]


def test_the_event_says_nothing_about_the_person(ground: Ground) -> None:
    call("POST", "/v2/notifications/email", EMAIL)
    (said,) = ground.new()
    assert "jo@example.com" not in said.model_dump_json().lower()


def test_nothing_about_the_person_is_logged(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    values = {"severity": "Mr Canary", "area": "Canary Wharf"}
    _, answer = call("POST", "/v2/notifications/email", {**EMAIL, "email_address": "canary@example.com", "personalisation": values})
    call("POST", "/v2/notifications/email", {**EMAIL, "email_address": "canary"})
    call("GET", f"/v2/notifications/{answer['id']}")
    handle(deliver, *ground.new())
    assert "canary" not in "".join(capsys.readouterr()).lower()


def test_what_became_of_it_can_be_asked_at_once_and_later(ground: Ground) -> None:
    _, answer = call("POST", "/v2/notifications/sms", {**TEXT, "reference": "r"})
    status, shown = call("GET", f"/v2/notifications/{answer['id']}")
    assert status == 200
    assert (shown["status"], shown["type"], shown["phone_number"], shown["email_address"]) == ("created", "sms", "07723 456789", None)
    assert (shown["is_cost_data_ready"], shown["cost_in_pounds"], shown["reference"]) == (False, None, "r")
    assert shown["template"]["uri"] == f"http://127.0.0.1:8000/v2/template/{TEXT_TEMPLATE}/version/1"
    handle(deliver, *ground.new())
    _, shown = call("GET", f"/v2/notifications/{answer['id']}")
    assert (shown["status"], shown["completed_at"]) == ("sending", None)
    assert shown["sent_at"]
    assert shown["cost_details"] == {"billable_sms_fragments": 1, "international_rate_multiplier": 1, "sms_rate": 0.024}


def test_every_key_of_a_notification_is_always_there(ground: Ground) -> None:
    _, answer = call("POST", "/v2/notifications/email", EMAIL)
    _, shown = call("GET", f"/v2/notifications/{answer['id']}")
    assert set(shown) == KEYS


def test_anothers_notification_is_as_if_not_there(ground: Ground) -> None:
    _, answer = call("POST", "/v2/notifications/email", EMAIL)
    with as_caller(service_id=str(uuid4())):
        status, refusal = call("GET", f"/v2/notifications/{answer['id']}")
    assert (status, refusal) == (404, {"status_code": 404, "errors": [{"error": "NoResultFound", "message": "No result found"}]})


def test_anothers_template_is_as_if_not_there(ground: Ground) -> None:
    with as_caller(service_id=str(uuid4())):
        status, refusal = call("POST", "/v2/notifications/email", EMAIL)
        assert call("GET", f"/v2/template/{EMAIL_TEMPLATE}")[0] == 404
    assert (status, refusal["errors"]) == (400, [{"error": "BadRequestError", "message": "Template not found"}])
    assert ground.new() == []


def test_a_kept_template_sends_too_and_is_read_once_in_a_while(ground: Ground) -> None:
    id_ = str(uuid4())
    template_versions.save(Template(id_, SERVICE, "Kept", "email", 1, "Hello ((name))", "Hi", "2026-01-01T00:00:00.000000Z"), None)
    body = {"email_address": "jo@example.com", "template_id": id_, "personalisation": {"name": "Jo"}}
    with patch.object(table, "get", wraps=table.get) as reads:
        answers = [call("POST", "/v2/notifications/email", body) for _ in range(3)]
    assert [(status, answer["content"]["body"]) for status, answer in answers] == [(201, "Hello Jo")] * 3
    assert reads.call_count == 1


def test_a_template_can_be_read(ground: Ground) -> None:
    status, template = call("GET", f"/v2/template/{EMAIL_TEMPLATE}")
    assert status == 200
    assert template["personalisation"] == {"severity": {"required": True}, "area": {"required": True}}
    assert (template["type"], template["version"], template["name"]) == ("email", 1, "Flood warning")


@pytest.mark.parametrize("body", ["", "{", '{"a": NaN}', "[" * 100_000, None])
def test_what_is_no_json_is_refused_in_notifys_words(ground: Ground, body: str | None) -> None:
    status, refusal = call("POST", "/v2/notifications/email", body)
    assert status == 400
    assert refusal == {"status_code": 400, "errors": [{"error": "BadRequestError", "message": "Invalid JSON supplied in POST data"}]}


def test_the_media_type_is_ignored(ground: Ground) -> None:
    assert call("POST", "/v2/notifications/sms", TEXT, media_type="text/plain")[0] == 201


def test_several_faults_are_said_together(ground: Ground) -> None:
    status, refusal = call("POST", "/v2/notifications/sms", {"phone_number": "07123", "extra": 1})
    assert status == 400
    assert [error["message"] for error in refusal["errors"]] == [
        "template_id is a required property",
        "phone_number Not enough digits",
        "Additional properties are not allowed (extra was unexpected)",
    ]


def test_an_id_that_is_none_is_said_to_be(ground: Ground) -> None:
    status, refusal = call("GET", "/v2/notifications/x")
    assert (status, refusal["errors"][0]["message"]) == (400, "notification_id is not a valid UUID")


def test_a_refused_key_is_told_in_notifys_shape(ground: Ground) -> None:
    def refuse(_: object) -> Caller:
        raise Refusal(403, "Invalid token: API key not found", code="AuthError")

    with patch.object(api, "_scheme", refuse):
        status, refusal = call("POST", "/v2/notifications/email", EMAIL)
    assert (status, refusal["errors"]) == (403, [{"error": "AuthError", "message": "Invalid token: API key not found"}])


def test_a_key_without_the_scope_may_not_send(ground: Ground) -> None:
    with as_caller(scopes=frozenset({"data:read"})):
        status, refusal = call("POST", "/v2/notifications/email", EMAIL)
    assert (status, refusal["errors"][0]["error"]) == (403, "AuthError")
    assert ground.new() == []


def test_a_team_key_does_not_reach_the_public(ground: Ground) -> None:
    with as_caller(key_type="team"):
        status, refusal = call("POST", "/v2/notifications/email", EMAIL)
    assert (status, refusal["errors"][0]["message"]) == (400, "Can’t send to this recipient using a team-only API key")


@pytest.mark.parametrize(("kind", "recipient"), [("email", "simulate-delivered@notifications.service.gov.uk"), ("sms", "07700 900111")])
def test_a_simulated_recipient_is_answered_and_nothing_is_kept(ground: Ground, kind: str, recipient: str) -> None:
    body = {**EMAIL, "email_address": recipient} if kind == "email" else {**TEXT, "phone_number": recipient}
    assert call("POST", f"/v2/notifications/{kind}", body)[0] == 201
    assert ground.new() == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/nothing", 404),
        ("POST", "/v2/notifications/foo", 404),
        ("GET", "/v2/notifications/email/x", 404),
        ("DELETE", "/v2/notifications", 405),
    ],
)
def test_what_is_no_route_answers_in_the_older_shape(ground: Ground, method: str, path: str, status: int) -> None:
    found, refusal = call(method, path, {} if method == "POST" else None)
    assert found == status
    assert refusal["result"] == "error"


def test_an_outage_is_never_the_callers_fault(ground: Ground) -> None:
    with patch.object(
        table,
        "put",
        side_effect=clients.dynamodb().exceptions.InternalServerError({"Error": {"Code": "InternalServerError"}}, "PutItem"),
    ):
        status, refusal = call("POST", "/v2/notifications/email", EMAIL)
    assert (status, refusal["errors"][0]["error"]) == (503, "ServiceUnavailable")
