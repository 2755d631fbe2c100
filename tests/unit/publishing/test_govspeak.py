"""Govspeak: what publishers write, and the HTML it becomes."""

import time

import pytest

from functions.publishing.details import presented, with_html
from functions.publishing.govspeak import to_html
from functions.publishing.sanitise import sanitise

CASES = {
    "a heading can be linked to": ("## Hello World", '<h2 id="hello-world">Hello World</h2>'),
    "a heading with nothing of an id is a section": ("## 2024", '<h2 id="section">2024</h2>'),
    "an id may be chosen": ("## T {#special}", '<h2 id="special">T</h2>'),
    "information": (
        "^note^",
        '<div role="note" aria-label="Information" class="application-notice info-notice"><p>note</p></div>',
    ),
    "a mark need not be closed": (
        "^note",
        '<div role="note" aria-label="Information" class="application-notice info-notice"><p>note</p></div>',
    ),
    "a warning": ("%warn%", '<div role="note" aria-label="Warning" class="application-notice help-notice"><p>warn</p></div>'),
    "an example on one line": ("$E ex $E", '<div class="example"><p>ex</p></div>'),
    "a contact": ("$C\n**A**\nb\n$C", '<div class="contact"><p><strong>A</strong>b</p></div>'),
    "a call to action holds other blocks": (
        "$CTA\ngo\n\n* a\n$CTA",
        '<div class="call-to-action"><p>go</p><ul><li>a</li></ul></div>',
    ),
    "a place holds information": (
        "$P\nx\n$I\ny\n$I\n$P",
        '<div class="place"><p>x</p><div class="information"><p>y</p></div></div>',
    ),
    "an address keeps its lines": ("$A\nl1\nl2\n$A", '<div class="address"><div class="adr org fn"><p>l1<br>l2</p></div></div>'),
    "a callout interrupts a paragraph": ("text\n$CTA\ngo\n$CTA", '<p>text</p><div class="call-to-action"><p>go</p></div>'),
    "a sum of money is no callout": ("$Cost of $5", "<p>$Cost of $5</p>"),
    "a link elsewhere is external": ("[a](https://e.com)", '<p><a href="https://e.com" rel="external">a</a></p>'),
    "a link within is not": ("[a](/b)", '<p><a href="/b">a</a></p>'),
    "a table is headed": (
        "| |# C1|\n|---|---|\n|# R1|v|",
        '<table><thead><tr><td></td><th scope="col">C1</th></tr></thead><tbody><tr><th scope="row">R1</th><td>v</td></tr></tbody></table>',
    ),
    "alignment is a class": (
        "|a|\n|-:|\n|1|",
        (
            '<table><thead><tr><th scope="col" class="cell-text-right">a</th></tr></thead>'
            '<tbody><tr><td class="cell-text-right">1</td></tr></tbody></table>'
        ),
    ),
    "quotes and dashes are typographic": ('it\'s "q" -- x --- y', "<p>it’s “q” – x — y</p>"),
    "a list": ("* a\n* b", "<ul><li>a</li><li>b</li></ul>"),
}


@pytest.mark.parametrize(("govspeak", "html"), CASES.values(), ids=CASES.keys())
def test_each_thing_publishers_write_becomes_its_html(govspeak: str, html: str) -> None:
    assert to_html(govspeak).replace("\n", "") == html


def test_two_headings_of_one_text_have_two_ids() -> None:
    assert 'id="same-1"' in to_html("## Same\n\n## Same")


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)">x</a>',
        '<img src=x onerror="alert(1)">',
        '<iframe src="https://example.com"></iframe>',
        '<form action="https://example.com"><input name="password"></form>',
        '<p style="position:fixed">x</p>',
        "<style>body{display:none}</style>",
        '<svg onload="alert(1)"></svg>',
        '<a href="data:text/html,<script>x</script>">x</a>',
    ],
)
def test_nothing_that_runs_or_disturbs_gets_through(html: str) -> None:
    for safe in (sanitise(html), to_html(html)):
        for harm in ("script", "alert", "iframe", "form", "style", "onerror", "javascript", "data:"):
            assert harm not in safe


def test_html_and_govspeak_are_one_text_to_readers() -> None:
    saved = with_html({"body": [{"content_type": "text/govspeak", "content": "*hi*"}], "parts": [{"body": "<b>x</b><script>y</script>"}]})
    assert [rendition["content_type"] for rendition in saved["body"]] == ["text/govspeak", "text/html"]
    assert presented(saved) == {"body": "<p><em>hi</em></p>\n", "parts": [{"body": "<b>x</b>"}]}


def test_html_that_came_with_the_govspeak_is_kept() -> None:
    both = {"body": [{"content_type": "text/govspeak", "content": "a"}, {"content_type": "text/html", "content": "<p>b</p>"}]}
    assert with_html(both) == both
    assert presented(both) == {"body": "<p>b</p>"}


@pytest.mark.parametrize(
    "text", ["$Cx\n" * 20_000, "[" * 5_000, ">" * 5_000, "^x\n" * 10_000, "|" * 10_000, "*" * 10_000, "<div>" * 10_000]
)
def test_no_text_takes_long(text: str) -> None:
    began = time.perf_counter()
    to_html(text)
    assert time.perf_counter() - began < 5
