"""Snapshots: whole files of a register as at an entry, built by whoever comes first, and never half there."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
from contextlib import closing, suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.common import clients, clock
from functions.data_access import building, dictionary, replica, snapshot
from functions.data_access.exports.parquet import write_parquet
from functions.data_access.exports.texts import write_csv, write_ndjson
from functions.data_access.store import log, snapshots
from tests.laws import examples
from tests.unit.data_access.conftest import Platform
from tests.unit.data_access.following import Written, forget, written
from tests.unit.data_access.snapshots_ground import ELM, OAK, TREES, Wood, calls_to_aws, new_process, wood

__all__ = ["wood", "written"]

FILES = ["records.csv.gz", "records.csv", "records.ndjson.gz", "history.parquet", "records.parquet", "replica.sqlite"]


def built() -> snapshots.Snapshot:
    head = log.head("tree")
    assert head is not None
    made = building.build("tree", head, dictionary.of(TREES))
    assert made is not None
    return made


def parquet(body: bytes, tmp_path: Path) -> list[tuple[Any, ...]]:
    file = tmp_path / f"{sha256(body).hexdigest()}.parquet"
    file.write_bytes(body)
    with duckdb.connect() as connection:
        return connection.execute("SELECT * FROM read_parquet(?) ORDER BY _id, _entry", [str(file)]).fetchall()


def test_a_snapshot_holds_the_records_in_every_form_and_says_what_they_are(wood: Wood, tmp_path: Path, platform: Platform) -> None:
    wood.append("T1", OAK)
    wood.load({"T2": ELM, "T3": OAK})
    wood.append("T3", {})
    made = built()
    assert (made.number, made.records, [file.name for file in made.files]) == (4, 2, FILES)
    assert wood.newest() == made
    assert wood.whole(made)
    files = wood.files(made)
    [head, first, second] = csv.reader(io.StringIO(gzip.decompress(files["records.csv.gz"]).decode(), newline=""))
    assert head == ["_key", "_entry", "_timestamp", "tree", "name", "height", "rings", "felled", "planted", "names"]
    assert (first[0], first[3:]) == ("T1", ["T1", "=1+1", "12.5", "80", "false", "1946-03-01", 'a;b;c"d'])
    assert (second[0], second[3:]) == ("T2", ["T2", 'a "quoted",\r\nname', "2.0", "", "true", "", ""])
    assert gzip.decompress(files["records.csv.gz"]) == files["records.csv"]
    oak, elm = map(json.loads, gzip.decompress(files["records.ndjson.gz"]).decode().splitlines())
    assert (oak["height"], oak["rings"], oak["felled"], oak["names"]) == (12.5, 80, False, ["a;b", 'c"d'])
    assert (elm["rings"], elm["felled"], elm["name"]) == (None, True, ELM["name"])
    with replica.at_head("tree") as current:
        assert parquet(files["records.parquet"], tmp_path) == wood.rows(current)
        history = parquet(files["history.parquet"], tmp_path)
    assert [(row[0], row[2], row[3]) for row in history] == [(1, 1, None), (2, 2, None), (3, 3, 4)]
    said = wood.said(platform)
    assert (said["data"]["entry_number"], said["data"]["total_records"]) == (4, 2)
    assert said["data"]["files"][0] == {"name": FILES[0], "bytes": len(files[FILES[0]]), "hash": f"sha-256:{made.files[0].sha256}"}


def test_a_new_process_reads_what_the_snapshot_has_and_then_what_is_new(wood: Wood) -> None:
    wood.load({f"T{number}": OAK for number in range(300)})
    built()
    wood.append("T300", ELM)
    with replica.at_head("tree") as current:
        there = wood.rows(current)
    new_process()
    with replica.at_head("tree") as current:
        assert current.size == 301
        assert wood.rows(current) == there


def test_a_replica_that_was_tampered_with_is_fetched_again_and_then_made_from_the_log(wood: Wood, monkeypatch: pytest.MonkeyPatch) -> None:
    wood.append("T1", OAK)
    made = built()
    key = snapshots.address("tree", made.number, "replica.sqlite")
    clients.s3().put_object(Bucket="tiles", Key=key, Body=wood.files(made)["replica.sqlite"].replace(b"1946", b"1066"))
    new_process()
    fetched: list[str] = []
    clients.s3().meta.events.register("before-call.s3.GetObject", lambda **_: fetched.append("again"))
    with replica.at_head("tree") as current:
        record = current.record("T1")
    assert record is not None
    assert record.item["planted"] == "1946-03-01"
    assert len(fetched) == 2


def test_a_long_tail_is_cut_first(wood: Wood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "LONGEST_TAIL", 3)
    for number in range(3):
        wood.append(f"T{number}", OAK)
    built()
    head = log.head("tree")
    assert head is not None
    assert head.segmented == 3


def test_a_snapshot_is_due_with_a_thousand_entries_or_when_it_is_old_and_something_is_new(
    wood: Wood, monkeypatch: pytest.MonkeyPatch
) -> None:
    def due() -> int | None:
        made = building.build_if_due("tree", dictionary.of(TREES))
        return made.number if made else None

    assert due() is None
    wood.append("T1", OAK)
    assert due() == 1
    wood.append("T2", OAK)
    assert due() is None
    monkeypatch.setattr(building, "MOST_NEW", 2)
    wood.append("T3", OAK)
    assert due() == 3
    wood.append("T4", OAK)
    assert due() is None
    later = clock.now() + building.OLDEST
    monkeypatch.setattr(clock, "now", lambda: later)
    assert due() == 4
    much_later = later + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: much_later)
    assert due() is None


class Crash(BaseException):
    """The function is no more."""


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_crash_at_any_call_leaves_the_old_snapshot_and_the_next_try_builds_the_new_one(wood: Wood, where: str) -> None:
    wood.append("T1", OAK)
    old = built()
    made: list[str] = []
    crash_at = [10**9]

    def count(name: str) -> None:
        made.append(name)
        if len(made) == crash_at[0]:
            raise Crash

    calls_to_aws(*((count, lambda _: None) if where == "before" else (lambda _: None, count)))
    tries = 0
    for number in range(2, 30):
        wood.append(f"T{number}", ELM)
        made.clear()
        crash_at[0] = number - 1
        try:
            done = built()
        except Crash:
            tries += 1
            crashed, crash_at[0] = made[-1], 10**9
            newest = wood.newest()
            assert newest is not None
            # Only after its last call, the record of it, is a snapshot there.
            assert newest == old or (crashed, where) == ("TransactWriteItems", "after")
            assert wood.whole(newest)
            head = log.head("tree")
            assert head is not None
            building.build("tree", head, dictionary.of(TREES))
            new_process()
            done = wood.newest() or old
            assert (done.number, wood.whole(done)) == (number, True)
            old = done
        else:
            crash_at[0] = 10**9
            assert (done.number, wood.whole(done)) == (number, True)
            break
    assert tries >= len(FILES) + 1


def test_two_builders_at_once_leave_one_snapshot_and_it_is_whole(wood: Wood, monkeypatch: pytest.MonkeyPatch) -> None:
    wood.append("T1", OAK)
    put, others = building._keep, list[snapshots.Snapshot | None]()
    head = log.head("tree")
    assert head is not None

    def overtaken(key: str, path: Path) -> snapshots.File:
        if not others:
            others.append(None)
            # The other one runs a later version of this code, whose files are not the same.
            monkeypatch.setattr("functions.data_access.exports.texts.LEVEL", 1)
            others[0] = building.build("tree", head, dictionary.of(TREES))
        return put(key, path)

    monkeypatch.setattr(building, "_keep", overtaken)
    assert building.build("tree", head, dictionary.of(TREES)) is None
    [other] = others
    assert wood.newest() == other
    assert other is not None
    assert wood.whole(other)


def test_who_asks_while_a_snapshot_is_built_is_answered_as_before(wood: Wood, monkeypatch: pytest.MonkeyPatch) -> None:
    wood.append("T1", OAK)
    built()
    seen: list[int] = []
    put = building._keep

    def asked_meanwhile(key: str, path: Path) -> snapshots.File:
        newest = wood.newest()
        seen.append(newest.number if newest else 0)
        return put(key, path)

    monkeypatch.setattr(building, "_keep", asked_meanwhile)
    wood.append("T2", ELM)
    built()
    assert set(seen) == {1}


def test_the_same_entries_give_the_same_bytes_whoever_builds_and_when(wood: Wood, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        wood.append(f"T{number % 7}", {} if number % 6 == 5 else {**OAK, "rings": str(number)})
        replica.at_head("tree").leave()
    first = wood.files(built())
    for key in first:
        clients.s3().delete_object(Bucket="tiles", Key=snapshots.address("tree", 20, key))
    log.cut_tail("tree")
    new_process()
    monkeypatch.setattr(snapshots, "newest", lambda _: None)
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    head = log.head("tree")
    assert head is not None
    with suppress(Exception):
        building.build("tree", head, dictionary.of(TREES))
    again = {key: clients.s3().get_object(Bucket="tiles", Key=snapshots.address("tree", 20, key))["Body"].read() for key in first}
    assert {name: sha256(body).hexdigest() for name, body in again.items()} == {
        name: sha256(body).hexdigest() for name, body in first.items()
    }


values = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
rows = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": values,
            "people": values | st.integers().map(str),
            "area": st.floats(allow_nan=False).map(repr),
            "island": st.sampled_from(["true", "false", "x"]),
            "languages": st.lists(values, max_size=3),
        },
    ),
    max_size=5,
)


@settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=rows)
def test_whatever_stands_in_a_record_is_read_back_from_its_files_as_it_was(items: list[dict[str, Any]], written: Written) -> None:
    forget()
    written.entries.clear()
    for number, item in enumerate(items):
        written.append(f"K{number % 3}", item)
    folder = written.folder
    for left in folder.iterdir():
        left.unlink()
    with written.at() as current:
        rows = current.connection.execute("SELECT * FROM records ORDER BY _id").fetchall()
        fields = current.dictionary.fields
        everything, back = (
            parquet(path.read_bytes(), folder) for path in list(write_parquet(current, folder / "h.parquet", folder / "r.parquet"))
        )
        assert back == rows
        past = current.connection.execute("SELECT * FROM past").fetchall()
        assert sorted(row for row in everything if row[3] is not None) == sorted(past, key=lambda row: row[:4])
        assert [(*row[:3], *row[4:]) for row in everything if row[3] is None] == rows
        write_csv(current, folder / "r.csv", folder / "r.csv.gz")
        lines = list(csv.reader((folder / "r.csv").open(encoding="utf-8", newline="")))
        assert [line[3:5] for line in lines[1:]] == [[row[4] or "", row[5] or ""] for row in rows]
        write_ndjson(current, folder / "r.gz")
        objects = [json.loads(line) for line in gzip.decompress((folder / "r.gz").read_bytes()).decode().split("\n")[:-1]]
    expected = [[field.value(cell) for field, cell in zip(fields, row[4:], strict=True)] for row in rows]
    assert [[one[field.name] for field in fields] for one in objects] == expected


def test_files_that_are_too_large_for_what_they_are_for_are_left_out(wood: Wood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.data_access.exports.writing.LARGEST_PLAIN", 10)
    monkeypatch.setattr("functions.data_access.exports.writing.LARGEST_REPLICA", 10)
    wood.append("T1", OAK)
    assert [file.name for file in built().files] == [name for name in FILES if name not in ("records.csv", "replica.sqlite")]
    new_process()
    assert replica.at_head("tree").total == 1


def test_the_replica_among_the_files_can_be_opened_by_anybody(wood: Wood, tmp_path: Path) -> None:
    wood.append("T1", OAK)
    (tmp_path / "trees.sqlite").write_bytes(wood.files(built())["replica.sqlite"])
    with closing(sqlite3.connect(tmp_path / "trees.sqlite")) as connection:
        assert connection.execute(
            "SELECT records.name, rings FROM records JOIN records_text ON records_text.rowid = _id WHERE records_text MATCH '1946'"
        ).fetchall() == [("=1+1", 80)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def heard(*bodies: object) -> list[str]:
    """Hand messages to the consumer; gives those that were not acknowledged."""
    snapshot._looked_at.clear()
    records = [
        {
            "messageId": str(number),
            "receiptHandle": "handle",
            "body": json.dumps(body),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-2:123456789012:quarantine",
        }
        for number, body in enumerate(bodies)
    ]
    answer = snapshot.snapshot({"Records": records}, SimpleNamespace())  # type: ignore[arg-type]  # any context will do
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def appended(register: str = "tree") -> dict[str, Any]:
    return {"detail-type": "platform.RecordAppended.v1", "detail": {"data": {"register_name": register, "entry_number": 1}}}


def test_entries_that_come_together_have_their_register_looked_at_once(wood: Wood, monkeypatch: pytest.MonkeyPatch) -> None:
    wood.append("T1", OAK)
    looked: list[str] = []
    monkeypatch.setattr(building, "build_if_due", lambda register, _: looked.append(register))
    assert heard(*[appended()] * 50) == []
    assert looked == ["tree"]


def test_the_clock_and_whoever_asks_have_snapshots_built(wood: Wood) -> None:
    assert heard({"scheduled": "data_access.snapshot"}) == []
    assert wood.newest() is None
    wood.append("T1", OAK)
    assert heard({"scheduled": "data_access.snapshot"}) == []
    wood.append("T2", OAK)
    assert heard(appended()) == []
    assert [one.number for one in snapshots.listed("tree")] == [1]
    assert heard({"build": "tree"}) == []
    assert [one.number for one in snapshots.listed("tree")] == [2, 1]


@pytest.mark.parametrize("message", [appended("nowhere"), {"build": "nowhere"}, {"build": 1}, [], {"detail": {"data": {}}}])
def test_a_message_that_names_no_register_goes_to_quarantine(wood: Wood, platform: Platform, message: object) -> None:
    assert heard(message) == []
    [reason] = platform.quarantined()
    assert reason.startswith("register_name: ")
