"""A replica follows its log: whatever was appended, and however it came by it, it says what the log says."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.common.failures import Transient
from functions.data_access.canonical import Item
from functions.data_access.registers import Logged, Origin
from functions.data_access.replica import Replica, files, following, kept
from functions.data_access.replica.copying import write_copy
from tests.laws import examples
from tests.unit.data_access.following import COUNTRIES, DICTIONARIES, Written, as_at, forget, model, written

__all__ = ["written"]

BRITAIN: Item = {"country": "GB", "name": "United Kingdom", "people": "69000000", "languages": ["English", "Welsh"]}
FRANCE: Item = {"country": "FR", "name": "France", "area": "543940.5", "island": "false"}

keys = st.sampled_from(["GB", "FR", "DE", "a/b", "né", "'; DROP TABLE records"])
texts = st.sampled_from(["", "1", "007", "2.5", "true", "Île", "a b", 'x"y', "\t", "9" * 25])
items = st.fixed_dictionaries(
    {},
    optional={
        "country": texts,
        "name": texts,
        "people": texts,
        "area": texts,
        "island": texts,
        "languages": st.lists(texts, max_size=2),
        "unknown": texts,
    },
)
steps = st.one_of(
    st.tuples(st.just("append"), keys, items),
    st.tuples(st.just("append"), keys, items),
    st.tuples(st.just("remove"), keys, st.none()),
    st.tuples(st.sampled_from(["snapshot", "forget", "read"]), st.sampled_from([0, 1]), st.none()),
)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(steps, max_size=30), last=st.sampled_from([0, 1]), batch=st.sampled_from([1, 2, 3, 5000]))
def test_a_replica_says_what_the_log_says_as_at_every_entry_however_it_was_made(
    taken: list[tuple[str, object, dict[str, str | list[str]] | None]],
    last: int,
    batch: int,
    written: Written,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "BATCH", batch)
    forget()
    written.entries.clear()
    written.copy = None
    for step, what, item in taken:
        match step, what:
            case "append" | "remove", str(key):
                written.append(key, item or {})
            case "snapshot", int(which):
                written.snapshot(DICTIONARIES[which])
            case "read", int(which):
                written.at(None, DICTIONARIES[which])
            case _:
                forget()
    dictionary = DICTIONARIES[last]
    with written.at(None, dictionary) as current:
        assert current.size == len(written.entries)
        for number in range(current.size + 1):
            assert as_at(current, number) == model(written.entries, dictionary, number)
        says_what_registers_show(current, written.entries)
        if dictionary.search:
            finds_every_word(current, model(written.entries, dictionary, current.size))


def says_what_registers_show(current: Replica, entries: list[Logged]) -> None:
    latest = {one.key: one for one in entries}
    assert current.total == len(latest)
    assert [*current.entries(1, 100)] == [one.entry for one in entries]
    assert [record.entry for record in current.records(0, 100)] == [one.entry for one in latest.values()]
    for place, (key, one) in enumerate(latest.items()):
        trail = [entry.entry for entry in entries if entry.key == key]
        record = current.record(key)
        assert record is not None
        assert (record.entry, record.item) == (one.entry, json.loads(one.canonical))
        assert [found.entry.key for found in current.records(place, 1)] == [key]
        assert current.trail(key, 1, 100) == trail
        assert current.trail(key, 2, 1) == trail[1:2]
        assert current.revisions(key) == len(trail)
        assert current.item(one.entry.item_hash) == one.canonical
        assert current.removed(key) == (one.number if one.is_removal else None)


def finds_every_word(current: Replica, records: dict[str, tuple[object, ...]]) -> None:
    for word in ("007", "Île", "a", "true"):
        found = current.connection.execute("SELECT rowid FROM records_text WHERE name MATCH ?", (f'"{word}"',)).fetchall()
        assert {row[0] for row in found} == {row[0] for row in records.values() if word in str(row[3]).split()}


def test_a_read_after_an_append_sees_it_and_one_without_reads_nothing_of_the_log(written: Written) -> None:
    written.append("GB", BRITAIN)
    assert written.at().record("FR") is None
    written.append("FR", FRANCE)
    with written.at() as current:
        assert [record.entry.key for record in current.records(0, 10)] == ["GB", "FR"]
    written.at()
    assert written.given == [(0, 1), (1, 2)]


def test_a_new_process_begins_with_the_snapshot_and_takes_what_is_new(written: Written) -> None:
    written.append("GB", BRITAIN)
    written.snapshot()
    written.append("FR", FRANCE)
    forget()
    written.given.clear()
    assert written.at().total == 2
    assert written.given == [(1, 2)]


def test_who_looks_at_a_state_goes_on_seeing_it_while_others_move_on(written: Written) -> None:
    written.append("GB", BRITAIN)
    with written.at() as before:
        written.append("FR", FRANCE)
        in_another_thread(written.at)
        assert before.record("FR") is None
        assert before.connection.execute("SELECT count(*) FROM records").fetchone() == (1,)
    assert written.at().record("FR") is not None


def test_threads_share_no_connection_and_all_see_the_log(written: Written) -> None:
    connections, failures = list[sqlite3.Connection](), list[BaseException]()

    def read() -> None:
        try:
            for _ in range(20):
                number = written.append(threading.current_thread().name, BRITAIN)
                with written.at(number) as current:
                    assert current.entry(number) is not None
                    assert current.size >= number
            connections.append(current.connection)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=read, name=f"T{number}") for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len({id(connection) for connection in connections}) == 4


@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_catch_up_that_breaks_off_leaves_the_replica_as_it_was(written: Written, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    monkeypatch.setattr(following, "BATCH", 1)
    written.append("GB", BRITAIN)
    for _ in range(4):
        written.append("FR", FRANCE)
    written.at(1)
    whole = written.since

    def broken(register: str, number: int, upto: int) -> Iterator[Logged]:
        yield from list(whole(register, number, upto))[:at]
        raise ConnectionError("S3 is gone")

    monkeypatch.setattr(written, "since", broken)
    with pytest.raises(ConnectionError):
        written.at()
    with written.at(1) as current:
        assert (current.size, as_at(current, 9)) == (1, model(written.entries, COUNTRIES, 1))
    monkeypatch.setattr(written, "since", whole)
    with written.at() as current:
        assert as_at(current, 9) == model(written.entries, COUNTRIES, 5)


def test_a_first_making_that_breaks_off_leaves_no_file(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    written.append("GB", BRITAIN)
    before = set(files.folder().iterdir())
    monkeypatch.setattr(written, "since", lambda *_: iter([written.entries[0]] * 2))
    with pytest.raises(Transient, match="goes on after entry 0 with another"):
        written.at()
    assert set(files.folder().iterdir()) == before


def test_a_log_with_a_gap_is_not_followed(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        written.append("GB", BRITAIN)
    written.at(1)
    monkeypatch.setattr(written, "since", lambda *_: iter(written.entries[2:]))
    with pytest.raises(Transient):
        written.at()
    assert written.at(1).size == 1


@pytest.mark.parametrize(
    "harm",
    [lambda path: path.write_bytes(b"no database"), lambda path: path.write_bytes(path.read_bytes()[:9000]), lambda path: path.unlink()],
)
def test_a_file_that_was_harmed_is_made_again(written: Written, harm: object) -> None:
    written.append("GB", BRITAIN)
    written.at().leave()
    [one] = kept._all.values()
    in_another_thread(lambda: harm(one.path))  # type: ignore[operator]
    written.append("FR", FRANCE)
    seen: list[int] = []
    # A thread of its own has no connection yet.
    in_another_thread(lambda: seen.append(written.at().total))
    assert seen == [2]


@pytest.mark.parametrize("copied", [b"", b"no database at all", b"SQLite format 3\0" + bytes(4096)])
def test_a_snapshot_that_is_no_replica_is_not_used(written: Written, copied: bytes) -> None:
    written.append("GB", BRITAIN)
    written.copy = written.folder / "broken.sqlite"
    written.copy.write_bytes(copied)
    with written.at() as current:
        assert as_at(current, 1) == model(written.entries, COUNTRIES, 1)


def test_a_snapshot_of_another_layout_is_not_used(written: Written) -> None:
    written.append("GB", BRITAIN)
    written.snapshot()
    assert written.copy
    with closing(sqlite3.connect(written.copy)) as older, older:
        older.execute("UPDATE about SET value = 0 WHERE name = 'tables'")
        older.execute("DELETE FROM entries")
    forget()
    assert written.at().record("GB") is not None


def test_the_least_recently_used_go_when_there_is_no_room(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    written.append("GB", BRITAIN)
    for register in ("one", "two", "three"):
        kept.at(register, COUNTRIES, 1)
    kept.at("one", COUNTRIES, 1)
    room = sum(files.size(one.path) for one in kept._all.values())
    monkeypatch.setenv("REPLICA_BYTES", str(room))
    kept.at("four", COUNTRIES, 1)
    assert list(kept._all) == ["three", "one", "four"]
    monkeypatch.setenv("REPLICA_BYTES", "1")
    assert kept.at("four", COUNTRIES, written.append("FR", FRANCE)).total == 2
    assert list(kept._all) == ["four"]
    assert len(list(files.folder().glob("*.sqlite"))) == 1


def test_a_copy_is_the_same_bytes_however_the_replica_came_to_its_entries(written: Written, tmp_path: Path) -> None:
    for number in range(30):
        written.append(
            f"K{number % 7}", {} if number % 5 == 0 else {**BRITAIN, "people": str(number)}, Origin(str(number // 3), "s", "c", "1")
        )
    with written.at() as current:
        write_copy(current, tmp_path / "at once")
    forget()
    for number in range(1, 31):
        written.at(number)
    with written.at() as current:
        write_copy(current, tmp_path / "one by one")
    assert (tmp_path / "at once").read_bytes() == (tmp_path / "one by one").read_bytes()


def test_a_facet_finds_values_and_members_of_lists_and_nothing_that_was_removed(written: Written) -> None:
    written.append("GB", BRITAIN)
    written.append("FR", FRANCE)
    written.append("IE", {**BRITAIN, "country": "IE"})
    written.append("IE", {})
    with written.at() as current:
        assert [record.entry.key for record in current.having("languages", "Welsh", 10)] == ["GB"]
        assert [record.entry.key for record in current.having("people", "69000000", 10)] == ["GB"]
        assert [record.entry.key for record in current.having("island", "false", 10)] == ["FR"]
        assert current.having("people", "many", 10) == current.having("x' OR 1=1 --", "1", 10) == []


def test_nothing_can_be_written_through_what_readers_are_given(written: Written) -> None:
    written.append("GB", BRITAIN)
    with written.at() as current, pytest.raises(sqlite3.OperationalError, match="readonly"):
        current.connection.execute("DELETE FROM records")


def test_the_folder_of_a_process_that_was_killed_is_removed_and_that_of_a_living_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed = tmp_path / f"{files.PREFIX}killed"
    killed.mkdir()
    (killed / "lock").touch()
    (killed / "country.sqlite").touch()
    living = files.folder.__wrapped__()
    other = files.folder.__wrapped__()
    assert not killed.exists()
    assert living.exists()
    assert other.exists()


def in_another_thread(work: object) -> None:
    thread = threading.Thread(target=work)  # type: ignore[arg-type]
    thread.start()
    thread.join()
