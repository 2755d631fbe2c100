"""The catalogue as a site of static pages, which the platform serves at /docs and `make docs` writes into build/docs.

Every link is relative, so that both are the same files. Two things differ. What serves the search fills a page with what was found; the
static copy holds everything, and a small script that narrows it. And what needs a key is tried where it is served, by another script.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import govuk_frontend_jinja  # type: ignore[import-untyped]  # it has none, and only its folder is asked for
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader
from markupsafe import Markup

from infra.catalogue import asyncapi
from infra.catalogue.drawing import Drawing, Line, drawn
from infra.catalogue.fields import fields
from infra.catalogue.model import Catalogue, Consumer, EventType, Producer
from infra.catalogue.references import DEMO_KEY, Reference, references

ROOT = Path(__file__).parents[2]
VIEWS = Path(__file__).parent / "views"
STYLES = ROOT / "build" / "frontend"
MOST_DRAWN = 120
"""Boxes in a column of a drawing: more is some screens high, and a tangle."""
LOCAL = "http://127.0.0.1:8000"
SERVED_AT = "/docs/"
GAP = "<!-- gap -->"
"""Where the served search puts what was asked for, and what was found."""


@dataclass(frozen=True)
class Entry:
    """A page that can be found: its words are what it is found by."""

    title: str
    href: str
    kind: str
    text: str
    words: str


def files(catalogue: Catalogue, *, served: bool = False, styles: Path = STYLES) -> dict[str, bytes]:
    """Every file of the site by its path; `served` by the platform, or to be read from a folder or any web server."""
    pages = _Pages(catalogue, references(), styles, served=served)
    return {path: text.encode() if isinstance(text, str) else text for path, text in pages.all()}


def write(catalogue: Catalogue, to: Path, *, served: bool = False) -> int:
    """Write the site into a folder, in the place of what was there; gives how many files there are."""
    made = files(catalogue, served=served)
    shutil.rmtree(to, ignore_errors=True)
    for path, content in made.items():
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        (to / path).write_bytes(content)
    return len(made)


class _Pages:
    def __init__(self, catalogue: Catalogue, apis: Sequence[Reference], styles: Path, *, served: bool) -> None:
        self._catalogue, self._apis, self._served = catalogue, apis, served
        self._assets: dict[str, str] = json.loads((styles / "manifest.json").read_text())["files"]
        self._styles = styles
        self._views = _views()
        self._everything = _hears_everything(catalogue)
        self._views.globals |= {"catalogue": catalogue, "apis": apis, "everything": self._everything, "served": served}

    def all(self) -> Iterator[tuple[str, str | bytes]]:
        yield "index.html", self._page("index.html", "")
        yield "flows.html", self._page("flows.html", "", drawing=_drawn(self._catalogue.types, self._everything))
        for one in self._catalogue.types:
            yield (
                f"types/{one.type}.html",
                self._page("type.html", "../", one=one, drawing=_drawn([one], {}), fields=fields(one.newest.schema.definition)),
            )
        for department in self._catalogue.departments:
            drawing = _drawn(self._catalogue.about(department), self._everything, department.department)
            yield f"departments/{department.department}.html", self._page("department.html", "../", one=department, drawing=drawing)
        for api in self._apis:
            yield f"apis/{api.name}.html", self._reference(api)
            yield f"{api.name}.json", json.dumps(api.document, ensure_ascii=False)
        yield "asyncapi.json", asyncapi.text(self._catalogue)
        yield from self._search()
        yield from self._contracts()
        yield from ((f"assets/{name}", (self._styles / hashed).read_bytes()) for name, hashed in self._assets.items())

    def _reference(self, api: Reference) -> str:
        at = f"../try/{api.name}" if self._served else f"{LOCAL}/docs/try/{api.name}"
        here = f"{LOCAL}/docs/apis/{api.name}.html"
        return self._page("reference.html", "../", one=api, tried_at=at, served_at=here, demo_key=DEMO_KEY)

    def _search(self) -> Iterator[tuple[str, str]]:
        entries = list(_entries(self._catalogue, self._apis))
        if self._served:
            listed = [{"words": entry.words, "html": self._views.get_template("found.html").render(entry=entry)} for entry in entries]
            yield "search.json", json.dumps(listed, ensure_ascii=False)
            yield "search.html", self._page("search.html", "", entries=None, gap=Markup(GAP))  # noqa: S704  # a constant
            yield "missing.html", self._page("missing.html", SERVED_AT)
            yield "try.js", (VIEWS / "try.js").read_text(encoding="utf-8")
        else:
            yield "search.html", self._page("search.html", "", entries=entries, gap="")
            yield "search.js", (VIEWS / "search.js").read_text(encoding="utf-8")

    def _contracts(self) -> Iterator[tuple[str, str]]:
        for one in self._catalogue.types:
            for version in one.versions:
                yield version.schema.path.removeprefix("/"), version.schema.file.read_text(encoding="utf-8")
            for sample in one.samples:
                yield _sample_path(one, sample.name), sample.file.read_text(encoding="utf-8")

    def _page(self, template: str, root: str, **given: object) -> str:
        assets = {name: f"{root}assets/{name}" for name in self._assets}
        return self._views.get_template(template).render(root=root, home=f"{root}index.html", assets=assets, site="Commonweal", **given)


def _views() -> Environment:
    components = PrefixLoader({"govuk_frontend_jinja": FileSystemLoader(Path(govuk_frontend_jinja.__file__).parent / "templates")})
    own = FileSystemLoader([VIEWS, ROOT / "functions" / "common" / "views"])
    views = Environment(loader=ChoiceLoader([own, components]), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    views.filters |= {"marked": _marked, "json": lambda value: json.dumps(value, indent=2, ensure_ascii=False)}
    views.globals["sample_path"] = _sample_path
    return views


def _sample_path(one: EventType, name: str) -> str:
    return f"samples/{one.owner}/{one.newest.schema.name}/{name}.json"


def _marked(text: str) -> Markup:
    """A sentence as HTML: what stands between backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text)))  # noqa: S704  # escaped first


