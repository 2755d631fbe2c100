"""Placeholders, conditionals and lists (contract 2.1, the numbered cases of 2.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notifications.templates import bullets, fill, is_blank, missing, one_line, placeholders, prose


def filled(text: str, **values: object) -> str:
    return fill(text, values, prose)


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("((colour))", {"colour": "red"}, "red"),
        ("the quick (((colour))) fox", {"colour": "brown"}, "the quick (brown) fox"),
        ("the (()) brown fox", {"colour": "red"}, "the (()) brown fox"),
        ("the ((quick brown fox", {"quick brown fox": "red"}, "the ((quick brown fox"),
        ("((warning?))", {"warning?": "stop"}, "stop"),
        ("((warning??foo??bar))", {"warning": True}, "foo??bar"),
        ("((warning??foo??bar))", {"warning": False}, ""),
        ("((w??line\nbreak))", {"w": True}, "line\nbreak"),
        ("((a))", {"a": "   "}, "   "),
        ("((a))", {"a": 0.1 + 0.2}, "0.30000000000000004"),
        ("((a))", {"a": False}, "False"),
        ("((a))", {"a": {"b": 1}}, "{'b': 1}"),
        ("((a(b)c))", {"abc": 1}, "((a(b)c))"),
        ("((name))", {" Name": "Jo"}, "Jo"),
        ("((foo))", {"foo": 1, "FOO": 2, "f_o_o": 3}, "3"),
        ("((a))", {"a": "((b))", "b": "no"}, "((b))"),
    ],
)
def test_a_placeholder_becomes_its_value(text: str, values: dict[str, object], expected: str) -> None:
    assert fill(text, values, prose) == expected


@pytest.mark.parametrize("value", [1, "1", "yes", "y", "true", True, "include", "show", "T"])
def test_a_conditional_shows_for_yes(value: object) -> None:
    assert filled("((w??shown))", w=value) == "shown"


@pytest.mark.parametrize("value", [0, "0", 2, "off", "no", "false", "any string", [], ["true"], {"True": True}])
def test_a_conditional_hides_for_anything_else(value: object) -> None:
    assert filled("((w??shown))", w=value) == ""


def test_names_are_the_same_whatever_their_case_spaces_and_hyphens() -> None:
    assert placeholders("((name)) ((Name)) ((date_of_birth)) ((DateOfBirth)) ((date-of birth))") == ["name", "date_of_birth"]


def test_missing_names_come_in_the_order_of_subject_then_body_and_in_their_first_spelling() -> None:
    assert missing({"Colour": "red", "extra": 1}, "((b)) ((colour))", "((a)) ((B)) ((c??x))") == ["b", "a", "c"]


def test_none_is_missing_and_nothing_written_is_not() -> None:
    assert missing({"name": "", "list": [], "colour": None}, "((name)) ((list)) ((colour))") == ["colour"]


@pytest.mark.parametrize(
    ("items", "sentence", "markdown"),
    [
        (["one"], "one", "\n\n* one"),
        (["one", "two"], "one and two", "\n\n* one\n* two"),
        (["one", "two", "three"], "one, two and three", "\n\n* one\n* two\n* three"),
        (["one", None, None], "one", "\n\n* one"),
        ([" ", " \t ", "\u180e"], "", ""),
        ([1, {"two": 2}, "three", None], "1, {'two': 2} and three", "\n\n* 1\n* {'two': 2}\n* three"),
    ],
)
def test_a_list_is_a_sentence_or_bullets(items: list[object], sentence: str, markdown: str) -> None:
    assert fill("((list))", {"list": items}, prose) == sentence
    assert fill("((list))", {"list": items}, bullets) == markdown


def test_a_subject_is_one_line() -> None:
    assert one_line(filled("\u200c Your tax   ((status))", status=" is\ndue ")) == "Your tax is due"


def test_white_space_of_any_kind_is_blank() -> None:
    assert is_blank(" \n\t\u200b\ufeff\u00a0")


@given(st.text(), st.dictionaries(st.text(), st.none() | st.text() | st.booleans() | st.lists(st.text() | st.integers())))
def test_filling_never_fails(text: str, values: dict[str, object]) -> None:
    fill(text, values, bullets)
    missing(values, text)
