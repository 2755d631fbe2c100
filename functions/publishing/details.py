"""The texts inside an edition's details: rendered when they are saved, sanitised when they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HTML_FIELDS = frozenset({"body", "explanation"})
"""Fields that hold HTML where they are a plain string."""

_EMBEDDED = ("attachments", "images", "links", "contacts")
"""Fields that hold what a text may name."""


def with_html(details: Any, locale: str = "en") -> Any:
    """The same details, where every text that is Govspeak alone has its HTML beside it: in this language, with what the details hold."""
    held = details if isinstance(details, dict) else {}
    return _with_html(details, {"locale": locale, **{name: _things(held.get(name)) for name in _EMBEDDED}})


def _with_html(details: Any, options: Mapping[str, Any]) -> Any:
    if isinstance(details, dict):
        return {name: _with_html(value, options) for name, value in details.items()}
    if not isinstance(details, list):
        return details
    if not _is_renditions(details):
        return [_with_html(value, options) for value in details]
    written = {rendition["content_type"]: rendition["content"] for rendition in details}
    if "text/html" in written or "text/govspeak" not in written:
        return details
    from functions.publishing import govspeak  # local: most requests bring no Govspeak, and its engine takes long to import

    html = govspeak.to_html(written["text/govspeak"], govspeak.Options(**options))
    rendered = {"content_type": "text/html", "content": html, "rendered_by": "commonweal", "govspeak_version": govspeak.VERSION}
    return [*details, rendered]


def presented(details: Any, field: str = "") -> Any:
    """The details as readers get them: every text is one string of sanitised HTML."""
    if isinstance(details, dict):
        return {name: presented(value, name) for name, value in details.items()}
    if isinstance(details, str):
        return _sanitised(details) if field in _HTML_FIELDS else details
    if not isinstance(details, list):
        return details
    if not _is_renditions(details):
        return [presented(value) for value in details]
    html = (rendition["content"] for rendition in with_html(details) if rendition["content_type"] == "text/html")
    return _sanitised(next(html, ""))


def _sanitised(html: str) -> str:
    from functions.publishing.sanitise import sanitise  # local: drafts are saved, found and listed without it

    return sanitise(html)


def _things(value: Any) -> list[dict[str, Any]]:
    return [thing for thing in value if isinstance(thing, dict)] if isinstance(value, list) else []


def _is_renditions(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(part, dict) and "content_type" in part and "content" in part for part in value)
