"""The library for departments against the whole platform: both ways in, receipts, and an event put twice."""

from __future__ import annotations

from typing import Any

import pytest

from commonweal_events import EventBridge, Http, Publisher, read, written
from tests.integration.stack import BUS, SOURCE, Stack, warning, within
from tests.unit.sdk.classes import flood_warning

ACCOUNT = "111122223333"
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
    assert receipt.status == "refused"
    (receipt,) = Publisher(SOURCE, Http(url=stack.url, key=stack.key("test"))).publish(flood("102FWF904"))
    assert receipt.status == "checked"


def test_a_wrong_event_never_leaves(stack: Stack) -> None:
    wrong = flood_warning()(**{**written(flood("102FWF905")), "severityLevel": 9})
    (receipt,) = Publisher(SOURCE, Http(url=stack.url, key=stack.key())).publish(wrong)
    assert (receipt.status, receipt.problems[0].field) == ("refused", "data.severityLevel")
    assert stack.http.get(f"/events/{receipt.id}", headers={"X-Api-Key": stack.key()}).status_code == 404


def test_events_put_in_the_departments_role_are_followed_by_what_it_declares(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    # To the emulator an access key of twelve digits is the root of that account: the department's own.
    settings = {
        "ENDPOINT_URL": stack.platform.endpoint,
        "ACCESS_KEY_ID": ACCOUNT,
        "SECRET_ACCESS_KEY": "test",
        "DEFAULT_REGION": "eu-west-2",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    publisher = Publisher(SOURCE, EventBridge(role=ROLE, bus=BUS))
    event = publisher.envelop(flood("102FWF906"), subject="102FWF906")
    assert [receipt.status for receipt in publisher.publish(event, event)] == ["accepted", "accepted"]
    assert within(30, lambda: bool(stack.said(event.id, "RecordAppended")))
    stack.settle()
    # Put twice, and done once.
    assert len(stack.said(event.id, "RecordAppended")) == 1
