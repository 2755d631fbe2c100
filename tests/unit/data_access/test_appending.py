from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from moto.core.models import botocore_stubber

from functions.common import clients
from functions.common.failures import Transient
from functions.data_access import replica, tiles
from functions.data_access.merkle import TILE_BYTES, Tile, Tree
from functions.data_access.registers import Origin, checked_item
from functions.data_access.store import log
from functions.data_access.store.table import table
from schemas.proof import EMPTY_ROOT, leaf_bytes, leaf_hash, verify_consistency, verify_entry, verify_inclusion

from .conftest import Platform

BRITAIN = {"country": "GB", "name": "United Kingdom"}
FRANCE = {"country": "FR", "name": "France"}


def test_a_submitted_record_becomes_an_entry_an_item_and_a_record(platform: Platform) -> None:
    assert platform.submit("GB", BRITAIN, id="1")
    record = platform.get("/registers/country/records/GB").json["GB"]
    assert record["item"] == [BRITAIN]
    assert record["entry-number"] == record["index-entry-number"] == "1"
    [entry] = platform.get("/registers/country/entries/1").json
    assert entry["key"] == "GB"
    assert platform.get(f"/registers/country/items/{entry['item-hash'][0]}").json == BRITAIN


def test_an_append_says_so_once_with_the_root_that_covers_it(platform: Platform) -> None:
    platform.submit("GB", BRITAIN, id="1")
    platform.submit("FR", FRANCE, id="2")
    said = platform.outbox()
    assert [(event["type"], event["causationid"], event["correlationid"]) for event in said] == [
        ("platform.RecordAppended.v1", "1", "root-1"),
        ("platform.RecordAppended.v1", "2", "root-2"),
    ]
    proof = platform.get("/registers/country/proof/register/merkle:sha-256").json
    assert said[-1]["data"]["root_hash"] == proof["root-hash"]
    assert said[-1]["data"]["total_entries"] == proof["total-entries"] == 2


def test_the_next_version_of_a_key_is_a_new_entry_and_the_old_one_stays(platform: Platform) -> None:
    platform.submit("GB", BRITAIN, id="1")
    platform.submit("GB", {**BRITAIN, "name": "Great Britain"}, id="2")
    assert platform.get("/registers/country/records/GB").json["GB"]["item"][0]["name"] == "Great Britain"
    assert [entry["entry-number"] for entry in platform.get("/registers/country/records/GB/entries").json] == ["1", "2"]
    assert platform.get("/registers/country/register").json["total-records"] == 1


def test_a_new_event_that_says_the_same_again_is_a_new_entry_with_the_same_item(platform: Platform) -> None:
    platform.submit("GB", BRITAIN, id="1")
    platform.submit("GB", BRITAIN, id="2")
    first, second = platform.get("/registers/country/entries").json
    assert first["item-hash"] == second["item-hash"]


def test_a_second_delivery_changes_nothing(platform: Platform) -> None:
    platform.submit("GB", BRITAIN, id="1")
    before = platform.rows()
    assert platform.submit("GB", BRITAIN, id="1")
    assert platform.rows() == before


def test_a_second_delivery_after_a_newer_version_changes_nothing(platform: Platform) -> None:
    platform.submit("GB", BRITAIN, id="1")
    platform.submit("GB", {**BRITAIN, "name": "Great Britain"}, id="2")
    before = platform.rows()
    assert platform.submit("GB", BRITAIN, id="1")
    assert platform.rows() == before


def test_an_older_version_that_comes_late_loses(platform: Platform) -> None:
    platform.submit("GB", {**BRITAIN, "name": "Great Britain"}, id="b", version="10")
    assert platform.submit("GB", BRITAIN, id="a", version="9")
    assert platform.get("/registers/country/register").json["total-entries"] == 1


@pytest.mark.parametrize(
    ("key", "item", "reason"),
    [
        ("G B", BRITAIN, "key: must begin with"),
        ("GB", {**BRITAIN, "capital": "London"}, "item.capital: is not a field of the register"),
        ("GB", {"name": {"en": "United Kingdom"}}, "item.name: must be a text or a list of texts, not a nested dict"),
    ],
)
def test_what_the_register_cannot_hold_goes_to_quarantine_with_the_reason(
    platform: Platform, key: str, item: dict[str, object], reason: str
) -> None:
    assert platform.submit(key, item, id="1")
    [found] = platform.quarantined()
    assert found.startswith(reason)
    assert platform.rows() == []


