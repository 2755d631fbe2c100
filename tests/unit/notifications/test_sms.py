"""Text messages: downgrading, tidying and counting (contract 2.1). The numbered cases are in `test_contract_cases.py`."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notifications.sms import GSM, WELSH, render
from functions.notifications.templates import is_blank


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("Siân Ŵyn o Lanfair", "Siân Ŵyn o Lanfair"),
        ("ﬁ ½ Å", "? ? Å"),
        ("a\u00a0b\ufeffc", "a bc"),
        ("Ṩ", "S"),
        ("a\r\nb\u2028c", "a\nb\nc"),
    ],
)
def test_a_text_is_made_what_phones_can_show(given: str, sent: str) -> None:
    assert render(given) == sent


def test_the_service_stands_in_front() -> None:
    assert render("Hello", " Svc ") == "Svc: Hello"
    assert render("Hello", "  ") == "Hello"


def test_nothing_but_white_space_is_empty() -> None:
    assert is_blank(render(" \u200b\n"))
    assert not is_blank(render("?"))


def test_a_million_spaces_take_no_time() -> None:
    began = time.process_time()
    render("a" + " " * 1_000_000 + "b")
    assert time.process_time() - began < 1


@given(st.text())
def test_whatever_leaves_is_gsm_or_welsh(text: str) -> None:
    assert set(render(text)) <= GSM | WELSH
