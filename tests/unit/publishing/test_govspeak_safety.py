"""Whatever text is given: it is rendered, in a time that grows as the text does, and what comes out is safe and whole."""

import sys
from collections.abc import Callable
from html.parser import HTMLParser
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.publishing.govspeak import Options, extracted_links, headers, is_valid, structured_headers, to_html, to_text
from functions.publishing.sanitise import sanitise

PIECES = st.sampled_from(
    [
        "$CTA", "$C", "$A\n", "$E ", "$I", "$P", "$!", "^", "%", "{::highlight-answer}", "{:/highlight-answer}", "{stat-headline}",
        "{/stat-headline}", "x[", "]x", "[a](https://b.uk)", "[a](javascript:b)", "s1. ", "s2. a\n", "$LegislativeList\n",
        "$EndLegislativeList", ":england:", "|a|b|\n|-|-:|\n", "|# c|1|\n", "{barchart}", "{barchart stacked}", "{button}", "{/button}",
        "[Attachment:a]", "[AttachmentLink:a]", "[embed:attachments:inline:a]", "[embed:attachments:image:a]", "!!1", "[Image:a]",
        "[Contact:a]", "[embed:link:a]", "[^1]", "[^1]: ", "*[ab]: ", "ab", "> ", "\"", "'", "--", "...", "## ", "{#a}", "\n---\n",
        "{: .a #b}", "{:onclick='a'}", "\n: ", "{{embed:content_block_a:b/c}}", "<script>", "</script>", "<a onclick=b>",
        "<svg onload=a>", "<div data-barchart='0'>", "</div>", "<td style='text-align:left'>", "<img src=a onerror=b>", "<!--", "&#0;",
        "&lt;", "* ", "1. ", "    ", "\n", "\n\n", "\t", "`", "~~~\n", "\ud800", "\x00", "\u202e", "\ufeff",
    ]
)  # fmt: skip
TEXT = st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join)
THING = {
    "id": "a",
    "content_id": "a",
    "title": '<b onclick="x">"',
    "url": "javascript:alert(1)",
    "email": "<script>",
    "caption": "<script>",
}
OPTIONS = Options(
    "cy", ["b.uk"], ["c.uk"], auto_numbered_headers=True, attachments=[THING], images=[THING], links=[THING], contacts=[THING]
)
VOID = {"br", "col", "hr", "img", "wbr"}


class _Whole(HTMLParser):
    """Every element that is opened is closed, in its turn; none of them, nor what it says of itself, runs anything."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "style", "iframe", "form", "input", "object"}
        for name, value in attrs:
            assert not name.startswith("on")
            assert name != "style"
            assert "javascript:" not in (value or "") or name not in {"href", "src", "cite"}
        assert len(dict(attrs)) == len(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(TEXT)
def test_whatever_is_written_becomes_whole_and_safe_html(text: str) -> None:
    for options in (Options(), OPTIONS):
        html = to_html(text, options)
        _Whole(html)
        assert sanitise(html) == html


@given(TEXT)
def test_whatever_is_written_can_be_asked_anything(text: str) -> None:
    for ask in (to_text, extracted_links, headers, structured_headers, is_valid):
        ask(text, OPTIONS)


REPEATED = [
    "$Cx\n", "$C ", "$C\n$D\n", "^", "^x\n", "%", "{::highlight-answer}\n", ":england:", ":england:\n", "s1. ", "s1. x\n",
    "$LegislativeList\n", "$LegislativeList\n\n", "* $C\n", "> $C\n", "{button}\n", "{button}[", "{button}[a](", "{:", "{:a", "{: .a}\n",
    "{: .a}\n\n", "x\n{: .a}\n", "[^1]", "[^1]: a\n", "[^1][^1]: a\n\n", "[^", "*[a]: b\n", "*[", "a\n: ", ": a\n", "a\n: b\n",
    "a\n\n: b\n", "a\n: b\n\n", "> \"", "\"", "'", "\"'", "--", ".", "<<", "## a\n\n", "## {#", "#", "a\n---\n", "-", "|", "|a",
    "|a|\n|-|\n", "|a|b|\n|-|-|\n|c|1|\n{barchart}\n\n", "{barchart}\n", "[Attachment:", "[embed:link:", "[Contact:a]\n", "!!1\n", "!!",
    "x[a](b)x", "x[", "[", "]", "[a](", "![", "<a", "<div>", "<div>\n\n", "</div>", "<!--", "<td style='text-align:left'>", "&", "&amp",
    "*", "**a", "_", "`", "~~~\n", "\\", "> ", ">", "* ", "* a\n", "1. ", " ", "\t", "\n", "    a\n", "{{embed:content_block_", "<svg>",
    "<img src=a>", "a",
]  # fmt: skip
SHORT, TIMES = 120, 4


def calls(work: Callable[[], object]) -> int:
    """How many functions are called, and lines run, by the work: the same on any machine."""
    count = 0

    def step(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += 1
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "text",
    [
        f"*[a]: {'b' * 10_000}\n\n" + "a " * 5_000,
        f"|a|{'b' * 10_000}|c|\n|-|-|-|\n" + "|d|1|2|\n" * 1_000 + "{barchart}",
        f"|a|b|\n|-|-|\n{'|d|1|\n' * 1_000}{{barchart}}\n\n" + "<div data-barchart='0'></div>\n\n" * 500,
    ],
)
def test_no_text_grows_without_measure(text: str) -> None:
    assert len(to_html(text)) < 200 * len(text)


@pytest.mark.parametrize("piece", REPEATED)
def test_a_text_four_times_as_long_takes_about_four_times_as_long(piece: str) -> None:
    to_html(piece)
    short = calls(lambda: to_html(piece * SHORT))
    long = calls(lambda: to_html(piece * SHORT * TIMES))
    assert long < 1.5 * TIMES * short + 20_000
