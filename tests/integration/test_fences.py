"""What a department's role may put on the bus, and what consumers make of an event that claims to be another's."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.stack import SOURCE, Event, Stack, pause, warning, within

ROLE = "commonweal-local-department-environment-agency"
ENFORCED = os.environ.get("COMMONWEAL_ENFORCE_IAM") == "1"


def quarantined(stack: Stack, event_id: str, source: str = SOURCE) -> list[dict[str, Any]]:
    return stack.items("commonweal-local-bus", f"quarantine#{source}#{event_id}")


def test_the_role_puts_its_own_event_on_the_bus_and_all_three_follow(stack: Stack) -> None:
    event = warning(area="103FWF001")
    answer = stack.put(event, stack.platform.assume(ROLE, account="111122223333"))
    assert answer["FailedEntryCount"] == 0
    assert stack.said(event["id"], "RecordAppended")
    assert stack.said(event["id"], "ContentPublished")


@pytest.mark.skipif(not ENFORCED, reason="IAM is enforced where COMMONWEAL_ENFORCE_IAM is 1, as in `make test`")
@pytest.mark.parametrize(
    "changes",
    [
        {"source": "uk.gov.communities.local-authorities"},
        {"type": "communities.LocalAuthorityRecorded.v1"},
        {"source": "uk.gov.commonweal.publishing", "type": "platform.ContentPublished.v1"},
    ],
)
def test_the_role_cannot_put_another_source_or_type(stack: Stack, changes: Event) -> None:
    credentials = stack.platform.assume(ROLE, account="111122223333")
    with pytest.raises(ClientError, match="AccessDenied"):
        stack.put({**warning(), **changes}, credentials)


@pytest.mark.parametrize(
    ("claims", "field"),
    [
        ({"source": "uk.gov.communities.local-authorities"}, "source"),
        ({"type": "communities.LocalAuthorityRecorded.v1"}, "type"),
        ({"department": "communities"}, "department"),
        ({"hops": 11}, "hops"),
    ],
)
def test_an_event_that_claims_to_be_what_eventbridge_knows_it_is_not_is_quarantined(stack: Stack, claims: Event, field: str) -> None:
    event = warning(area="103FWF002")
    forged = {**event, **claims}
    stack.put(forged, Source=event["source"], DetailType=event["type"])
    assert within(30, lambda: bool(quarantined(stack, event["id"])))
    assert quarantined(stack, event["id"])[0]["reason"].startswith(field)
    assert stack.http.get("/flood-warnings/103fwf002").status_code == 404


def test_a_forged_request_of_the_platform_is_quarantined_by_the_capability(stack: Stack) -> None:
    genuine = json.loads((stack_samples() / "platform/RecordSubmitted/flood-warning.json").read_text())
    forged = {**genuine, "id": warning()["id"], "source": "uk.gov.commonweal.bus"}
    stack.put(forged, Source="uk.gov.environment-agency.floods")
    assert within(30, lambda: bool(quarantined(stack, forged["id"])))


def test_a_department_cannot_write_anothers_register_or_page(stack: Stack) -> None:
    key = {"X-Api-Key": stack.key(department="communities", service="local-authorities")}
    stack.emit(warning(area="103FWF003"))
    assert within(30, lambda: stack.http.get("/flood-warnings/103fwf003").status_code == 200)
    taken = stack.http.get("/api/content/flood-warnings/103fwf003").json()
    answer = stack.http.put(f"/v2/content/{taken['content_id']}", json=news("/flood-warnings/103fwf003"), headers=key)
    assert answer.status_code in (403, 404, 422), answer.text
    assert stack.http.get("/api/content/flood-warnings/103fwf003").json()["title"] == taken["title"]


def test_a_poison_event_is_quarantined_once_for_each_that_heard_it_told_to_its_owner_and_not_retried(stack: Stack) -> None:
    event = warning(area="103FWF004", severityLevel="three")
    stack.put(event)
    stack.put(event)
    heard_it = {"bus.reactions", "bus.share"}
    assert within(30, lambda: {item["sk"] for item in quarantined(stack, event["id"])} == heard_it)
    pause(2)
    rejected = stack.said(event["id"], "EventRejected", len(heard_it))
    assert sorted(told["data"]["consumer"] for told in rejected) == sorted(heard_it)
    for told in rejected:
        assert told["department"] == "environment-agency"
        assert "severityLevel" in told["data"]["reason"]
        assert "three" not in told["data"]["reason"]


def news(path: str) -> dict[str, Any]:
    return {
        "base_path": path,
        "title": "Taken",
        "schema_name": "news_article",
        "document_type": "news_story",
        "publishing_app": "tests",
        "rendering_app": "commonweal",
        "routes": [{"path": path, "type": "exact"}],
        "update_type": "major",
        "details": {"body": [{"content_type": "text/govspeak", "content": "Ours now."}], "political": False},
    }


def stack_samples() -> Any:
    from tests.integration.stack import SAMPLES

    return SAMPLES
