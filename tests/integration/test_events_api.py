"""`POST /events`, with the CloudEvents SDK as the client, and with what no client should send."""

from __future__ import annotations

import json

import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from tests.integration.stack import SOURCE, TYPE, Event, Stack, warning


def sdk_event(event: Event) -> CloudEvent:
    from datetime import datetime

    attributes = {name: value for name, value in event.items() if name != "data"}
    return CloudEvent({**attributes, "time": datetime.fromisoformat(event["time"])}, event["data"])


@pytest.mark.parametrize("write", [to_structured_event, to_binary_event])
def test_the_sdk_can_send_it(stack: Stack, write: object) -> None:
    message = write(sdk_event(warning(area="102FWF001")))  # type: ignore[operator]
    headers = {**message.headers, "X-Api-Key": stack.key()}
    answer = stack.http.post("/events", content=message.body, headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")


def test_one_bad_event_does_not_spoil_its_batch(stack: Stack) -> None:
    bad = warning(area="102FWF002", severityLevel=9)
    batch = [warning(area="102FWF003"), bad, warning(area="102FWF004")]
    headers = {"Content-Type": "application/cloudevents-batch+json", "X-Api-Key": stack.key()}
    answer = stack.http.post("/events", content=json.dumps(batch), headers=headers)
    assert answer.status_code == 202
    receipts = answer.json()["receipts"]
    assert [receipt["status"] for receipt in receipts] == ["accepted", "refused", "accepted"]
    assert [receipt["id"] for receipt in receipts] == [event["id"] for event in batch]
    assert receipts[1]["errors"][0]["field"] == "data.severityLevel"
    assert "9 is greater than the maximum of 4" in receipts[1]["errors"][0]["message"]


def test_the_same_event_again_is_a_duplicate_and_another_under_its_id_is_refused(stack: Stack) -> None:
    event = warning(area="102FWF005")
    first, again = stack.emit(event).json(), stack.emit(event).json()
    assert again["status"] == "duplicate"
    assert again["accepted_at"] == first["accepted_at"]
    event["data"]["message"] = "Something else."
    changed = stack.emit(event)
    assert changed.status_code == 409
    assert changed.json()["errors"][0]["field"] == "id"


def test_a_test_key_only_checks(stack: Stack) -> None:
    event = warning(area="102FWF006")
    answer = stack.emit(event, stack.key("test"))
    assert (answer.status_code, answer.json()["status"]) == (202, "checked")
    assert stack.http.get(f"/events/{event['id']}", headers={"X-Api-Key": stack.key()}).status_code == 404


BAD = {
    "two megabytes": (b'{"data": "' + b"x" * 2_000_000 + b'"}', "application/cloudevents+json", 413, "body"),
    "a hundred thousand brackets": (b"[" * 100_000, "application/cloudevents+json", 400, "nested"),
    "invalid UTF-8": (b'{"id": "\xff\xfe"}', "application/cloudevents+json", 400, "UTF-8"),
    "a NaN": (json.dumps({**warning(), "data": float("nan")}).encode(), "application/cloudevents+json", 400, "NaN"),
    "a key twice": (b'{"id": "a", "id": "b"}', "application/cloudevents+json", 400, "twice"),
    "no JSON": (b"id=1", "application/cloudevents+json", 400, "JSON"),
    "a wrong content type": (b"<event/>", "application/xml", 415, "content-type"),
    "no event": (b"[]", "application/cloudevents+json", 422, "object"),
}


@pytest.mark.parametrize(("body", "media_type", "status", "word"), BAD.values(), ids=BAD)
def test_what_cannot_be_read_is_refused_in_plain_words(stack: Stack, body: bytes, media_type: str, status: int, word: str) -> None:
    answer = stack.http.post("/events", content=body, headers={"Content-Type": media_type, "X-Api-Key": stack.key()})
    assert answer.status_code == status
    assert word in answer.json()["detail"]
    assert "Traceback" not in answer.text


def test_a_wrong_method_says_which_is_right(stack: Stack) -> None:
    assert stack.http.delete("/events", headers={"X-Api-Key": stack.key()}).status_code in (404, 405)


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"type": "communities.LocalAuthorityRecorded.v1"}, 403, "type"),
        ({"source": "uk.gov.communities.local-authorities"}, 403, "source"),
        ({"source": "uk.gov.commonweal.publishing"}, 403, "source"),
        ({"department": "communities"}, 422, "department"),
        ({"hops": 10}, 422, "hops"),
        ({"dataschema": "/schemas/environment-agency/FloodWarningIssued/9.9.9.json"}, 422, "dataschema"),
        ({"id": ""}, 422, "id"),
        ({"time": "yesterday"}, 422, "time"),
    ],
)
def test_a_department_says_its_own_things_only(stack: Stack, changes: Event, status: int, field: str) -> None:
    answer = stack.emit({**warning(), **changes})
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["field"] == field


