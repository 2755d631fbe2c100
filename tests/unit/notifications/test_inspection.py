"""Finished letters are checked where none can do harm: whatever a file does to its reader, it gets a verdict."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import zlib
from io import BytesIO
from unittest.mock import patch

import pypdf
import pytest
import typst
from pypdf.generic import DictionaryObject, NameObject, NumberObject, RectangleObject, StreamObject

from functions.common.failures import Transient
from functions.notifications import inspection
from functions.notifications.inspection import inspect
from functions.notifications.precompiled import NotPrintable

STROKE = b"100 100 m 400 400 l S\n"


def letter(*lines: str) -> bytes:
    address = " \\ ".join(lines)
    pdf = typst.compile(
        f"#set page(width: 210mm, height: 297mm, margin: 0mm)\n#set text(size: 9pt)\n#place(dx: 25mm, dy: 40mm)[{address}]".encode()
    )
    assert isinstance(pdf, bytes)
    return pdf


def stream(content: bytes) -> StreamObject:
    made = StreamObject()
    made._data = zlib.compress(content)
    made[NameObject("/Filter")] = NameObject("/FlateDecode")
    return made


def drawn(content: bytes, *forms: bytes) -> bytes:
    """A page with this content; it may draw the first of the forms, each of them the next, as `/X`."""
    writer = pypdf.PdfWriter()
    sheet = writer.add_blank_page(595, 842)
    resources = DictionaryObject()
    for form in reversed(forms):
        made = stream(form)
        made[NameObject("/Subtype")] = NameObject("/Form")
        made[NameObject("/FormType")] = NumberObject(1)
        made[NameObject("/BBox")] = RectangleObject((0, 0, 595, 842))
        made[NameObject("/Resources")] = resources
        resources = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/X"): writer._add_object(made)})})
    sheet[NameObject("/Resources")] = resources
    sheet[NameObject("/Contents")] = writer._add_object(stream(content))
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def refusal(pdf: bytes) -> tuple[str, tuple[int, ...]]:
    with pytest.raises(NotPrintable) as refused:
        inspect(pdf)
    return refused.value.reason, refused.value.pages


def test_a_letter_is_what_it_is_in_this_process() -> None:
    checked = inspect(letter("Jo Bloggs", "1 High Street", "Llanfair-yng-Ngŵr", "LL1 1AA"))
    assert (checked.pages, checked.zone) == (1, "uk")
    assert checked.address == ("Jo Bloggs", "1 High Street", "Llanfair-yng-Ngŵr", "LL1 1AA")


def test_why_it_cannot_be_printed_comes_back() -> None:
    abroad = letter("Jo", "1 Rue", "75000 Paris", "France")
    assert refusal(abroad) == ("not-a-real-uk-postcode", (1,))
    assert inspect(abroad, international=True).zone == "europe"
    assert refusal(b"no PDF") == ("unable-to-read-the-file", ())


def test_what_takes_too_long_is_ended() -> None:
    bomb = drawn(STROKE * 1_000_000)
    assert len(bomb) < 100_000
    began = time.monotonic()
    with patch.object(inspection, "SECONDS", 2):
        assert refusal(bomb) == ("too-complex", ())
    assert time.monotonic() - began < 10


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_what_takes_too_much_memory_is_ended() -> None:
    bomb = drawn(b"/X Do", *[b"/X Do " * 10] * 7, STROKE)
    assert len(bomb) < 5_000
    assert refusal(bomb) == ("too-complex", ())


def test_what_brings_the_reader_down_cannot_be_read() -> None:
    with patch.object(inspection, "check", side_effect=ZeroDivisionError):
        assert inspection._verdict(b"", international=False)["reason"] == "unable-to-read-the-file"
    with patch.object(inspection, "check", side_effect=MemoryError):
        assert inspection._verdict(b"", international=False)["reason"] == "too-complex"


def test_a_check_that_does_not_run_is_no_fault_of_the_letter() -> None:
    with patch.object(sys, "executable", shutil.which("false")), pytest.raises(Transient):
        inspect(letter("Jo", "1 High Street", "N1 4WQ"))


def test_the_reader_has_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("TABLE", "canary")
    with patch.object(subprocess, "run", wraps=subprocess.run) as ran:
        inspect(letter("Jo", "1 High Street", "N1 4WQ"))
    assert "canary" not in ran.call_args.kwargs["env"].values()
