"""Pages that are made when somebody asks for them, with the look of the site.

A room has its own templates, which extend `page.html` here and use the components of govuk-frontend. The site's published pages have a
layout of their own, which speaks two languages and knows a content item.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

BUNDLED: tuple[str, ...] = ("functions/common/views/*.html", "build/frontend/manifest.json")

MEDIA_TYPE = "text/html; charset=utf-8"

_ROOT = Path(__file__).parents[2]
_SITE = "Commonweal"


def render(folder: Path, template: str, **given: object) -> str:
    """The HTML of a template of a room, whose templates are in this folder."""
    return _views(folder).get_template(template).render(**given)


@cache
def version(folder: Path) -> str:
    """The name of how a room's pages look: another, once a template, the layout or the style sheet is another."""
    files = sorted([*folder.glob("*.html"), *(Path(__file__).parent / "views").glob("*.html")], key=lambda file: (file.name, str(file)))
    looks = hashlib.sha256(json.dumps(_assets()).encode())
    for file in files:
        looks.update(file.read_bytes())
    return looks.hexdigest()[:12]


@cache
def _views(folder: Path) -> Environment:
    # Local: what is asked for without a page needs no templates.
    import govuk_frontend_jinja  # type: ignore[import-untyped]  # it has none, and only its folder is asked for
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader

    installed = Path(govuk_frontend_jinja.__file__).parent / "templates"
    components = PrefixLoader({"govuk_frontend_jinja": FileSystemLoader(installed)})
    own = FileSystemLoader([folder, Path(__file__).parent / "views"])
    views = Environment(loader=ChoiceLoader([own, components]), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    views.globals |= {"assets": _assets(), "site": _SITE}
    return views


@cache
def _assets() -> dict[str, str]:
    manifest = json.loads((_ROOT / "build" / "frontend" / "manifest.json").read_text())
    return {name: f"/assets/{hashed}" for name, hashed in manifest["files"].items()}
