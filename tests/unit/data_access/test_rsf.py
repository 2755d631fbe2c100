from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.data_access import rsf
from functions.data_access.canonical import canonical_json
from functions.data_access.dictionary import Dictionary, Field
from functions.data_access.merkle import Frontier
from functions.data_access.registers import Entry, Origin
from functions.data_access.rsf import SystemEntry, UserEntry
from schemas.proof import EMPTY_ROOT, printed

DICTIONARY = Dictionary((Field("address"), Field("street"), Field("also", cardinality="n")), "address")
STREETS = ["elvis", "presley", "ellis", "pretzel", "elfsley"]
ITEMS = [f'{{"address":"{str(number) * 4}","street":"{street}"}}' for number, street in enumerate(STREETS, 1)]
HASHES = [printed(sha256(item.encode()).digest()) for item in ITEMS]
TIME = "2017-06-12T14:05:01Z"
ROOT = bytes.fromhex("ba1a1d63119850b68a9a6f175001b797d5d559edf205ec596719a3cdcc27b9cb")
SYSTEM = [SystemEntry("name", TIME, {"name": "Addresses"}), SystemEntry("field:address", TIME, {"field": "address"})]


def entries() -> Iterator[Entry]:
    origin = Origin("e", "s", "c", "1")
    return (Entry(number, TIME, str(number) * 4, item_hash, origin) for number, item_hash in enumerate(HASHES, 1))


def item(item_hash: str) -> str | None:
    return dict(zip(HASHES, ITEMS, strict=True)).get(item_hash)


def nothing(_: str) -> None:
    return None


def problems(text: str) -> list[str]:
    return [str(problem) for problem in rsf.read(text.encode(), DICTIONARY, nothing).problems]


def test_a_whole_register_is_items_system_entries_and_entries_between_two_root_hashes() -> None:
    lines = "".join(rsf.whole_lines(SYSTEM, entries, item, ROOT)).splitlines()
    assert lines[0] == f"assert-root-hash\t{printed(EMPTY_ROOT)}"
    assert [line.split("\t")[0] for line in lines] == ["assert-root-hash", *["add-item"] * 7, *["append-entry"] * 7, "assert-root-hash"]
    assert lines[1] == 'add-item\t{"name":"Addresses"}'
    assert [line.split("\t")[1] for line in lines[8:15]] == ["system"] * 2 + ["user"] * 5
    assert lines[10] == f"append-entry\tuser\t1111\t{TIME}\t{HASHES[0]}"
    assert lines[-1] == f"assert-root-hash\t{printed(ROOT)}"


def test_what_was_written_is_read_back() -> None:
    reading = rsf.read("".join(rsf.whole_lines(SYSTEM, entries, item, ROOT)).encode(), DICTIONARY, nothing)
    assert reading.problems == []
    assert reading.user == [UserEntry(str(number) * 4, TIME, one) for number, one in enumerate(ITEMS, 1)]
    assert reading.system == SYSTEM
    assert reading.roots == {0: EMPTY_ROOT, 5: ROOT}


def test_an_item_that_two_entries_name_is_added_once() -> None:
    twice = [Entry(number, TIME, "1111", HASHES[0], Origin("e", "s", "c", "1")) for number in (1, 2)]
    lines = [*rsf.part_lines(lambda: iter(twice), item, EMPTY_ROOT, ROOT)]
    assert len([line for line in lines if line.startswith("add-item")]) == 1
    assert len(rsf.read("".join(lines).encode(), DICTIONARY, nothing).user) == 2


def test_between_equal_sizes_there_is_the_root_hash_alone() -> None:
    assert [*rsf.part_lines(lambda: iter(()), item, ROOT, ROOT)] == [f"assert-root-hash\t{printed(ROOT)}\n"]


def test_an_item_that_the_register_has_need_not_be_added() -> None:
    reading = rsf.read(rsf.append_entry("user", "1111", TIME, HASHES[0]).encode(), DICTIONARY, item)
    assert (reading.problems, reading.user) == ([], [UserEntry("1111", TIME, ITEMS[0])])


def test_a_removal_is_an_entry_with_an_empty_item() -> None:
    empty = printed(sha256(b"{}").digest())
    reading = rsf.read((rsf.add_item("{}") + rsf.append_entry("user", "1111", TIME, empty)).encode(), DICTIONARY, nothing)
    assert (reading.problems, reading.user) == ([], [UserEntry("1111", TIME, "{}")])


