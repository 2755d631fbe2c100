"""Emails: what a mail program is given (contract 2.1). The numbered cases are in `test_contract_cases.py`."""

import re
import time

import pytest

from functions.notifications.email import html_part, parts
from functions.notifications.sanitise import sanitise


def html(body: str) -> str:
    """The content of the HTML part without its styles."""
    content = html_part("Subject", body, "Sender").split("<main>")[1].split("</main>")[0]
    return re.sub(r' style="[^"]*"', "", content)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("> not inset", "<p>&gt; not inset</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("line one\nline two", "<p>line one<br>line two</p>"),
        ("&lpar;&lpar;name&rpar;&rpar;", "<p>((name))</p>"),
        ("&amp;nbsp;", "<p>&amp;nbsp;</p>"),
        ("* one\n  * two", "<ul><li>one<ul><li>two</li></ul></li></ul>"),
        ('[a](http://x.y "A title")', '<p><a href="http://x.y" title="A title">a</a></p>'),
        ("qr: http://x.y", '<p>qr: <a href="http://x.y">http://x.y</a></p>'),
    ],
)
def test_markdown_becomes_html(body: str, expected: str) -> None:
    assert html(body) == expected


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        ("# One\n\n## Two\n\n# Three", ["2", "3", "2"]),
        ("## Two", ["2"]),
        ("## Two\n\n# One\n\n## Two", ["2", "2", "3"]),
    ],
)
def test_headings_are_heard_in_order_whatever_they_look_like(body: str, levels: list[str]) -> None:
    headings = re.findall(r'<h(\d)(?: aria-level="(\d)")?>', html(body))
    assert [said or level for level, said in headings] == levels


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# heading\n\ntext", f"heading\n{'=' * 65}\n\ntext\n"),
        ("http://example.com", "http://example.com\n"),
        ("* one\n* two\n\nafter", "• one\n• two\n\nafter\n"),
        ("* one\n  * two\n* three", "• one\n  • two\n\n• three\n"),
        ("a < b & c", "a < b & c\n"),
        ('[a](http://x.y) said "yes" - twice', "a: http://x.y said “yes” – twice\n"),
    ],
)
def test_markdown_becomes_plain_text(body: str, expected: str) -> None:
    assert parts("Subject", body, "Sender")[1] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# Severe\n\nAvon & *Bath*\nby noon", "Severe Avon &amp; *Bath* by noon"),
        ("^ inset\n\n---\n\n* one\n* two", "inset one two"),
        ("See [the map](https://example.gov/map).", "See the map."),
        ("|a|b|\n|-|-|\n|c|d|\n\nafter", "after"),
        ("    indented\n\nafter", "indented after"),
        ("# " + "a" * 300, "a" * 256),
    ],
)
def test_the_preview_is_the_first_words_and_no_markdown(body: str, expected: str) -> None:
    assert f'overflow: hidden;">{expected}</div>' in html_part("Subject", body, "Sender")


def test_the_subject_and_the_sender_are_escaped() -> None:
    whole = html_part("<b>", "text", "A & <i>B</i>")
    assert "<title>&lt;b&gt;</title>" in whole
    assert "A &amp; &lt;i&gt;B&lt;/i&gt;" in whole


def test_the_document_says_its_language() -> None:
    assert html_part("Subject", "text", "Sender").startswith('<!DOCTYPE html><html lang="en">')


@pytest.mark.parametrize(
    "body",
    [
        "[" * 20_000,
        "> " * 50_000,
        "http://" * 20_000,
        "http://" + ")" * 100_000,
        "* " * 50_000,
        "|" * 20_000,
        "\"'" * 50_000,
        "a@b.c " * 20_000,
        "'@" * 50_000,
        " -" * 50_000,
        " ," * 50_000,
        "GOV.UK " * 15_000,
        "`" * 100_000,
        "+ a\n" * 10_000,
    ],
    ids=lambda body: repr(body[:8]),
)
def test_no_body_is_slow(body: str) -> None:
    began = time.process_time()
    html_part("Subject", body, "Sender")
    assert time.process_time() - began < 3


def test_a_sanitised_value_reads_as_it_was_typed() -> None:
    assert html(sanitise("# Not *a* [heading]")) == "<p># Not *a* [heading]</p>"


def test_a_sanitised_address_is_no_link() -> None:
    assert "<a" not in html(sanitise("http://evil.link www.evil.link [x](evil.link/y)"))
