"""The pages of the site, made of content items: templates in, HTML out, and nothing of AWS.

A content item is what the content API answers with. `paging` says which pages its type has, `context` what each of them is given, and
`views/<type>.html` what it looks like; here the one is put into the other. Whatever a page lists that is not among its item's links is
handed in as `listed`: mappings with `title`, `base_path`, `document_type`, `public_updated_at`, and where there are such `description`,
`locale` and `content_id`, the newest first. `origin` is where the site is (`https://example.org`, no slash at its end): without it
addresses are paths, and what must have a whole one, such as a feed, is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import govuk_frontend_jinja  # type: ignore[import-untyped]  # it has none, and only its folder is asked for
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader

from functions.publishing.site import attachments, context, feeds, head, languages, listing, paging, structured_data
from functions.publishing.site.errors import ERRORS
from functions.publishing.site.head import SITE
from functions.publishing.site.page import ATOM, Item, Listed, Page, Sheet, without_nulls

__all__ = ["Page", "error", "home", "not_found", "pages_of", "robots", "sitemap_page"]

BUNDLED: tuple[str, ...] = ("functions/publishing/views/*.*", "functions/publishing/views/*/*.html", "build/frontend/*")

ROOT = Path(__file__).parents[3]
_XML = "application/xml"


def pages_of(item: Item, listed: Listed = (), *, origin: str = "") -> list[Page]:
    """All pages of a content item, the one at its base path first; its feed, where its type has one, last.

    `listed` is for organisations, topical events, topics, browse pages, people, roles and the home page. A special route has a 404, for a
    program answers there; an item without an address has no pages.
    """
    if not item.get("base_path"):
        return []
    whole: Item = without_nulls(item)
    return [*_pages(whole, listed, origin), *_feed(whole, listed, origin)]


def home(newest: Listed, *, origin: str = "") -> str:
    """The home page where no department has published one, with what was published last."""
    given = {"listed": listing.entries(newest), "canonical": f"{origin}/", "structured": structured_data.website(SITE, origin)}
    return _render("home.html", **context.furniture(), **given)


def not_found() -> str:
    """The page for a path where nothing is."""
    return error(404)


def error(status: int) -> str:
    """What a visitor is told with a status that is no success: 400, 403, 404, 410, 500 or 503."""
    heading, sentences = ERRORS[status]
    return _render("error.html", **context.furniture(), heading=heading, sentences=sentences)


def sitemap_page(path: str, listed: Iterable[Mapping[str, Any]], *, origin: str) -> Page | None:
    """The index of the sitemap, or one of its parts, for which no more than the parts up to it are read. None where it has no such part.

    Whoever lists a page lists those of its parts (`sitemap.addresses`) too.
    """
    from functions.publishing.site import sitemap  # local: no page of an item needs it

    parts = sitemap.parts(listed, origin)
    if path == sitemap.INDEX:
        return Page(path, 200, _render("sitemap_index.xml", origin=origin, **sitemap.index(parts)), media_type=_XML)
    part = next((part for place, part in parts if place == path), None)
    return Page(path, 200, _render("sitemap.xml", origin=origin, **part), media_type=_XML) if part else None


def robots(*, origin: str) -> Page:
    """What programs may ask for."""
    from functions.publishing.site import sitemap  # local: as above

    return Page("/robots.txt", 200, sitemap.robots(origin), media_type="text/plain")


def _pages(item: Item, listed: Listed, origin: str) -> Iterator[Page]:
    for sheet in paging.sheets(item, listed):
        yield sheet if isinstance(sheet, Page) else Page(sheet.path, sheet.status, _html(item, sheet, origin))


def _html(item: Item, sheet: Sheet, origin: str) -> str:
    given = context.of(item, sheet, origin)
    feed = feeds.path(item) if origin else None
    about = {"head": head.of(item, sheet, given), "structured": structured_data.of(item, sheet, given), "feed": feed}
    return _render(sheet.view, **given, **about, **sheet.more)


def _feed(item: Item, listed: Listed, origin: str) -> Iterator[Page]:
    path = feeds.path(item)
    if path and origin:
        yield Page(path, 200, _render("feed.xml", **feeds.context(item, listed, origin)), media_type=ATOM)


def _render(template: str, **given: Any) -> str:
    return _views().get_template(template).render(**given)


@cache
def _views() -> Environment:
    installed = Path(govuk_frontend_jinja.__file__).parent / "templates"
    components = PrefixLoader({"govuk_frontend_jinja": FileSystemLoader(installed)})
    own = FileSystemLoader(Path(__file__).parents[1] / "views")
    views = Environment(
        loader=ChoiceLoader([own, components]), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=ChainableUndefined
    )
    views.filters |= {"address": listing.address, "entries": listing.entries, "tag": languages.tag}
    views.globals |= {
        "assets": _assets(),
        "attachments": attachments.chosen,
        "featured": attachments.featured,
        "attachment": attachments.attachment,
        "languages": languages.NAMES,
        "site": SITE,
    }
    return views


def _assets() -> dict[str, str]:
    manifest = json.loads((ROOT / "build" / "frontend" / "manifest.json").read_text())
    return {name: f"/assets/{hashed}" for name, hashed in manifest["files"].items()}
