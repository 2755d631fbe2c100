from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from functions.common import clients, clock
from functions.common.failures import Invalid, Stale, Transient
from functions.data_access import tiles
from functions.data_access.merkle import Frontier, Tree
from functions.data_access.registers import Logged, Origin, Range, checked_item, entry_leaf
from functions.data_access.store import loading, log, segments, tail
from functions.data_access.store.segments import Line, Staged
from functions.data_access.store.table import table
from schemas.proof import leaf_bytes, leaf_hash, verify_inclusion

from .conftest import Platform

OWNER = "foreign-office"
LOAD = Origin("load-1", "uk.gov.foreign-office", "root-1", "2026-01-05")


class Crash(BaseException):
    """The function ends here, without a word."""


def rows(*keys: str, name: str = "One") -> Iterator[tuple[str, bytes]]:
    return ((key, checked_item({"country": key, "name": name}, ["country", "name"]).canonical) for key in keys)


def append(key: str, version: str = "2026-01-01", name: str = "Event", event: str = "") -> None:
    item = checked_item({"country": key, "name": name}, ["country", "name"])
    log.append("country", OWNER, key, item, Origin(event or f"event-{key}-{version}", "s", "c", version))


def append_many(most: int) -> None:
    # moto copies the whole table before each transaction, to undo what fails: nothing fails here, and it takes minutes.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("moto.dynamodb.models.copy", SimpleNamespace(deepcopy=lambda tables: tables))
        for number in range(most):
            append(f"K{number}")


@contextmanager
def _later() -> Iterator[None]:
    """When the lease of a load that crashed has run out."""
    later = clock.epoch() + loading.LEASE + 60
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "epoch", lambda: later)
        yield


def whole_log() -> list[Logged]:
    head = log.head("country")
    return [*log.since("country", 0, head.size)] if head else []


