"""The outbox: what an item says reaches the platform, or lies in the failure queue whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from commonweal_events import Envelope, Invalid, Publisher, outbox, read
from commonweal_events import relay as relays
from tests.unit.mocked import REGION, mocked_aws
from tests.unit.sdk.classes import SOURCE, flood_warning, sample
from tests.unit.sdk.test_publisher import ScriptedDoor


def warnings(count: int) -> list[Envelope]:
    return [Publisher(SOURCE).envelop(read(flood_warning(), sample("severe"))) for _ in range(count)]


def stream(*texts: str | None) -> dict[str, Any]:
    images = [{"pk": {"S": "harbour#whitby"}} | ({"outbox": {"S": text}} if text is not None else {}) for text in texts]
    return {"Records": [{"dynamodb": {"NewImage": image}} for image in images] + [{"dynamodb": {}}]}


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with mocked_aws():
        import boto3

        sqs = boto3.client("sqs", REGION)
        url = sqs.create_queue(QueueName="failures")["QueueUrl"]
        monkeypatch.setenv("RELAY_FAILURES", url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)

        def kept() -> list[tuple[str, str]]:
            found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get("Messages", [])
            return [(message["Body"], message["MessageAttributes"]["reason"]["StringValue"]) for message in found]

        yield kept


def through(door: ScriptedDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "_publisher", lambda source: Publisher(source, door, tries=2, pause=lambda _: None))


def test_what_items_say_is_published_in_their_order(failures: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    door = ScriptedDoor({})
    through(door, monkeypatch)
    first, second, third = warnings(3)
    relays.relay(stream(outbox(first, second), None, outbox(third)))
    assert [envelope.wire() for chunk in door.sent for envelope in chunk] == [one.wire() for one in (first, second, third)]
    assert failures() == []


def test_what_will_not_go_is_kept_whole_with_the_reason(failures: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    refused, fine, never = warnings(3)
    through(ScriptedDoor({refused.id: ["refused"], never.id: ["again", "again"]}), monkeypatch)
    relays.relay(stream(outbox(refused, fine), "{no JSON", outbox(never)))
    kept = dict(failures())
    assert set(kept) == {refused.text(), never.text(), "{no JSON"}
    assert "data.county: is not known" in kept[refused.text()]
    assert kept["{no JSON"] == "the outbox cannot be read (JSONDecodeError)"


def test_where_even_that_fails_the_stream_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RELAY_FAILURES", raising=False)
    (event,) = warnings(1)
    through(ScriptedDoor({event.id: ["refused"]}), monkeypatch)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mocked_aws(), pytest.raises(LookupError):
        relays.relay(stream(outbox(event)))


def test_what_is_not_valid_is_never_written_down() -> None:
    wrong = flood_warning()(**{**sample("severe"), "severityLevel": 9})
    with pytest.raises(Invalid, match=r"^data\.severityLevel: the value is greater than the maximum of 4"):
        outbox(Publisher(SOURCE).envelop(wrong))
    assert json.loads(outbox()) == []


def test_two_events_under_one_id_are_not_written_down() -> None:
    (cause,) = warnings(1)
    said = [read(flood_warning(), {**sample("severe"), "county": county}) for county in ("Kent", "Devon")]
    both = [Publisher(SOURCE).envelop(event, caused_by=cause) for event in said]
    with pytest.raises(Invalid, match="id: another event here has it"):
        outbox(*both)
    assert outbox(both[0], both[0])


def test_what_is_said_again_after_a_second_delivery_of_its_cause_is_no_failure(failures: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    door = ScriptedDoor({})
    through(door, monkeypatch)
    (cause,) = warnings(1)
    first, again = (Publisher(SOURCE).envelop(read(flood_warning(), sample("severe")), caused_by=cause) for _ in range(2))
    assert first.time != again.time
    relays.relay(stream(outbox(first), outbox(again)))
    assert [envelope.time for chunk in door.sent for envelope in chunk] == [first.time]
    assert failures() == []


def test_what_was_kept_is_published_when_it_is_brought_again(monkeypatch: pytest.MonkeyPatch) -> None:
    mended, still = warnings(2)
    door = ScriptedDoor({still.id: ["refused"]})
    through(door, monkeypatch)
    spaced: list[str] = []
    monkeypatch.setattr("commonweal_events.queues.come_back", lambda record: spaced.append(record["messageId"]))
    bodies = {"mended": mended.text(), "still": still.text(), "unreadable": "{no JSON"}
    records = [{"messageId": name, "body": body, "receiptHandle": f"handle-{name}"} for name, body in bodies.items()]
    answer = relays.relay({"Records": records})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "still"}, {"itemIdentifier": "unreadable"}]}
    assert spaced == ["still", "unreadable"]
    assert [envelope.id for chunk in door.sent for envelope in chunk] == [mended.id, still.id]
