"""Publishing: whatever the way in does, each event ends with exactly one receipt, and none that was taken is sent again."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal_events import Envelope, Problem, Publisher, consumes, outbox, read
from commonweal_events.doors import LARGEST_EVENT, Answer, weight
from commonweal_events.generate.python import files
from commonweal_events.generate.versions import Version
from commonweal_events.receipt import TAKEN
from functions.common import vetting
from functions.common.failures import Refusal
from tests.laws import examples
from tests.unit.sdk.classes import SOURCE, flood_warning, flood_warning_as_given, imported, sample

REFUSED = Answer("refused", (Problem("data.county", "is not known"),))
AGAIN = Answer("again", (Problem("", "the platform answered 503"),))
ANSWERS = {
    "accepted": Answer("accepted"),
    "duplicate": Answer("duplicate"),
    "checked": Answer("checked"),
    "refused": REFUSED,
    "again": AGAIN,
}


class ScriptedDoor:
    """Answers what it was told for each event, try after try, and then takes it; a call may fail as a whole, or be miscounted."""

    def __init__(self, scripts: dict[str, list[str]], calls: Sequence[str] = (), most_events: int = 10, most_bytes: int = 10_000) -> None:
        self.scripts, self.calls = {area: list(script) for area, script in scripts.items()}, list(calls)
        self.most_events, self.most_bytes = most_events, most_bytes
        self.sent: list[list[Envelope]] = []
        self.answered: list[tuple[str, str]] = []

    def put(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        self.sent.append(list(envelopes))
        whole = self.calls.pop(0) if self.calls else "answered"
        if whole == "lost":
            raise ConnectionError("https://secret.example")
        said = [(self.scripts.get(envelope.id) or ["accepted"]).pop(0) for envelope in envelopes]
        if whole == "miscounted":
            return [ANSWERS[status] for status in said][1:]
        self.answered += [(envelope.id, status) for envelope, status in zip(envelopes, said, strict=True)]
        return [ANSWERS[status] for status in said]


def warnings(count: int) -> list[Envelope]:
    publisher = Publisher(SOURCE)
    return [publisher.envelop(read(flood_warning(), sample("severe")), subject=f"area-{number}") for number in range(count)]


def publisher(door: ScriptedDoor, tries: int = 4) -> Publisher:
    return Publisher(SOURCE, door, tries=tries, pause=lambda _: None)


@settings(max_examples=examples(60))
@given(
    scripts=st.lists(st.lists(st.sampled_from(sorted(ANSWERS)), max_size=5), max_size=12),
    calls=st.lists(st.sampled_from(["answered", "answered", "lost", "miscounted"]), max_size=8),
    tries=st.integers(1, 4),
    most=st.integers(1, 5),
)
def test_each_event_has_one_receipt_and_none_that_was_taken_is_sent_again(
    scripts: list[list[str]], calls: list[str], tries: int, most: int
) -> None:
    events = warnings(len(scripts))
    door = ScriptedDoor({event.id: script for event, script in zip(events, scripts, strict=True)}, calls, most_events=most)
    receipts = publisher(door, tries).publish(*events)
    assert [receipt.envelope for receipt in receipts] == events
    last = dict(door.answered)
    for receipt in receipts:
        heard = last.get(receipt.id, "again")
        assert receipt.status == ("failed" if heard == "again" else heard)
    settled = Counter(identity for identity, status in door.answered if status != "again")
    assert all(number == 1 for number in settled.values())
    sent = Counter(envelope.id for chunk in door.sent for envelope in chunk)
    assert all(number <= tries for number in sent.values())
    assert all(len(chunk) <= most for chunk in door.sent)


def test_only_what_failed_is_tried_again_and_in_its_order() -> None:
    first, second, third = warnings(3)
    door = ScriptedDoor({first.id: ["again"], second.id: ["accepted"], third.id: ["again", "refused"]})
    receipts = publisher(door).publish(first, second, third)
    assert [[envelope.id for envelope in chunk] for chunk in door.sent] == [
        [first.id, second.id, third.id],
        [first.id, third.id],
    ]
    assert [receipt.status for receipt in receipts] == ["accepted", "accepted", "refused"]
    assert [str(problem) for problem in receipts[2].problems] == ["data.county: is not known"]
    assert [receipt.taken for receipt in receipts] == [True, True, False]
    assert {"accepted", "duplicate", "checked"} == TAKEN


def test_a_failure_names_its_kind_and_nothing_of_what_it_said() -> None:
    (event,) = warnings(1)
    (receipt,) = publisher(ScriptedDoor({}, ["lost"] * 4)).publish(event)
    assert str(receipt) == f"failed environment-agency.FloodWarningIssued.v1 {event.id}; could not be handed over (ConnectionError)"


def test_publishing_a_failed_one_again_keeps_its_id() -> None:
    door = ScriptedDoor({}, ["lost"] * 2)
    publishes = publisher(door, tries=2)
    (failed,) = publishes.publish(read(flood_warning(), sample("severe")))
    (taken,) = publishes.publish(failed.envelope)
    assert (failed.status, taken.status) == ("failed", "accepted")
    assert {envelope.id for chunk in door.sent for envelope in chunk} == {failed.id}


def test_calls_are_cut_by_bytes_too() -> None:
    events = warnings(4)
    door = ScriptedDoor({}, most_bytes=weight(events[0]) * 2)
    publisher(door).publish(*events)
    assert [len(chunk) for chunk in door.sent] == [2, 2]


def test_what_is_wrong_is_refused_with_its_field_and_never_leaves() -> None:
    door = ScriptedDoor({})
    wrong = flood_warning()(**{**_members("severe"), "severityLevel": 9, "floodAreaID": "rosalind.okafor@example.com"})
    right = read(flood_warning(), sample("severe"))
    refused, accepted = publisher(door).publish(wrong, right)
    assert (refused.status, accepted.status) == ("refused", "accepted")
    assert {problem.field for problem in refused.problems} == {"data.severityLevel", "data.floodAreaID"}
    assert "data.severityLevel: the value is greater than the maximum of 4" in str(refused)
    assert "rosalind" not in str(refused)
    assert [len(chunk) for chunk in door.sent] == [1]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "is no number in JSON"),
        (datetime(2026, 11, 23, tzinfo=UTC), "is of the type datetime, which JSON does not have: write it as text, with isoformat()"),
        (Decimal("1.5"), "is of the type Decimal, which JSON does not have"),
        ("\ud83c", "holds half a character"),
        ({1: "a"}, "has a name that is no text but of the type int"),
        (object(), "is of the type object, which JSON does not have"),
    ],
)
def test_what_json_cannot_say_is_refused_by_its_field(value: object, said: str) -> None:
    wrong = flood_warning()(**{**_members("severe"), "county": value})
    (receipt,) = publisher(ScriptedDoor({})).publish(wrong)
    assert (receipt.status, [str(problem) for problem in receipt.problems]) == ("refused", [f"data.county: {said}"])


NAMES = {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}, "additionalProperties": {"type": "integer"}}


def test_no_message_shows_the_name_of_a_member_that_the_schema_does_not_allow(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"keepers": NAMES}, "additionalProperties": False}
    for name, text in files(Version("parks", "GateClosed", "1.0.0", json.dumps(schema))).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    model = imported(tmp_path / "gate_closed.py").GateClosed
    (receipt,) = publisher(ScriptedDoor({})).publish(model(keepers={"Rosalind Okafor": 1}))
    assert [str(problem) for problem in receipt.problems] == ["data.keepers: has a name that the schema does not allow"]


SIZES = st.sampled_from([0, 1, 256, 257, 300, 301, 1024, 1025, 20_000])
TEXTS = st.one_of(st.none(), st.text(max_size=4), SIZES.map(lambda size: "é" * size))
TYPES = ["environment-agency.FloodWarningIssued.v1", "floods.v1", "a.B.v0", "a.B.v1\n", f"a.{'B' * 128}.v1"]
WITH_A_ZONE = ["2026-11-23T09:30:00Z", "2026-11-23T09:30:00.123456789+01:00"]
MOMENTS = [*WITH_A_ZONE, "2026-11-23T09:30:00", "2026-11-23", "2026-13-01T00:00:00Z", ""]


@settings(max_examples=examples(150))
@given(
    changes=st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("id", "source"), TEXTS.filter(lambda text: text is not None)),
            **dict.fromkeys(("subject", "sequence", "correlationid", "causationid", "dataclassification", "traceparent"), TEXTS),
            "type": st.sampled_from(TYPES),
            "time": st.sampled_from(MOMENTS),
            "hops": st.integers(-1, 11),
        },
    )
)
def test_an_envelope_that_the_platform_would_not_take_never_leaves(changes: dict[str, Any]) -> None:
    (event,) = warnings(1)
    wanted = dataclasses.replace(event, contract=None, **changes)
    door = ScriptedDoor({}, most_bytes=LARGEST_EVENT)
    (receipt,) = Publisher(wanted.source, door).publish(wanted)
    if would_be_taken(wanted):
        assert receipt.taken, receipt
    else:
        assert (receipt.status, door.sent) == ("refused", []), receipt
        assert all(problem.field in {*changes, ""} for problem in receipt.problems), receipt


def would_be_taken(event: Envelope) -> bool:
    """Whether the platform has nothing against its attributes."""
    try:
        vetting.vet(event.wire(), "environment-agency")
    except Refusal as refusal:
        return refusal.code in {"source_not_yours", "type_not_declared"}
    return True


def test_two_things_that_follow_from_one_event_under_one_id_are_not_lost_in_silence() -> None:
    (cause,) = warnings(1)
    speaks, event = publisher(ScriptedDoor({})), read(flood_warning(), sample("severe"))
    other = read(flood_warning(), {**sample("severe"), "county": "Kent"})
    taken, lost = speaks.publish(speaks.envelop(event, caused_by=cause), speaks.envelop(other, caused_by=cause))
    assert (taken.status, lost.status) == ("accepted", "refused")
    assert [str(problem) for problem in lost.problems] == ["id: another event here has it: give each its own `subject` or `step`"]
    both = speaks.publish(speaks.envelop(event, caused_by=cause, step="first"), speaks.envelop(other, caused_by=cause, step="second"))
    assert [receipt.status for receipt in both] == ["accepted", "accepted"]


def test_an_event_that_is_too_large_for_any_call_is_refused() -> None:
    wrong = flood_warning()(**{**_members("severe"), "message": "x" * LARGEST_EVENT})
    (receipt,) = publisher(ScriptedDoor({})).publish(wrong)
    assert receipt.status == "refused"
    assert f"and {LARGEST_EVENT} are allowed" in str(receipt)


def test_a_publisher_speaks_for_its_own_source_alone() -> None:
    (event,) = warnings(1)
    (receipt,) = Publisher("uk.gov.harbour-board.harbours", ScriptedDoor({})).publish(event)
    assert (receipt.status, receipt.problems[0].field) == ("refused", "source")


def test_what_a_subscriber_reads_cannot_be_published() -> None:
    given_to_others = read(flood_warning_as_given(), sample("severe"))
    (receipt,) = publisher(ScriptedDoor({})).publish(given_to_others)
    assert (receipt.status, receipt.problems[0].field) == ("refused", "type")


def test_without_a_way_in_it_says_which_settings_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COMMONWEAL_ROLE", "COMMONWEAL_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(LookupError, match="COMMONWEAL_ROLE and COMMONWEAL_BUS, or COMMONWEAL_URL and COMMONWEAL_KEY"):
        Publisher(SOURCE).publish(*warnings(1))


def test_what_was_not_taken_stands_in_the_log_without_its_data(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"keepers": NAMES}, "additionalProperties": False}
    for name, text in files(Version("parks", "GateClosed", "1.0.0", json.dumps(schema))).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    wrong = imported(tmp_path / "gate_closed.py").GateClosed(keepers={"rosalind": "Okafor"})
    taken, lost = warnings(2)
    refused, _, failed = publisher(ScriptedDoor({lost.id: ["again"] * 4})).publish(wrong, taken, lost)
    assert caplog.messages == [
        f"refused parks.GateClosed.v1 {refused.id}: its receipt says why",
        f"failed environment-agency.FloodWarningIssued.v1 {failed.id}: the platform answered 503",
    ]


WARNING = flood_warning()(**sample("severe"))
NO_EVENTS: dict[str, tuple[Any, str]] = {
    "a list": ([WARNING, WARNING], "list is no class of an event"),
    "a mapping": (sample("severe"), "dict is no class of an event"),
    "the class": (flood_warning(), "FloodWarningIssued is a class: publish an object of it"),
}


@pytest.mark.parametrize(("event", "said"), NO_EVENTS.values(), ids=NO_EVENTS)
def test_what_is_no_event_at_all_is_told_as_that(event: Any, said: str) -> None:
    with pytest.raises(TypeError, match=f"^{said}"):
        publisher(ScriptedDoor({})).publish(event)


def test_a_consumer_of_no_event_and_an_outbox_of_what_is_in_no_envelope_are_told_as_that() -> None:
    with pytest.raises(TypeError, match=r"^dict is no class of an event"):
        consumes(dict)  # type: ignore[type-var]
    with pytest.raises(TypeError, match=r"^FloodWarningIssued is in no envelope"):
        outbox(WARNING)


def test_an_event_is_tried_once_at_least() -> None:
    with pytest.raises(ValueError, match="tries: 0 is less than one"):
        Publisher(SOURCE, tries=0)


def test_a_schema_that_was_left_behind_is_told_with_where_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "gate_closed.py").write_text(
        files(Version("parks", "GateClosed", "1.0.0", json.dumps({"properties": {}})))["gate_closed.py"]
    )
    model = imported(tmp_path / "gate_closed.py").GateClosed
    with pytest.raises(FileNotFoundError, match=r"gate_closed\.json is not there: .* goes beside it"):
        publisher(ScriptedDoor({})).publish(model())


def test_nothing_to_publish_needs_no_way_in() -> None:
    assert Publisher(SOURCE).publish() == []


def test_an_envelope_is_a_cloudevent_that_the_platform_takes() -> None:
    from schemas.envelope import CloudEvent
    from schemas.registry import by_uri

    publisher = Publisher(SOURCE)
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    envelope = publisher.envelop(read(flood_warning(), sample("severe")), subject="065WAF441", sequence="7", at=at)
    event = CloudEvent.model_validate(envelope.wire())
    assert (event.type, event.source, event.subject, event.sequence, event.time) == (
        "environment-agency.FloodWarningIssued.v1",
        SOURCE,
        "065WAF441",
        "7",
        at,
    )
    assert by_uri(str(event.dataschema)).check_written(event.data) == []
    assert event.id[14] == "7"  # a UUIDv7
    assert event.data == sample("severe")


def test_what_follows_from_an_event_has_the_same_id_however_often_that_comes() -> None:
    publisher = Publisher(SOURCE)
    (cause,) = warnings(1)
    event = read(flood_warning(), sample("severe"))
    first, again = (publisher.envelop(event, subject="a", caused_by=cause) for _ in range(2))
    other = publisher.envelop(event, subject="b", caused_by=cause)
    assert first.id == again.id != other.id
    assert (first.causationid, first.correlationid, first.hops) == (cause.id, cause.id, 1)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        Publisher(SOURCE).envelop(read(flood_warning(), sample("severe")), at=datetime(2026, 11, 23))  # noqa: DTZ001


def _members(case: str) -> dict[str, object]:
    return dict(sample(case))
