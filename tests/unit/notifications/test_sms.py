"""Text messages: downgrading, tidying and counting (contract 2.1, cases 47 to 56)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notifications.sms import EXTENDED, GSM, LIMIT, WELSH, fragments, is_empty, length, render


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("Łōdź", "Lodz"),
        ("It Just Works™", "It Just Works?"),
        ("ç", "c"),
        ("“”‘’–—…", "\"\"''--..."),
        ("😬", "?"),
        ("↉", "?"),
        ("a\tb", "a b"),
        ("a\u200bb", "ab"),
        ("Zoë 😀 Ŵ ł", "Zoë ? Ŵ l"),
        ("  G      D       S  ", "G D S"),
        ("P1 \n\n\n\n\n\n P2", "P1\n\nP2"),
        ("Jumps over the lazy dog   .  ", "Jumps over the lazy dog."),
    ],
)
def test_a_text_is_made_what_phones_can_show(given: str, sent: str) -> None:
    assert render(given) == sent


def test_the_service_stands_in_front() -> None:
    assert render("Hi\tBob , ok .\n\n\n\nbye", "Svc") == "Svc: Hi Bob, ok.\n\nbye"
    assert render("  ", "GDS") == "GDS:"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("à" * 160, 1),
        ("à" * 161, 2),
        ("à" * 306, 2),
        ("à" * 307, 3),
        ("à" * 918, 6),
        ("à" * 919, 7),
        ("ÿ" * 70, 1),
        ("ÿ" * 71, 2),
        ("ÿ" * 134, 2),
        ("ÿ" * 135, 3),
        ("ÿ" * 402, 6),
        ("à" * 70 + "ÿ", 2),
        (render("🚀" * 160), 1),
        (render("🚀" * 161), 2),
        ("^" * 80, 1),
        ("^" * 81, 2),
        ("a" * 158 + "|", 1),
        ("a" * 159 + "|", 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("â" * 69 + "{", 1),
        ("â" * 70 + "{", 2),
    ],
)
def test_fragments_are_counted_as_networks_bill_them(text: str, count: int) -> None:
    assert fragments(text) == count


@pytest.mark.parametrize(("given", "over"), [("a" * 917 + "cc", 1), ("Ŵ" * 917 + "cc", 1), ("🏳️‍🌈" * 917 + "cc", 1835)])
def test_the_limit_counts_characters_after_downgrading(given: str, over: int) -> None:
    assert length(render(given)) - LIMIT == over


def test_nothing_but_white_space_is_empty() -> None:
    assert is_empty(" \u200b\n")
    assert not is_empty("?")


def test_a_million_spaces_take_no_time() -> None:
    began = time.process_time()
    render("a" + " " * 1_000_000 + "b")
    assert time.process_time() - began < 2


@given(st.text())
def test_whatever_leaves_is_gsm_or_welsh(text: str) -> None:
    assert set(render(text)) <= GSM | WELSH


@given(st.text(alphabet=sorted(GSM), min_size=1))
def test_the_count_agrees_with_packing_the_septets(text: str) -> None:
    septets = [2 if character in EXTENDED else 1 for character in text]
    assert fragments(text) == (1 if sum(septets) <= 160 else -(-sum(septets) // 153))
