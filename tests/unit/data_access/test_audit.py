"""A register is tampered with in each place where it is stored, and each is found, with the first entry that it touches."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest

from functions.common import clients
from functions.data_access import audit, tiles
from functions.data_access.merkle import TILE_WIDTH
from functions.data_access.registers import Origin
from functions.data_access.store import log, segments
from functions.data_access.store.segments import File
from schemas.proof import printed

from .conftest import Platform

SIZE = 600
LOADED = 590


@pytest.fixture
def register(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """590 entries in three segments and 10 in the tail: two full tiles and a part of a third."""
    monkeypatch.setattr(segments, "MOST_LINES", 200)
    rows = ((f"K{number}", f'{{"country":"{number}"}}'.encode()) for number in range(1, LOADED + 1))
    log.load("country", "foreign-office", segments.stage("country", rows), Origin("load", "s", "c", "1"))
    for number in range(LOADED + 1, SIZE + 1):
        platform.submit(f"K{number}", {"country": str(number)}, id=str(number))
    return platform


def audited(**asked: Any) -> dict[str, Any]:
    tiles.fetch.cache_clear()
    return audit.audit({"register": "country", **asked}, SimpleNamespace())  # type: ignore[arg-type]  # any context will do


def files() -> list[tuple[int, File]]:
    return [(segment.first, segment.file) for segment in segments.index("country", 0)]


def rewrite(key: str, change: Callable[[bytes], bytes]) -> None:
    kept = clients.s3().get_object(Bucket="tiles", Key=key)["Body"].read()
    changed = change(kept)
    assert changed != kept
    clients.s3().put_object(Bucket="tiles", Key=key, Body=changed)


def in_segment(number: int, change: Callable[[bytes], bytes]) -> None:
    """Change the lines of the segment that holds an entry."""
    [file] = [file for first, file in files() if first <= number < first + file.lines]
    rewrite(segments.address("country", file), lambda kept: gzip.compress(change(gzip.decompress(kept))))


def in_table(pk: str, sk: str, **values: Any) -> None:
    for name, value in values.items():
        clients.dynamodb().update_item(
            TableName="registers",
            Key={"pk": {"S": pk}, "sk": {"S": sk}},
            UpdateExpression="SET #n = :v",
            ExpressionAttributeNames={"#n": name},
            ExpressionAttributeValues={":v": value},
        )


def test_a_register_that_nobody_touched_is_as_it_was_written(register: Platform) -> None:
    found = audited()
    assert (found["is_done"], found["size"], found["reached"]["size"], "what" in found) == (True, SIZE, SIZE, False)
    assert found["root-hash"] == register.get("/registers/country/proof/register/merkle:sha-256").json["root-hash"]


@pytest.mark.parametrize("number", [1, 200, 201, 511, LOADED])
def test_an_item_that_was_changed_in_a_segment_is_found(register: Platform, number: int) -> None:
    in_segment(number, lambda lines: lines.replace(f'{{"country":"{number}"}}'.encode(), b'{"country":"forged"}'))
    found = audited()
    assert (found["entry"], found["is_done"]) == (number, True)
    assert f"its key (K{number}), its time or its item was changed" in found["what"]


def test_an_item_that_was_changed_with_the_name_of_its_segment_is_found(register: Platform) -> None:
    """Whoever can write the index, too, leaves no digest that differs: the tree is what tells."""
    kept = gzip.decompress(segments.raw("country", files()[0][1])).replace(b'{"country":"7"}', b'{"country":"forged"}')
    changed = gzip.compress(kept)
    forged = File(sha256(changed).hexdigest(), 200, len(changed))
    clients.s3().put_object(Bucket="tiles", Key=segments.address("country", forged), Body=changed)
    [row] = [row for row in register.rows() if row["pk"]["S"] == "register#country#segments"]
    row["files"]["L"][0]["L"] = [{"S": forged.digest}, {"N": "200"}, {"N": str(forged.bytes)}]
    in_table(row["pk"]["S"], row["sk"]["S"], files=row["files"])
    assert audited()["entry"] == 7


@pytest.mark.parametrize("number", [LOADED + 1, SIZE])
def test_an_item_that_was_changed_in_the_tail_is_found(register: Platform, number: int) -> None:
    in_table(f"register#country#tail#{(number - 1) // 256:08}", f"{number - 1:012}", item={"S": '{"country":"forged"}'})
    assert audited()["entry"] == number


@pytest.mark.parametrize(("name", "value"), [("key", "K1"), ("timestamp", "2001-01-01T00:00:00Z")])
def test_a_key_and_a_time_that_were_changed_are_found(register: Platform, name: str, value: str) -> None:
    in_table("register#country#tail#00000002", f"{SIZE - 1:012}", **{name: {"S": value}})
    assert audited()["entry"] == SIZE


def test_an_entry_that_is_gone_is_found(register: Platform) -> None:
    clients.dynamodb().delete_item(
        TableName="registers", Key={"pk": {"S": "register#country#tail#00000002"}, "sk": {"S": f"{LOADED + 2:012}"}}
    )
    assert audited()["entry"] == LOADED + 3
    in_segment(300, lambda lines: b"".join(lines.splitlines(keepends=True)[:150]))
    assert audited()["entry"] == 351


@pytest.mark.parametrize("damage", [lambda kept: kept[:500], lambda kept: b"no gzip", lambda kept: b""])
def test_a_segment_that_cannot_be_read_is_found(register: Platform, damage: Callable[[bytes], bytes]) -> None:
    rewrite(segments.address("country", files()[1][1]), damage)
    found = audited()
    assert 201 <= found["entry"] <= 400
    assert "segment" in found["what"] or "is not there" in found["what"]


def test_what_an_entry_is_owed_to_is_covered_by_its_segment(register: Platform) -> None:
    log.cut_tail("country")
    in_segment(SIZE, lambda lines: lines.replace(b"root-595", b"root-000"))
    found = audited()
    assert (found["entry"], "what they are owed to" in found["what"]) == (LOADED + 1, True)


def test_a_segment_and_an_index_that_are_gone_are_found(register: Platform) -> None:
    clients.s3().delete_object(Bucket="tiles", Key=segments.address("country", files()[2][1]))
    assert audited()["entry"] == 401
    [row] = [row for row in register.rows() if row["pk"]["S"] == "register#country#segments"]
    clients.dynamodb().delete_item(TableName="registers", Key={"pk": row["pk"], "sk": row["sk"]})
    assert audited()["entry"] == 1


def test_a_tile_that_was_changed_or_is_gone_is_found(register: Platform) -> None:
    rewrite("registers/country/tile/0/001", lambda kept: kept[: 9 * 32] + bytes(32) + kept[10 * 32 :])
    assert audited()["entry"] == TILE_WIDTH + 10
    clients.s3().delete_object(Bucket="tiles", Key="registers/country/tile/0/001")
    assert (audited()["entry"], audited()["what"]) == (TILE_WIDTH + 1, "tile 0/1 of the tree is not there")


def test_a_head_that_was_changed_is_found(register: Platform) -> None:
    head = log.head("country")
    assert head
    forged = [*head.frontier.tiles[:-1], head.frontier.tiles[-1][:-32] + bytes(32)]
    in_table("register#country", "head", tiles={"L": [{"B": tile} for tile in forged]})
    assert "the head's frontier is not that of the entries" in audited()["what"]


def test_a_log_that_was_written_anew_in_every_place_is_found_by_an_earlier_checkpoint(register: Platform) -> None:
    head = log.head("country")
    assert head
    roots = {str(SIZE): printed(head.root)}
    assert "what" not in audited(roots=roots)
    for row in register.rows():
        clients.dynamodb().delete_item(TableName="registers", Key={"pk": row["pk"], "sk": row["sk"]})
    rows = ((f"K{number}", b'{"country":"forged"}') for number in range(SIZE))
    log.load("country", "foreign-office", segments.stage("country", rows), Origin("load", "s", "c", "1"))
    assert "what" not in audited()
    assert "a checkpoint says sha-256:" in audited(roots=roots)["what"]


def test_an_audit_that_has_no_more_time_goes_on_where_it_ended(register: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SECONDS", -1)
    in_segment(450, lambda lines: lines.replace(b'{"country":"450"}', b'{"country":"forged"}'))
    answers = [audited()]
    while not answers[-1]["is_done"]:
        answers.append(audited(reached=answers[-1]["reached"]))
    assert [answer["reached"]["size"] for answer in answers] == [200, 400, 400]
    assert answers[-1]["entry"] == 450
