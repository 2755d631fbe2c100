"""Every hop is broken on purpose, from outside the product. Nothing is lost, and nothing happens twice."""

from __future__ import annotations

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.faults import Fault
from tests.integration.outage import Outage
from tests.integration.stack import Stack, pause, warning, within
from tests.integration.test_one_event_does_all_three import subscribe

pytestmark = pytest.mark.without_iam

PUT_EVENTS = "AWSEvents.PutEvents"


def entries(stack: Stack, area: str) -> int:
    answer = stack.http.get(f"/registers/flood-warning/records/{area}/entries")
    return len(answer.json()) if answer.status_code == 200 else 0


def total(stack: Stack) -> int:
    return int(stack.http.get("/registers/flood-warning/register").json()["total-entries"])


def edition(stack: Stack, area: str) -> str:
    return str(stack.http.get(f"/api/content/flood-warnings/{area.lower()}").json().get("title"))


def test_every_event_comes_twice_at_every_hop_and_nothing_happens_twice(stack: Stack) -> None:
    subscribe(stack, "104FWF001", email_address="twice@example.com")
    with stack.proxy.broken(Fault("duplicate", PUT_EVENTS, times=1000)):
        event = warning(area="104FWF001")
        stack.emit(event)
        assert stack.said(event["id"], "RecordAppended")
        assert within(30, lambda: bool(stack.emails("twice@example.com")))
        stack.settle()
    assert len(stack.emails("twice@example.com")) == 1
    assert entries(stack, "104FWF001") == 1
    names = [hop["type"] for hop in stack.tree(event["id"])]
    assert names.count("platform.ContentPublished.v1") == 1
    assert names.count("platform.NotificationAccepted.v1") == 1


def test_a_lost_answer_to_a_claim_still_sends_exactly_once(stack: Stack) -> None:
    subscribe(stack, "104FWF002", email_address="lost@example.com")
    with stack.proxy.broken(Fault("drop answer", "DynamoDB_20120810.UpdateItem", holding=b"claim", times=2)):
        stack.emit(warning(area="104FWF002"))
        assert within(30, lambda: bool(stack.emails("lost@example.com")))
        stack.settle()
    pause(1)
    assert len(stack.emails("lost@example.com")) == 1


def test_a_lost_answer_to_every_write_changes_nothing(stack: Stack) -> None:
    subscribe(stack, "104FWF003", email_address="every@example.com")
    writes = ("PutItem", "UpdateItem", "TransactWriteItems")
    with stack.proxy.broken(*(Fault("drop answer", f"DynamoDB_20120810.{write}", holding=b"104FWF003", times=3) for write in writes)):
        stack.emit(warning(area="104FWF003"))
        assert within(45, lambda: bool(stack.emails("every@example.com")))
        assert within(45, lambda: entries(stack, "104FWF003") == 1)
        stack.settle()
    assert len(stack.emails("every@example.com")) == 1
    assert entries(stack, "104FWF003") == 1


def test_the_older_of_two_versions_loses_whenever_it_comes(stack: Stack) -> None:
    old, new = warning(area="104FWF004", severity="Flood alert", severityLevel=3), warning(area="104FWF004")
    stack.emit(new)
    assert stack.said(new["id"], "RecordAppended")
    assert within(30, lambda: edition(stack, "104FWF004").startswith("Severe"))
    stack.emit(old)
    assert within(30, lambda: any(line["outcome"] == "stale" for line in stack.outcomes("data_access.append")))
    stack.settle()
    assert edition(stack, "104FWF004").startswith("Severe")
    assert entries(stack, "104FWF004") == 1
    assert stack.said(old["id"], "RecordSubmitted")


def test_a_handler_that_fails_three_times_of_five_succeeds(stack: Stack) -> None:
    # The SDK tries five times in one invocation: so fifteen refusals are three failed invocations.
    with stack.proxy.broken(Fault("unavailable", "DynamoDB_20120810.TransactWriteItems", holding=b"104FWF005", times=15)):
        stack.emit(warning(area="104FWF005"))
        assert within(120, lambda: entries(stack, "104FWF005") == 1)
    assert not stack.depth("data-access-append-dead")


def test_a_throttled_bus_delays_and_loses_nothing(stack: Stack) -> None:
    with stack.proxy.broken(Fault("throttle", PUT_EVENTS, times=20)):
        events = [warning(area=f"104FWF1{number:02}") for number in range(10)]
        for event in events:
            stack.emit(event)
        for number in range(10):
            assert within(60, lambda area=f"104FWF1{number:02}": entries(stack, area) == 1)  # type: ignore[misc]


def test_a_provider_that_is_away_for_a_minute_gets_the_message_afterwards_once(stack: Stack, outage: Outage) -> None:
    outage.over.wait(90)
    assert outage.sent_meanwhile == 0
    # The tries are spaced: the next one may be as far away as the outage was long.
    assert within(90, lambda: bool(stack.emails(outage.recipient)))
    assert len(stack.emails(outage.recipient)) == 1


def test_a_relay_that_is_killed_between_the_write_and_the_bus_loses_nothing(stack: Stack) -> None:
    with stack.proxy.broken(Fault("delay", PUT_EVENTS, holding=b"104FWF007", seconds=20)):
        event = warning(area="104FWF007")
        stack.emit(event)
        assert within(20, lambda: bool(workers(stack, "bus-relay")))
        pause(1)
        for worker in workers(stack, "bus-relay"):
            os.kill(worker, signal.SIGKILL)
        assert within(60, lambda: entries(stack, "104FWF007") == 1)
    stack.settle()
    assert entries(stack, "104FWF007") == 1


def test_killed_workers_delay_and_lose_nothing(stack: Stack) -> None:
    areas = [f"104FWF2{number:02}" for number in range(6)]
    come_back_soon(stack, "data-access-append")
    for area in areas:
        stack.emit(warning(area=area))
        for worker in workers(stack, "data-access-append"):
            os.kill(worker, signal.SIGKILL)
    for area in areas:
        assert within(60, lambda area=area: entries(stack, area) == 1), area  # type: ignore[misc]


def test_a_stop_and_a_second_start_with_events_under_way_lose_nothing(stack: Stack) -> None:
    areas = [f"105FWF0{number:02}" for number in range(24)]
    subscribe(stack, areas[0], email_address="restart@example.com")
    come_back_soon(stack, "data-access-append")
    before = total(stack)
    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(lambda area: stack.emit(warning(area=area)), areas))
    assert total(stack) - before < len(areas), "the stop comes too late to prove anything"
    stack.stop()
    assert {answer.status_code for answer in answers} == {202}
    stack.start()
    for area in areas:
        assert within(60, lambda area=area: entries(stack, area) == 1), area  # type: ignore[misc]
    assert within(60, lambda: len(stack.emails("restart@example.com")) == 1)
    stack.settle()
    assert all(entries(stack, area) == 1 for area in areas)


def come_back_soon(stack: Stack, queue: str) -> None:
    """What a worker held when it ended comes back after its queue's visibility timeout: seconds here, so that no test need wait minutes."""
    stack.platform.client("sqs").set_queue_attributes(QueueUrl=stack.queue(queue), Attributes={"VisibilityTimeout": "5"})


def workers(stack: Stack, name: str) -> list[int]:
    """The emulator's worker processes of the functions whose names hold this."""
    found = subprocess.run(["pgrep", "-P", str(stack.platform.pid), "-f", name], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]
