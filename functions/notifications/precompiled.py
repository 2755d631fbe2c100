"""Letters that come as finished PDFs: whether they can be printed, and where they go (contract 1.6, 4).

The layout is the print contract's: A4 upright, the address where its envelope has a window, and nothing where machines fold, cut and mark.
A finished letter is somebody else's file: it is read for what a printer could be made to do before anything of it is shown.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from functions.notifications import postal
from functions.notifications.countries import Zone
from functions.notifications.layout import ADDRESS_WINDOW, FIRST_PAGE, LATER_PAGES, MAXIMUM_PAGES, PAGE, Area

if TYPE_CHECKING:
    import pypdf
    import pypdfium2

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The string that every virus scanner reports and that harms nobody. In two parts, so that this file is not reported itself."""

LARGEST = 10_000_000
"""Bytes."""

_MILLIMETRE = 72 / 25.4
_TOLERANCE = 2.0
_GRACE = 1.0
"""Millimetres by which ink may cross an edge: letters have soft edges."""

_PER_MILLIMETRE = 4
"""Dots, about 100 to the inch: fine enough for a hairline, coarse enough for ten pages in a blink."""

_DOTS = _PER_MILLIMETRE / _MILLIMETRE
_WHITE = bytes(range(250, 256))
_MOST_OBJECTS = 100_000
_MOST_PIXELS = 100_000_000
"""In one image: paper of A4 at a thousand dots to the inch."""
_LARGEST_STREAM = 120_000_000
_MOST_DECODED = 400_000_000
"""Bytes that the streams of a letter become: a page in colour at 600 dots to the inch is one of 104 MB, ten at 300 are 260 MB."""
_COUNTED_AT_ONCE = 1_000_000

_MESSAGES = {
    "no-encoded-string": "The file is empty",
    "unable-to-read-the-file": "The file is not a PDF that can be read",
    "too-complex": "The PDF is too complex to be checked: make its images smaller, or print it to a new PDF",
    "file-too-large": f"The file must not be larger than {LARGEST // 1_000_000} MB",
    "encrypted": "The PDF must not be encrypted or need a password",
    "active-content": "The PDF must not contain JavaScript, or actions that start programs or send forms",
    "embedded-files": "The PDF must not contain other files",
    "letter-too-long": f"Letters must be {MAXIMUM_PAGES} pages or less ({MAXIMUM_PAGES // 2} double-sided sheets of paper)",
    "letter-not-a4-portrait-oriented": "Every page must be A4 and upright",
    "content-outside-printable-area": "The content must be inside the printable area",
    "address-is-empty": "The address block is empty",
    "not-enough-address-lines": postal.TOO_FEW_LINES,
    "too-many-address-lines": postal.TOO_MANY_LINES,
    "not-a-real-uk-postcode": postal.NOT_A_POSTCODE,
    "not-a-real-uk-postcode-or-country": postal.NOT_A_POSTCODE_OR_COUNTRY,
    "no-alphanumeric-in-address": postal.NOTHING_TO_READ,
    "invalid-char-in-address": postal.BAD_START,
    "has-country-for-bfpo-address": postal.FORCES_ABROAD,
    "no-fixed-abode-address": postal.NO_FIXED_ABODE,
}
_REASONS = {message: reason for reason, message in _MESSAGES.items()}
_COMPRESSED = frozenset({"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"})
_ACTIVE = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound", "/GoToE"})


class NotPrintable(ValueError):
    """A finished letter that cannot be sent.

    `reason` is a word for programs, `message` (the text, too) a sentence for people, `pages` the numbers of those at fault, from 1.
    """

    def __init__(self, reason: str, pages: tuple[int, ...] = ()) -> None:
        super().__init__(_MESSAGES[reason])
        self.reason = reason
        self.message = _MESSAGES[reason]
        self.pages = pages


@dataclass(frozen=True, slots=True)
class Precompiled:
    """A finished letter that can be sent: how many pages it has, the address in its window, and the zone whose postage that needs."""

    pages: int
    address: tuple[str, ...]
    zone: Zone


