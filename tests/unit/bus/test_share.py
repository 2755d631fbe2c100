"""A department gets of another's event what both their files say; what is wrong with one subscription concerns nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from functions.bus import share, store
from functions.common import claim_check, clients, clock, ids, suspension
from functions.common.minimised import minimised
from schemas.envelope import CloudEvent
from tests.unit.common.ground import FLOOD_WARNING, Ground, deliver, delivered, sample

COUNCILS = "communities"
CANARY = "Jo Bloggs"
WARNING: dict[str, Any] = sample()["data"]
WANTED: dict[str, Any] = {"department": COUNCILS, "name": "warnings", "fields": ["floodAreaID", "severityLevel"]}


def happen(*events: dict[str, Any]) -> None:
    """Let events come from the bus; each is acknowledged, whatever becomes of it."""
    assert all(deliver(share.share, *map(delivered, events)))


def subscribe(ground: Ground, *subscriptions: dict[str, Any]) -> None:
    """Let these, and nobody else, have something of a flood warning."""
    ground.declared["subscriptions"][FLOOD_WARNING] = list(subscriptions)


def asked(ground: Ground) -> list[dict[str, Any]]:
    """What was asked to be handed on since this was last asked."""
    return [event.data for event in ground.said() if event.type == "platform.ForwardRequested.v1" and isinstance(event.data, dict)]


def parts(ground: Ground) -> list[dict[str, Any]]:
    return [request["event"] for request in asked(ground)]


class TestTheFloodWarning:
    def test_the_councils_get_what_both_files_say(self, ground: Ground) -> None:
        happen(sample())
        [request] = asked(ground)
        assert (request["target"], request["name"]) == ("queue", "subscriptions")
        assert request["event"]["data"] == {name: WARNING[name] for name in ("floodAreaID", "severity", "severityLevel", "county")}

    def test_it_is_asked_for_the_subscriber_one_cause_deeper_under_an_id_of_event_and_subscription(self, ground: Ground) -> None:
        subscribe(ground, WANTED)
        happen(sample(hops=3, correlationid="tree"))
        [event] = ground.said()
        assert (event.department, event.hops, event.correlationid, event.causationid) == (COUNCILS, 4, "tree", sample()["id"])
        origin = f"{sample()['source']}#{sample()['id']}/platform.ForwardRequested.v1:subscription:communities/warnings"
        assert event.id == str(uuid5(UUID("6b1f7a52-3c0e-5d7b-9a41-0d2c5e8f7a90"), origin))


class TestTheEnvelope:
    def test_it_says_whose_event_it_is_and_where_it_stands(self, ground: Ground) -> None:
        subscribe(ground, WANTED)
        trace = f"00-{'a' * 32}-{'b' * 16}-01"
        event = sample(correlationid=str(uuid4()), causationid="before", sequence="7", hops=2, traceparent=trace)
        happen(event)
        [part] = parts(ground)
        kept = {"specversion", "id", "source", "type", "datacontenttype", "dataclassification"}
        kept |= {"correlationid", "sequence", "hops", "traceparent"}
        assert {name: part[name] for name in kept} == {name: event[name] for name in kept}
        assert datetime.fromisoformat(part["time"]) == datetime.fromisoformat(event["time"])
        assert part.keys() == {*kept, "time", "data"}

    def test_nothing_that_a_producer_made_up_goes_with_it(self, ground: Ground) -> None:
        subscribe(ground, {**WANTED, "subject": True})
        made_up = {"casefile": CANARY, "dataclassification": CANARY, "traceparent": CANARY, "datacontenttype": f"text/{CANARY}"}
        happen(sample(**made_up, dataschema=f"{CANARY}/schemas/environment-agency/FloodWarningIssued/1.0.0.json"))
        [part] = parts(ground)
        assert CANARY not in json.dumps(part)
        assert (part["dataclassification"], part["datacontenttype"]) == ("official", "application/json")

    def test_ids_that_are_texts_go_as_what_follows_from_them_or_not_at_all(self, ground: Ground) -> None:
        subscribe(ground, WANTED)
        happen(sample(id=CANARY, correlationid=f"{CANARY} again", sequence=f"7 {CANARY}"), sample(id=f"another {CANARY}"))
        one, other = parts(ground)
        assert CANARY not in json.dumps([one, other])
        assert one["id"] != other["id"]
        assert str(UUID(one["id"])) == one["id"]
        assert one["id"] != ids.derived(f"{sample()['source']}#{CANARY}", "shared"), "whoever guesses an id could try it"
        assert {"correlationid", "sequence"}.isdisjoint(one)
        assert minimised(one, WANTED) == one

    def test_what_follows_is_told_of_no_text_of_the_producers_and_says_the_same_id_each_time(self, ground: Ground) -> None:
        subscribe(ground, {**WANTED, "if": "floodAreaID < `4`"}, {**WANTED, "department": "cabinet-office"})
        happen(*[sample(id=CANARY, correlationid="tree")] * 2)
        rejected, forwarded = ground.said()
        assert CANARY not in json.dumps([rejected.wire(), forwarded.wire()])
        assert isinstance(rejected.data, dict)
        assert rejected.data["event_id"] == rejected.causationid == forwarded.causationid

    @pytest.mark.parametrize(("agreed", "subject"), [({"subject": True}, "065WAF441"), ({}, None)])
    def test_the_subject_goes_where_both_say_so(self, ground: Ground, agreed: dict[str, bool], subject: str | None) -> None:
        subscribe(ground, {**WANTED, **agreed})
        happen(sample(subject="065WAF441"))
        [part] = parts(ground)
        assert part.get("subject") == subject

    def test_an_event_without_a_subject_gets_none(self, ground: Ground) -> None:
        subscribe(ground, {**WANTED, "subject": True})
        happen(sample(subject=None))
        assert "subject" not in parts(ground)[0]


class TestTheData:
    def test_a_field_that_is_not_there_is_left_out(self, ground: Ground) -> None:
        subscribe(ground, {**WANTED, "fields": ["county", "isTidal"]})
        happen(sample(data={name: value for name, value in WARNING.items() if name != "county"}))
        assert parts(ground)[0]["data"] == {"isTidal": WARNING["isTidal"]}

    def test_a_field_of_a_later_version_goes_to_nobody_who_was_not_given_it(self, ground: Ground) -> None:
        subscribe(ground, WANTED)
        happen(sample(data={**WARNING, "later": CANARY}))
        assert parts(ground)[0]["data"].keys() == set(WANTED["fields"])

    def test_what_nobody_declared_goes_to_nobody(self, ground: Ground) -> None:
        subscribe(ground, {**WANTED, "fields": ["floodAreaID", "later"]})
        happen(sample(data={**WARNING, "later": CANARY}))
        assert parts(ground)[0]["data"].keys() == {"floodAreaID"}

    def test_what_was_claim_checked_is_fetched_and_minimised(self, ground: Ground) -> None:
        subscribe(ground, WANTED)
        event = CloudEvent.model_validate(sample(data={**WARNING, "later": [CANARY] * 20_000}))
        left = claim_check.leave(event).wire()
        assert "data" not in left
        happen(left)
        [part] = parts(ground)
        assert part["data"] == {name: WARNING[name] for name in WANTED["fields"]}
        assert not part.keys() & {"dataref", "datasha256", "dataexpires"}

    def test_data_that_ingress_never_saw_is_held_to_its_schema_and_its_owner_told_without_being_shown(self, ground: Ground) -> None:
        happen(sample(data={**WARNING, "county": [CANARY]}))
        [message] = ground.waiting("quarantine")
        assert message["reason"].startswith("data.county: the value is not of type")
        assert (CANARY in message["reason"], ground.said()) == (False, [])

    def test_what_nobody_has_anything_of_is_not_looked_at(self, ground: Ground) -> None:
        subscribe(ground)
        happen(sample(data={}))
        assert (ground.said(), ground.waiting("quarantine"), ground.items()) == ([], [], [])


class TestConditions:
    def test_it_decides(self, ground: Ground) -> None:
        subscribe(ground, {**WANTED, "if": "severityLevel < `3`"}, {**WANTED, "name": "mild", "if": "severityLevel > `2`"})
        happen(sample())
        assert len(asked(ground)) == 1

    def test_it_sees_what_was_asked_for_and_no_other_field(self, ground: Ground) -> None:
        """Else whether an event came would tell what a field holds that nobody shared."""
        guessing = [f"severity == '{WARNING['severity']}'", "message", "length(keys(@)) > `2`"]
        subscribe(ground, *({**WANTED, "name": f"guess-{number}", "if": guess} for number, guess in enumerate(guessing)))
        happen(sample())
        assert asked(ground) == []

    def test_one_that_fails_is_told_to_its_subscriber_alone_with_its_part_alone(self, ground: Ground, printed: Callable[[], str]) -> None:
        broken = {**WANTED, "name": "broken", "if": "floodAreaID < `4`"}
        subscribe(ground, broken, {**WANTED, "department": "cabinet-office", "name": "all"})
        happen(sample(data={**WARNING, "message": CANARY}, subject=CANARY))
        rejected, forwarded = ground.said()
        assert (forwarded.department, rejected.department) == ("cabinet-office", COUNCILS)
        assert rejected.data == {
            "event_id": sample()["id"],
            "rejected_type": FLOOD_WARNING,
            "rejected_source": sample()["source"],
            "consumer": "bus.tested/communities/broken",
            "reason": "subscriptions.broken.if: ((floodAreaID < `4`)): puts values of different types in order",
        }
        [kept] = [item for item in ground.items() if item["pk"]["S"].startswith("quarantine#")]
        assert json.loads(kept["body"]["S"])["detail"]["data"] == {name: WARNING[name] for name in WANTED["fields"]}
        assert (CANARY in json.dumps(ground.items()), CANARY in printed()) == (False, False)
        # The owner is told nothing: its event is well.
        assert ground.waiting("quarantine") == []

    def test_two_that_fail_are_two(self, ground: Ground) -> None:
        broken = {**WANTED, "if": "floodAreaID < `4`"}
        subscribe(ground, broken, {**broken, "department": "cabinet-office"})
        happen(sample(), sample())
        said = ground.said()
        assert [event.department for event in said] == [COUNCILS, "cabinet-office"]
        assert len({event.id for event in said}) == 2

    def test_a_part_that_outgrows_an_item_is_kept_as_a_claim_check(self, ground: Ground) -> None:
        subscribe(ground, {**WANTED, "fields": ["floodAreaID", "later"], "if": "floodAreaID < `4`"})
        event = CloudEvent.model_validate(sample(data={**WARNING, "later": "x" * 500_000}))
        happen(claim_check.leave(event).wire())
        assert [one.type for one in ground.said()] == ["platform.EventRejected.v1"]


class TestConsent:
    def test_it_holds_to_the_end_of_its_last_day(self, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime(2027, 3, 31, 23, 59, tzinfo=UTC))
        subscribe(ground, {**WANTED, "until": "2027-03-31"})
        happen(sample())
        assert len(asked(ground)) == 1

    def test_once_it_ran_out_nothing_comes_and_it_is_counted(
        self, ground: Ground, monkeypatch: pytest.MonkeyPatch, printed: Callable[[], str]
    ) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime(2027, 4, 1, tzinfo=UTC))
        subscribe(ground, {**WANTED, "until": "2027-03-31", "if": "floodAreaID < `4`"})
        happen(sample())
        assert (ground.said(), ground.items()) == ([], [])
        assert '"ConsentRanOut"' in printed()


class TestSuspended:
    def test_a_department_that_is_suspended_gets_nothing_of_others(
        self, ground: Ground, monkeypatch: pytest.MonkeyPatch, printed: Callable[[], str]
    ) -> None:
        subscribe(ground, WANTED, {**WANTED, "department": "cabinet-office"})
        monkeypatch.setattr(suspension, "stops", lambda department, _: department == COUNCILS)
        happen(sample())
        assert [event.department for event in ground.said()] == ["cabinet-office"]
        assert "SubscriberSuspended" in printed()


class TestOnce:
    def test_a_second_delivery_asks_nothing_new(self, ground: Ground) -> None:
        happen(sample())
        happen(sample(), sample())
        assert len(asked(ground)) == 1

    def test_the_same_id_of_another_producer_is_another_event(self, ground: Ground) -> None:
        council = sample("communities/LocalAuthorityRecorded/basildon", id="1")
        subscribe(ground, WANTED)
        ground.declared["subscriptions"][council["type"]] = [{**WANTED, "department": "cabinet-office", "fields": ["name"]}]
        happen(sample(id="1"), council)
        assert len({event.id for event in ground.said()}) == 2

    def test_what_fails_for_one_comes_back_for_it_when_the_others_have_theirs(
        self, ground: Ground, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        subscribe(ground, WANTED, {**WANTED, "department": "cabinet-office"})
        react = store.react

        def fail_once(event: CloudEvent, step: str, request: Any) -> None:
            monkeypatch.setattr(store, "react", react)
            raise RuntimeError

        monkeypatch.setattr(store, "react", fail_once)
        assert deliver(share.share, delivered(sample())) == [False]
        assert [event.department for event in ground.said()] == ["cabinet-office"]
        happen(sample())
        assert [event.department for event in ground.said()] == [COUNCILS]

    def test_it_is_one_write_for_each_subscriber_and_no_read(self, ground: Ground) -> None:
        subscribe(ground, WANTED, {**WANTED, "department": "cabinet-office"})
        calls = ground.calls(clients.dynamodb())
        happen(sample())
        assert [name for name, _ in calls] == ["PutItem", "PutItem"]
