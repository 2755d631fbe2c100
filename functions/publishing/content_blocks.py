"""Content blocks in texts: `{{embed:contact:<id or alias>/phone_numbers/0/number}}` stands for what another document says (contract 4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_CODE = r"\{\{embed:(?:contact|content_block_[a-z_]{1,50}):[0-9a-z–—-]{1,255}(?:/[0-9a-z_/–—-]{0,255})?\}\}"
_ASKED = re.compile(_CODE)
# A code inside a tag is left alone: what would be put there is no attribute.
_PLACES = re.compile(rf"<p>\s*(?P<alone>{_CODE})\s*</p>|<[A-Za-z/!][^<>]*>|(?P<within>{_CODE})")
_PREFIX = "content_block_"


@dataclass(frozen=True)
class Embed:
    """What a text asks for: the code as it is written, the block's type, its content id or alias, and the way to a field of it."""

    code: str
    type: str
    name: str
    field: tuple[str, ...] = ()

    @classmethod
    def of(cls, code: str) -> Embed:
        """What a code asks for."""
        # Typography makes dashes of hyphens, and an alias may have several in a row.
        written = code.strip("{}").replace("–", "--").replace("—", "---")
        _, document_type, name = written.split(":")
        name, *field = filter(None, name.split("/"))
        return cls(code, kind(document_type), name, tuple(field))


def kind(document_type: str) -> str:
    """The type of block that a document of this type is: `pension` for `content_block_pension`, `contact` for `contact`."""
    return document_type.removeprefix(_PREFIX)


def is_block(document_type: str) -> bool:
    """Whether documents of this type may stand in a text."""
    return document_type == "contact" or document_type.startswith(_PREFIX)


def asked(text: str) -> Iterator[Embed]:
    """What a text asks for, mention by mention."""
    yield from map(Embed.of, _ASKED.findall(text))


def filled(html: str, say: Callable[[Embed], str]) -> str:
    """HTML with what its content blocks say; a whole block, or one that says nothing, takes the place of a paragraph that is it alone."""
    return _PLACES.sub(lambda found: _filled(found, say), html) if "{{embed:" in html else html


def _filled(found: re.Match[str], say: Callable[[Embed], str]) -> str:
    code = found["alone"] or found["within"]
    if not code:
        return found[0]
    embed = Embed.of(code)
    said = say(embed)
    return f"<p>{said}</p>" if found["alone"] and embed.field and said else said