def check(pdf: bytes, *, international: bool = False) -> Precompiled:
    """What this letter is, if it can be printed. `international` says whether the service may send abroad. Raises NotPrintable."""
    import pypdfium2  # here, for it is large and only finished letters need it

    if not pdf:
        raise NotPrintable("no-encoded-string")
    if len(pdf) > LARGEST:
        raise NotPrintable("file-too-large")
    pages = _check_structure(pdf)
    try:
        # A page that is broken is found out when it is read, not before.
        with pypdfium2.PdfDocument(pdf) as document:
            _check_pages(document)
            address = _address(document, international=international)
    except pypdfium2.PdfiumError:
        raise NotPrintable("unable-to-read-the-file") from None
    return Precompiled(pages, address.lines, address.zone)


def contains_test_signature(file: bytes) -> bool:
    """Whether a file holds EICAR's test file. It is no scanner: it stands in for one on a laptop, where there is none."""
    return EICAR in file


def _check_structure(pdf: bytes) -> int:
    """The number of pages of a PDF that holds nothing but pages."""
    import pypdf
    from pypdf.errors import PyPdfError

    # It would log what it stumbles over, and that is from somebody's letter.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(BytesIO(pdf))
        if reader.is_encrypted:
            raise NotPrintable("encrypted")
        _check_objects(reader)
        pages = len(reader.pages)
    except NotPrintable:
        raise
    # A file that is built to break readers breaks them in every way there is, and each means the same to its sender.
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, NotImplementedError):
        raise NotPrintable("unable-to-read-the-file") from None
    if not pages:
        raise NotPrintable("unable-to-read-the-file")
    if pages > MAXIMUM_PAGES:
        raise NotPrintable("letter-too-long")
    return pages


def _check_objects(reader: pypdf.PdfReader) -> None:
    """Go through all that can be reached from the root, and refuse what acts, what carries files, and what is far larger than it looks."""
    decoded = 0
    for thing in _dictionaries(reader.trailer):
        if "/JS" in thing or str(thing.get("/S", "")) in _ACTIVE or "/XFA" in thing:
            raise NotPrintable("active-content")
        if "/EmbeddedFiles" in thing or "/EF" in thing or str(thing.get("/Subtype", "")) == "/FileAttachment":
            raise NotPrintable("embedded-files")
        decoded += _decoded(thing)
        if decoded > _MOST_DECODED:
            raise NotPrintable("too-complex")


def _decoded(thing: pypdf.generic.DictionaryObject) -> int:
    """The bytes that a stream becomes, counted without keeping them; 0 for what is none, or is compressed as images alone are."""
    from pypdf.filters import ASCII85Decode, ASCIIHexDecode
    from pypdf.generic import ArrayObject, StreamObject

    if not isinstance(thing, StreamObject):
        return 0
    if str(thing.get("/Subtype", "")) == "/Image" and int(thing.get("/Width", 0)) * int(thing.get("/Height", 0)) > _MOST_PIXELS:
        raise NotPrintable("too-complex")
    given = thing.get("/Filter")
    filters = [str(name) for name in given] if isinstance(given, ArrayObject) else [str(given)]
    if sum(name in _COMPRESSED for name in filters) > 1:
        raise NotPrintable("too-complex")
    encoded: bytes = thing._data
    for name in filters:
        match name:
            case "/ASCII85Decode" | "/A85":
                encoded = ASCII85Decode.decode(encoded)
            case "/ASCIIHexDecode" | "/AHx":
                encoded = bytes(ASCIIHexDecode.decode(encoded))
            case "/FlateDecode" | "/Fl":
                return _inflated(encoded)
            case _:
                return 0
    return 0


def _inflated(encoded: bytes) -> int:
    inflating = zlib.decompressobj()
    size = 0
    # What is broken ends here; whoever shows it makes of it what they can.
    with suppress(zlib.error):
        while encoded and not inflating.eof:
            size += len(inflating.decompress(encoded, _COUNTED_AT_ONCE))
            if size > _LARGEST_STREAM:
                raise NotPrintable("too-complex")
            encoded = inflating.unconsumed_tail
    return size


