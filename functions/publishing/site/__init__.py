"""The pages of the site, made of content items: templates in, HTML out, and nothing of AWS.

A content item is what the content API answers with. Each page says under which path it is found and with which status.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import govuk_frontend_jinja  # type: ignore[import-untyped]  # it has none, and only its folder is asked for
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader

from functions.publishing import dates
from schemas.content.fields import RIGHT_TO_LEFT

BUNDLED: tuple[str, ...] = ("functions/publishing/views/*.html", "build/frontend/*")

ROOT = Path(__file__).parents[2]
_LANGUAGE_TAGS = {"dr": "fa-AF"}
"""Locales that are no language tag of BCP 47, and the tag that means the same."""


@dataclass(frozen=True)
class Page:
    """What a path answers with: HTML, or with 301 a place to go."""

    path: str
    status: int
    html: str = ""
    location: str | None = None


def pages_of(item: Mapping[str, Any]) -> list[Page]:
    """All pages of a content item, the one at its base path first."""
    kind = item["schema_name"]
    if kind == "redirect":
        return list(_redirects(item))
    if kind == "gone":
        return [Page(item["base_path"], 410, _render("gone.html", **{"explanation": None, "alternative_path": None, **item["details"]}))]
    if kind == "guide":
        return list(_guide(item))
    return [Page(item["base_path"], 200, _render(f"{kind}.html", item=item, **_context(item)))]


def home(newest: Sequence[Mapping[str, Any]]) -> str:
    """The home page, with what was published last."""
    return _render("home.html", newest=newest)


def not_found() -> str:
    """The page for a path where nothing is."""
    return _render("not_found.html")


def _context(item: Mapping[str, Any]) -> dict[str, Any]:
    notice = item.get("withdrawn_notice") or {}
    locale = item["locale"]
    return {
        "language": _LANGUAGE_TAGS.get(locale, locale),
        "direction": "rtl" if locale in RIGHT_TO_LEFT else "ltr",
        "withdrawn_at": notice.get("withdrawn_at"),
        "withdrawn_because": notice.get("explanation") or "",
    }


def _redirects(item: Mapping[str, Any]) -> Iterator[Page]:
    rules = sorted(item["redirects"], key=lambda rule: rule["path"] != item["base_path"])
    for rule in rules:
        yield Page(rule["path"], 301, location=rule["destination"])


def _guide(item: Mapping[str, Any]) -> Iterator[Page]:
    base_path, parts = item["base_path"], item["details"].get("parts", [])
    chapters = [
        {"title": part["title"], "body": part["body"], "href": f"{base_path}/{part['slug']}" if number else base_path}
        for number, part in enumerate(parts)
    ] or [{"title": item["title"], "body": "", "href": base_path}]
    for number, chapter in enumerate(chapters):
        around = {
            "previous": chapters[number - 1] if number else None,
            "next": chapters[number + 1] if number + 1 < len(chapters) else None,
        }
        html = _render("guide.html", item=item, chapters=chapters, chapter=chapter, **around, **_context(item))
        yield Page(chapter["href"], 200, html)
    if parts:
        # The first part is the guide's own page; the address that its slug would have leads there.
        yield Page(f"{base_path}/{parts[0]['slug']}", 301, location=base_path)


def _render(template: str, **context: Any) -> str:
    return _views().get_template(template).render(**context)


@cache
def _views() -> Environment:
    installed = Path(govuk_frontend_jinja.__file__).parent / "templates"
    components = PrefixLoader({"govuk_frontend_jinja": FileSystemLoader(installed)})
    own = FileSystemLoader(Path(__file__).parent / "views")
    views = Environment(loader=ChoiceLoader([own, components]), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    views.filters["day"] = dates.day
    views.filters["document_type"] = lambda name: name.replace("_", " ").capitalize()
    views.globals["assets"] = _assets()
    return views


def _assets() -> dict[str, str]:
    manifest = json.loads((ROOT / "build" / "frontend" / "manifest.json").read_text())
    return {name: f"/assets/{hashed}" for name, hashed in manifest["files"].items()}
