"""Events over HTTP: what is taken in, what is refused and why, and what became of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.bus import ingress, journal, share, store
from functions.common import clients
from functions.common.auth import Caller
from functions.common.cause import Cause, envelop
from schemas.envelope import CloudEvent
from schemas.platform import ContentPublishRequested
from tests.unit.bus.conftest import Send
from tests.unit.bus.ground import COUNCILS_KEY, HOST, TEST_KEY, Answer, request
from tests.unit.common.ground import AGENCY, COUNCILS, FLOODS, Ground, deliver, delivered, lose_answer, sample

STRUCTURED = {"content-type": "application/cloudevents+json"}

type Become = Callable[[Caller], None]


def refusal(answer: Answer) -> tuple[int, str, list[str]]:
    """The status, the code and the fields at fault."""
    return answer.status, answer.json["code"], [error["field"] for error in answer.json["errors"]]


class TestTakingIn:
    def test_an_event_is_durable_before_it_is_answered(self, ground: Ground, send: Send) -> None:
        answer = send(sample())
        [event] = ground.said()
        assert event.wire() == {**sample(), "hops": 0}
        assert answer.status == 202
        assert answer.json == {
            "id": event.id,
            "source": FLOODS,
            "status": "accepted",
            "accepted_at": answer.json["accepted_at"],
            "trace": f"{HOST}/events/{event.id}",
        }

    def test_it_is_one_write_and_now_and_then_a_block_of_the_departments_limit(self, ground: Ground, send: Send) -> None:
        calls = ground.calls(clients.dynamodb())
        for number in range(100):
            send(sample(id=str(number)))
        made = [name for name, _ in calls]
        assert (made.count("PutItem"), len(made)) == (100, 100 + made.count("UpdateItem"))
        assert made.count("UpdateItem") <= 10

    def test_the_same_event_again_is_a_duplicate_and_says_nothing(self, ground: Ground, send: Send) -> None:
        first, second = send(sample()), send(sample())
        assert (second.status, second.json["status"]) == (202, "duplicate")
        assert first.json["accepted_at"] == second.json["accepted_at"]
        assert len(ground.said()) == 1

    def test_the_same_event_in_other_words_is_a_duplicate(self, ground: Ground, send: Send) -> None:
        send(sample())
        spelled = json.dumps(sample(time="2026-11-23T09:30:00.000+00:00"), indent=2, sort_keys=True).encode()
        assert send(spelled, STRUCTURED).json["status"] == "duplicate"

    @pytest.mark.parametrize(
        "changes",
        [{"subject": "another"}, {"sequence": "2"}, {"data": sample("environment-agency/FloodWarningIssued/flood-alert")["data"]}],
    )
    def test_another_event_under_the_same_id_is_refused_with_when(self, ground: Ground, send: Send, changes: dict[str, Any]) -> None:
        accepted_at = send(sample()).json["accepted_at"]
        answer = send(sample(**changes))
        assert refusal(answer) == (409, "id_already_used", ["id"])
        assert accepted_at in answer.json["detail"]

    def test_a_lost_answer_is_no_conflict(self, ground: Ground, send: Send) -> None:
        lose_answer("PutItem")
        assert send(sample()).json["status"] == "accepted"

    def test_an_address_in_a_receipt_holds_any_id(self, ground: Ground, send: Send) -> None:
        trace = send(sample(id="a/b c?d")).json["trace"]
        assert trace == f"{HOST}/events/a%2Fb%20c%3Fd"
        assert request(ingress.api, "GET", trace.removeprefix(HOST)).json["id"] == "a/b c?d"

    def test_large_data_waits_in_s3(self, ground: Ground, send: Send) -> None:
        ground.declared["requests"]["platform.ContentPublishRequested.v1"] = {FLOODS: AGENCY}
        page = ContentPublishRequested(
            base_path="/a", schema_name="answer", document_type="answer", title="A", details={"body": "x" * 500_000}
        )
        answer = send(sample(type=page.type_name(), dataschema=None, data=page.model_dump(exclude_none=True)))
        [event] = ground.said()
        assert (answer.status, event.data, str(event.dataref)[:19]) == (202, None, "s3://claims/claims/")

    def test_a_test_key_has_the_event_checked_and_nothing_done(self, ground: Ground, send: Send, as_caller: Become) -> None:
        as_caller(TEST_KEY)
        assert send(sample()).json == {"id": sample()["id"], "source": FLOODS, "status": "checked"}
        assert send(sample(data={})).status == 422
        assert ground.items() == []

    def test_an_extension_is_carried_on(self, ground: Ground, send: Send) -> None:
        send(sample(partitionkey="065", attempt=2, urgent=True))
        assert ground.said()[0].model_extra == {"partitionkey": "065", "attempt": 2, "urgent": True}


class TestRefusals:
    """Each refusal names the field, and nothing is written."""

    @pytest.mark.parametrize(
        ("changes", "status", "code", "field"),
        [
            ({"source": COUNCILS}, 403, "source_not_yours", "source"),
            ({"source": "uk.gov.nobody"}, 403, "source_not_yours", "source"),
            ({"source": "uk.gov.commonweal.bus"}, 403, "source_not_yours", "source"),
            ({"type": "communities.LocalAuthorityRecorded.v1"}, 403, "type_not_declared", "type"),
            ({"type": "environment-agency.FloodWarningIssued.v2"}, 403, "type_not_declared", "type"),
            ({"type": "platform.KeyRevoked.v1"}, 403, "type_not_declared", "type"),
            ({"type": "FloodWarningIssued"}, 422, "invalid_event", "type"),
            ({"department": AGENCY}, 422, "invalid_event", "department"),
            ({"dataref": "s3://claims/claims/x"}, 422, "invalid_event", "dataref"),
            ({"data_base64": "AA=="}, 422, "invalid_event", "data_base64"),
            ({"hops": 10}, 422, "loop", "hops"),
            ({"hops": "10"}, 422, "loop", "hops"),
            ({"hops": -1}, 422, "invalid_event", "hops"),
            ({"id": None}, 422, "invalid_event", "id"),
            ({"id": ""}, 422, "invalid_event", "id"),
            ({"id": "x" * 257}, 422, "invalid_event", "id"),
            ({"id": 7}, 422, "invalid_event", "id"),
            ({"time": None}, 422, "invalid_event", "time"),
            ({"time": "2026-11-23T09:30:00"}, 422, "invalid_event", "time"),
            ({"time": "yesterday"}, 422, "invalid_event", "time"),
            ({"specversion": "0.3"}, 422, "invalid_event", "specversion"),
            ({"subject": "x" * 1025}, 422, "invalid_event", "subject"),
            ({"myExtension": "x"}, 422, "invalid_event", "myExtension"),
            ({"with space": "x"}, 422, "invalid_event", "with space"),
            ({"extension": {"deep": 1}}, 422, "invalid_event", "extension"),
            ({"extension": 1.5}, 422, "invalid_event", "extension"),
            ({"dataschema": "/schemas/environment-agency/FloodWarningIssued/9.0.0.json"}, 422, "unknown_schema", "dataschema"),
            ({"dataschema": "/schemas/platform/KeyRevoked/1.0.0.json"}, 422, "unknown_schema", "dataschema"),
            ({"dataschema": "../../etc/passwd"}, 422, "unknown_schema", "dataschema"),
            ({"data": None}, 422, "invalid_data", "data"),
            ({"data": []}, 422, "invalid_data", "data"),
            ({"data": {**sample()["data"], "severityLevel": 9}}, 422, "invalid_data", "data.severityLevel"),
            ({"data": {**sample()["data"], "severityLevel": "3"}}, 422, "invalid_data", "data.severityLevel"),
            ({"data": {**sample()["data"], "colour": "red"}}, 422, "invalid_data", "data.colour"),
        ],
    )
    def test_it_is_refused_by_name(self, ground: Ground, send: Send, changes: dict[str, Any], status: int, code: str, field: str) -> None:
        assert refusal(send(sample(**changes))) == (status, code, [field])
        assert ground.items() == []

    def test_what_to_do_is_told_with_the_line_of_the_schema(self, ground: Ground, send: Send) -> None:
        detail = send(sample(data={**sample()["data"], "severityLevel": 9})).json["detail"]
        assert detail.startswith("data.severityLevel: 9 is greater than the maximum of 4")
        assert detail.endswith("(schema environment-agency/FloodWarningIssued/1.0.0, /properties/severityLevel)")

    def test_every_field_at_fault_is_told_at_once(self, ground: Ground, send: Send) -> None:
        _, _, fields = refusal(send(sample(data={**sample()["data"], "severityLevel": 9, "isTidal": "no"})))
        assert sorted(fields) == ["data.isTidal", "data.severityLevel"]

    @pytest.mark.parametrize("case", ["bad-time", "bad-severity-level", "bad-flood-area-missing", "bad-unknown-field"])
    def test_every_bad_sample_is_refused(self, ground: Ground, send: Send, case: str) -> None:
        assert send(sample(f"environment-agency/FloodWarningIssued/{case}")).status == 422

    @pytest.mark.parametrize("body", [b"null", b"7", b'"text"', b"[]"])
    def test_an_event_is_an_object(self, ground: Ground, send: Send, body: bytes) -> None:
        answer = send(body, STRUCTURED)
        assert (answer.status, answer.json["detail"]) == (422, "an event is a JSON object")

    def test_attributes_as_large_as_data_are_refused(self, ground: Ground, send: Send) -> None:
        assert send(sample(extension="x" * 20_000)).status == 413

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            (b"x" * 1_000_001, 413, "body_too_large"),
            (b"\xff\xff", 400, "invalid_encoding"),
            (b"[" * 100_000, 400, "too_deep"),
            (b'{"data": NaN}', 400, "invalid_json"),
            (b'{"data": 1e999}', 400, "invalid_json"),
            (rb'{"data": "\ud800"}', 400, "invalid_encoding"),
            (b'{"id": 1', 400, "invalid_json"),
            (b"", 400, "invalid_json"),
        ],
    )
    def test_a_body_that_would_do_harm_is_refused_first(self, ground: Ground, send: Send, body: bytes, status: int, code: str) -> None:
        answer = send(body, STRUCTURED)
        assert (answer.status, answer.json["code"]) == (status, code)

    def test_a_key_without_the_scope_may_not_even_ask(self, ground: Ground, send: Send, as_caller: Become) -> None:
        as_caller(Caller(AGENCY, "service", "key", "live", frozenset({"data:read"})))
        assert refusal_code(send(sample())) == (403, "scope_missing")

    def test_a_team_key_emits_nothing(self, ground: Ground, send: Send, as_caller: Become) -> None:
        as_caller(Caller(AGENCY, "service", "key", "team", frozenset({"events:emit"})))
        assert refusal_code(send(sample())) == (403, "key_type")


class TestBatches:
    def test_one_bad_event_does_not_spoil_the_others(self, ground: Ground, send: Send) -> None:
        answer = send([sample(id="1"), sample(id="2", data={}), 7, sample(id="3", source=COUNCILS), sample(id="4")])
        receipts = answer.json["receipts"]
        assert answer.status == 202
        assert [receipt["status"] for receipt in receipts] == ["accepted", "refused", "refused", "refused", "accepted"]
        assert [receipt.get("id") for receipt in receipts] == ["1", "2", None, "3", "4"]
        assert receipts[1]["errors"][0]["field"].startswith("data")
        assert receipts[3] == {
            "id": "3",
            "source": COUNCILS,
            "status": "refused",
            "code": "source_not_yours",
            "errors": [{"field": "source", "message": f"{COUNCILS!r} is not a source of {AGENCY}"}],
        }
        assert [event.id for event in ground.said()] == ["1", "4"]

    def test_the_same_event_twice_is_taken_once(self, ground: Ground, send: Send) -> None:
        answer = send([sample(), sample()])
        assert [receipt["status"] for receipt in answer.json["receipts"]] == ["accepted", "duplicate"]

    def test_a_batch_of_which_nothing_is_taken_is_refused(self, ground: Ground, send: Send) -> None:
        assert send([sample(data={}), 7]).status == 422

    def test_an_empty_batch_is_taken(self, ground: Ground, send: Send) -> None:
        assert (send([]).status, send([]).json) == (202, {"receipts": []})


class TestTrees:
    def get(self, event_id: str) -> Answer:
        return request(ingress.api, "GET", f"/events/{event_id}")

    def happen(self, event: CloudEvent) -> None:
        """Let an event pass over the bus."""
        assert deliver(journal.journal, delivered(event.wire())) == [True]

    @pytest.fixture
    def published(self, ground: Ground, as_caller: Become) -> tuple[CloudEvent, CloudEvent]:
        """An event that is on the bus, and what followed from it."""
        warning = CloudEvent.model_validate(sample(time="2026-11-01T09:30:00Z"))
        page = ContentPublishRequested(base_path="/a", schema_name="answer", document_type="answer", title="A", details={})
        followed = envelop(page, Cause.of(warning, AGENCY))
        self.happen(warning)
        self.happen(followed)
        return warning, followed

    def test_the_whole_tree_is_shown_from_any_of_its_events(self, published: tuple[CloudEvent, CloudEvent]) -> None:
        warning, followed = published
        for asked in published:
            tree = self.get(asked.id).json
            assert tree["id"] == asked.id
            assert [(hop["id"], hop.get("causationid")) for hop in tree["events"]] == [(warning.id, None), (followed.id, warning.id)]

    def test_before_it_is_on_the_bus_its_tree_is_empty(self, ground: Ground, send: Send) -> None:
        send(sample())
        assert self.get(sample()["id"]).json == {"id": sample()["id"], "events": []}

    def test_what_was_never_sent_is_not_there(self, ground: Ground, as_caller: Become) -> None:
        assert self.get("nothing").status == 404

    def test_another_departments_event_is_as_if_it_were_not_there(
        self, published: tuple[CloudEvent, CloudEvent], send: Send, as_caller: Become
    ) -> None:
        send(sample())
        as_caller(COUNCILS_KEY)
        for event in published:
            assert self.get(event.id).status == 404

    def test_who_names_a_foreign_tree_sees_only_their_own_part_of_it(
        self, published: tuple[CloudEvent, CloudEvent], as_caller: Become
    ) -> None:
        council = sample("communities/LocalAuthorityRecorded/basildon", correlationid=published[0].correlation)
        self.happen(CloudEvent.model_validate(council))
        assert len(self.get(published[0].id).json["events"]) == 2
        as_caller(COUNCILS_KEY)
        assert [hop["id"] for hop in self.get(council["id"]).json["events"]] == [council["id"]]

    def test_a_subscriber_sees_what_was_done_for_it_and_nothing_of_the_owners_event(self, ground: Ground, as_caller: Become) -> None:
        warning = CloudEvent.model_validate(sample(subject="Jo Bloggs"))
        self.happen(warning)
        deliver(share.share, delivered(warning.wire()))
        [asked] = ground.said()
        self.happen(asked)
        assert [hop["id"] for hop in self.get(warning.id).json["events"]] == [warning.id]
        as_caller(COUNCILS_KEY)
        assert self.get(warning.id).status == 404
        # Whoever works out the id of what was done for it, or names the tree, finds that alone, without its data.
        council = sample("communities/LocalAuthorityRecorded/basildon", correlationid=warning.correlation)
        self.happen(CloudEvent.model_validate(council))
        for event_id in (asked.id, council["id"]):
            answer = self.get(event_id)
            assert sorted(hop["id"] for hop in answer.json["events"]) == sorted([asked.id, council["id"]])
            assert "Jo Bloggs" not in answer.text
            assert "severity" not in answer.text

    def test_the_same_id_from_another_department_is_another_event(self, ground: Ground, send: Send, as_caller: Become) -> None:
        send(sample(id="1"))
        as_caller(COUNCILS_KEY)
        assert self.get("1").status == 404
        assert send(sample("communities/LocalAuthorityRecorded/basildon", id="1")).json["status"] == "accepted"

    def test_a_long_tree_is_read_to_its_end(self, ground: Ground, as_caller: Become, monkeypatch: pytest.MonkeyPatch) -> None:
        query = store.table.query
        monkeypatch.setattr(store.table, "query", lambda pk, **asked: query(pk, **asked, limit=2))
        for number in range(5):
            self.happen(CloudEvent.model_validate(sample(id=str(number), correlationid="tree")))
        assert len(self.get("0").json["events"]) == 5


def refusal_code(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["code"]
