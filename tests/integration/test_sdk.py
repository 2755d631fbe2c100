"""The library for departments against the whole platform: both ways in, receipts, an event put twice, and what others share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from commonweal_events import Envelope, EventBridge, Http, Publisher, consumes, queues, read, written
from tests.integration.stack import BUS, SOURCE, Stack, warning, within
from tests.unit.sdk.classes import flood_warning, flood_warning_as_given

ACCOUNT = "111122223333"
COUNCILS = "444455556666"
QUEUE = "arn:aws:sqs:eu-west-2:000000000000:commonweal-local-to-communities"
ROLE = "arn:aws:iam::000000000000:role/commonweal-local-department-environment-agency"


def flood(area: str) -> Any:
    return read(flood_warning(), warning(area=area)["data"])


def test_each_event_over_http_has_its_receipt_and_one_again_is_a_duplicate(stack: Stack) -> None:
    publisher = Publisher(SOURCE, Http(url=stack.url, key=stack.key()))
    first, second = (publisher.envelop(flood(area), subject=area) for area in ("102FWF901", "102FWF902"))
    assert [receipt.status for receipt in publisher.publish(first, second)] == ["accepted", "accepted"]
    again, other = publisher.publish(first, flood("102FWF903"))
    assert (again.status, other.status) == ("duplicate", "accepted")
    assert within(30, lambda: len(stack.tree(first.id)) > 1)


def test_what_the_platform_refuses_is_told_by_its_field(stack: Stack) -> None:
    elsewhere = "uk.gov.communities.local-authorities"
    (receipt,) = Publisher(elsewhere, Http(url=stack.url, key=stack.key())).publish(flood("102FWF904"))
    assert (receipt.status, [problem.field for problem in receipt.problems]) == ("refused", ["source"])
    (receipt,) = Publisher(SOURCE, Http(url=stack.url, key="floods-unknown")).publish(flood("102FWF904"))
    # Through no fault of the event's.
    assert receipt.status == "failed"
    (receipt,) = Publisher(SOURCE, Http(url=stack.url, key=stack.key("test"))).publish(flood("102FWF904"))
    assert receipt.status == "checked"


def test_a_wrong_event_never_leaves(stack: Stack) -> None:
    wrong = flood_warning()(**{**written(flood("102FWF905")), "severityLevel": 9})
    (receipt,) = Publisher(SOURCE, Http(url=stack.url, key=stack.key())).publish(wrong)
    assert (receipt.status, receipt.problems[0].field) == ("refused", "data.severityLevel")
    assert stack.http.get(f"/events/{receipt.id}", headers={"X-Api-Key": stack.key()}).status_code == 404


def at_home(stack: Stack, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in a department's own account: to the emulator an access key of twelve digits is the root of that account."""
    settings = {
        "ENDPOINT_URL": stack.platform.endpoint,
        "ACCESS_KEY_ID": account,
        "SECRET_ACCESS_KEY": "test",
        "DEFAULT_REGION": "eu-west-2",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)


def test_events_put_in_the_departments_role_are_followed_by_what_it_declares(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    at_home(stack, ACCOUNT, monkeypatch)
    publisher = Publisher(SOURCE, EventBridge(role=ROLE, bus=BUS))
    event = publisher.envelop(flood("102FWF906"), subject="102FWF906")
    assert [receipt.status for receipt in publisher.publish(event, event)] == ["accepted", "accepted"]
    assert within(30, lambda: bool(stack.said(event.id, "RecordAppended")))
    stack.settle()
    # Put twice, and done once.
    assert len(stack.said(event.id, "RecordAppended")) == 1


def test_what_another_department_shares_is_read_by_its_class_and_what_fails_comes_back_after_its_pause(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    (receipt,) = Publisher(SOURCE, Http(url=stack.url, key=stack.key())).publish(flood("102FWF907"))
    at_home(stack, COUNCILS, monkeypatch)
    monkeypatch.setattr(queues, "FIRST_PAUSE", 3)
    queues._sqs.cache_clear()
    heard: list[tuple[str, str]] = []

    @consumes(flood_warning_as_given())
    def handler(given: Any, envelope: Envelope) -> None:
        heard.append((envelope.id, given.floodAreaID))
        if len(heard) == 1:
            raise ConnectionError

    def bring() -> dict[str, Any]:
        """What Lambda brings of the department's queue, what is settled taken out of it; empty where nothing is there."""
        sqs, url = queues._sqs(), stack.queue("to-communities")
        took = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["ApproximateReceiveCount"]).get("Messages", [])
        for message in [message for message in took if json.loads(message["Body"])["id"] != receipt.id]:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            took.remove(message)
        return {"Records": [record(message) for message in took]}

    def record(message: dict[str, Any]) -> dict[str, Any]:
        told = {"messageId": message["MessageId"], "body": message["Body"], "attributes": message["Attributes"]}
        return {**told, "receiptHandle": message["ReceiptHandle"], "eventSourceARN": QUEUE}

    first = until(bring, 30)
    assert handler(first)["batchItemFailures"] == [{"itemIdentifier": first["Records"][0]["messageId"]}]
    assert bring() == {"Records": []}
    again = until(bring, 15)
    assert handler(again) == {"batchItemFailures": []}
    assert heard == [(receipt.id, "102FWF907")] * 2
    queues._sqs.cache_clear()


def until(bring: Callable[[], dict[str, Any]], seconds: float) -> dict[str, Any]:
    """The first batch that is not empty."""
    found: dict[str, Any] = {"Records": []}

    def look() -> bool:
        nonlocal found
        found = bring()
        return bool(found["Records"])

    assert within(seconds, look)
    return found
