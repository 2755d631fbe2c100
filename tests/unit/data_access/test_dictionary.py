"""The data dictionary: what a value of a field may be on its way in, and what it becomes on its way out."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common.failures import Invalid
from functions.data_access import dictionary
from functions.data_access.canonical import Item
from functions.data_access.dictionary import Dictionary, Field
from schemas import datatypes

TREES = dictionary.of(
    {
        "key": "tree",
        "search": True,
        "fields": [
            {"field": "tree", "datatype": "string", "cardinality": "1", "required": True},
            {"field": "height", "datatype": "number", "cardinality": "1", "index": True},
            {"field": "rings", "datatype": "integer", "cardinality": "1"},
            {"field": "felled", "datatype": "boolean", "cardinality": "1"},
            {"field": "planted", "datatype": "date", "cardinality": "1"},
            {"field": "kind", "datatype": "string", "cardinality": "1", "values": ["oak", "elm"]},
            {"field": "names", "datatype": "string", "cardinality": "n", "text": "All that it is called."},
            {"field": "girths", "datatype": "integer", "cardinality": "n"},
            {"field": "rank", "datatype": "string", "cardinality": "1"},
        ],
    }
)

FORMS = {
    "boolean": (["true", "false"], ["True", "1", ""]),
    "curie": (["country:GB", "local-authority-eng:BAS"], ["country", "country:", ":GB", "Country:GB"]),
    "date": (["2026-11-23", "2024-02-29"], ["2026", "2026-02-29", "2026-11-23T09:30:00Z", "٢٠٢٦-11-23", "2026-11-23\n"]),
    "datetime": (
        ["2026", "2026-11", "2026-11-23", "2026-11-23T09", "2026-11-23T09:30:00Z", "2026-11-23T09:30:00.25+01:00"],
        ["26", "2026-13", "2026-02-30", "2026-02-30T09:30:00Z", "2026-11-23 09:30", "2026-11T09:30Z", "2026-11-23T24:00:00Z"],
    ),
    "hash": (["sha-256:" + "0a" * 32], ["0a" * 32, "sha-256:" + "0A" * 32]),
    "integer": (["0", "-1", "9223372036854775807"], ["+1", "01", "-0", "1.0", "9223372036854775808", "1e3", "", " 1", "１"]),
    "number": (["0", "-1.50", "1e6", "12.5"], ["NaN", "Infinity", "1e999", "01", ".5", "1.", "1,5", ""]),
    "period": (["P1Y6M", "PT5M", "P2W", "2026/2027", "2026-11-23/P1D"], ["P", "PT", "1Y", "2026", "/", "2026/x"]),
    "point": (["[-0.1276,51.5034]", "[180, -90]"], ["51.5,-0.1", "[181,0]", "[0,91]", "[1]"]),
    "url": (
        ["https://example.gov.uk/a?b#c", "http://localhost"],
        ["ftp://a.uk", "example.gov.uk", "https://", "https://a b.uk", "https://[x"],
    ),
    "string": (["", "=1+1", "00123"], []),
    "text": (["anything\nat all"], []),
}


@pytest.mark.parametrize("datatype", FORMS)
def test_each_datatype_takes_its_own_values_and_tells_what_it_wants_of_others(datatype: str) -> None:
    good, bad = FORMS[datatype]
    assert {value: datatypes.problem(datatype, value) for value in good} == dict.fromkeys(good)
    assert all((datatypes.problem(datatype, value) or "").startswith("is not ") for value in bad), bad


@given(datatype=st.sampled_from(sorted(FORMS)), text=st.text())
def test_whatever_a_value_is_it_is_a_value_or_it_is_told_and_never_an_accident(datatype: str, text: str) -> None:
    field = Field("f", datatype)
    if datatypes.problem(datatype, text) is None:
        assert field.value(field.cell(text)) == field.typed(text)
    else:
        with pytest.raises(Invalid, match=r"^f: "):
            field.typed(text)


def test_a_row_has_a_cell_for_each_field_in_its_type() -> None:
    item: Item = {
        "tree": "T1",
        "height": "12.5",
        "rings": "80",
        "felled": "false",
        "planted": "1946-03-01",
        "names": ["Old", "Tree"],
        "girths": ["3", "4"],
    }
    cells = TREES.cells(item)
    assert cells == ("T1", 12.5, 80, 0, "1946-03-01", None, '["Old","Tree"]', "[3,4]", None)
    values = [field.value(cell) for field, cell in zip(TREES.fields, cells, strict=True)]
    assert values == ["T1", 12.5, 80, False, "1946-03-01", None, ["Old", "Tree"], [3, 4], None]


def test_what_is_older_than_the_type_of_its_field_leaves_its_cell_empty_and_takes_nothing_else_with_it() -> None:
    assert TREES.cells({"tree": "T1", "height": "tall", "rings": ["1", "2"], "girths": "3", "gone": "x"})[:3] == ("T1", None, None)
    assert TREES.cells({"girths": ["3", "wide"]})[7] == "[3]"


@pytest.mark.parametrize(
    ("item", "complaint"),
    [
        ({"tree": "T1", "colour": "green"}, "colour: is not a field of the register, which has tree, height, rings"),
        ({"height": "1"}, "tree: is required"),
        ({"tree": "", "height": "1"}, "tree: is required"),
        ({"tree": "T1", "rings": "many"}, 'rings: "many" is not a whole number of at most 64 bits, without a plus or leading zeros'),
        ({"tree": "T1", "rings": ["1"]}, "rings: must be one text, not a list"),
        ({"tree": "T1", "names": "Old"}, "names: must be a list of texts"),
        ({"tree": "T1", "kind": "ash"}, 'kind: "ash" is not one of oak, elm'),
        ({"tree": "T1", "girths": ["1", "x" * 99]}, f'girths: "{"x" * 50}…" is not a whole number'),
    ],
)
def test_what_does_not_fit_is_told_with_its_field(item: Any, complaint: str) -> None:
    with pytest.raises(Invalid) as refused:
        TREES.check(item)
    assert str(refused.value).startswith(complaint)


def test_what_fits_and_what_removes_are_taken() -> None:
    TREES.check({"tree": "T1", "height": "1e2", "kind": "elm", "names": [], "girths": ["1"]})
    TREES.check({})


def test_the_hash_changes_with_the_tables_and_with_nothing_else() -> None:
    def like(**field: Any) -> str:
        return Dictionary((Field("a", **field),), "a").hash

    assert like() == like(text="What it is", required=True, values=("x",), register="country")
    assert len({like(), like(datatype="integer"), like(cardinality="n"), like(index=True)}) == 4


def test_the_full_text_covers_texts_but_for_names_that_the_index_has_for_itself() -> None:
    assert TREES.searched == ("tree", "planted", "kind", "names", "girths")
    assert Dictionary(TREES.fields, "tree").searched == ()


def test_types_are_told_in_the_words_of_ckan_and_of_json_schema() -> None:
    assert [field.postgres_type for field in TREES.fields] == ["text", "numeric", "int4", "bool", "date", "text", "_text", "_int4", "text"]
    schema = TREES.json_schema
    assert schema["required"] == ["tree"]
    assert schema["properties"]["names"] == {"description": "All that it is called.", "type": "array", "items": {"type": "string"}}
    assert schema["properties"]["kind"] == {"type": "string", "enum": ["oak", "elm"]}
    record = {"tree": "T1", "height": 12.5, "felled": False, "planted": "1946-03-01", "girths": [1]}
    assert jsonschema_rs.is_valid(schema, record)
    assert not jsonschema_rs.is_valid(schema, {**record, "felled": 0})
