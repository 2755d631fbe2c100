"""One department's event reaches another as both their files say: less than the whole, once, and as long as there is consent."""

from __future__ import annotations

import json
from typing import Any

from functions.common.cause import Cause, envelop
from schemas.platform import ForwardRequested
from tests.integration.faults import eventually
from tests.integration.stack import Event, Stack, warning, within

QUEUE = "to-communities"


def arrived(stack: Stack, event_id: str, seconds: float = 30) -> list[dict[str, Any]]:
    """What came of one event to the queue that the platform keeps for the councils' department."""
    sqs, url = stack.platform.client("sqs"), stack.queue(QUEUE)
    found: list[dict[str, Any]] = []

    def look() -> bool:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"]))
        return any(part["id"] == event_id for part in found)

    eventually(look, seconds)
    return [part for part in found if part["id"] == event_id]


def test_a_flood_warning_reaches_the_councils_once_with_what_both_files_say_and_its_tree_stays_the_owners(stack: Stack) -> None:
    event = warning(area="107FWF001", message="Leave Jo Bloggs's house now.")
    # Past ingress, which would know a second one: each is delivered to everybody who hears it.
    stack.put(event)
    stack.put(event)
    [part] = arrived(stack, event["id"])
    assert part["data"] == {name: event["data"][name] for name in ("floodAreaID", "severity", "severityLevel", "county")}
    assert not part.keys() & {"subject", "dataschema"}
    assert within(30, lambda: len(stack.said(event["id"], "EventForwarded")) == 1)
    stack.settle()
    assert arrived(stack, event["id"], seconds=1) == []

    councils = {"X-Api-Key": stack.key(department="communities", service="local-authorities")}
    assert stack.http.get(f"/events/{event['id']}", headers=councils).status_code == 404
    owners = stack.http.get(f"/events/{event['id']}", headers={"X-Api-Key": stack.key()})
    assert {hop["type"] for hop in owners.json()["events"]}.isdisjoint({"platform.ForwardRequested.v1", "platform.EventForwarded.v1"})
    [asked] = stack.said(event["id"], "ForwardRequested")
    assert (asked["department"], asked["data"]) == ("communities", None)


def asked_for_earlier(event: Event, department: str) -> Event:
    """What asks that an event be handed on whole to a department: as if both files had said so until a moment ago."""
    request = ForwardRequested.model_validate({"target": "queue", "name": "subscriptions", "event": event})
    return dict(envelop(request, Cause(correlation=str(event["id"]), department=department)).wire())


def test_what_waits_while_consent_is_made_less_or_taken_back_goes_as_the_files_say_when_it_goes(stack: Stack) -> None:
    less, nothing = (warning(area="107FWF002", message="Leave Jo Bloggs's house now.") for _ in range(2))
    for event, department in ((nothing, "cabinet-office"), (less, "communities")):
        assert stack.put(asked_for_earlier(event, department))["FailedEntryCount"] == 0
    [part] = arrived(stack, less["id"])
    assert part["data"].keys() == {"floodAreaID", "severity", "severityLevel", "county"}
    assert not part.keys() & {"subject", "dataschema"}

    def outcomes() -> list[str]:
        return [line["outcome"] for line in stack.outcomes("bus.forward") if line.get("correlation_id") == nothing["id"]]

    assert within(30, lambda: outcomes() == ["stale"])
    assert stack.said(nothing["id"], "EventForwarded", number=0) == []
