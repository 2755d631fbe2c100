"""The few words that Govspeak adds of its own, by language."""

from __future__ import annotations

from collections.abc import Mapping

_ENGLISH = {
    "england": "This section applies to England",
    "england-wales": "This section applies to England and Wales",
    "london": "This section applies to London",
    "northern-ireland": "This section applies to Northern Ireland",
    "scotland": "This section applies to Scotland",
    "wales": "This section applies to Wales",
    "footnote": "footnote",
    "back": "go to where this is referenced",
    "credit": "Image credit: {}",
    "email": "Email",
    "contact form": "Contact form",
    "page": "{} page",
    "pages": "{} pages",
    "other format": "To get this in a format that you can use, write to",
}
_WELSH = {
    "england": "Mae'r adran hon yn berthnasol i Loegr",
    "england-wales": "Mae'r adran hon yn berthnasol i Gymru a Lloegr",
    "london": "Mae'r adran hon yn berthnasol i Lundain",
    "northern-ireland": "Mae'r adran hon yn berthnasol i Ogledd Iwerddon",
    "scotland": "Mae'r adran hon yn berthnasol i'r Alban",
    "wales": "Mae'r adran hon yn berthnasol i Gymru",
    "footnote": "troednodyn",
    "back": "ewch i ble mae hyn wedi'i gyfeirio",
    "credit": "Credyd delwedd: {}",
    "email": "E-bost",
    "contact form": "Ffurflen cysylltu",
    "page": "{} tudalen",
    "pages": "{} tudalen",
    "other format": "I gael hwn mewn fformat y gallwch ei ddefnyddio, ysgrifennwch at",
}


def words(locale: str) -> Mapping[str, str]:
    """The words in this language; in English where we have none."""
    return _WELSH if locale == "cy" else _ENGLISH
