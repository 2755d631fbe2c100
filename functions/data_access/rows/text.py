"""The bytes of a file as lines of text: decompressed, decoded, and never more of them at once than a line may have."""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from functions.common.failures import Invalid

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LONGEST_LINE = 1_000_000
"""Characters. An item has at most 100,000 bytes, and a list in CSV is written in one cell."""
MOST_BYTES = 20_000_000_000
"""Bytes that a compressed file may come to: about 20 times the largest upload."""
_PIECE = 262_144

_GZIP = b"\x1f\x8b"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unreadable(Invalid):
    """The file cannot be read on from here. Its message says where, and what would help."""


def lines(chunks: Iterable[bytes], *, most: int = MOST_BYTES) -> Iterator[str]:
    """The lines of a file, each with its end as it is written, LF, CR LF or CR. UTF-8 or, by its byte order mark, UTF-16; gzip or not.

    Raises Unreadable at a byte that is no text, at a line that is too long, and where a compressed file comes to more than `most` bytes.
    """
    begins, chunks = _beginning(chunks)
    if begins == _GZIP:
        begins, chunks = _beginning(_inflated(chunks, most))
    # Both codecs take the byte order mark away.
    encoding = "utf-16" if begins in _UTF_16 else "utf-8-sig"
    text = io.TextIOWrapper(io.BufferedReader(_Chunks(chunks), _PIECE), encoding, newline="")
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
                raise Unreadable(f"line {number} has more than {LONGEST_LINE} characters: is a quotation mark or a line end missing?")
            if "\0" in line:
                raise Unreadable(f"line {number} holds the character NUL: save the file as UTF-8 text")
            yield line
    except UnicodeDecodeError as broken:
        wrong = broken.object[broken.start : broken.start + 1].hex()
        raise Unreadable(
            f"soon after line {number} stands the byte 0x{wrong}, which is not {broken.encoding}: save the file as UTF-8"
        ) from None


def _beginning(chunks: Iterable[bytes]) -> tuple[bytes, Iterable[bytes]]:
    """The first two bytes, and all the chunks with them."""
    rest, first = iter(chunks), b""
    while len(first) < len(_GZIP) and (chunk := next(rest, b"")):
        first += chunk
    return first[: len(_GZIP)], chain([first], rest)


def _inflated(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """What gzip members hold, in pieces. Never inflates more than a piece at once, however well it was compressed."""
    inflater, total, fed = zlib.decompressobj(zlib.MAX_WBITS | 16), 0, False
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting:
                if inflater.eof:
                    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
                piece = inflater.decompress(waiting, _PIECE)
                waiting = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
                fed = not inflater.eof
                if (total := total + len(piece)) > most:
                    raise Unreadable(f"decompressed, the file has more than {most} bytes")
                if piece:
                    yield piece
    except zlib.error:
        raise Unreadable("the file begins as gzip, and what follows is none") from None
    if fed:
        raise Unreadable("the file is cut short: its gzip data does not end")


class _Chunks(io.RawIOBase):
    """Chunks of bytes as a stream to read from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._left and (chunk := next(self._chunks, None)) is not None:
            self._left = memoryview(chunk)
        target = memoryview(buffer).cast("B")
        size = min(len(target), len(self._left))
        target[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