def test_a_key_that_is_missing_wrong_or_anothers_opens_nothing(stack: Stack) -> None:
    event = warning()
    assert stack.http.post("/events", json=event).status_code == 401
    assert stack.emit(event, stack.key()[:-1] + ("0" if stack.key()[-1] != "0" else "1")).status_code == 401
    others = stack.emit(event, stack.key(department="communities", service="local-authorities"))
    assert (others.status_code, others.json()["errors"][0]["field"]) == (403, "source")


def test_a_revoked_key_is_refused_within_two_seconds(stack: Stack) -> None:
    from tests.integration.stack import within

    path = f"/services/{stack.service()}/keys"
    made = stack.http.post(path, json={"name": "short-lived", "type": "live", "scopes": ["events:emit"]}, headers=stack.admin).json()
    assert stack.emit(warning(area="102FWF007"), made["key"]).status_code == 202
    assert stack.http.delete(f"{path}/{made['id']}", headers=stack.admin).status_code == 200
    assert within(5, lambda: stack.emit(warning(area="102FWF007"), made["key"]).status_code == 401)


def test_another_departments_tree_is_as_if_it_were_not_there(stack: Stack) -> None:
    event = warning(area="102FWF008")
    stack.emit(event)
    stack.said(event["id"], "RecordAppended")
    mine = {"X-Api-Key": stack.key()}
    theirs = {"X-Api-Key": stack.key(department="communities", service="local-authorities")}
    assert len(stack.http.get(f"/events/{event['id']}", headers=mine).json()["events"]) > 1
    assert stack.http.get(f"/events/{event['id']}", headers=theirs).status_code == 404


def test_the_samples_that_are_bad_are_refused_at_the_door(stack: Stack) -> None:
    from tests.integration.stack import SAMPLES

    for sample in sorted((SAMPLES / "environment-agency").rglob("bad-*.json")):
        answer = stack.emit(json.loads(sample.read_text()))
        assert answer.status_code in (400, 403, 422), f"{sample.name}: {answer.text}"
        assert answer.json().get("errors"), sample.name


def test_what_is_put_on_the_bus_is_what_was_said(stack: Stack) -> None:
    event = warning(area="102FWF009")
    stack.emit(event)
    stack.said(event["id"], "RecordAppended")
    root = stack.tree(event["id"])[0]
    assert (root["source"], root["type"], root["subject"]) == (SOURCE, TYPE, "102FWF009")


def test_the_owner_of_a_type_is_told_who_says_it_and_nobody_else(stack: Stack) -> None:
    path, councils = f"/events/types/{TYPE}", "communities.LocalAuthorityRecorded.v1"
    answer = stack.http.get(path, headers={"X-Api-Key": stack.key()})
    assert (answer.status_code, answer.json()) == (200, {"type": TYPE, "sunset": None, "replaced_by": None, "producers": []})
    assert stack.http.get(path.replace(TYPE, councils), headers={"X-Api-Key": stack.key()}).status_code == 404
