"""Content blocks: `{{embed:content_block_pension:<id or alias>/rates/full}}` in a text stands for what another document says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_EMBED = re.compile(r"\{\{embed:content_block_([a-z_]+):([0-9A-Za-z–—-]+)(?:/([0-9A-Za-z_/-]*))?\}\}")


@dataclass(frozen=True)
class Embed:
    """What a text asks for: a block's type, its content id or alias, and the field of it, empty for the whole."""

    type: str
    id: str
    field: str = ""


def embeds(text: str) -> Sequence[Embed]:
    """What a text asks for, each once, in the order of first mention."""
    return list(dict.fromkeys(_embed(found) for found in _EMBED.finditer(text)))


def embedded(text: str, contents: Mapping[Embed, str]) -> str:
    """The text with the contents that it asks for. What is not among them stays as it was asked for."""
    return _EMBED.sub(lambda found: contents.get(_embed(found), found[0]), text)


def _embed(found: re.Match[str]) -> Embed:
    return Embed(found[1], found[2], found[3] or "")
