"""What programs read of a page: its title, its address, and what describes it (contract 7).

Descriptions of our own are called `commonweal:…` where GOV.UK has `govuk:…`, with the same names and values after that: they are this
platform's words on this platform's pages, and a tool made for the others changes one prefix.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from functions.publishing.site import languages, listing
from functions.publishing.site.page import Item, Sheet, above, first, links

SITE = "Commonweal"
PREFIX = "commonweal"


@dataclass(frozen=True)
class Head:
    """The head of a page, apart from its style sheet."""

    title: str
    description: str
    canonical: str
    metas: tuple[tuple[str, str], ...]
    open_graph: tuple[tuple[str, str], ...]
    alternates: tuple[tuple[str, str], ...]
    indexed: bool = True


def of(item: Item, sheet: Sheet, context: Mapping[str, Any]) -> Head:
    """The head of an item's page. Without an origin, addresses are paths, and what asks for a whole address is left out."""
    origin = context["origin"]
    said = f"[{context['t']('Withdrawn')}] " if context["withdrawn"] else ""
    title, description = f"{said}{sheet.name}", " ".join(str(item.get("description") or "").split())
    canonical = f"{origin}{sheet.copy_of or sheet.path}"
    own = item["base_path"] == sheet.path
    return Head(
        title=title,
        description=description,
        canonical=canonical,
        metas=tuple((f"{PREFIX}:{name}", value) for name, value in _metas(item, context) if value),
        open_graph=tuple(_open_graph(title, description, canonical, context["picture"], origin)),
        alternates=tuple((languages.tag(one.locale), f"{origin}{one.href}") for one in context["translations"]) if own else (),
        indexed=sheet.copy_of is None,
    )


def _open_graph(title: str, description: str, url: str, picture: Mapping[str, Any] | None, origin: str) -> Iterator[tuple[str, str]]:
    yield from (("og:site_name", SITE), ("og:type", "article"), ("og:title", title))
    if description:
        yield "og:description", description
    if origin:
        yield "og:url", url
    if picture and (image := listing.whole(picture.get("high_resolution_url") or picture.get("src"), origin)):
        yield "og:image", image


def _metas(item: Item, context: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, field in (
        ("format", "schema_name"), ("document-type", "document_type"), ("schema-name", "schema_name"), ("content-id", "content_id"),
        ("publishing-app", "publishing_app"), ("rendering-app", "rendering_app"), ("first-published-at", "first_published_at"),
        ("public-updated-at", "public_updated_at"), ("updated-at", "updated_at"),
    ):  # fmt: skip
        yield name, str(item.get(field) or "")
    yield "withdrawn", "withdrawn" if context["withdrawn"] else ""
    yield "content-has-history", "true" if len(context["changes"]) > 1 else ""
    if item.get("details", {}).get("political"):
        yield "political-status", "historic" if context["past_government"] else "political"
    yield from _places(item)


def _places(item: Item) -> Iterator[tuple[str, str]]:
    publisher = first(item, "primary_publishing_organisation")
    yield "primary-publishing-organisation", str(publisher["title"]) if publisher else ""
    ids = [str(link["analytics_identifier"]) for link in links(item, "organisations") if link.get("analytics_identifier")]
    yield "organisations", "".join(f"<{one}>" for one in ids)
    taxons = [link for link in links(item, "taxons") if link.get("base_path")]
    if taxons:
        yield "taxon-id", str(taxons[0]["content_id"])
        yield "taxon-ids", ",".join(str(taxon["content_id"]) for taxon in taxons)
        yield "taxon-slug", taxons[0]["base_path"].rpartition("/")[2]
        yield "taxon-slugs", ",".join(taxon["base_path"].rpartition("/")[2] for taxon in taxons)
        highest = [taxons[0], *(one for one in above(taxons[0], "parent_taxons") if one.get("base_path"))][-1]
        yield "taxonomy-level1", highest["base_path"].strip("/")
    yield "stepnavs", ",".join(str(link["content_id"]) for link in links(item, "part_of_step_navs"))