def _dictionaries(root: pypdf.generic.DictionaryObject) -> Iterator[pypdf.generic.DictionaryObject]:
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    seen: set[tuple[int, int]] = set()
    waiting: list[object] = [root]
    for _ in range(_MOST_OBJECTS):
        if not waiting:
            return
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            if (thing.idnum, thing.generation) not in seen:
                seen.add((thing.idnum, thing.generation))
                waiting.append(thing.get_object())
        elif isinstance(thing, DictionaryObject):
            yield thing
            waiting += [thing.raw_get(key) for key in thing]
        elif isinstance(thing, ArrayObject):
            waiting += list.__iter__(thing)
    raise NotPrintable("unable-to-read-the-file")


def _check_pages(document: pypdfium2.PdfDocument) -> None:
    wrong = tuple(number for number, page in _numbered(document) if not _is_upright_a4(page))
    if wrong:
        raise NotPrintable("letter-not-a4-portrait-oriented", wrong)
    wrong = tuple(number for number, page in _numbered(document) if _has_ink_outside(page, FIRST_PAGE if number == 1 else LATER_PAGES))
    if wrong:
        raise NotPrintable("content-outside-printable-area", wrong)


def _numbered(document: pypdfium2.PdfDocument) -> Iterator[tuple[int, pypdfium2.PdfPage]]:
    for index in range(len(document)):
        page = document[index]
        yield index + 1, page
        page.close()


def _is_upright_a4(page: pypdfium2.PdfPage) -> bool:
    # The size is that of the page as it is seen: rotation is already in it.
    width, height = (side / _MILLIMETRE for side in page.get_size())
    return bool(abs(width - PAGE.right) <= _TOLERANCE and abs(height - PAGE.bottom) <= _TOLERANCE)


def _has_ink_outside(page: pypdfium2.PdfPage, allowed: tuple[Area, ...]) -> bool:
    """Whether anything but white is where it must not be, looked at as drawn: text, images and lines alike."""
    bitmap = page.render(scale=_DOTS, grayscale=True)
    rows = bytes(bitmap.buffer)
    for y in range(bitmap.height):
        row: bytes = rows[y * bitmap.stride : y * bitmap.stride + bitmap.width]
        if any(row[start:end].strip(_WHITE) for start, end in _gaps(y, bitmap.width, allowed)):
            return True
    return False


def _gaps(y: int, width: int, allowed: tuple[Area, ...]) -> Iterator[tuple[int, int]]:
    """The stretches of one row of dots that must be white."""
    at = 0
    open_spans = sorted(
        (round((area.left - _GRACE) * _PER_MILLIMETRE), round((area.right + _GRACE) * _PER_MILLIMETRE))
        for area in allowed
        if round((area.top - _GRACE) * _PER_MILLIMETRE) <= y < round((area.bottom + _GRACE) * _PER_MILLIMETRE)
    )
    for start, end in open_spans:
        if start > at:
            yield at, start
        at = max(at, end)
    if at < width:
        yield at, width


def _address(document: pypdfium2.PdfDocument, *, international: bool) -> postal.PostalAddress:
    lines = _window_lines(document)
    if not lines:
        raise NotPrintable("address-is-empty", (1,))
    try:
        return postal.address(lines, international=international)
    except postal.NotAnAddress as refused:
        raise NotPrintable(_REASONS[str(refused)], (1,)) from None


def _window_lines(document: pypdfium2.PdfDocument) -> list[str]:
    """The text in the address window of the first page, line by line."""
    page = document[0]
    height = page.get_height()
    text = page.get_textpage()
    found = text.get_text_bounded(
        left=(ADDRESS_WINDOW.left - _GRACE) * _MILLIMETRE,
        top=height - (ADDRESS_WINDOW.top - _GRACE) * _MILLIMETRE,
        right=(ADDRESS_WINDOW.right + _GRACE) * _MILLIMETRE,
        bottom=height - (ADDRESS_WINDOW.bottom + _GRACE) * _MILLIMETRE,
    )
    text.close()
    page.close()
    return postal.normalised(re.split(r"[\r\n]+", found))
