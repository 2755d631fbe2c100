"""The site: every address that is no API's, in one read. A page was rendered when its content changed; here it is only found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from functions.common.log import count, logger
from functions.common.settings import setting
from functions.common.table import Item
from functions.publishing import bodies, headers, routing
from functions.publishing.store import contents
from functions.publishing.store import pages as store

BUNDLED: tuple[str, ...] = ("build/frontend/*",)

type Answer = dict[str, Any]

ASSETS = Path(__file__).parents[2] / "build" / "frontend"
NEWEST = 10
"""Pages that the home page lists."""
_FOR_EVER = "max-age=31536000, public, immutable"
# Where the site function or its store is down, what was published is served as it was, for a day.
_FIVE_MINUTES = "max-age=300, public, stale-if-error=86400"
_AN_HOUR = "max-age=3600, public, stale-if-error=86400"
_HALF_AN_HOUR = "max-age=1800, public"
_BRIEFLY = "max-age=10, public"
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


def pages(event: Mapping[str, Any], _: object) -> Answer:
    """Answer one request: 200, 301, 304, 404, 405, 410, or 500 with a page that says so."""
    method, path = event["requestContext"]["http"]["method"], event["rawPath"]
    try:
        answer = _answer(method, path, event)
    # Whatever went wrong, a visitor gets a page and an operator a line that holds none of the visitor's data.
    except Exception as failure:
        logger.error("failed", error=type(failure).__name__)
        answer = _html(500, _sorry(), "no-store")
    count("Request", Status=str(answer["statusCode"]))
    answer["headers"] |= headers.SECURITY
    if method == "HEAD":
        answer["body"] = ""
    return answer


def _answer(method: str, path: str, event: Mapping[str, Any]) -> Answer:
    if method not in {"GET", "HEAD"}:
        return {"statusCode": 405, "headers": {"Allow": "GET, HEAD"}, "body": ""}
    known = event.get("headers", {}).get("if-none-match", "")
    if path.startswith("/assets/"):
        return _unless_known(_asset(path), known)
    if path == "/":
        return _unless_known(_home(), known)
    if path in {"/robots.txt", "/sitemap.xml"} or path.startswith("/sitemaps/"):
        return _unless_known(_for_robots(path), known)
    if path.endswith("/") or path != path.lower():
        return _moved(path.rstrip("/").lower() or "/", event.get("rawQueryString", ""))
    return _unless_known(_page(path, event.get("rawQueryString", "")), known)


def _page(path: str, query: str) -> Answer:
    found = store.page(path)
    if found is None or found["status"] == 404:
        return _by_prefix(path, query)
    return _rendered(found)


def _rendered(found: Item) -> Answer:
    if found["status"] == 301:
        return _redirect(found["location"])
    return _text(found["status"], bodies.kept(found, "html").read(), _FIVE_MINUTES, found["etag"], found["media_type"])


def _by_prefix(path: str, query: str) -> Answer:
    """A redirect above may lead from every path below it. Asked only where there is no page, so that a page costs one read."""
    for above in contents.contents_above(path):
        rules: list[Item] = [route for route in above["routes"] if "destination" in route]
        if location := routing.destination(rules, path, query):
            return _redirect(location)
    return _html(404, _not_found(), _BRIEFLY)


def _home() -> Answer:
    """The department's whose it is; where there is none, or it was taken away, the platform's own."""
    published, newest = store.home(NEWEST)
    if published is not None and published["status"] in {200, 301}:
        return _rendered(published)
    from functions.publishing import site  # local: rendered pages, nearly all that is asked for, need no templates

    html = site.home(newest, origin=setting("PUBLIC_URL"))
    return _html(200, html, _BRIEFLY, hashlib.sha256(html.encode()).hexdigest()[:32])


def _sorry() -> str:
    try:
        from functions.publishing import site  # local: as above

        return site.error(500)
    # Where not even that page can be made, its words are all there is.
    except Exception:
        return "<!DOCTYPE html><html lang=en><title>Try again</title><h1>Sorry, try again in a moment</h1></html>"


@cache
def _not_found() -> str:
    from functions.publishing import site  # local: as above

    return site.not_found()


def _asset(path: str) -> Answer:
    """A style sheet or picture. A page rendered before the last release may name one that is no more: it gets what took its place."""
    asked = path.removeprefix("/assets/")
    for name, hashed in _manifest().items():
        stem, _, suffix = name.rpartition(".")
        if asked == hashed or (asked.startswith(f"{stem}-") and asked.endswith(f".{suffix}")):
            cached = _FOR_EVER if asked == hashed else _FIVE_MINUTES
            said = {"Content-Type": _TYPES[f".{suffix}"], "Cache-Control": cached, "ETag": f'"{hashed}"'}
            return {"statusCode": 200, "headers": said, "body": (ASSETS / hashed).read_text()}
    return _html(404, _not_found(), _BRIEFLY)


@cache
def _manifest() -> dict[str, str]:
    files: dict[str, str] = json.loads((ASSETS / "manifest.json").read_text())["files"]
    return files


def _for_robots(path: str) -> Answer:
    from functions.publishing import site  # local: as above

    origin = setting("PUBLIC_URL")
    is_map = path != "/robots.txt"
    page = site.sitemap_page(path, store.every_address(), origin=origin) if is_map else site.robots(origin=origin)
    if page is None:
        return _html(404, _not_found(), _BRIEFLY)
    return _text(200, page.html, _AN_HOUR, hashlib.sha256(page.html.encode()).hexdigest()[:32], page.media_type)


def _html(status: int, html: str, cached: str, etag: str | None = None) -> Answer:
    return _text(status, html, cached, etag, "text/html")


def _text(status: int, text: str, cached: str, etag: str | None, media_type: str) -> Answer:
    said = {"Content-Type": f"{media_type}; charset=utf-8", "Cache-Control": cached, **({"ETag": f'"{etag}"'} if etag else {})}
    return {"statusCode": status, "headers": said, "body": text}


def _redirect(location: str) -> Answer:
    return {"statusCode": 301, "headers": {"Location": location, "Cache-Control": _HALF_AN_HOUR}, "body": ""}


def _moved(path: str, query: str) -> Answer:
    return _redirect(f"/{quote(path.lstrip('/'))}" + (f"?{query}" if query else ""))


def _unless_known(answer: Answer, known: str) -> Answer:
    etag = answer["headers"].get("ETag")
    if answer["statusCode"] != 200 or not etag or etag not in known:
        return answer
    kept = {name: answer["headers"][name] for name in ("ETag", "Cache-Control")}
    return {"statusCode": 304, "headers": kept, "body": ""}
