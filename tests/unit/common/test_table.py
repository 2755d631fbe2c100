"""State and the events it means are one write; a lost answer is no lost write."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from boto3.dynamodb.conditions import Attr

from functions.common import clients
from functions.common.cause import Cause, because
from functions.common.failures import Transient
from functions.common.table import Check, ConditionFailed, Delete, Put, Table, Update, absent
from schemas.envelope import CloudEvent
from schemas.platform import KeyRevoked
from tests.unit.common.ground import Ground, lose_answer, sample

table = Table()
REVOKED = KeyRevoked(service_id=UUID(int=1), key_id=UUID(int=2))


def outbox(ground: Ground, pk: str = "a") -> list[dict[str, Any]] | None:
    item = next(item for item in ground.items() if item["pk"]["S"] == pk)
    return json.loads(item["outbox"]["S"]) if "outbox" in item else None


class TestOutbox:
    def test_the_events_of_a_write_stand_in_its_item_as_one_text(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1"}, emits=[REVOKED])
        [event] = outbox(ground) or []
        assert (event["type"], event["data"]["key_id"]) == ("platform.KeyRevoked.v1", str(UUID(int=2)))

    def test_an_event_in_an_envelope_goes_as_it_is(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1"}, emits=[CloudEvent.model_validate(sample())])
        [event] = outbox(ground) or []
        assert event == {**sample(), "hops": 0}

    def test_a_put_that_says_nothing_leaves_no_outbox(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1"}, emits=[REVOKED])
        table.put({"pk": "a", "sk": "1"})
        assert outbox(ground) is None

    def test_an_item_that_was_read_and_is_written_back_says_nothing_twice(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1"}, emits=[REVOKED])
        table.put({**(table.get("a", "1") or {}), "colour": "red"})
        assert outbox(ground) is None
        assert len(ground.said()) == 1

    def test_an_update_that_says_nothing_removes_the_outbox(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1"}, emits=[REVOKED])
        table.update("a", "1", set={"colour": "red"})
        assert outbox(ground) is None

    def test_an_update_that_says_something_replaces_the_outbox(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1"}, emits=[REVOKED, REVOKED])
        table.update("a", "1", set={"colour": "red"}, emits=[REVOKED])
        assert len(outbox(ground) or []) == 1

    def test_every_write_of_a_transaction_sets_or_removes_it(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1"}, emits=[REVOKED])
        table.put({"pk": "b", "sk": "1"}, emits=[REVOKED])
        table.transact(Update("a", "1", {"colour": "red"}), Put({"pk": "b", "sk": "1"}), Put({"pk": "c", "sk": "1"}, emits=[REVOKED]))
        assert (outbox(ground, "a"), outbox(ground, "b"), len(outbox(ground, "c") or [])) == (None, None, 1)

    def test_a_write_that_fails_says_nothing(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1"})
        with pytest.raises(ConditionFailed):
            table.put({"pk": "a", "sk": "1"}, expect=absent(), emits=[REVOKED])
        assert ground.said() == []

    def test_the_same_event_handled_twice_says_the_same(self, ground: Ground) -> None:
        for pk in ("a", "b"):
            with because(Cause("tree", "environment-agency", "1", source="uk.gov.example")):
                table.put({"pk": pk, "sk": "1"}, emits=[REVOKED])
        first, second = ground.said()
        assert first.id == second.id

    def test_an_event_that_is_removed_with_its_item_is_not_said(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1"}, emits=[REVOKED])
        ground.said()
        table.delete("a", "1")
        assert ground.said() == []


class TestLostAnswers:
    def test_a_put_knows_that_it_won(self, ground: Ground) -> None:
        lose_answer("PutItem")
        calls = ground.calls(clients.dynamodb())
        table.put({"pk": "a", "sk": "1", "colour": "red"}, expect=absent(), emits=[REVOKED])
        assert (table.get("a", "1") or {})["colour"] == "red"
        assert [name for name, _ in calls].count("PutItem") == 1
        assert len({event.id for event in ground.said()}) == 1

    def test_an_update_knows_that_it_won_and_what_stands_there(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1", "status": "created"})
        lose_answer("UpdateItem")
        now = table.update("a", "1", set={"status": "sending"}, expect=Attr("status").eq("created"))
        assert (now["pk"], now["status"]) == ("a", "sending")

    def test_a_delete_knows_that_it_won(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1", "status": "created"})
        lose_answer("DeleteItem")
        table.delete("a", "1", expect=Attr("status").eq("created"))
        assert table.get("a", "1") is None

    def test_a_transaction_knows_that_it_won(self, ground: Ground) -> None:
        table.put({"pk": "b", "sk": "1", "status": "created"})
        lose_answer("TransactWriteItems")
        table.transact(
            Put({"pk": "a", "sk": "1"}, expect=absent(), emits=[REVOKED]),
            Update("b", "1", {"status": "sending"}, expect=Attr("status").eq("created")),
        )
        assert (table.get("b", "1") or {})["status"] == "sending"
        assert len(ground.said()) == 1

    def test_a_transactions_second_call_is_the_same_call(self, ground: Ground) -> None:
        sent: list[str] = []
        clients.dynamodb().meta.events.register_first(
            "before-send.dynamodb.TransactWriteItems", lambda request, **_: sent.append(json.loads(request.body)["ClientRequestToken"])
        )
        lose_answer("TransactWriteItems")
        table.transact(Put({"pk": "a", "sk": "1"}))
        assert len(set(sent)) == 1

    def test_a_loser_still_loses(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1", "colour": "red"})
        lose_answer("PutItem")
        with pytest.raises(ConditionFailed) as failed:
            table.put({"pk": "a", "sk": "1", "colour": "blue"}, expect=absent())
        assert failed.value.item["colour"] == "red"


class TestConditions:
    def test_what_stood_there_comes_with_the_failure(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1", "version": 7, "open": True, "parts": [{"size": 2}]})
        with pytest.raises(ConditionFailed) as failed:
            table.update("a", "1", set={"version": 6}, expect=Attr("version").lt(6))
        found = failed.value.item
        assert (found["version"], found["open"], found["parts"]) == (7, True, [{"size": 2}])

    def test_where_nothing_stood_it_is_empty(self, ground: Ground) -> None:
        with pytest.raises(ConditionFailed) as failed:
            table.update("a", "1", set={"version": 6}, expect=Attr("version").lt(6))
        assert failed.value.item == {}

    def test_a_delete_of_what_is_gone_is_done(self, ground: Ground) -> None:
        table.delete("a", "1", expect=Attr("status").eq("created"))

    def test_a_delete_of_what_changed_fails(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1", "status": "sending"})
        with pytest.raises(ConditionFailed) as failed:
            table.delete("a", "1", expect=Attr("status").eq("created"))
        assert failed.value.item["status"] == "sending"

    def test_a_transaction_names_the_condition_that_failed(self, ground: Ground) -> None:
        table.put({"pk": "b", "sk": "1", "colour": "red"})
        with pytest.raises(ConditionFailed) as failed:
            table.transact(Put({"pk": "a", "sk": "1"}, expect=absent()), Put({"pk": "b", "sk": "1"}, expect=absent()))
        assert (failed.value.index, failed.value.item["colour"]) == (1, "red")
        assert table.get("a", "1") is None

    def test_a_transaction_may_check_what_it_does_not_write(self, ground: Ground) -> None:
        with pytest.raises(ConditionFailed):
            table.transact(Check("a", "1", Attr("status").eq("open")), Put({"pk": "b", "sk": "1"}))
        table.put({"pk": "a", "sk": "1", "status": "open"})
        table.transact(Check("a", "1", Attr("status").eq("open")), Put({"pk": "b", "sk": "1"}), Delete("c", "1"))
        assert table.get("b", "1")

    def test_a_transaction_that_met_another_may_try_again(self, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        client = clients.dynamodb()
        answer = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": [{"Code": "TransactionConflict"}]}

        def conflict(**_: Any) -> None:
            raise client.exceptions.TransactionCanceledException(answer, "TransactWriteItems")  # type: ignore[arg-type]  # its reasons are not typed

        monkeypatch.setattr(client, "transact_write_items", conflict)
        with pytest.raises(Transient):
            table.transact(Put({"pk": "a", "sk": "1"}))


class TestItems:
    def test_what_is_written_is_read(self, ground: Ground) -> None:
        item = {
            "pk": "a",
            "sk": "1",
            "text": "é",
            "number": 12,
            "flag": False,
            "raw": b"\x00\xff",
            "list": [1, "b"],
            "map": {"deep": [True]},
        }
        table.put(item)
        found = table.get("a", "1", consistent=True) or {}
        assert {name: value for name, value in found.items() if name != "written"} == item

    def test_none_is_no_value(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1", "colour": None, "size": 1})
        assert "colour" not in (table.get("a", "1") or {})
        assert "size" not in table.update("a", "1", set={"size": None})

    def test_an_update_sets_removes_and_adds_at_once(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1", "colour": "red", "count": 1})
        now = table.update("a", "1", set={"name": "x", "status": "y"}, remove=["colour"], add={"count": 2}, expect=Attr("count").eq(1))
        assert (now["name"], now["status"], now["count"], "colour" in now) == ("x", "y", 3, False)

    def test_what_is_set_once_stays(self, ground: Ground) -> None:
        assert table.update("a", "1", set={"name": "x"}, once={"first": 1})["first"] == 1
        assert table.update("a", "1", once={"first": 2})["first"] == 1

    def test_many_are_read_at_once_and_the_missing_left_out(self, ground: Ground) -> None:
        for number in range(120):
            table.put({"pk": "a", "sk": f"{number:03}"})
        calls = ground.calls(clients.dynamodb())
        found = table.get_many([("a", f"{number:03}") for number in range(130)])
        assert len(found) == 120
        assert [name for name, _ in calls] == ["BatchGetItem", "BatchGetItem"]

    def test_what_dynamodb_will_not_give_is_transient(self, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        left = {"Responses": {}, "UnprocessedKeys": {"bus": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "1"}}]}}}
        monkeypatch.setattr(clients.dynamodb(), "batch_get_item", lambda **_: left)
        monkeypatch.setattr("functions.common.table.sleep", lambda _: None)
        with pytest.raises(Transient):
            table.get_many([("a", "1")])

    def test_every_item_is_found_though_one_answer_cannot_hold_them(self, ground: Ground) -> None:
        for number in range(12):
            for kind in ("a", "b"):
                table.put({"pk": "many", "sk": f"{kind}#{number:02}", "text": "x" * 200_000})
        assert [item["sk"] for item in table.every("many", prefix="a#")] == [f"a#{number:02}" for number in range(12)]
        assert len(list(table.every("many"))) == 24
        assert list(table.every("none")) == []

    @pytest.mark.parametrize("descending", [False, True])
    def test_pages_follow_one_another_without_gap_or_repetition(self, ground: Ground, descending: bool) -> None:
        names = [f"x{number}" for number in range(7)]
        for name in [*names, "w9", "y0"]:
            table.put({"pk": "a", "sk": name})
        found: list[str] = []
        after = None
        while True:
            page = table.query("a", prefix="x", after=after, limit=3, descending=descending)
            found += [item["sk"] for item in page.items]
            if (after := page.after) is None:
                break
        assert found == sorted(names, reverse=descending)

    def test_an_index_is_read_by_its_own_keys(self, ground: Ground) -> None:
        table.put({"pk": "a", "sk": "1", "gsi1pk": "day", "gsi1sk": "2"})
        table.put({"pk": "b", "sk": "1", "gsi1pk": "day", "gsi1sk": "1"})
        assert [item["pk"] for item in table.query("day", index="gsi1").items] == ["b", "a"]

    def test_a_table_that_is_not_named_says_so(self, ground: Ground) -> None:
        with pytest.raises(LookupError, match="NOWHERE is not set"):
            Table("NOWHERE").get("a", "1")