@pytest.mark.parametrize("department", ["home-office", None])
def test_a_register_of_another_department_answers_as_if_it_were_not_there(platform: Platform, department: str | None) -> None:
    platform.submit("GB", BRITAIN, id="1", department=department)
    platform.submit("GB", BRITAIN, id="2", department=department, register="nowhere")
    first, second = platform.quarantined()
    assert first == f"register_name: {department} has no register country"
    assert second == f"register_name: {department} has no register nowhere"


def test_a_register_that_changed_hands_keeps_its_owner(platform: Platform) -> None:
    log.append("country", "home-office", "GB", checked_item(BRITAIN, BRITAIN), Origin("0", "s", "c", "0"))
    platform.submit("FR", FRANCE, id="1")
    assert platform.quarantined() == ["register_name: foreign-office has no register country"]
    assert platform.get("/registers/country/register").json["total-entries"] == 1


def test_600_appends_cross_two_tiles_and_every_entry_is_proven(platform: Platform) -> None:
    _append_many(range(600), keys=350)
    assert {row["pk"]["S"].rsplit("#", 1)[-1] for row in platform.rows() if "#tail#" in row["pk"]["S"]} == {
        f"{part:08}" for part in range(3)
    }
    kept = clients.s3().list_objects_v2(Bucket="tiles")["Contents"]
    assert [(found["Key"], found["Size"]) for found in kept] == [
        ("registers/area/tile/0/000", TILE_BYTES),
        ("registers/area/tile/0/001", TILE_BYTES),
    ]
    head = log.head("area")
    assert head is not None
    assert (head.size, replica.at_head("area", head).total) == (600, 350)
    tree, entries = Tree(head.frontier, partial(tiles.fetch, "area")), [one.entry for one in log.since("area", 0, 600)]
    root, half = tree.root(600), tree.root(300)
    assert [entry.number for entry in entries] == list(range(1, 601))
    for entry in entries:
        assert verify_inclusion(leaf_hash(leaf_bytes(entry.wire())), entry.number - 1, 600, tree.inclusion(entry.number - 1, 600), root)
    assert verify_consistency(300, 600, half, root, tree.consistency(300, 600))


def test_a_proof_over_http_convinces_a_stranger(platform: Platform) -> None:
    _append_many(range(300), keys=300)
    register_proof = platform.get("/registers/area/proof/register/merkle:sha-256").json
    for number in (1, 256, 257, 300):
        [entry] = platform.get(f"/registers/area/entries/{number}").json
        entry_proof = platform.get(f"/registers/area/proof/entries/{number}/300/merkle:sha-256").json
        assert verify_entry(entry, entry_proof, register_proof)
        assert not verify_entry({**entry, "key": "forged"}, entry_proof, register_proof)


