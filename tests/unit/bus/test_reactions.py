"""What follows from a department's event, as it declared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.bus import reactions, store
from schemas.envelope import CloudEvent
from schemas.ids import service_id, template_id
from schemas.platform import RecordSubmitted
from tests.unit.common.ground import AGENCY, FLOOD_WARNING, FLOODS, Ground, deliver, delivered, sample

WARNING: dict[str, Any] = sample()["data"]


def happen(members: dict[str, Any]) -> None:
    """Let an event come from the bus; it is acknowledged, whatever becomes of it."""
    assert deliver(reactions.reactions, delivered(members)) == [True]


def declare(ground: Ground, *declared: dict[str, Any]) -> None:
    """Let these, and nothing else, follow from a flood warning."""
    ground.declared["reactions"][FLOOD_WARNING] = list(declared)


def asked(ground: Ground) -> list[tuple[str, Any]]:
    return [(event.type.split(".")[1], event.data) for event in ground.said()]


def reason(ground: Ground) -> str:
    [message] = ground.waiting("quarantine")
    return str(message["reason"])


RECORD = {"name": "record:flood-warning", "kind": "record", "register": "flood-warning", "key": "((floodAreaID))"}
LETTER: dict[str, Any] = {
    "name": "letter",
    "kind": "notify",
    "service": service_id(AGENCY, "floods"),
    "templates": {"letter": template_id(AGENCY, "flood-risk-notice", "letter")},
    "postal_address": "((county))\n1 Staithe Lane\nYO1 9ZZ",
    "personalisation": {"flood area": "((floodAreaID))"},
}


class TestTheFloodWarning:
    def test_it_is_published_notified_and_recorded(self, ground: Ground) -> None:
        happen(sample())
        assert [name for name, _ in asked(ground)] == ["ContentPublishRequested", "NotificationRequested", "RecordSubmitted"]

    def test_the_end_of_one_withdraws_its_page(self, ground: Ground) -> None:
        happen(sample("environment-agency/FloodWarningIssued/no-longer-in-force"))
        assert [name for name, _ in asked(ground)] == ["ContentUnpublishRequested", "NotificationRequested", "RecordSubmitted"]

    def test_the_page_stands_at_its_area_in_lower_case(self, ground: Ground) -> None:
        happen(sample())
        [(_, page), *_] = asked(ground)
        assert (page["base_path"], page["title"]) == ("/flood-warnings/065waf441", "Severe flood warning: Upper Ouse in East Sussex")
        [body] = page["details"]["body"]
        assert WARNING["message"] in body["content"]

    def test_the_message_goes_to_the_subscribers_of_its_area_with_what_the_templates_need_and_no_more(self, ground: Ground) -> None:
        happen(sample())
        request = dict(asked(ground))["NotificationRequested"]
        assert request["subscribers"] == "flood-warnings/065WAF441"
        assert request["service_id"] == service_id(AGENCY, "floods")
        assert request["templates"] == {channel: template_id(AGENCY, "flood-warning", channel) for channel in ("email", "sms")}
        assert set(request["personalisation"]) == {"county", "description", "flood area id", "message", "severity"}

    def test_the_record_is_the_events_own_data(self, ground: Ground) -> None:
        happen(sample())
        assert dict(asked(ground))["RecordSubmitted"] == {"register_name": "flood-warning", "key": "065WAF441", "item": WARNING}

    def test_what_is_asked_is_asked_for_the_department_one_cause_deeper(self, ground: Ground) -> None:
        happen(sample(hops=3, correlationid="tree", sequence="7"))
        for event in ground.said():
            assert (event.source, event.department, event.hops) == ("uk.gov.commonweal.bus", AGENCY, 4)
            assert (event.correlationid, event.causationid, event.version) == ("tree", sample()["id"], "7".zfill(20))


class TestKinds:
    def test_a_text_may_be_literal_or_worked_out(self, ground: Ground) -> None:
        page = {"name": "p", "kind": "publish", "path": "/Floods/((floodAreaID))", "schema": "answer", "document_type": "answer"}
        texts = {"title": "((to_string(severityLevel)))", "body": "Tidal: ((isTidal))", "locale": "cy", "update_type": "minor"}
        declare(ground, {**page, **texts, "description": "((county || 'none'))", "change_note": "New."})
        happen(sample())
        assert asked(ground) == [
            (
                "ContentPublishRequested",
                {
                    "base_path": "/floods/065waf441",
                    "schema_name": "answer",
                    "document_type": "answer",
                    "title": "1",
                    "description": "East Sussex, West Sussex",
                    "details": {"body": [{"content_type": "text/govspeak", "content": "Tidal: false"}]},
                    "locale": "cy",
                    "update_type": "minor",
                    "change_note": "New.",
                },
            )
        ]

    def test_unpublish(self, ground: Ground) -> None:
        declare(ground, {"name": "u", "kind": "unpublish", "path": "/A/((floodAreaID))", "as": "redirect", "alternative_path": "/a"})
        happen(sample())
        expected = {"base_path": "/a/065waf441", "type": "redirect", "alternative_path": "/a", "locale": "en"}
        assert asked(ground) == [("ContentUnpublishRequested", expected)]

    @pytest.mark.parametrize("recipient", [{"email_address": "((county)) <a@example.com>"}, {"phone_number": "07700 900000"}])
    def test_notify_one_recipient(self, ground: Ground, recipient: dict[str, str]) -> None:
        service, template = service_id(AGENCY, "floods"), template_id(AGENCY, "flood-warning", "email")
        personalisation = {"level": "((severityLevel))", "sentence": "Level ((severityLevel))"}
        declare(
            ground,
            {
                "name": "n",
                "kind": "notify",
                "service": service,
                "templates": {"email": template},
                "personalisation": personalisation,
                **recipient,
            },
        )
        happen(sample())
        [event] = ground.said()
        assert event.dataclassification == "personal"
        assert isinstance(event.data, dict)
        assert event.data["personalisation"] == {"level": 1, "sentence": "Level 1"}
        assert event.data.keys() >= recipient.keys()

    def test_notify_by_post_with_a_pinned_version(self, ground: Ground) -> None:
        declare(ground, {**LETTER, "versions": {"letter": 3}})
        happen(sample())
        [event] = ground.said()
        assert event.dataclassification == "personal"
        assert isinstance(event.data, dict)
        assert event.data["postal_address"] == "East Sussex, West Sussex\n1 Staithe Lane\nYO1 9ZZ"
        assert event.data["template_versions"] == {"letter": 3}
        assert event.subject == LETTER["service"]

    def test_a_postal_address_that_no_envelope_has_room_for_is_named(self, ground: Ground) -> None:
        declare(ground, {**LETTER, "postal_address": "((message))" * 10})
        happen(sample(data={**WARNING, "message": "1 Staithe Lane\n" * 20}))
        assert reason(ground).startswith("letter.postal_address: String should have at most 2000 characters")

    @pytest.mark.parametrize(("message", "given"), [("Rising.", {"message": "Rising."}), ("", {}), (None, {})])
    def test_a_field_that_is_absent_or_empty_is_left_to_the_templates_default(
        self, ground: Ground, message: str | None, given: dict[str, str]
    ) -> None:
        declare(ground, {**LETTER, "personalisation": {}, "optional": {"message": "message"}})
        data = {name: found for name, found in {**WARNING, "message": message}.items() if found is not None}
        happen(sample(data=data))
        [(_, request)] = asked(ground)
        assert request["personalisation"] == given

    @pytest.mark.parametrize("tidal", [True, False])
    def test_no_is_an_answer(self, ground: Ground, *, tidal: bool) -> None:
        declare(ground, {**LETTER, "personalisation": {}, "optional": {"is tidal": "isTidal"}})
        happen(sample(data={**WARNING, "isTidal": tidal}))
        [(_, request)] = asked(ground)
        assert request["personalisation"] == {"is tidal": tidal}

    def test_record_what_is_chosen(self, ground: Ground) -> None:
        declare(ground, {**RECORD, "item": {"area": "((floodAreaID))", "level": "((severityLevel))", "tidal": "((isTidal))"}})
        happen(sample())
        [(_, data)] = asked(ground)
        assert data["item"] == {"area": "065WAF441", "level": 1, "tidal": False}

    @pytest.mark.parametrize("target", [{"webhook": "operations"}, {"queue": "archive"}])
    def test_forward_the_whole_event(self, ground: Ground, target: dict[str, str]) -> None:
        declare(ground, {"name": "f", "kind": "forward", **target})
        happen(sample())
        [event] = ground.said()
        [(kind, name)] = target.items()
        assert event.data == {"target": kind, "name": name, "event": {**sample(), "hops": 0}}
        assert event.dataclassification == "personal"

    def test_a_condition_decides(self, ground: Ground) -> None:
        declare(ground, {**RECORD, "name": "yes", "if": "severityLevel < `4`"}, {**RECORD, "name": "no", "if": "isTidal"})
        happen(sample())
        assert len(ground.said()) == 1

    def test_an_event_that_nobody_reacts_to_is_well(self, ground: Ground) -> None:
        declare(ground)
        happen(sample())
        assert (ground.said(), ground.waiting("quarantine")) == ([], [])


class TestOnce:
    def test_a_second_delivery_says_nothing_new(self, ground: Ground) -> None:
        happen(sample())
        first = ground.said()
        happen(sample())
        assert (len(first), ground.said()) == (3, [])

    def test_a_delivery_that_broke_off_is_finished_by_the_next(self, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        react, calls = store.react, []

        def break_off(*arguments: Any) -> None:
            calls.append(arguments)
            if len(calls) == 2:
                raise RuntimeError
            react(*arguments)

        monkeypatch.setattr(store, "react", break_off)
        assert deliver(reactions.reactions, delivered(sample())) == [False]
        happen(sample())
        assert [name for name, _ in asked(ground)] == ["ContentPublishRequested", "NotificationRequested", "RecordSubmitted"]

    def test_the_same_id_of_another_producer_is_another_event(self, ground: Ground) -> None:
        council = sample("communities/LocalAuthorityRecorded/basildon")
        [declared] = ground.declared["reactions"][council["type"]]
        declare(ground, {**RECORD, "name": declared["name"]})
        happen(sample(id="1"))
        happen({**council, "id": "1"})
        said = ground.said()
        assert [event.department for event in said] == [AGENCY, "communities"]
        assert len({event.id for event in said}) == 2

    def test_two_reactions_that_ask_the_same_are_two(self, ground: Ground) -> None:
        declare(ground, {**RECORD, "name": "one"}, {**RECORD, "name": "another", "item": {"area": "((floodAreaID))"}})
        happen(sample())
        assert len({event.id for event in ground.said()}) == 2

    def test_the_order_of_the_file_does_not_matter(self, ground: Ground) -> None:
        one, another = {**RECORD, "name": "one"}, {**RECORD, "name": "another", "item": {"area": "((floodAreaID))"}}
        declare(ground, one, another)
        happen(sample())
        ids = {event.id for event in ground.said()}
        for item in ground.items():
            store.table.delete(item["pk"]["S"], item["sk"]["S"])
        declare(ground, another, one)
        happen(sample())
        assert {event.id for event in ground.said()} == ids


class TestInvalid:
    """An event that one reaction cannot read is quarantined whole, and none of its reactions is said."""

    @pytest.mark.parametrize(
        ("broken", "said"),
        [
            ({"key": "((nothing))"}, "data: ((nothing)): is absent"),
            ({"if": "severity < `4`"}, "data: ((severity < `4`)): puts values of different types in order"),
            ({"key": "((length(severityLevel)))"}, "data: ((length(severityLevel))): length() takes"),
            ({"register": "Not A Slug"}, "broken.register_name: String should match pattern"),
        ],
    )
    def test_an_expression_that_fails_is_named(self, ground: Ground, broken: dict[str, str], said: str) -> None:
        declare(ground, RECORD, {**RECORD, "name": "broken", **broken})
        happen(sample())
        assert reason(ground).startswith(said)
        assert ground.said() == []

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({**WARNING, "severityLevel": 9}, "data.severityLevel: the value is greater than the maximum of 4"),
            ({**WARNING, "county": ["Jo Bloggs"]}, "data.county: the value is not of type"),
            ({}, "data."),
            (None, "data"),
        ],
    )
    def test_data_that_ingress_never_saw_is_held_to_its_schema_without_being_shown(self, ground: Ground, data: Any, said: str) -> None:
        happen(sample(data=data))
        found = reason(ground)
        assert found.startswith(said)
        assert "Jo Bloggs" not in found

    def test_a_field_of_a_later_version_is_no_fault(self, ground: Ground) -> None:
        happen(sample(data={**WARNING, "later": True}))
        assert len(ground.said()) == 3

    def test_a_type_without_a_schema_is_quarantined(self, ground: Ground) -> None:
        ground.declared["emits"]["environment-agency.Unwritten.v1"] = {"source": FLOODS}
        happen(sample(type="environment-agency.Unwritten.v1"))
        assert reason(ground) == "type: 'environment-agency.Unwritten.v1' has no schema"


class TestLoops:
    def test_a_chain_that_bites_its_tail_ends(self, ground: Ground) -> None:
        """The department's receiver answers each event that is forwarded to it with another, as deep as a well-behaved one says."""
        declare(ground, {"name": "f", "kind": "forward", "webhook": "operations"})
        members, rounds = sample(), 0
        while True:
            happen(members)
            said = ground.said()
            if not said:
                break
            rounds += 1
            members = sample(id=f"answer-{rounds}", hops=said[0].hops + 1)
        assert rounds == 6
        assert "which is a loop" in reason(ground)

    def test_what_a_reaction_says_is_never_itself_reacted_to(self, ground: Ground) -> None:
        submitted = RecordSubmitted(register_name="flood-warning", key="1", item={})
        ground.declared["requests"][submitted.type_name()] = {FLOODS: AGENCY}
        happen(sample(type=submitted.type_name(), dataschema=None, data=submitted.model_dump()))
        assert (ground.said(), ground.waiting("quarantine")) == ([], [])

    def test_an_item_of_each_reaction_is_all_that_is_kept(self, ground: Ground) -> None:
        happen(sample())
        keys = sorted((item["pk"]["S"], item["sk"]["S"].split("#")[-1]) for item in ground.items())
        origin = f"reaction#{FLOODS}#{sample()['id']}"
        names = ("ContentPublishRequested", "NotificationRequested", "RecordSubmitted")
        assert keys == [(origin, f"platform.{name}.v1") for name in names]
        said = [json.loads(item["outbox"]["S"])[0] for item in ground.items()]
        assert all(CloudEvent.model_validate(event).causationid == sample()["id"] for event in said)
