from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common.failures import Invalid
from functions.data_access.canonical import canonical_json, item_hash
from functions.data_access.csv_text import csv_text
from functions.data_access.merkle import Frontier, Tree
from functions.data_access.registers import Entry, Origin, Record, checked_item, checked_key, columns
from schemas.proof import leaf_bytes, printed, verify_entry

ITEMS = [
    ('{"bar":"xyz","foo":"abc"}', "5dd4fe3b0de91882dae86b223ca531b5c8f2335d9ee3fd0ab18dfdc2871d0c61"),
    ('{"register-name":"Country"}', "9f21f032105bb320d1f0c4f9c74a84a69e2d0a41932eb4543c331ce73e0bb1fb"),
    (
        """{"citizen-names":"Citizen of the Ivory Coast","country":"CI","name":"Ivory Coast",\
"official-name":"The Republic of Côte D’Ivoire"}""",
        "b3ca21b3b3a795ab9cd1d10f3d447947328406984f8a461b43d9b74b58cccfe8",
    ),
    (
        """{"citizen-names":"Briton;British citizen","country":"GB","name":"United Kingdom",\
"official-name":"The United Kingdom of Great Britain and Northern Ireland"}""",
        "6b18693874513ba13da54d61aafa7cad0c8f5573f3431d6f1c04b07ddb27d6bb",
    ),
    ('{"address":"1111","street":"elvis"}', "c4ede5d49a5d0ea7babbc097b0905acf2bb5146f288c8b33ba3e29762196566f"),
    ('{"address":"2222","street":"presley"}', "c151ac3871e0b2cf5d8c5b1251188ebddf15f9c7f7718f2d925e17e449ea8095"),
    ('{"address":"3333","street":"ellis"}', "cf79274252a12009e2b39bd853b1e113c202e3b29fdb6cb9d8a705643c8d90bb"),
    ('{"address":"4444","street":"pretzel"}', "2fd84ec46a59a0e1f624abc6fb2c4ee4159bdf4e9ffed64252b4fcddefb62ea3"),
    ('{"address":"5555","street":"elfsley"}', "4882ebcc80b9005597f571019efc23e8a36422623cd4811c2213f44d4faf9545"),
    ('{"postcode":"P1"}', "50a5de96d4cb6341a2f18c0b34bc401b2c92e3ac46641c0d1014dc82ed498326"),
    ('{"postcode":"P2"}', "af0cf1489bfb0f3da8130a50e6b4fa49de7c480a416dfa710418c0e42dc72949"),
    ('{"postcode":"P5"}', "0e5e2a727e72128c569e6f725a6a6ff900350fd85bf9044ae8a6a57dbbb6d800"),
    ('{"register":"ft_openregister_test","text":"SomeText"}', "3cee6dfc567f2157208edc4a0ef9c1b417302bad69ee06b3e96f80988b37f254"),
    ('{"register":"ft_openregister_test2","text":"SomeText"}', "b8b56d0329b4a82ce55217cfbb3803c322bf43711f82649757e9c2df5f5b8371"),
    (
        '{"name":"New College\\\\New College School","school":"402019","school-authority":"681","school-type":"30"}',
        "d6cca062b6a4ff7f60e401aa1ebf4bf5af51c2217916c0115d0a38a42182aec5",
    ),
]
ORIGIN = Origin("0192", "uk.gov.commonweal.bus", "0191", "1")


@pytest.mark.parametrize(("canonical", "digest"), ITEMS)
def test_the_published_items_have_their_published_hashes(canonical: str, digest: str) -> None:
    fields = json.loads(canonical)
    item = checked_item(dict(reversed(fields.items())), fields)
    assert item.canonical.decode() == canonical
    assert item.hash == f"sha-256:{digest}"


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_canonical_item_reads_back_as_itself(item: dict[str, str]) -> None:
    assert json.loads(canonical_json(item)) == item


def test_control_characters_are_escaped_in_upper_case_and_text_that_looks_like_an_escape_is_left_alone() -> None:
    assert canonical_json({"a": '\x0b\x1f\b\f\n\r\t"\\/\x7fé'}) == '{"a":"\\u000B\\u001F\\b\\f\\n\\r\\t\\"\\\\/\x7fé"}'.encode()
    assert canonical_json({"a": r"\u000b"}) == rb'{"a":"\\u000b"}'


def test_the_published_single_entry_has_its_published_root() -> None:
    entry = Entry(1, "2016-04-05T13:23:05Z", "SU", "sha-256:e94c4a9ab00d951dadde848ee2c9fe51628b22ff2e0a88bff4cca6e4e6086d7a", ORIGIN)
    assert tree_of([entry]).root(1).hex() == "a2002581c7402683e8197faafaefb9ba1f0ca48cee2d6ff461ab086b703472e5"