def _hears_everything(catalogue: Catalogue) -> dict[str, Consumer]:
    """The consumers of every type: said once, they need not stand beside each."""
    common = set.intersection(*({consumer.entry for consumer in one.consumers} for one in catalogue.types)) if catalogue.types else set()
    return {consumer.entry: consumer for one in catalogue.types[:1] for consumer in one.consumers if consumer.entry in common}


def _drawn(types: Sequence[EventType], besides: Mapping[str, Consumer], alone: str | None = None) -> Drawing | None:
    """Who says some types and who hears them, but for those who hear everything; of the departments one `alone`, where it is named.

    None where there is nothing, or more than anybody would look at: what is beside the drawing says it all.
    """
    said: dict[str, str] = {}
    heard: dict[str, str] = {}
    lines: list[Line] = []
    for one in types:
        says = {f"by {who.name}": who.title for who in _sayers(one, alone)}
        hears = {f"to {name}": title for name, title in _hearers(one, besides, alone)}
        said, heard = said | says, heard | hears
        lines += [*((name, one.type) for name in says), *((one.type, name) for name in hears)]
    columns = [said, {one.type: one.type for one in types}, heard]
    return drawn(columns, lines) if 0 < max(map(len, columns)) <= MOST_DRAWN else None


def _sayers(one: EventType, alone: str | None) -> Iterator[Producer]:
    yield from (who for who in one.producers if alone in (None, who.name) or who.name == one.owner or not who.is_department)


def _hearers(one: EventType, besides: Mapping[str, Consumer], alone: str | None) -> Iterator[tuple[str, str]]:
    yield from ((consumer.entry, consumer.entry) for consumer in one.consumers if consumer.entry not in besides)
    yield from ((who.department, who.title) for who in one.subscribers if alone in (None, who.department, one.owner))


def _entries(catalogue: Catalogue, apis: Sequence[Reference]) -> Iterator[Entry]:
    for one in catalogue.types:
        told = [
            one.type,
            one.description,
            one.owner_title,
            one.classification,
            *(field.path for field in fields(one.newest.schema.definition)),
        ]
        told += [*(producer.title for producer in one.producers), *(consumer.entry for consumer in one.consumers)]
        told += [subscriber.title for subscriber in one.subscribers]
        yield _entry(one.type, f"types/{one.type}.html", "Event", one.description, told)
    for department in catalogue.departments:
        owned = [one.type for one in catalogue.of(department)]
        told = [department.department, department.title, *owned, *department.registers, *department.services]
        yield _entry(department.title, f"departments/{department.department}.html", "Department", ", ".join(owned), told)
    for api in apis:
        yield _entry(api.title, f"apis/{api.name}.html", "API", api.description, [api.name, api.title, api.description])
        for operation in api.operations:
            name = f"{operation.method} {operation.path}"
            yield _entry(name, f"apis/{api.name}.html#{operation.id}", "Operation", operation.summary, [name, operation.summary, api.title])


def _entry(title: str, href: str, kind: str, text: str, told: Sequence[str]) -> Entry:
    return Entry(title, href, kind, text, " ".join([kind, *told]).casefold())