def test_two_writers_racing_on_one_head_both_end_up_in_the_log_once(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    read = log._head_and_key
    overtaken: list[str] = []

    def overtaken_once(register: str, key: str) -> Any:
        seen = read(register, key)
        if not overtaken:
            overtaken.append(key)
            platform.submit("FR", FRANCE, id="2")
        return seen

    platform.submit("DE", {"country": "DE"}, id="0")
    monkeypatch.setattr(log, "_head_and_key", overtaken_once)
    assert platform.submit("GB", BRITAIN, id="1")
    assert [entry["key"] for entry in platform.get("/registers/country/entries").json] == ["DE", "FR", "GB"]
    assert [event["causationid"] for event in platform.outbox()] == ["0", "2", "1"]


def test_two_writers_racing_for_one_key_and_version_make_one_entry(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    read = log._head_and_key
    delivered: list[str] = []

    def delivered_twice(register: str, key: str) -> Any:
        seen = read(register, key)
        if not delivered:
            delivered.append(key)
            platform.submit("GB", BRITAIN, id="1")
        return seen

    monkeypatch.setattr(log, "_head_and_key", delivered_twice)
    assert platform.submit("GB", BRITAIN, id="1")
    assert platform.get("/registers/country/register").json["total-entries"] == 1


def test_a_writer_that_keeps_losing_leaves_its_event_on_the_queue(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def conflict(*_: object) -> None:
        raise Transient("the transaction met another")

    monkeypatch.setattr(table, "transact", conflict)
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert not platform.submit("GB", BRITAIN, id="1")
    assert platform.rows() == []


def test_a_lost_answer_is_recognised_and_appends_once(platform: Platform) -> None:
    lost = _lose_answers(1)
    assert platform.submit("GB", BRITAIN, id="1")
    assert len(lost) == 1
    assert platform.get("/registers/country/register").json["total-entries"] == 1
    assert len(platform.outbox()) == 1


def test_answers_lost_until_the_function_gives_up_are_recognised_at_the_next_delivery(platform: Platform) -> None:
    _lose_answers(5)
    assert not platform.submit("GB", BRITAIN, id="1")
    assert platform.submit("GB", BRITAIN, id="1")
    assert platform.get("/registers/country/register").json["total-entries"] == 1


def test_a_crash_between_tile_and_transaction_leaves_a_tile_that_the_next_try_writes_again(platform: Platform) -> None:
    _append_many(range(256), keys=256)
    head = log.head("area")
    assert head is not None
    [early] = head.frontier.append(EMPTY_ROOT)[1]
    tiles.keep("area", early)
    _append_many(range(256, 257), keys=257)
    assert tiles.fetch("area", 0, 0) == early.hashes


def test_tiles_stand_where_tlog_tiles_has_them(platform: Platform) -> None:
    tiles.keep("area", Tile(1, 1_234_067, b"hashes"))
    assert clients.s3().list_objects_v2(Bucket="tiles")["Contents"][0]["Key"] == "registers/area/tile/1/x001/x234/067"


def test_the_time_of_the_log_does_not_go_back_with_a_slow_clock(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    platform.submit("GB", BRITAIN, id="1")
    monkeypatch.setattr("functions.common.clock.now", lambda: datetime(2001, 1, 1, tzinfo=UTC))
    platform.submit("FR", FRANCE, id="2")
    first, second = platform.get("/registers/country/entries").json
    assert first["entry-timestamp"] == second["entry-timestamp"]


def test_an_append_costs_one_read_and_one_transaction_and_a_tile_in_256(platform: Platform, calls: Callable[[], list[str]]) -> None:
    _append_many(range(256), keys=256)
    calls()
    _append_many(range(256, 258), keys=300)
    assert calls() == ["BatchGetItem", "PutObject", "TransactWriteItems", "BatchGetItem", "TransactWriteItems"]


def test_a_read_costs_a_read_of_the_head_and_a_proof_the_tiles_on_its_path(platform: Platform, calls: Callable[[], list[str]]) -> None:
    _append_many(range(300), keys=300)
    costs = {
        "/registers/area/records/K3": ["GetItem"],
        "/registers/area/entries/3": ["GetItem"],
        "/registers/area/proof/register/merkle:sha-256": ["GetItem"],
        "/registers/area/proof/entries/299/300/merkle:sha-256": ["GetItem"],
        "/registers/area/proof/entries/3/300/merkle:sha-256": ["GetItem", "GetObject"],
        "/registers/area/records": ["GetItem"],
    }
    platform.get("/registers/area/register")
    for path, expected in costs.items():
        tiles.fetch.cache_clear()
        calls()
        assert platform.get(path).status == 200
        assert calls() == expected, path


def _append_many(numbers: range, keys: int) -> None:
    # moto copies the whole table before each transaction, to undo what fails: nothing fails here, and it takes minutes.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("moto.dynamodb.models.copy", SimpleNamespace(deepcopy=lambda tables: tables))
        for number in numbers:
            item = checked_item({"area": f"Area {number}"}, ["area"])
            log.append("area", "foreign-office", f"K{number % keys}", item, Origin(f"e{number}", "s", "c", f"{number:020}"))


def _lose_answers(count: int) -> list[str]:
    """The next transactions are applied, and their answers lost on the way."""
    lost: list[str] = []

    def lose(event_name: str, request: Any, **_: object) -> None:
        if len(lost) < count:
            botocore_stubber(event_name, request)
            lost.append(event_name)
            raise ConnectionClosedError(endpoint_url="https://dynamodb")

    clients.dynamodb().meta.events.register_first("before-send.dynamodb.TransactWriteItems", lose)
    return lost
