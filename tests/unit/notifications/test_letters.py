"""Letters as they are printed (contract 1.6, 2.1), read back from their own PDF."""

from __future__ import annotations

import dataclasses
import datetime
import re
import time
from io import BytesIO
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.notifications import precompiled, qr
from functions.notifications.layout import MAXIMUM_PAGES
from functions.notifications.letters import LetterContent, render
from functions.notifications.qr import QrTooLong, check_qr_codes

PLAIN = LetterContent(
    address=("Ms Siân Ŵyn", "1 Stryd Fawr", "Aberystwyth", "SY23 1AA"),
    contact_block="Licensing Agency\n1 Street\nLondon\nSW1A 1AA",
    subject="Your licence",
    body="Dear Siân Ŵyn,\n\nIt ends soon.",
    date=datetime.date(2026, 11, 3),
)


def letter(body: str, **changes: object) -> LetterContent:
    return dataclasses.replace(PLAIN, body=body, **changes)  # type: ignore[arg-type]  # fields of LetterContent


def text(written: LetterContent) -> str:
    """All of its words, without the marks that keep words together or let them break."""
    reader = pypdf.PdfReader(BytesIO(render(written).pdf))
    words = "\n".join(page.extract_text() for page in reader.pages)
    return re.sub("[\u2060\u200b]", "", words)


def root(written: LetterContent) -> Any:
    """The catalogue of its PDF."""
    return pypdf.PdfReader(BytesIO(render(written).pdf)).trailer["/Root"]


def meets_the_standard(catalogue: Any) -> bool:
    """Whether it says that it meets PDF/UA, which the typesetter has then checked."""
    return b"pdfuaid:part" in catalogue["/Metadata"].get_data()


def test_a_letter_says_who_when_and_what() -> None:
    said = text(PLAIN)
    for words in ("Ms Siân Ŵyn", "SY23 1AA", "Licensing Agency", "3 November 2026", "Your licence", "It ends soon."):
        assert words in said


def test_a_letter_keeps_to_the_print_contract() -> None:
    rendered = render(letter("# A heading\n\n" + "A long paragraph of words. " * 400))
    checked = precompiled.check(rendered.pdf)
    assert checked.address == PLAIN.address
    assert checked.pages == rendered.pages > 1


def test_a_long_line_of_an_address_stays_in_the_window_and_so_do_seven() -> None:
    lines = ("Jo", "The Extraordinarily Long Name of a Building That Cannot Ever Fit Into the Window of an Envelope", *"CDEF", "N1 4WQ")
    assert precompiled.check(render(letter("x", address=lines)).pdf).address == lines


def test_a_long_contact_block_pushes_the_text_down_and_is_not_written_over() -> None:
    rendered = render(letter("x", contact_block="\n".join(f"line {number}" for number in range(30))))
    assert rendered.pages == 1
    assert "line 29" in text(letter("x", contact_block="\n".join(f"line {number}" for number in range(30))))


def test_the_same_letter_is_the_same_bytes() -> None:
    assert render(PLAIN) == render(PLAIN)
    assert render(PLAIN).pdf != render(letter("Something else.")).pdf


def test_a_letter_is_tagged_for_those_who_hear_it() -> None:
    catalogue = root(letter("# One\n\n* a\n* b\n\nqr: https://x.y"))
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    assert pypdf.PdfReader(BytesIO(render(letter("x", subject='A-Z of "it"')).pdf)).metadata["/Title"] == "A-Z of “it”"  # type: ignore[index]
    assert meets_the_standard(catalogue)


def test_a_rule_begins_a_new_page_and_pages_are_numbered() -> None:
    said = text(letter("one\n\n---\n\ntwo\n\n---\n\nthree\n\n---"))
    assert render(letter("one\n\n---\n\ntwo\n\n---\n\nthree\n\n---")).pages == 3
    assert "Page 3 of 3" in said
    assert "Page 1 of 1" not in text(PLAIN), "one page needs no number"


def test_pages_are_counted() -> None:
    assert render(letter("\n\n---\n\n".join("x" * (MAXIMUM_PAGES + 1)))).pages == MAXIMUM_PAGES + 1


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('He said "no" - GOV.UK , that is', "He said “no” – GOV.UK, that is"),
        ("[the guide](https://www.example.gov.uk/guide)", "the guide: www.example.gov.uk/guide"),
        ("see https://example.com/a-b.", "see example.com/a-b."),
        ("^ inset", "inset"),
        ("1. a\n1. b", "1. a\n2. b"),
        ("### deep", "deep"),
        ("    indented", "indented"),
        ('a # b $x$ *c* @d <e> \\f #import "g"', "a # b $x$ *c* @d <e> \\f #import “g”"),
        ("* one\n  # heading\n\n  ---\n* two", "• one"),
    ],
)
def test_markdown_becomes_print(body: str, shown: str) -> None:
    assert shown in text(letter(body))


def test_hyphens_do_not_break() -> None:
    pdf = pypdf.PdfReader(BytesIO(render(letter("AB-12-345")).pdf))
    assert "AB-\u206012-\u2060345" in pdf.pages[0].extract_text()


@pytest.mark.parametrize("body", ["## two", "# one\n\n## two", "### three\n\n## two\n\n# one", "* # in a list"])
@pytest.mark.parametrize("subject", ["Subject", ""])
def test_headings_are_in_order_so_that_the_standard_is_met(body: str, subject: str) -> None:
    assert meets_the_standard(root(letter(body, subject=subject)))


def test_a_qr_code_holds_504_bytes_and_no_more() -> None:
    rendered = render(letter(f"qr: {'a' * 504}"))
    assert rendered.pages == 1
    with pytest.raises(QrTooLong) as refused:
        render(letter(f"qr: {'é' * 253}"))
    assert (refused.value.data, refused.value.num_bytes, refused.value.max_bytes) == ("é" * 253, 506, 504)
    assert str(refused.value) == "Cannot create a usable QR code - the link is too long (max 504 bytes)"


def test_codes_are_checked_without_rendering() -> None:
    check_qr_codes(f"hello\n\nqr: {'a' * 504}\n\nnot qr: {'a' * 600}")
    with pytest.raises(QrTooLong):
        check_qr_codes(f"* one\n* two\n\nqr: {'a' * 505}")


def test_a_code_of_the_largest_data_is_of_version_17_at_level_m() -> None:
    quiet_zone = 8
    assert qr.code("a" * 504).modules == 17 + 4 * 17 + quiet_zone
    assert qr.code("https://x.y").modules < qr.code("https://x.y" * 9).modules


def test_what_no_font_has_does_not_stop_a_letter() -> None:
    assert "Dear" in text(letter("Dear 😀 漢字 \u0378"))


def test_a_long_letter_is_not_slow() -> None:
    render(PLAIN)
    began = time.process_time()
    render(letter("A paragraph of some words, again.\n\n" * 200))
    assert time.process_time() - began < 2


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
LINES = st.lists(
    WORDS | st.sampled_from(["* a", "1. b", "# c", "## d", "---", "^ e", "```", "qr: f", "    g", "|a|\n|-|", "  * h"]), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(LINES, WORDS, WORDS, st.sampled_from(["\n", "\n\n"]))
def test_no_text_stops_a_letter(lines: list[str], subject: str, contact: str, between: str) -> None:
    try:
        rendered = render(letter(between.join(lines), subject=subject, contact_block=contact))
    except QrTooLong:
        return
    assert rendered.pdf.startswith(b"%PDF-")
    assert rendered.pages >= 1
