"""Content blocks in texts: which codes are codes, what they ask for, and where in HTML what is said in their place may stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.publishing.content_blocks import Embed, asked, filled
from functions.publishing.govspeak import reading, to_html
from functions.publishing.sanitise import sanitise

ID = "4f3383e4-48a2-4461-a41d-f85ea8b89ba0"
WHOLE = f"{{{{embed:contact:{ID}}}}}"
RATE = "{{embed:content_block_pension:full-state-pension/rates/0/weekly_amount}}"
PIECES = ["<p>", "</p>", "<b>", "</b>", "<", " ", "\n", "{{", "}}", "&lt;", "x", WHOLE, RATE]


def test_a_code_says_which_block_and_which_field_of_it() -> None:
    assert list(asked(f"Call {WHOLE}, {RATE}, {WHOLE}.")) == [
        Embed(WHOLE, "contact", ID),
        Embed(RATE, "pension", "full-state-pension", ("rates", "0", "weekly_amount")),
        Embed(WHOLE, "contact", ID),
    ]


def test_a_contact_may_be_asked_for_by_either_of_its_names() -> None:
    both = ["{{embed:contact:a}}", "{{embed:content_block_contact:a}}"]
    assert {embed.type for code in both for embed in asked(code)} == {"contact"}


def test_the_dashes_that_typography_makes_of_an_alias_are_its_hyphens_again() -> None:
    html = to_html("{{embed:contact:a--b---c-d}}")
    assert "–" in html
    assert [embed.name for embed in asked(html)] == ["a--b---c-d"]


@pytest.mark.parametrize(
    "text",
    [
        "{{embed:link:a}}",
        "{{embed:answer:a}}",
        "{{embed:content_block_:a}}",
        "{embed:contact:a}",
        "{{embed:contact:}}",
        "{{embed:contact:A}}",
        "{{embed:contact:a b}}",
        "{{embed:contact:a/b c}}",
        f"{{{{embed:contact:{'a' * 256}}}}}",
    ],
)
def test_other_texts_in_braces_stay_as_they_are(text: str) -> None:
    assert list(asked(text)) == []
    assert filled(f"<p>{text}</p>", lambda _: "said") == f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (f"<p>{WHOLE}</p>\n<p>After</p>", "<div>A</div>\n<p>After</p>"),
        (f"<p> {WHOLE}\n</p>", "<div>A</div>"),
        (f"<li>{WHOLE}</li>", "<li><div>A</div></li>"),
        (f"<p>It is {RATE} a week</p>", "<p>It is <b>£1</b> a week</p>"),
        (f"<p>{RATE}</p>", "<p><b>£1</b></p>"),
        ("<p>{{embed:contact:gone}}</p><p>a {{embed:contact:gone/b}}</p><p>{{embed:contact:gone/b}}</p>", "<p>a </p>"),
        (f'<a title="{WHOLE}">b</a>', f'<a title="{WHOLE}">b</a>'),
    ],
)
def test_what_a_block_says_stands_where_it_is_asked_for(html: str, shown: str) -> None:
    said = {ID: "<div>A</div>", "full-state-pension": "<b>£1</b>"}
    assert filled(html, lambda embed: said.get(embed.name, "")) == shown


@pytest.mark.parametrize("attribute", [f'title="{WHOLE}"', f"title='>{WHOLE}'", f'title="<{WHOLE}"', f"title={WHOLE}"])
def test_from_inside_an_attribute_a_block_cannot_become_one(attribute: str) -> None:
    said = 'x" onclick="steal()" <b title="x" onmouseover="steal()">'
    written = reading.elements(sanitise(filled(f"<a {attribute}>b</a>", lambda _: said)))
    assert {name for _, name, _ in written} <= {"", "title"}


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_outside_of_tags_no_code_is_left(html: str) -> None:
    assert list(asked(filled(html, lambda _: ""))) == []


@pytest.mark.parametrize("piece", ["<p> ", "<p>", " ", "<a ", "{{embed:contact:", "{{embed:contact:a/", "<p>{{embed:content_block_"])
def test_a_text_that_only_begins_codes_is_read_in_a_moment(piece: str) -> None:
    # Looked at from each of its letters again, this would take hours.
    text = f"{piece * 200_000} {{{{embed:"
    assert filled(text, lambda _: "said") == text
