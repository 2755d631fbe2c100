"""QR codes, for letters: a paragraph `qr: data` is shown as one (contract 1.6, 2.1)."""

from __future__ import annotations

import io
from dataclasses import dataclass

MAXIMUM_BYTES = 504
"""What a code of version 17 holds at error level M: with more, its modules are too small to be read from paper."""


class QrTooLong(ValueError):
    """More than a code can hold that is still read from paper."""

    def __init__(self, data: str) -> None:
        super().__init__(f"Cannot create a usable QR code - the link is too long (max {MAXIMUM_BYTES} bytes)")
        self.data = data
        self.num_bytes = len(data.encode())
        self.max_bytes = MAXIMUM_BYTES


@dataclass(frozen=True, slots=True)
class Code:
    """A code as a drawing, and how many modules wide it is with the quiet zone around it."""

    svg: str
    modules: int


def check(data: str) -> None:
    """Whether this fits into a code. Raises QrTooLong."""
    if len(data.encode()) > MAXIMUM_BYTES:
        raise QrTooLong(data)


def check_qr_codes(body: str) -> None:
    """Whether each code that a filled body asks for can be made; costs no rendering. Raises QrTooLong."""
    from functions.notifications import markdown  # here, for it brings the Markdown parser

    for token in markdown.parse(body):
        data = markdown.qr_data(token)
        if data is not None:
            check(data)


def code(data: str) -> Code:
    """The code of this data. Raises QrTooLong."""
    import segno  # here, for few letters have codes

    check(data)
    made = segno.make_qr(data, error="m", boost_error=False, encoding="utf-8")
    drawn = io.BytesIO()
    made.save(drawn, kind="svg", xmldecl=False, svgns=True, light="#ffffff")
    return Code(drawn.getvalue().decode(), int(made.symbol_size()[0]))
