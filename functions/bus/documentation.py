"""The documentation as it lies in the bundle: its files, what a search finds in them, and where an operation that is tried leads to.

The files are made at synthesis, from the templates in which this function itself stands, and put into its bundle afterwards
(decision 28). Nothing here makes a page: the search fills two gaps in one that is ready.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from functions.common.failures import Problem, Refusal

SITE = Path(__file__).parents[2] / "site"

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
LONGEST_SEARCH = 200
_GAP = "<!-- gap -->"
_PARAMETER = re.compile(r"{(\w+)}")


def file(path: str) -> tuple[str, str] | None:
    """The text of a file and its media type, by its path with or without `.html` or `.json`; none where there is no such file."""
    for name in (path, f"{path}.html", f"{path}.json"):
        # Only what is listed is opened, so no path leads anywhere else.
        if name in _files():
            return (SITE / name).read_text(encoding="utf-8"), MEDIA_TYPES[Path(name).suffix]
    return None


def missing() -> str:
    """The page that tells people of an address with nothing at it."""
    return (SITE / "missing.html").read_text(encoding="utf-8")


def search(asked: str) -> str:
    """The page of what has all the words that are asked for; of everything, where none is."""
    asked = " ".join(asked[:LONGEST_SEARCH].split())
    words = asked.casefold().split()
    found = [entry["html"] for entry in _entries() if all(word in entry["words"] for word in words)]
    pages = "page or operation" if len(found) == 1 else "pages and operations"
    heading = f"{len(found)} {pages}{f' for ‘{html.escape(asked)}’' if asked else ''}"
    listed = f'<ul class="commonweal-listing" aria-labelledby="found">{"".join(found)}</ul>' if found else _NOTHING
    before, between, after = (SITE / "search.html").read_text(encoding="utf-8").split(_GAP)
    return f'{before}{html.escape(asked)}{between}<h2 class="commonweal-heading" id="found">{heading}</h2>{listed}{after}'


_NOTHING = (
    '<p class="govuk-body">Nothing has all of these words. Use fewer, or a part of one. '
    '<a class="govuk-link" href="search.html">Show everything</a>.</p>'
)


def tried(api: str, operation: str, given: Mapping[str, str]) -> str:
    """The address that a GET operation of an API is asked for at, with what a form gave. Raises Refusal naming what is missing or wrong."""
    found = file(f"{api}.json") if re.fullmatch(r"[a-z-]+", api) else None
    paths = json.loads(found[0]).get("paths", {}) if found else {}
    wanted = [(path, get) for path, methods in paths.items() if (get := methods.get("get", {})).get("operationId") == operation]
    if not wanted:
        raise Refusal(404, f"The API {api!r} has no GET operation {operation!r}.", code="not_found")
    [(path, described)] = wanted
    return f"{_filled(path, given)}{_query(described, given)}"


def _filled(path: str, given: Mapping[str, str]) -> str:
    wrong = [name for name in _PARAMETER.findall(path) if given.get(name, "").strip() in ("", ".", "..")]
    if wrong:
        problems = tuple(Problem((name,), "missing", "Give what stands here in the path.") for name in wrong)
        raise Refusal(422, f"Give {' and '.join(wrong)}.", code="invalid", problems=problems)
    # No address leads to another host: each begins with what its document has, a slash and a letter.
    return _PARAMETER.sub(lambda name: _segment(name[1], given[name[1]].strip()), path)


def _segment(name: str, value: str) -> str:
    """One segment of an address; `path` is the rest of one, slashes included."""
    return quote(value.lstrip("/")) if name == "path" else quote(value, safe="")


def _query(described: Mapping[str, list[Mapping[str, str]]], given: Mapping[str, str]) -> str:
    names = [one["name"] for one in described.get("parameters", []) if one["in"] == "query"]
    told = [(name, given[name]) for name in (*names, "api_key") if given.get(name)]
    told += parse_qsl(given.get("more", ""))
    return f"?{urlencode(told)}" if told else ""


@cache
def _files() -> frozenset[str]:
    return frozenset(found.relative_to(SITE).as_posix() for found in SITE.rglob("*") if found.suffix in MEDIA_TYPES)


@cache
def _entries() -> list[dict[str, str]]:
    listed: list[dict[str, str]] = json.loads((SITE / "search.json").read_bytes())
    return listed
