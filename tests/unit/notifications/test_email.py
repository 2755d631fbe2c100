"""Emails: Markdown to HTML and to plain text (contract 2.1, cases 16 to 39)."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notifications.email import html_part, plain_part
from functions.notifications.sanitise import sanitise


def html(body: str) -> str:
    """The content of the HTML part without its styles."""
    content = html_part("Subject", body, "Sender").split("<main>")[1].split("</main>")[0]
    return re.sub(r' style="[^"]*"', "", content)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# heading", "<h2>heading</h2>"),
        ("#heading", "<h2>heading</h2>"),
        ("## heading", "<h3>heading</h3>"),
        ("### x", "<p>x</p>"),
        ("a\n\n***\n\nb", "<p>a</p><hr><p>b</p>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        ("1.one\n2.two", "<ol><li>one</li><li>two</li></ol>"),
        ("1. a\n1. b", "<ol><li>a</li><li>b</li></ol>"),
        ("*one", "<ul><li>one</li></ul>"),
        ("- one", "<ul><li>one</li></ul>"),
        ("• one\n• two", "<ul><li>one</li><li>two</li></ul>"),
        ("+ one\n+ two", "<p>+ one<br>+ two</p>"),
        ("^ inset text", "<blockquote><p>inset text</p></blockquote>"),
        ("> not inset", "<p>&gt; not inset</p>"),
        ("an **important** *x* _x_ `thing` ~~Strike~~", "<p>an **important** *x* _x_ `thing` ~~Strike~~</p>"),
        ("foo ****** bar", "<p>foo ****** bar</p>"),
        ("**b** at the start", "<p>**b** at the start</p>"),
        ("|a|b|\n|-|-|\n|c|d|", ""),
        ("![alt](http://x/image.png)", "<p></p>"),
        ("```\ncode <b>\n```", "<p>code &lt;b&gt;</p>"),
        ("[w](www.example.com/x)", '<p><a href="http://www.example.com/x">w</a></p>'),
        ("example.com www.example.com ftp://x.y a@b.com", "<p>example.com www.example.com ftp://x.y a@b.com</p>"),
        ("this (http://example.com)", '<p>this (<a href="http://example.com">http://example.com</a>)</p>'),
        ("http://x/a?b=c&d=e.", '<p><a href="http://x/a?b=c&amp;d=e">http://x/a?b=c&amp;d=e</a>.</p>'),
        ("before\n\n\n\n\nafter", "<p>before</p><p>after</p>"),
        ("<script>alert('foo')</script>", "<p>&lt;script&gt;alert('foo')&lt;/script&gt;</p>"),
        ("[a](https://x.y/?redirect=%2Fhome%3Fa=b)", '<p><a href="https://x.y/?redirect=%2Fhome%3Fa=b">a</a></p>'),
        ("[m](mailto:a@b) [t](tel:+44123)", '<p><a href="mailto:a%40b">m</a> <a href="tel:%2B44123">t</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("line one\nline two", "<p>line one<br>line two</p>"),
        ("&timestamp=&times;", "<p>&amp;timestamp=×</p>"),
        ("200&microg 2&minus;1", "<p>200&amp;microg 2−1</p>"),
        ("&lpar;&lpar;name&rpar;&rpar;", "<p>((name))</p>"),
    ],
)
def test_markdown_becomes_html(body: str, expected: str) -> None:
    assert html(body) == expected


def test_a_quote_in_an_address_cannot_end_its_attribute() -> None:
    assert 'href="https://example.com%22onclick=%22alert' in html("https://example.com\"onclick=\"alert('hi')")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# heading\n\ntext", f"heading\n{'=' * 65}\n\ntext\n"),
        ("## heading", f"heading\n{'-' * 65}\n"),
        ("a\n\n---\n\nb", f"a\n\n{('=-' * 65)[:65]}\n\nb\n"),
        ('[Example](http://example.com "T")', "Example (T): http://example.com\n"),
        ("http://example.com", "http://example.com\n"),
        ("* one\n* two\n\nafter", "• one\n• two\n\nafter\n"),
        ("1. one\n1. two", "1. one\n2. two\n"),
        ("a < b & c", "a < b & c\n"),
    ],
)
def test_markdown_becomes_plain_text(body: str, expected: str) -> None:
    assert plain_part(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# Severe\n\nAvon & *Bath*\nby noon", "Severe Avon &amp; *Bath* by noon"),
        ("^ inset\n\n---\n\n* one\n* two", "inset one two"),
        ("See [the map](https://example.gov/map).", "See the map."),
        ("|a|b|\n|-|-|\n|c|d|\n\nafter", "after"),
        ("# " + "a" * 300, "a" * 256),
    ],
)
def test_the_preview_is_the_first_words_and_no_markdown(body: str, expected: str) -> None:
    assert f'overflow: hidden;">{expected}</div>' in html_part("Subject", body, "Sender")


def test_the_subject_and_the_sender_are_escaped() -> None:
    whole = html_part("<b>", "text", "A & <i>B</i>")
    assert "<title>&lt;b&gt;</title>" in whole
    assert "A &amp; &lt;i&gt;B&lt;/i&gt;" in whole


@pytest.mark.parametrize(
    "body", ["a" * 100_000, " " * 1_000_000, "[" * 20_000, "> " * 50_000, "http://" * 20_000, "* " * 50_000, "|" * 20_000]
)
def test_no_body_is_slow(body: str) -> None:
    began = time.process_time()
    html_part("Subject", body, "Sender")
    assert time.process_time() - began < 3


@given(st.text())
def test_rendering_never_fails_and_no_value_becomes_markup(text: str) -> None:
    rendered = html(text)
    plain_part(text)
    tags = {tag.lower() for tag in re.findall(r"<(/?\w+)", rendered)}
    assert tags <= {f"{slash}{tag}" for slash in ("", "/") for tag in ("p", "h2", "h3", "ul", "ol", "li", "blockquote", "a", "hr", "br")}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Amala, please [click this (evil link](https://evil.link)", r"Amala, please \[click this \(evil link\]\(\)"),
        ("https://evil.link and www.evil.link", r" and www\. evil\. link"),
        ("Marie.Curie-Sklodowska", r"Marie\. Curie\-Sklodowska"),
        ("## Rogue Header", r"\#\# Rogue Header"),
        (r"\# Rogue", r"\\\# Rogue"),
        ("https://localhost/", "https://localhost/"),
    ],
)
def test_a_sanitised_value_is_neither_link_nor_markdown(value: str, expected: str) -> None:
    assert sanitise(value) == expected


def test_a_sanitised_value_reads_as_it_was_typed() -> None:
    assert html(sanitise("# Not *a* [heading]")) == "<p># Not *a* [heading]</p>"
