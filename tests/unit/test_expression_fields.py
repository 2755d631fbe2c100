"""Which fields an expression reads."""

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import expression_fields
from schemas.expression_fields import of_expression, touches


@pytest.mark.parametrize(
    ("written", "fields"),
    [
        ("severityLevel < `4`", {"severityLevel"}),
        ("start-date", {"start-date"}),
        ("address.postcode", {"address.postcode"}),
        ("address", {"address"}),
        ("message || county", {"message", "county"}),
        ("isTidal && 'yes' || 'no'", {"isTidal"}),
        ("!isTidal", {"isTidal"}),
        ("rivers[*].name", {"rivers.name"}),
        ("rivers[0].name", {"rivers.name"}),
        ("rivers[?level > `2`].name", {"rivers.level", "rivers.name"}),
        ("rivers[].banks[].name", {"rivers.banks.name"}),
        ("length(rivers)", {"rivers"}),
        ("sort_by(rivers, &level)[0].name", {"rivers", "rivers.level", "rivers.name"}),
        ("address.{street: street, town: town}", {"address.street", "address.town"}),
        ("[severity, county]", {"severity", "county"}),
        ("address | postcode", {"address.postcode"}),
        ("rivers[*].[`1`]", {"rivers"}),
        ("@", {""}),
        ("'always'", set()),
    ],
)
def test_every_field_that_it_reads_is_named(written: str, fields: set[str]) -> None:
    assert {".".join(path) for path in of_expression(written)} == fields


@pytest.mark.parametrize(
    ("one", "other", "holds"),
    [
        (("a",), ("a",), True),
        (("a",), ("a", "b"), True),
        (("a", "b"), ("a",), True),
        ((), ("a",), True),
        (("a", "*", "b"), ("a", "b"), True),
        (("a", "b"), ("a", "c"), False),
        (("a",), ("b",), False),
    ],
)
def test_a_change_touches_what_lies_within_it_and_what_it_lies_within(one: tuple[str, ...], other: tuple[str, ...], holds: bool) -> None:
    assert touches(one, other) is holds


NAMES = st.sampled_from(["a", "b", "c"])
EXPRESSIONS = st.recursive(
    NAMES | st.just("`1`"),
    lambda inner: st.one_of(
        st.tuples(NAMES, NAMES).map(".".join),
        st.tuples(inner, inner).map(lambda both: f"({both[0]} || {both[1]})"),
        st.tuples(inner, inner).map(lambda both: f"({both[0]} && {both[1]})"),
        st.tuples(inner, inner).map(lambda both: f"({both[0]} == {both[1]})"),
        st.tuples(NAMES, inner).map(lambda both: f"{both[0]}[?{both[1]}]"),
        st.tuples(NAMES, inner).map(lambda both: f"{both[0]}[*].[{both[1]}]"),
        inner.map(lambda one: f"!({one})"),
        inner.map(lambda one: f"to_string({one})"),
    ),
    max_leaves=6,
)
LEAVES = st.none() | st.integers(0, 2) | st.just("x")
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8)


def without(value: Any, kept: frozenset[tuple[str, ...]], at: tuple[str, ...] = ()) -> Any:
    """A value with all that lies at none of some paths taken out."""
    if isinstance(value, list):
        return [without(member, kept, at) for member in value]
    if isinstance(value, dict):
        inner = {name: (*at, name) for name in value}
        return {name: without(value[name], kept, path) for name, path in inner.items() if any(touches(path, one) for one in kept)}
    return value


@given(written=EXPRESSIONS, data=st.dictionaries(NAMES, VALUES, max_size=3))
def test_what_it_does_not_read_changes_nothing(written: str, data: dict[str, Any]) -> None:
    read = of_expression(written)
    assert jmespath.search(written, data) == jmespath.search(written, without(data, read))


def test_everything_is_the_empty_path() -> None:
    assert of_expression("@") == {expression_fields.EVERYTHING}
