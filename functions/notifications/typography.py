"""The typography of emails and letters (contract 2.1): curly quotes, en dashes, no space before a full stop, and GOV.UK as a name.

Nothing here is for text messages, which pay for each character that is not in their alphabet.
"""

from __future__ import annotations

import re

ZERO_WIDTH_SPACE = "\u200b"

# Looking behind for the end of a run, or the start of one, keeps each rule linear in a text that is nothing but spaces.
_DASH = re.compile(r"(?<=\s)[-–—]{1,3}(?=\s)")
_BEFORE_PUNCTUATION = re.compile(r"(?<!\s)[ \t]+(?=[.,])")
_GOV_UK = re.compile(r"(?<![\w.@/-])(GOV)\.(UK)(?![\w/?#@-]|\.\w)", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_APOSTROPHE_IN_ADDRESS = re.compile(r"(?<=[\w.])[‘’'](?=[\w.])")
_QUOTE = re.compile(r"[\"']")
_DECADE = re.compile(r"\d\ds")
_OPENS_AFTER = frozenset("([{<-–—/“‘")


def polish(text: str, before: str = "") -> str:
    """The text as a typesetter would have it. `before` is what stands in front of it in the same line, if anything does."""
    text = _BEFORE_PUNCTUATION.sub("", text)
    text = _DASH.sub("–", text)
    text = _GOV_UK.sub(rf"\1.{ZERO_WIDTH_SPACE}\2", text)
    return _curl(text, before)


def _curl(text: str, before: str) -> str:
    """Straight quotes made curly, but in email addresses, where a curly one from a word processor is made straight."""
    if "@" not in text:
        return _curl_words(text, before)
    parts: list[str] = []
    at = 0
    for word in _WORD.finditer(text):
        if "@" in word[0].strip("@"):
            parts += [_curl_words(text[at : word.start()], before), _curl_address(word[0])]
            at, before = word.end(), word[0]
    return "".join([*parts, _curl_words(text[at:], before)])


def _curl_address(word: str) -> str:
    name, mark, host = word.partition("@")
    held = _APOSTROPHE_IN_ADDRESS.sub("\0", name)
    return _curl_words(held, "").replace("\0", "'") + mark + _curl_words(host, mark)


def _curl_words(text: str, before: str) -> str:
    placed: dict[int, str] = {}

    def curl(quote: re.Match[str]) -> str:
        at = quote.start()
        previous = placed.get(at - 1) or (text[at - 1] if at else before[-1:])
        following = text[at + 1 : at + 2]
        opens = (not previous or previous.isspace() or previous in _OPENS_AFTER) and not following.isspace()
        if quote[0] == "'" and _DECADE.match(text, at + 1):
            opens = False
        placed[at] = ("“" if opens else "”") if quote[0] == '"' else ("‘" if opens else "’")
        return placed[at]

    return _QUOTE.sub(curl, text)
