"""The expression language of declarations: what a text and a condition mean for an event."""

import pytest

from schemas.expressions import ExpressionError, Json, condition, expression, render, value

FLOOD: dict[str, Json] = {
    "floodAreaID": "065WAF441",
    "severity": "Severe flood warning",
    "severityLevel": 1,
    "isTidal": False,
    "depth": 2.5,
    "wholeDepth": 2.0,
    "message": "",
    "start-date": "2026-11-23",
    "rivers": ["Ouse", "Foss", "Wharfe"],
    "gauges": [{"name": "Skelton", "level": 4.1}, {"name": "Viking", "level": 5.2}],
    "area": {"name": "York", "county": None},
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no expression at all", "no expression at all"),
        ("/flood-warnings/((floodAreaID))", "/flood-warnings/065WAF441"),
        ("((severity)): level ((severityLevel))", "Severe flood warning: level 1"),
        ("((isTidal)) and ((!isTidal))", "false and true"),
        ("((depth)) m, ((wholeDepth)) m", "2.5 m, 2 m"),
        ("((rivers))", "Ouse, Foss and Wharfe"),
        ("((rivers[:2]))", "Ouse and Foss"),
        ("((rivers[:1]))", "Ouse"),
        ("((rivers[:0]))", ""),
        ("((gauges[*].name))", "Skelton and Viking"),
        ("((area.name))", "York"),
        ("((area.county || 'no county'))", "no county"),
        ("((isTidal && 'Yes' || 'No'))", "No"),
        ("((join(', ', rivers)))", "Ouse, Foss, Wharfe"),
        ("(( severity ))", "Severe flood warning"),
        ("((start-date))", "2026-11-23"),
        ('(("start-date"))', "2026-11-23"),
        ("York (((floodAreaID))).", "York (065WAF441)."),
        ("((((floodAreaID))))", "((065WAF441))"),
        ("(((isTidal || severityLevel) && 'yes'))", "yes"),
        ("((missing || '))'))", "))"),
        (r"((missing || 'it\'s'))", "it's"),
        ("a ) b ( c )) d", "a ) b ( c )) d"),
    ],
)
def test_a_text_is_literal_but_for_its_expressions(text: str, said: str) -> None:
    assert render(text, FLOOD) == said


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ("severityLevel < `4`", True),
        ("severityLevel == `4`", False),
        ("severityLevel == '1'", False),
        ("isTidal", False),
        ("!isTidal", True),
        ("missing", False),
        ("missing < `4`", False),
        ("message", False),
        ("start-date", True),
        ("contains(rivers, 'Foss') && depth > `2`", True),
        ("rivers[?@ == 'Nidd']", False),
    ],
)
def test_a_condition_holds_as_in_jmespath(written: str, holds: bool) -> None:
    assert condition(written, FLOOD) is holds


def test_a_text_that_is_one_expression_gives_the_value_itself() -> None:
    assert value("((rivers))", FLOOD) == ["Ouse", "Foss", "Wharfe"]
    assert value("((isTidal))", FLOOD) is False
    assert value("((severityLevel)) of 4", FLOOD) == "1 of 4"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("((missing))", "((missing)): is absent"),
        ("((area.county))", "((area.county)): is absent"),
        ("((area))", "((area)): is an object, not a text"),
        ("((severity < `4`))", "((severity < `4`)): puts values of different types in order"),
        ("((join(', ', severity)))", "((join(', ', severity))): join() takes array-string, not string"),
        ("((sum(rivers)))", "((sum(rivers))): sum() takes array-number, not str"),
    ],
)
def test_an_expression_that_fails_on_an_event_is_named_and_the_event_is_not_quoted(text: str, complaint: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        render(text, FLOOD)
    assert str(raised.value) == complaint


def test_a_value_is_never_absent() -> None:
    with pytest.raises(ExpressionError, match="is absent"):
        value("((missing))", FLOOD)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("((severity", "((severity)): is opened with (( and never closed with ))"),
        ("((severity)", "((severity)): is opened with (( and never closed with ))"),
        ("(())", "(()): is empty"),
        ("((a = b))", "((a = b)): cannot be read at character 3: '= b' is not expected (equality is ==)"),
        ("((a < 4))", "((a < 4)): cannot be read at character 5: '4' is not expected (a number stands in backticks, `4`)"),
        ("((a <))", "((a <)): cannot be read: it ends too early, at character 3"),
        (
            "((area.start-date))",
            "((area.start-date)): cannot be read at character 11: '-date' is not expected (a name with a hyphen stands in double quotes",
        ),
    ],
)
def test_an_expression_that_cannot_be_read_says_where(text: str, complaint: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        render(text, FLOOD)
    assert str(raised.value).startswith(complaint.removesuffix("((severity)"))


def test_an_expression_is_compiled_once() -> None:
    assert expression("severityLevel < `4`") is expression("severityLevel < `4`")