ADDED = rsf.add_item(ITEMS[0])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hello\n", "line.1: must begin with assert-root-hash, add-item or append-entry, and a tab"),
        ("\n", "line.1: must begin with"),
        ("add-item {}\n", "line.1: must begin with"),
        ("add-item\t{}\t{}\n", "line.1: is no add-item"),
        ("append-entry\tuser\t1111\n", "line.1: is no append-entry"),
        ("append-entry\tother\ta\tb\tc\n", "line.1: is no append-entry"),
        ("assert-root-hash\tsha-256:ABC\n", "line.1: has a hash that is not"),
        ("add-item\t{\n", "line.1: adds an item that is not JSON"),
        ("add-item\t" + "[" * 100_000 + "\n", "line.1: adds an item that is not JSON"),
        ('add-item\t["a"]\n', "line.1: adds an item that is not an object"),
        ('add-item\t{"address":1}\n', "line.1: adds an item that is not an object of texts"),
        ('add-item\t{"address": "1"}\n', "line.1: adds an item that is not in its canonical form"),
        ('add-item\t{"street":"a","address":"1"}\n', "line.1: adds an item that is not in its canonical form"),
        ('add-item\t{"address":"\\ud800"}\n', "line.1: adds an item with half of a surrogate pair"),
        ('add-item\t{"address":"1","address":"1"}\n', "line.1: adds an item that is not in its canonical form"),
        (ADDED, "line.1: adds an item that no entry of this stream names"),
        (rsf.append_entry("user", "1111", TIME, HASHES[0]), "line.1: names the item sha-256:c4ede5"),
        (ADDED + rsf.append_entry("user", "1--1", TIME, HASHES[0]), "line.2: key: must begin with a letter or digit"),
        (ADDED + rsf.append_entry("user", "1111", "2017-06-12T14:05:01+00:00", HASHES[0]), "line.2: has a time that is not RFC 3339"),
        (ADDED + rsf.append_entry("user", "1111", "2017-02-30T14:05:01Z", HASHES[0]), "line.2: has a time"),
        (ADDED + rsf.append_entry("system", "1111", TIME, HASHES[0]), "line.2: key: must be name, register-name, custodian"),
        (
            ADDED + rsf.append_entry("system", "field:postcode", TIME, HASHES[0]),
            "line.2: key: names a field that the register does not have",
        ),
        (rsf.assert_root(ROOT) + rsf.assert_root(EMPTY_ROOT), "line.2: asserts another root hash than line 1"),
    ],
)
def test_a_broken_line_is_told_with_its_number(text: str, told: str) -> None:
    [first, *_] = problems(text)
    assert first.startswith(told)


def test_every_broken_line_is_told_and_no_other() -> None:
    broken = rsf.add_item('{"address": "1"}')
    told = problems(rsf.assert_root(EMPTY_ROOT) + broken + "hello\n" + ADDED + rsf.append_entry("user", "1111", TIME, HASHES[0]) + "\x00\n")
    assert [line.split(":")[0] for line in told] == ["line.2", "line.3", "line.6"]


def test_an_unknown_field_is_told_and_a_file_of_nonsense_is_given_up_after_a_hundred_lines() -> None:
    other = '{"postcode":"P1"}'
    [told] = problems(rsf.add_item(other) + rsf.append_entry("user", "1111", TIME, printed(sha256(other.encode()).digest())))
    assert told.startswith("line.2: postcode: ")
    assert len(problems("hello\n" * 500)) == rsf.MOST_PROBLEMS
    assert problems("\udc80\n".encode("utf-8", "surrogateescape").decode("latin-1")) != []


def test_what_is_not_utf_8_is_told() -> None:
    [told] = rsf.read(b"add-item\t{\xff}\n", DICTIONARY, nothing).problems
    assert str(told) == "line.1: is not UTF-8"


texts = st.text(st.characters(exclude_categories=["Cs"]))


keys = st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True)
items = st.fixed_dictionaries({}, optional={"address": texts, "street": texts, "also": st.lists(texts, max_size=3)})


@given(st.lists(st.tuples(keys, items), max_size=8))
def test_any_entries_come_back_as_they_were(drawn: list[tuple[str, dict[str, str | list[str]]]]) -> None:
    canonical = [canonical_json(fields).decode() for _, fields in drawn]
    known = {printed(sha256(one.encode()).digest()): one for one in canonical}
    made = [
        Entry(number, TIME, key, printed(sha256(one.encode()).digest()), Origin("e", "s", "c", "1"))
        for number, ((key, _), one) in enumerate(zip(drawn, canonical, strict=True), 1)
    ]
    frontier = Frontier()
    for entry in made:
        frontier, _ = frontier.append(entry.leaf())
    reading = rsf.read("".join(rsf.whole_lines([], lambda: iter(made), known.get, frontier.root())).encode(), DICTIONARY, nothing)
    assert reading.problems == []
    assert [(one.key, one.canonical) for one in reading.user] == [(entry.key, known[entry.item_hash]) for entry in made]
    assert reading.roots[len(made)] == frontier.root()
