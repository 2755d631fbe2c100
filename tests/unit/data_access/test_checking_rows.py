"""Rows against a dictionary, and the keys that a file has had."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.data_access.dictionary import Dictionary, Field
from functions.data_access.rows.checking import Checked, check
from functions.data_access.rows.raw import Fault, RawRow, Value
from functions.data_access.rows.seen import seen

SCHOOLS = Dictionary(
    (
        Field("school", required=True),
        Field("name"),
        Field("pupils", "integer"),
        Field("phase", values=("primary", "secondary")),
        Field("authority", register="local-authority-eng"),
        Field("sites", cardinality="n"),
    ),
    key="school",
)


def faults(**values: Value) -> list[tuple[str, str]]:
    return [(fault.column, fault.message) for fault in check([RawRow(7, values)], SCHOOLS) if isinstance(fault, Fault)]


def test_a_row_that_fits_becomes_the_very_bytes_that_the_register_hashes() -> None:
    (fits,) = check([RawRow(7, {"school": "402019", "name": "New College", "authority": "681"})], SCHOOLS)
    canonical = b'{"authority":"681","name":"New College","school":"402019"}'
    assert fits == Checked(7, "402019", canonical, sha256(canonical).digest(), (("authority", "681"),))


@pytest.mark.parametrize(
    ("values", "column", "message"),
    [
        pytest.param({"name": "No key"}, "school", "is required", id="no key"),
        pytest.param({"school": "a b"}, "school", "must begin with a letter or digit", id="a key against the grammar"),
        pytest.param({"school": "1", "pupils": "007"}, "pupils", "is not a whole number", id="another datatype"),
        pytest.param({"school": "1", "phase": "nursery"}, "phase", "is not one of primary, secondary", id="not among the values"),
        pytest.param({"school": "1", "head": "x"}, "head", "is not a field of the register", id="unknown"),
        pytest.param({"school": "1", "sites": "x"}, "sites", "must be a list", id="no list"),
        pytest.param({"school": "1", "name": "\ud800"}, "", "half of a surrogate pair", id="half a surrogate pair"),
        pytest.param({"school": "1", "name": "x" * 100_000}, "", "a register takes 100000", id="too large"),
    ],
)
def test_a_row_that_does_not_fit_says_where_and_why(values: dict[str, Value], column: str, message: str) -> None:
    ((where, why),) = faults(**values)
    assert where == column
    assert message in why


def test_every_fault_of_a_row_is_told_with_no_more_of_its_value_than_finds_it() -> None:
    (fault, other) = check([RawRow(7, {"school": "1", "pupils": "9" * 5_000, "phase": "x"})], SCHOOLS)
    assert isinstance(fault, Fault)
    assert isinstance(other, Fault)
    assert (fault.row, fault.column, len(fault.value)) == (7, "pupils", 100)
    assert len(fault.message) < 300
    assert other.column == "phase"


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=5), max_size=8))
def test_the_first_row_of_a_key_is_remembered(batches: list[list[str]]) -> None:
    number, first, told, expected = 0, dict[str, int](), dict[int, int](), dict[int, int]()
    with seen() as memory:
        for batch in batches:
            rows = [(key, number + place) for place, key in enumerate(batch)]
            number += len(rows)
            for key, row in rows:
                if key in first:
                    expected[row] = first[key]
                first.setdefault(key, row)
            told |= memory.add(rows)
        assert memory.missing(list("abcdefgh")) == [key for key in "abcdefgh" if key not in first]
    assert told == expected