def test_the_five_published_addresses_have_their_published_root_and_proofs() -> None:
    entries = addresses()
    tree = tree_of(entries)
    assert tree.root(5).hex() == "ba1a1d63119850b68a9a6f175001b797d5d559edf205ec596719a3cdcc27b9cb"
    assert [node.hex()[:8] for node in tree.inclusion(0, 5)] == ["2c6b1a86", "05431c94", "6f31621a"]
    assert [node.hex()[:8] for node in tree.consistency(2, 5)] == ["05431c94", "6f31621a"]


@pytest.mark.parametrize("number", range(1, 6))
def test_an_entry_is_proven_offline_from_the_answers_of_the_register(number: int) -> None:
    entries = addresses()
    tree = tree_of(entries)
    register_proof = {"proof-identifier": "merkle:sha-256", "root-hash": printed(tree.root(5)), "total-entries": 5}
    entry_proof = {"entry-number": str(number), "merkle-audit-path": [printed(node) for node in tree.inclusion(number - 1, 5)]}
    entry = entries[number - 1].wire()
    assert verify_entry(entry, entry_proof, register_proof)
    assert not verify_entry({**entry, "key": "9999"}, entry_proof, register_proof)
    assert not verify_entry({**entry, "entry-number": "6"}, entry_proof, register_proof)


def test_a_leaf_keeps_the_order_of_its_fields_whatever_the_order_of_the_entry() -> None:
    entry = addresses()[0].wire()
    assert leaf_bytes(dict(reversed(entry.items()))) == leaf_bytes(entry)
    assert leaf_bytes(entry).startswith(
        b'{"index-entry-number":"1","entry-number":"1","entry-timestamp":"2017-06-12T14:05:01Z","key":"1111","item-hash":["sha-256:c4'
    )


@pytest.mark.parametrize("key", ["GB", "1111", "a-b", "061FWF24", "a.b/c_d", "A-", "065WAF441"])
def test_a_key_of_the_grammar_is_kept(key: str) -> None:
    assert checked_key(key) == key


@pytest.mark.parametrize("key", ["", "-a", "a--b", "a-.b", "a b", "é", "a\n", "/a", "x" * 257])
def test_a_key_outside_the_grammar_is_refused(key: str) -> None:
    with pytest.raises(Invalid, match="key"):
        checked_key(key)


def test_numbers_and_booleans_are_written_out_and_nulls_dropped() -> None:
    fields = {"level": 3, "tidal": False, "height": 1.5, "gone": None, "names": ["a", 2, None], "empty": ""}
    item = checked_item(fields, fields)
    assert item.fields == {"level": "3", "tidal": "false", "height": "1.5", "names": ["a", "2"], "empty": ""}


@pytest.mark.parametrize(
    ("field", "value"),
    [("nested", {"a": 1}), ("lists", [["a"]]), ("number", float("nan")), ("number", float("inf")), ("half", "\ud800")],
)
def test_what_no_register_can_hold_is_refused(field: str, value: object) -> None:
    with pytest.raises(Invalid, match="item"):
        checked_item({field: value}, [field])


def test_an_item_too_large_for_a_record_is_refused() -> None:
    with pytest.raises(Invalid, match="item: has 100015 bytes, and a register takes 100000"):
        checked_item({"text": "x" * 100_004}, ["text"])


def test_a_field_that_the_register_does_not_have_is_refused() -> None:
    with pytest.raises(Invalid, match=r"item\.nmae: is not a field of the register, which has country, name"):
        checked_item({"country": "GB", "nmae": "United Kingdom"}, ["country", "name"])


def test_records_are_rows_with_lists_joined() -> None:
    entry = addresses()[0]
    rows = [Record(entry, {"name": "Elvis, King", "also": ["a", "b"]}).row(), Record(entry, {"name": 'The "King"'}).row()]
    assert csv_text(columns(["name"], rows), rows) == (
        "index-entry-number,entry-number,entry-timestamp,key,name,also\r\n"
        '1,1,2017-06-12T14:05:01Z,1111,"Elvis, King",a;b\r\n'
        '1,1,2017-06-12T14:05:01Z,1111,"The ""King""",\r\n'
    )


def addresses() -> list[Entry]:
    streets = ["elvis", "presley", "ellis", "pretzel", "elfsley"]
    items = [canonical_json({"address": str(number) * 4, "street": street}) for number, street in enumerate(streets, 1)]
    return [Entry(number, "2017-06-12T14:05:01Z", str(number) * 4, item_hash(item), ORIGIN) for number, item in enumerate(items, 1)]


def tree_of(entries: list[Entry]) -> Tree:
    frontier = Frontier()
    for entry in entries:
        frontier, _ = frontier.append(entry.leaf())
    return Tree(frontier, lambda level, index: b"")