def is_sound() -> bool:
    """Whether the head's root is that of the log as it can be read, and every full tile is in its place."""
    head, frontier = log.head("country"), Frontier()
    logged = whole_log()
    for one in logged:
        frontier, _ = frontier.append(leaf_hash(leaf_bytes(one.entry.wire())))
    if head is None or head.frontier != frontier or [one.number for one in logged] != [*range(1, head.size + 1)]:
        return False
    tiles.fetch.cache_clear()
    tree = Tree(head.frontier, lambda level, index: tiles.fetch("country", level, index))
    step = max(1, head.size // 50)
    return all(
        verify_inclusion(
            leaf_hash(leaf_bytes(one.entry.wire())), one.number - 1, head.size, tree.inclusion(one.number - 1, head.size), head.root
        )
        for one in logged[::step]
    )


def test_a_load_is_entries_in_the_order_of_its_rows_owed_to_one_event(platform: Platform) -> None:
    append("GB")
    assert log.load("country", OWNER, segments.stage("country", rows("FR", "DE", "GB")), LOAD) == Range(2, 4)
    assert [(one.number, one.key) for one in whole_log()] == [(1, "GB"), (2, "FR"), (3, "DE"), (4, "GB")]
    assert {one.origin for one in whole_log()[1:]} == {LOAD}
    assert is_sound()
    assert platform.get("/registers/country/records/GB").json["GB"]["item"] == [{"country": "GB", "name": "One"}]


def test_a_load_says_so_once_with_the_root_that_covers_it(platform: Platform) -> None:
    append("GB")
    log.load("country", OWNER, segments.stage("country", rows("FR", "DE")), LOAD)
    said = platform.outbox()
    assert [event["type"] for event in said] == ["platform.EntriesAppended.v1"]  # the entry of the event was cut from the tail by the load
    proof = platform.get("/registers/country/proof/register/merkle:sha-256").json
    assert said[0]["data"] == {"register_name": "country", "first": 2, "last": 3, "total_entries": 3, "root_hash": proof["root-hash"]}


def test_a_repeated_load_changes_nothing_and_names_the_same_entries(platform: Platform) -> None:
    staged = segments.stage("country", rows("FR", "DE"))
    done = log.load("country", OWNER, staged, LOAD)
    append("GB")
    before = platform.rows()
    assert log.load("country", OWNER, staged, LOAD) == done == Range(1, 2)
    assert platform.rows() == before


def test_nothing_to_load_changes_no_entry(platform: Platform) -> None:
    append("GB")
    assert log.load("country", OWNER, Staged("country"), LOAD) == Range(2, 1)
    append("FR")
    assert [one.key for one in whole_log()] == ["GB", "FR"]


def test_lines_keep_the_time_that_they_bring(platform: Platform) -> None:
    times = ["2016-04-05T13:23:05Z", "2016-04-05T13:23:06Z"]
    for event, time in enumerate(times):
        staged = segments.stage("country", rows(f"K{event}"), time)
        log.load("country", OWNER, staged, Origin(f"load-{event}", "s", "c", "1"))
    assert [one.timestamp for one in whole_log()] == times
    assert is_sound()


def test_a_load_over_many_files_and_tiles_is_proven_as_a_whole(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MOST_LINES", 100)
    monkeypatch.setattr(segments, "FILES_TO_AN_ITEM", 3)
    append("GB")
    staged = segments.stage("country", rows(*(f"{letter}{number}" for letter in "KL" for number in range(450))))
    assert log.load("country", OWNER, staged, LOAD) == Range(2, 901)
    assert len([row for row in platform.rows() if row["pk"]["S"].endswith("#segments")]) == 1 + 3
    append("FR", "2026-01-06")
    assert is_sound()
    assert [one.key for one in log.since("country", 440, 453)] == [*(f"K{number}" for number in range(439, 450)), "L0", "L1"]


def test_root_hashes_that_hold_are_no_hindrance_and_one_that_does_not_stops_it_all(platform: Platform) -> None:
    append("GB")
    stands = log.head("country")
    assert stands
    made = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [Line(key, canonical.decode(), made) for key, canonical in rows("FR", "DE")]
    roots, frontier = {0: stands.root}, stands.frontier
    for number, one in enumerate(
        segments.numbered(segments.Segment(2, segments.File("", 2, 0), "", segments.written_origin(LOAD)), lines, 0, 9), 1
    ):
        frontier, _ = frontier.append(entry_leaf(one.number, one.timestamp, one.key, one.hash))
        roots[number] = frontier.root()
    staged = segments.stage_lines("country", lines)
    with pytest.raises(Invalid, match=r"root-hash: is sha-256:.* after 2 entries, and the register's is sha-256:"):
        log.load("country", OWNER, staged, LOAD, roots | {1: stands.root})
    assert [one.key for one in whole_log()] == ["GB"]
    assert log.load("country", OWNER, staged, LOAD, roots) == Range(2, 3)


def test_a_register_of_another_department_is_not_loaded(platform: Platform) -> None:
    append("GB")
    with pytest.raises(Invalid, match="home-office has no register country"):
        log.load("country", "home-office", segments.stage("country", rows("FR")), LOAD)
    append("FR")


def test_a_damaged_file_is_not_loaded(platform: Platform) -> None:
    staged = segments.stage("country", rows("FR"))
    [kept] = clients.s3().list_objects_v2(Bucket="tiles", Prefix="staged/country/")["Contents"]
    clients.s3().put_object(Bucket="tiles", Key=kept["Key"], Body=b"other")
    with pytest.raises(segments.Damaged):
        log.load("country", OWNER, staged, LOAD)
    assert whole_log() == []


def test_an_event_during_a_load_waits_and_is_appended_after_it(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    met = list[bool]()
    grow = loading._grow

    def with_an_event_meanwhile(*args: Any) -> str:
        met.append(platform.submit("DE", {"country": "DE"}, id="9"))
        return grow(*args)

    append("GB")
    monkeypatch.setattr(loading, "_grow", with_an_event_meanwhile)
    log.load("country", OWNER, segments.stage("country", rows("FR")), LOAD)
    assert met == [False]
    assert platform.submit("DE", {"country": "DE"}, id="9")
    assert [one.key for one in whole_log()] == ["GB", "FR", "DE"]


def test_two_loads_at_once_are_one_after_the_other(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    grow, second = loading._grow, Origin("load-2", "s", "c", "2")

    def with_another_meanwhile(*args: Any) -> str:
        monkeypatch.setattr(loading, "_grow", grow)
        with pytest.raises(Transient, match="a load into country is under way"):
            log.load("country", OWNER, segments.stage("country", rows("DE")), second)
        return grow(*args)

    monkeypatch.setattr(loading, "_grow", with_another_meanwhile)
    log.load("country", OWNER, segments.stage("country", rows("FR")), LOAD)
    log.load("country", OWNER, segments.stage("country", rows("DE")), second)
    assert [one.key for one in whole_log()] == ["FR", "DE"]
    assert is_sound()


def test_a_load_whose_lease_ran_out_commits_nothing_once_another_has_appended(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    grow = loading._grow

    def slowly(*args: Any) -> str:
        with _later():
            append("DE")
        return grow(*args)

    append("GB")
    monkeypatch.setattr(loading, "_grow", slowly)
    with pytest.raises(Transient, match="ran out"):
        log.load("country", OWNER, segments.stage("country", rows("FR")), LOAD)
    assert [one.key for one in whole_log()] == ["GB", "DE"]
    assert is_sound()


def test_a_late_event_loses_to_what_a_newer_load_brought_and_to_nothing_else(platform: Platform) -> None:
    log.load("country", OWNER, segments.stage("country", rows("FR", "DE")), LOAD)
    with pytest.raises(Stale, match="a load has brought a newer FR"):
        append("FR", "2026-01-04")
    append("GB", "2026-01-04")
    append("FR", "2026-01-06")
    with pytest.raises(Stale, match="entry 4 of country is newer"):
        append("FR", "2026-01-05")
    assert [one.key for one in whole_log()] == ["FR", "DE", "GB", "FR"]


def test_a_late_event_may_ask_something_quicker_than_the_whole_log(platform: Platform) -> None:
    log.load("country", OWNER, segments.stage("country", rows("FR")), LOAD)
    asked = list[tuple[str, str]]()

    def quicker(register: str, key: str) -> Origin:
        asked.append((register, key))
        return LOAD

    item = checked_item({"country": "FR"}, ["country"])
    with pytest.raises(Stale):
        log.append("country", OWNER, "FR", item, Origin("e", "s", "c", "2026"), quicker)
    assert asked == [("country", "FR")]


def test_an_append_after_a_load_costs_one_read_and_one_transaction(platform: Platform, calls: Callable[[], list[str]]) -> None:
    log.load("country", OWNER, segments.stage("country", rows("FR")), LOAD)
    calls()
    append("GB", "2026-01-06")
    assert calls() == ["BatchGetItem", "TransactWriteItems"]


def test_a_cut_tail_reads_as_before_and_costs_no_entry_its_origin(platform: Platform) -> None:
    append_many(300)
    before = whole_log()
    assert log.cut_tail("country") == 300
    assert [*tail.read("country", 0, 300)] == []
    assert whole_log() == before
    append("GB")
    assert whole_log()[:300] == before
    assert log.cut_tail("country") == 301
    assert log.cut_tail("country") == 301
    assert is_sound()


def test_a_reader_whose_tail_is_cut_under_way_reads_on_in_the_segment(platform: Platform) -> None:
    append_many(300)
    reading = log.since("country", 0, 300)
    begun = [next(reading) for _ in range(10)]
    log.cut_tail("country")
    assert [one.number for one in [*begun, *reading]] == [*range(1, 301)]


def test_appends_go_on_while_the_tail_is_cut(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    transact = table.transact

    def with_an_append_before(*writes: Any) -> None:
        monkeypatch.setattr(table, "transact", transact)
        append("DE")
        transact(*writes)

    append("GB")
    monkeypatch.setattr(table, "transact", with_an_append_before)
    assert log.cut_tail("country") == 1
    assert [one.key for one in whole_log()] == ["GB", "DE"]
    assert is_sound()


def test_of_two_cuts_at_once_one_moves_the_tail(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    transact = table.transact

    def with_another_before(*writes: Any) -> None:
        monkeypatch.setattr(table, "transact", transact)
        log.cut_tail("country")
        transact(*writes)

    append("GB")
    monkeypatch.setattr(table, "transact", with_another_before)
    assert log.cut_tail("country") == 1
    assert len([row for row in platform.rows() if row["pk"]["S"].endswith("#segments")]) == 1
    assert is_sound()


def test_a_log_that_does_not_go_so_far_is_not_cut_short_in_silence(platform: Platform) -> None:
    append("GB")
    with pytest.raises(Transient, match="entry 2 of country is not there"):
        list(log.since("country", 0, 2))


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
@pytest.mark.parametrize("work", ["load", "cut"])
def test_a_crash_at_any_call_leaves_the_log_whole_and_the_work_to_be_done_again(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, work: str, moment: str
) -> None:
    """Every call once: before it reaches AWS, or when it has and its answer is lost with the process."""
    staged = segments.stage("country", rows("FR", "DE"))

    def do(number: int) -> None:
        if work == "cut":
            log.cut_tail("country")
        else:
            log.load("country", OWNER, staged, Origin(f"load-{number}", "s", "c", "2026-01-05"))

    for number in count(1):
        append("GB", f"2026-02-{number:03}")
        size = len(whole_log())
        crashed = _crash_at_call(number, moment, partial(do, number))
        with _later():
            assert len(whole_log()) in (size, size + 2 if work == "load" else size)
            assert is_sound()
            do(number)
            assert is_sound()
            assert len(whole_log()) == (size + 2 if work == "load" else size)
            assert [*tail.read("country", 0, size)] == []
        if not crashed:
            assert number > 8
            return


def _crash_at_call(number: int, moment: str, work: Callable[[], object]) -> bool:
    """Do the work in a process that ends at its n-th call to AWS; whether it came to that."""
    made = list[str]()

    def end(model: Any = None, **_: object) -> None:
        made.append(str(model))
        if len(made) >= number:
            raise Crash

    used = (clients.dynamodb(), clients.s3())
    for client in used:
        client.meta.events.register(moment, end, unique_id="crash")
    try:
        work()
    except Crash:
        return True
    finally:
        for client in used:
            client.meta.events.unregister(moment, end, unique_id="crash")
    return False


def test_any_mixture_of_events_loads_and_cuts_is_one_sound_log(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MOST_LINES", 7)
    drawn, expected = random.Random(5), list[str]()
    for step in range(40):
        keys = [f"K{drawn.randrange(9)}" for _ in range(drawn.randrange(1, 30))]
        match drawn.choice(["event", "event", "load", "cut"]):
            case "event":
                append(keys[0], f"2026-03-{step:02}")
                expected.append(keys[0])
            case "load":
                log.load("country", OWNER, segments.stage("country", rows(*keys)), Origin(f"load-{step}", "s", "c", f"2026-03-{step:02}"))
                expected += keys
            case "cut":
                log.cut_tail("country")
    assert [one.key for one in whole_log()] == expected
    assert is_sound()
    for _ in range(20):
        after, upto = sorted(drawn.randrange(len(expected) + 1) for _ in range(2))
        assert [one.key for one in log.since("country", after, upto)] == expected[after:upto]
