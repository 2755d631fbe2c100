"""Placeholders, conditionals and lists (contract 2.1). The numbered cases are in `test_contract_cases.py`."""

import pytest

from functions.notifications.templates import bullets, fill, highlighted, is_blank, missing, placeholders, prose, with_defaults


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("((a))", {"a": {"b": 1}}, "{'b': 1}"),
        ("((a))", {"a": "((b))", "b": "no"}, "((b))"),
        ("((a)) ((b))", {"a": None}, "((a)) ((b))"),
        ("((w??shown))", {"w": "T"}, "shown"),
        ("((w??shown))", {"W ": "yes"}, "shown"),
        ("((w??shown))", {}, "((w??shown))"),
    ],
)
def test_a_placeholder_becomes_its_value(text: str, values: dict[str, object], expected: str) -> None:
    assert fill(text, values, prose) == expected


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


@pytest.mark.parametrize(
    ("values", "defaults", "expected"),
    [
        ({}, {"name": "friend"}, {"name": "friend"}),
        ({"name": None}, {"name": "friend"}, {"name": "friend"}),
        ({"name": ""}, {"name": "friend"}, {"name": ""}),
        ({"First Name": "Jo"}, {"first_name": "friend", "colour": "red"}, {"First Name": "Jo", "colour": "red"}),
        ({"First Name": None}, {"first_name": "friend"}, {"first_name": "friend"}),
        ({"other": []}, {}, {"other": []}),
        ({"a": 1, "A": None}, {"a": 2}, {"a": 2}),
    ],
)
def test_a_default_stands_in_where_no_value_is_given(
    values: dict[str, object], defaults: dict[str, object], expected: dict[str, object]
) -> None:
    assert with_defaults(values, defaults) == expected


def test_a_template_on_a_page_marks_what_is_to_be_filled() -> None:
    assert highlighted("Dear <Jo>, ((late??you are <late>)) ((a<b))") == (
        'Dear &lt;Jo&gt;, <span class="placeholder-conditional">((late??</span>you are &lt;late&gt;)) '
        '<span class="placeholder">((a&lt;b))</span>'
    )


def test_white_space_of_any_kind_is_blank() -> None:
    assert is_blank(" \n\t\u200b\ufeff\u00a0")
