"""Finished letters: what a printer is given, and what it is spared (contract 1.6, 4)."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from io import BytesIO
from unittest.mock import patch

import pypdf
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from functions.notifications import precompiled
from functions.notifications.precompiled import LARGEST, NotPrintable, check, contains_test_signature

ADDRESS = "Jo Bloggs \\ 1 High Street \\ London \\ N1 4WQ"


def page(*marks: str, address: str = ADDRESS, size: str = "width: 210mm, height: 297mm", more: int = 0) -> bytes:
    """A letter drawn mark by mark, in Typst, from the top left of the paper."""
    source = (
        f"#set page({size}, margin: 0mm)\n#set text(size: 9pt)\n#place(dx: 25mm, dy: 40mm)[{address}]\n"
        + "".join(f"#place({mark})\n" for mark in marks)
        + "#pagebreak()\n#place(dx: 20mm, dy: 20mm)[more]\n" * more
    )
    pdf = typst.compile(source.encode())
    assert isinstance(pdf, bytes)
    return pdf


def changed(change: Callable[[pypdf.PdfWriter], object], pdf: bytes | None = None) -> bytes:
    writer = pypdf.PdfWriter(clone_from=BytesIO(pdf or page()))
    change(writer)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def refusal(pdf: bytes) -> tuple[str, tuple[int, ...]]:
    with pytest.raises(NotPrintable) as refused:
        check(pdf)
    assert refused.value.message == str(refused.value)
    return refused.value.reason, refused.value.pages


def test_a_letter_that_can_be_printed_tells_its_pages_and_its_address() -> None:
    checked = check(page("dx: 20mm, dy: 100mm, [Dear Jo]", more=1))
    assert (checked.pages, checked.address, checked.zone) == (2, ("Jo Bloggs", "1 High Street", "London", "N1 4WQ"), "uk")


def test_a_letter_abroad_needs_a_service_that_may() -> None:
    abroad = page(address="Jo \\ 1 Rue \\ 75000 Paris \\ France")
    assert check(abroad, international=True).zone == "europe"
    assert refusal(abroad) == ("not-a-real-uk-postcode", (1,))


@pytest.mark.parametrize(
    ("pdf", "reason"),
    [
        (b"", "no-encoded-string"),
        (b"not a PDF", "unable-to-read-the-file"),
        (b"%PDF-1.7\n%%EOF", "unable-to-read-the-file"),
        (page()[:2000], "unable-to-read-the-file"),
        (b"%" * (LARGEST + 1), "file-too-large"),
    ],
    ids=["empty", "text", "bare", "cut", "large"],
)
def test_what_is_no_pdf_is_refused(pdf: bytes, reason: str) -> None:
    assert refusal(pdf) == (reason, ())


def test_ten_pages_are_enough() -> None:
    assert check(page(more=9)).pages == 10
    assert refusal(page(more=10)) == ("letter-too-long", ())


@pytest.mark.parametrize("size", ["width: 297mm, height: 210mm", "width: 216mm, height: 279mm", "width: 210mm, height: 300mm"])
def test_paper_is_a4_and_upright(size: str) -> None:
    assert refusal(page(size=size)) == ("letter-not-a4-portrait-oriented", (1,))


def test_two_millimetres_of_paper_do_not_matter() -> None:
    assert check(page(size="width: 211mm, height: 298mm")).pages == 1


def test_a_page_that_is_turned_on_its_side_is_not_upright() -> None:
    assert refusal(changed(lambda writer: writer.pages[1].rotate(90), page(more=1))) == ("letter-not-a4-portrait-oriented", (2,))


@pytest.mark.parametrize(
    "mark",
    [
        "dx: 10mm, dy: 150mm, [left]",
        "dx: 193mm, dy: 150mm, [over the right edge]",
        "dx: 20mm, dy: 1mm, [top]",
        "dx: 20mm, dy: 293mm, [bottom]",
        "dx: 20mm, dy: 33mm, [under the logo]",
        "dx: 20mm, dy: 80mm, [under the address]",
        "dx: 5mm, dy: 200mm, line(length: 1mm, stroke: 0.2mm)",
        "dx: 202mm, dy: 200mm, rect(width: 5mm, height: 5mm, fill: rgb(230, 230, 230))",
    ],
)
def test_ink_of_any_kind_stays_where_it_may_be(mark: str) -> None:
    assert refusal(page(mark)) == ("content-outside-printable-area", (1,))


@pytest.mark.parametrize(
    "mark",
    ["dx: 20mm, dy: 10mm, [logo]", "dx: 130mm, dy: 50mm, [sender]", "dx: 16mm, dy: 96mm, [text]", "dx: 20mm, dy: 285mm, [foot]"],
)
def test_ink_may_be_where_there_is_room(mark: str) -> None:
    assert check(page(mark)).pages == 1


def test_later_pages_have_more_room_and_are_checked_too() -> None:
    assert check(page(more=1)).pages == 2
    outside = changed(lambda writer: writer.add_page(pypdf.PdfReader(BytesIO(page("dx: 2mm, dy: 100mm, [x]"))).pages[0]))
    assert refusal(outside) == ("content-outside-printable-area", (2,))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "address-is-empty"),
        ("Jo \\ N1 4WQ", "not-enough-address-lines"),
        (" \\ ".join("abcdefg") + " \\ N1 4WQ", "too-many-address-lines"),
        ("Jo \\ 1 Street \\ London", "not-a-real-uk-postcode"),
        ("Jo \\ \\(1 Street \\ N1 4WQ", "invalid-char-in-address"),
        ("\\.\\.\\. \\ 1 Street \\ N1 4WQ", "no-alphanumeric-in-address"),
        ("Jo \\ NFA \\ N1 4WQ", "no-fixed-abode-address"),
        ("Jo \\ BFPO 1 \\ Cyprus", "has-country-for-bfpo-address"),
    ],
)
def test_the_window_shows_an_address(address: str, reason: str) -> None:
    assert refusal(page(address=f"#text(size: 7pt)[{address}]")) == (reason, (1,))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_what_is_encrypted_is_refused(algorithm: str) -> None:
    assert refusal(changed(lambda writer: writer.encrypt("", "owner", algorithm=algorithm))) == ("encrypted", ())


def action(kind: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("calc.exe")})


def opened_with(kind: str) -> Callable[[pypdf.PdfWriter], object]:
    return lambda writer: writer.root_object.update({NameObject("/OpenAction"): action(kind)})


def scripted(writer: pypdf.PdfWriter) -> None:
    script = DictionaryObject({NameObject("/JS"): TextStringObject("app.alert(1)")})
    tree = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), writer._add_object(script)])})
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): tree})


def annotated(writer: pypdf.PdfWriter) -> None:
    annotation = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action("/Launch")})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(annotation)])


@pytest.mark.parametrize(
    "change",
    [opened_with("/JavaScript"), opened_with("/Launch"), opened_with("/SubmitForm"), scripted, annotated],
    ids=["script", "launch", "submit", "named script", "annotation"],
)
def test_what_acts_is_refused(change: Callable[[pypdf.PdfWriter], object]) -> None:
    assert refusal(changed(change)) == ("active-content", ())


def test_what_carries_files_is_refused() -> None:
    assert refusal(changed(lambda writer: writer.add_attachment("a.exe", b"MZ"))) == ("embedded-files", ())


def holding(data: bytes, *filters: str, **described: int) -> Callable[[pypdf.PdfWriter], object]:
    """A stream beside the pages, encoded already."""
    stream = StreamObject()
    stream._data = data
    stream[NameObject("/Subtype")] = NameObject("/Image")
    stream[NameObject("/Filter")] = ArrayObject([NameObject(f"/{name}") for name in filters])
    stream.update({NameObject(f"/{name}"): NumberObject(value) for name, value in described.items()})
    return lambda writer: writer.root_object.update({NameObject("/Held"): writer._add_object(stream)})


def zeros(megabytes: int) -> bytes:
    deflating = zlib.compressobj()
    return b"".join(deflating.compress(bytes(1_000_000)) for _ in range(megabytes)) + deflating.flush()


def test_what_is_far_larger_than_it_looks_is_refused() -> None:
    assert check(changed(holding(zeros(119), "FlateDecode"))).pages == 1
    assert refusal(changed(holding(zeros(121), "FlateDecode"))) == ("too-complex", ())


def test_all_streams_together_are_counted() -> None:
    def several(writer: pypdf.PdfWriter) -> None:
        for name in "abcd":
            holding(zeros(101), "FlateDecode")(writer)
            writer.root_object[NameObject(f"/{name}")] = writer.root_object.raw_get("/Held")

    assert refusal(changed(several)) == ("too-complex", ())


def test_what_is_compressed_twice_is_refused() -> None:
    assert refusal(changed(holding(zlib.compress(zeros(1)), "FlateDecode", "FlateDecode"))) == ("too-complex", ())
    assert refusal(changed(holding(b"", "LZWDecode", "Fl"))) == ("too-complex", ())


def test_what_is_written_in_letters_is_counted_as_what_it_becomes() -> None:
    written = base64.a85encode(zeros(1)) + b"~>"
    assert check(changed(holding(written, "ASCII85Decode", "FlateDecode"))).pages == 1
    with patch.object(precompiled, "_LARGEST_STREAM", 999_999):
        assert refusal(changed(holding(written, "ASCII85Decode", "FlateDecode"))) == ("too-complex", ())
        assert refusal(changed(holding(zeros(1).hex().encode() + b">", "ASCIIHexDecode", "FlateDecode"))) == ("too-complex", ())


def test_an_image_has_as_many_dots_as_anybody_prints() -> None:
    assert check(changed(holding(b"", "DCTDecode", Width=8_000, Height=12_000))).pages == 1
    assert refusal(changed(holding(b"", "DCTDecode", Width=65_000, Height=65_000))) == ("too-complex", ())


def test_only_the_test_string_of_the_scanners_is_known() -> None:
    string = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
    assert len(string) == 68
    assert contains_test_signature(b"%PDF-1.7\n" + string)
    assert not contains_test_signature(page())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_broken_file_is_refused_and_nothing_else_happens(data: st.DataObject) -> None:
    pdf = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 20))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.integers(0, 255))
    try:
        check(bytes(pdf))
    except NotPrintable:
        return


WHOLE = page("dx: 20mm, dy: 100mm, [Dear Jo]")
