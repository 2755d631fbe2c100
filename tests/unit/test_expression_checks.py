"""What is reported of an expression before any event is seen, from the event's schema alone."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from schemas.expression_checks import check, check_text
from schemas.expressions import condition, render

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["severity", "severityLevel", "isTidal", "rivers", "area", "gauges", "start-date", "reference", "raised"],
    "properties": {
        "severity": {"enum": ["Severe flood warning", "Flood warning"]},
        "severityLevel": {"type": "integer", "minimum": 1, "maximum": 4},
        "isTidal": {"type": "boolean"},
        "description": {"type": "string"},
        "rivers": {"type": "array", "items": {"type": "string"}},
        "area": {"$ref": "#/$defs/area"},
        "gauges": {
            "type": "array",
            "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "level": {"type": "number"}}},
        },
        "start-date": {"type": "string"},
        "reference": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        "extra": {"type": "object"},
        "raised": {"type": ["string", "null"]},
    },
    "$defs": {
        "area": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "within": {"$ref": "#/$defs/area"}},
        }
    },
}


@pytest.mark.parametrize(
    "written",
    [
        "severityLevel < `4`",
        "severity == 'Flood warning'",
        "isTidal",
        "description",
        "description == 'x'",
        "description == `null`",
        "raised == `null`",
        "area.within.within.name == 'York'",
        "gauges[?level > `4`]",
        "length(gauges[?level > `4`]) > `0`",
        "max_by(gauges, &name).level > `2`",
        "contains(rivers, 'Ouse')",
        "starts_with(severity, 'Severe') && !isTidal",
        "extra.anything.at.all == `1`",
        "reference == `1` || reference == '1'",
        "start-date",
    ],
)
def test_a_condition_that_can_work_is_accepted(written: str) -> None:
    assert check(written, SCHEMA, "condition") == []


@pytest.mark.parametrize(
    "text",
    [
        "((severity)): ((severityLevel)), ((isTidal))",
        "((description || 'none'))",
        "((not_null(description, 'none')))",
        "((rivers)) ((join(', ', rivers))) ((sort(rivers)))",
        "((gauges[*].name)) ((map(&name, gauges)))",
        "((gauges[0].name || 'no gauge'))",
        "((area.name)) ((area.within.name || 'no more')) ((start-date)) ((reference))",
        "((length(rivers))) ((to_string(severityLevel))) ((keys(area)))",
        "((isTidal && 'Yes' || 'No'))",
        "((extra.anything))",
    ],
)
def test_a_text_that_can_always_be_filled_is_accepted(text: str) -> None:
    assert check_text(text, SCHEMA) == []


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("severtyLevel < `4`", '"severtyLevel" is not a field of the event (did you mean "severityLevel"?)'),
        (
            'severity == "severty"',
            '"severty" is not a field of the event (did you mean "severity"?) (a text stands in single quotes, \'severty\')',
        ),
        ('severity == "it\'s over"', "\"it's over\" is not a field of the event (a text stands in single quotes, 'it\\'s over')"),
        ('"start-dat" == severity', '"start-dat" is not a field of the event (did you mean "start-date"?)'),
        ("area.nmae == 'x'", '"nmae" is not a field of "area" (did you mean "name"?)'),
        ("gauges[?lvl > `1`]", '"lvl" is not a field of "gauges[*]" (did you mean "level"?)'),
        ("severity.name", '"name" is looked up in "severity", which is a string'),
        (
            "severityLevel < '4'",
            "'4' is a string: only numbers can be put in order (a number stands in backticks, `4`)",
        ),
        (
            "severityLevel == '4'",
            "severityLevel is a number and '4' is a string: they are never equal (a number stands in backticks, `4`)",
        ),
        ("severity < 'b'", "severity is a string: only numbers can be put in order"),
        ("reference < `3`", "reference is a number or a string: only numbers can be put in order"),
        ("severity == `null`", "severity is a string and null is null: they are never equal"),
        (
            "severity == 'Flood warnin'",
            "severity is never 'Flood warnin' (did you mean \"Flood warning\"?); it is one of: Severe flood warning, Flood warning",
        ),
        ("severityLevel", "((severityLevel)) is a number, and a number always holds: compare it with one"),
        ("lenght(rivers) > `1`", 'lenght() is not a function of JMESPath (did you mean "length"?)'),
        ("starts_with(severity)", "starts_with() takes 2 arguments, not 1"),
        ("length(severityLevel) > `1`", "length() takes a string or a list or an object, and severityLevel is a number"),
        ("sum(rivers) > `1`", "sum() takes a list of numbers, and rivers is a list of strings"),
        ("starts_with(description, 'a')", "description may be absent, and starts_with() fails without it"),
        ("starts_with(reference, 'a')", "starts_with() takes a string, and reference may be a number"),
        ("severity[0] == 'a'", '"severity" is a string, not a list'),
        ("severityLevel <", "((severityLevel <)): cannot be read: it ends too early, at character 15"),
    ],
)
def test_a_condition_that_cannot_work_is_reported(written: str, complaint: str) -> None:
    found = check(written, SCHEMA, "condition")
    assert len(found) == 1, found
    assert found[0].startswith(complaint)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("((description))", "((description)) may be absent: give a default, as in ((description || 'none'))"),
        ("((raised))", "((raised)) may be absent"),
        ("((area.within.name))", "((area.within.name)) may be absent"),
        ("((gauges[0].name))", "((gauges[0].name)) may be absent"),
        ("((area))", "((area)) is an object, not a text: name one of its fields"),
        ("((gauges))", "((gauges)) is a list of objects, not of texts"),
        ("((severty))", '"severty" is not a field of the event (did you mean "severity"?)'),
        ("((severity", "((severity)): is opened with (( and never closed"),
    ],
)
def test_a_text_that_might_not_be_filled_is_reported(text: str, complaint: str) -> None:
    found = check_text(text, SCHEMA)
    assert len(found) == 1, found
    assert found[0].startswith(complaint)


def test_a_value_may_be_anything_that_is_always_there() -> None:
    assert check_text("((area))", SCHEMA, "value") == []
    assert check_text("((description))", SCHEMA, "value") != []
    assert check_text("in ((area))", SCHEMA, "value") != []


def test_every_mistake_in_a_text_is_reported_once() -> None:
    assert len(check_text("((severty)) ((severty)) ((nonsense))", SCHEMA)) == 3
    assert len(check("severty == 'a' || severty == 'b'", SCHEMA, "condition")) == 1


EVENTS = st.fixed_dictionaries(
    {
        "severity": st.sampled_from(["Severe flood warning", "Flood warning"]),
        "severityLevel": st.integers(1, 4),
        "isTidal": st.booleans(),
        "rivers": st.lists(st.text(max_size=3), max_size=3),
        "area": st.fixed_dictionaries({"name": st.text(max_size=3)}, optional={"within": st.just({"name": "Yorkshire"})}),
        "gauges": st.lists(st.fixed_dictionaries({"name": st.text(max_size=3)}, optional={"level": st.floats(0, 9)}), max_size=3),
        "start-date": st.just("2026-11-23"),
        "reference": st.one_of(st.text(max_size=3), st.integers(0, 3)),
        "raised": st.one_of(st.none(), st.just("2026-11-23T09:30:00Z")),
    },
    optional={"description": st.text(max_size=3)},
)

FIELDS = [
    *("severity", "severityLevel", "isTidal", "description", "rivers", "area", "gauges", "reference", "raised"),
    *(
        "area.name",
        "area.within",
        "area.within.name",
        "gauges[0]",
        "gauges[*].name",
        "gauges[0].level",
        "rivers[0]",
        "rivers[:2]",
        "gauges[]",
    ),
]
ATOMS = st.sampled_from([*FIELDS, *FIELDS, "`4`", "'x'", "`null`", "@"])
FUNCTIONS = (
    "abs",
    "avg",
    "length",
    "join",
    "keys",
    "max",
    "min",
    "not_null",
    "reverse",
    "sort",
    "starts_with",
    "sum",
    "to_array",
    "to_number",
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["<", ">=", "==", "!=", "&&", "||"])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda made: f"({' '.join(made)})"),
        inner.map(lambda made: f"!{made}"),
        st.tuples(st.sampled_from(FUNCTIONS), st.lists(inner, min_size=1, max_size=2)).map(lambda made: f"{made[0]}({', '.join(made[1])})"),
        inner.map(lambda made: f"[{made}, 'x'][0]"),
        inner.map(lambda made: f"{{a: {made}}}.a"),
        inner.map(lambda made: f"map(&name, {made})"),
    )


@settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(written=st.recursive(ATOMS, _larger, max_leaves=4), data=EVENTS)
def test_a_text_that_passes_the_check_never_fails(written: str, data: dict[str, Any]) -> None:
    assume(check(written, SCHEMA, "text") == [])
    render(f"(({written}))", data)


@settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(written=st.recursive(ATOMS, _larger, max_leaves=4), data=EVENTS)
def test_a_condition_that_passes_the_check_never_fails(written: str, data: dict[str, Any]) -> None:
    assume(check(written, SCHEMA, "condition") == [])
    condition(written, data)
