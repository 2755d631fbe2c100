"""Placeholders in the texts of messages: `((name))`, `((name??shown where it is yes))`, and lists (notifications contract, 2.1).

Pure: texts and personalisation in, texts out. What a text becomes afterwards is a matter of its channel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

PLACEHOLDER = re.compile(r"\(\(([^()]+)\)\)")
Personalisation = Mapping[str, object]

SHOWS = frozenset({"yes", "y", "true", "t", "1", "include", "show"})

# str.split() and str.strip() do not know these as white space, and they come with text pasted from elsewhere.
OBSCURE_WHITESPACE = "\u180e\u200b\u200c\u200d\u2060\ufeff"
WITHOUT_OBSCURE = dict.fromkeys(map(ord, OBSCURE_WHITESPACE))
"""For `str.translate`."""

_UNCOUNTED = {ord(character): None for character in " _-"}


def same(name: str) -> str:
    """A name as names are compared: case, spaces, `_` and `-` do not count."""
    return name.lower().translate(_UNCOUNTED)


def names(text: str) -> Iterator[str]:
    """The names in a text, as often as they stand there."""
    for match in PLACEHOLDER.finditer(text):
        yield match[1].partition("??")[0]


def placeholders(*texts: str) -> list[str]:
    """The names in these texts, each once, in order of appearance and in the spelling of the first."""
    found: dict[str, str] = {}
    for text in texts:
        for name in names(text):
            found.setdefault(same(name), name)
    return list(found.values())


def missing(personalisation: Personalisation, *texts: str) -> list[str]:
    """The names in these texts that have no value, in order of appearance. None is no value; an empty text or list is one."""
    given = {same(name) for name, value in _last_wins(personalisation).items() if value is not None}
    return [name for name in placeholders(*texts) if same(name) not in given]


def with_defaults(personalisation: Personalisation, defaults: Personalisation) -> Personalisation:
    """The caller's values, and a default wherever the caller gives none: the name is absent or its value is None."""
    given = {same(name) for name, value in _last_wins(personalisation).items() if value is not None}
    standing_in = {name: value for name, value in defaults.items() if same(name) not in given}
    kept = {name: value for name, value in personalisation.items() if same(name) in given}
    return kept | standing_in


def fill(text: str, personalisation: Personalisation, join: Callable[[Sequence[str]], str]) -> str:
    """The text with its placeholders filled; `join` makes one text of a list (`prose` or `bullets`). Unknown names stay as they are."""
    values = _last_wins(personalisation)

    def value_of(match: re.Match[str]) -> str:
        name, is_conditional, shown = match[1].partition("??")
        value = values.get(same(name))
        if value is None:
            return match[0]
        if is_conditional:
            return shown if str(value).lower() in SHOWS else ""
        return join(_items(value)) if isinstance(value, list) else str(value)

    return PLACEHOLDER.sub(value_of, text)


def prose(items: Sequence[str]) -> str:
    """A list in a sentence: `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def bullets(items: Sequence[str]) -> str:
    """A list in Markdown, one bullet to an item."""
    return "\n\n" + "\n".join(f"* {item}" for item in items) if items else ""


def one_line(text: str) -> str:
    """The text with all white space, line breaks and the obscure kinds included, made single spaces: for subjects and headers."""
    return " ".join(text.translate(WITHOUT_OBSCURE).split())


def is_blank(text: str) -> bool:
    """Whether there is nothing to read in it."""
    return not one_line(text)


def _last_wins(personalisation: Personalisation) -> dict[str, object]:
    return {same(name): value for name, value in personalisation.items()}


def _items(values: Sequence[object]) -> list[str]:
    return [str(value) for value in values if value is not None and not is_blank(str(value))]
