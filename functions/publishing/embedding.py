"""The content blocks of an edition: found and checked when it is saved, and put into its texts when they are shown (contract 1.3, 4)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from functions.publishing import content_blocks, details
from functions.publishing.content_blocks import Embed
from functions.publishing.documents import Edition, Fields
from functions.publishing.expansion import standing
from functions.publishing.expansion.graph import Candidate
from functions.publishing.expansion.rules import EMBED
from functions.publishing.store import standing as store
from functions.publishing.store.graph import StoredGraph

MOST = 500
"""Mentions of content blocks in one edition: each is as long as its block when it is shown."""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

type Blocks = Mapping[str, Candidate]
"""Blocks that are published, by the names that texts have for them."""


def with_links(fields: Fields, sent: object) -> Fields:
    """The fields of an edition, with links to the blocks that the details that were sent ask for.

    Raises Unacceptable with each text that asks for what is not there, or for a field that is no text.
    """
    places = [(place, embed) for place, text in details.texts(sent) for embed in content_blocks.asked(text)]
    if not places:
        return fields
    from schemas.content.failures import Unacceptable, failure  # local: pages are made without it

    schema = fields["schema_name"]
    if len(places) > MOST:
        raise Unacceptable([failure(schema, ["details"], f"asks for content blocks more than {MOST} times", "MaxItems")])
    blocks = _blocks((embed for _, embed in places), fields["locale"])
    wrong = {(place, embed.code): problem for place, embed in places if (problem := _problem(embed, blocks))}
    if wrong:
        said = [(["details", *place], f"{code} {problem}") for (place, code), problem in wrong.items()]
        raise Unacceptable([failure(schema, place, message, "Format") for place, message in said])
    links = fields.get("links", {})
    targets = dict.fromkeys([*links.get(EMBED, ()), *(blocks[embed.name].content_id for _, embed in places)])
    return {**fields, "links": {**links, EMBED: list(targets)}}


def presented(edition: Edition) -> Any:
    """An edition's details as readers get them, with what its blocks say now. A block that is not published any more says nothing."""
    whole = json.loads(edition.details.read())
    if not edition.fields.get("links", {}).get(EMBED):
        return details.presented(whole)
    locale = edition.fields["locale"]
    blocks = _blocks((embed for _, text in details.texts(whole) for embed in content_blocks.asked(text)), locale)
    return details.presented(whole, lambda embed: _said(embed, blocks, locale))


def _blocks(embeds: Iterable[Embed], locale: str) -> Blocks:
    names = list(dict.fromkeys(embed.name for embed in embeds))
    content_ids = {name: name for name in names if _ID.fullmatch(name)}
    content_ids |= store.aliased(name for name in names if name not in content_ids)
    editions = StoredGraph().editions(sorted(set(content_ids.values())), "live", {locale, standing.DEFAULT_LOCALE})
    found = {name: standing.target(editions.get(one, ()), "live", locale, EMBED) for name, one in content_ids.items()}
    return {name: block for name, block in found.items() if block and content_blocks.is_block(block.document_type)}


def _problem(embed: Embed, blocks: Blocks) -> str | None:
    block = _block(embed, blocks)
    if block is None:
        return f"is no {embed.type} that is published"
    if embed.field and _text(block, embed.field) is None:
        return "is no text of that block"
    return None


def _block(embed: Embed, blocks: Blocks) -> Candidate | None:
    block = blocks.get(embed.name)
    return block if block and content_blocks.kind(block.document_type) == embed.type else None


def _text(block: Candidate, field: Iterable[str]) -> str | None:
    value: object = {"title": block.fields.get("title"), **(block.fields.get("details") or {})}
    for step in field:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value if isinstance(value, str) else None


def _said(embed: Embed, blocks: Blocks, locale: str) -> str:
    """The markup of a block, or of a field of it; frontends know it by its class and what it says of itself."""
    block = _block(embed, blocks)
    text = _text(block, embed.field) if block and embed.field else None
    if block is None or (embed.field and text is None):
        return ""
    from markupsafe import Markup  # local: most texts have no blocks

    around = Markup(
        '<{0} class="content-block content-block--{1}" data-content-block="" data-document-type="{1}" data-content-id="{2}" '
        'data-embed-code="{3}">{4}</{0}>'
    )
    said = text if embed.field else _whole(block, locale)
    return around.format("span" if embed.field else "div", embed.type, block.content_id, embed.code, said)


def _whole(block: Candidate, locale: str) -> str:
    if block.document_type != "contact":
        return str(block.fields["title"])
    from functions.publishing.govspeak import contacts  # local: as above, and its package imports an engine

    return contacts.block(block.fields, locale)
