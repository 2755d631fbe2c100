"""Text messages: what GSM 03.38 and Welsh can say, what becomes of the rest, and how many fragments a network bills (contract 2.1)."""

from __future__ import annotations

import re
import unicodedata

LIMIT = 918
"""Characters a text may have before its prefix: six concatenated GSM-7 fragments."""

EXTENDED = frozenset("^{}\\[~]|€")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
GSM = frozenset("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà" + _LETTERS) | EXTENDED
WELSH = frozenset("àèìòùẁỳÀÈÌÒÙẀỲáéíóúẃýÁÉÍÓÚẂÝäëïöüẅÿÄËÏÖÜẄŸâêîôûŵŷÂÊÎÔÛŴŶ")

REPLACEMENTS = {
    "–": "-",
    "—": "-",
    "…": "...",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "ł": "l",
    "Ł": "L",
    "\t": " ",
    "\u00a0": " ",
    "\u180e": "",
    "\u200b": "",
    "\u200c": "",
    "\u200d": "",
    "\u2060": "",
    "\ufeff": "",
}


def render(text: str, prefix: str = "") -> str:
    """The text as it leaves: prefix (the service's name) in front, white space tidied, characters no phone need show made ones it can."""
    whole = f"{prefix.strip()}: {text}" if prefix.strip() else text
    lines = "\n".join(" ".join(line.split()) for line in whole.splitlines())
    tidy = re.sub(r" ([,.])", r"\1", re.sub(r"\n{3,}", "\n\n", lines))
    return "".join(map(_downgrade, tidy.strip()))


def length(text: str) -> int:
    """Characters of a rendered text, counted as networks do, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def fragments(text: str) -> int:
    """Count the billable fragments of a rendered text: 160/153 characters each in GSM-7, 70/67 in UCS-2 (3GPP TS 23.040 §9.2.3.24)."""
    if all(character in GSM for character in text):
        septets = len(text) + sum(character in EXTENDED for character in text)
        return _parts(septets, alone=160, joined=153)
    return _parts(length(text), alone=70, joined=67)


def _parts(size: int, alone: int, joined: int) -> int:
    return 1 if size <= alone else -(-size // joined)


def _downgrade(character: str) -> str:
    if character in GSM or character in WELSH:
        return character
    if character in REPLACEMENTS:
        return REPLACEMENTS[character]
    # A decomposition in angle brackets (™ is <super> T M) is a likeness, not a letter with its accents.
    decomposition = unicodedata.decomposition(character)
    if not decomposition or decomposition.startswith("<"):
        return "?"
    return _downgrade(chr(int(decomposition.split()[0], 16)))
