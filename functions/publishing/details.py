"""The texts inside an edition's details: rendered when they are saved, sanitised when they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from functions.publishing import content_blocks
from functions.publishing.content_blocks import Embed

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


def texts(details: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text inside the details, each rendition of it for itself, with where it stands."""
    if isinstance(details, str) and place[-1:] and place[-1] in _HTML_FIELDS:
        yield place, details
    if isinstance(details, dict):
        for name, value in details.items():
            yield from texts(value, (*place, name))
    if isinstance(details, list) and _is_renditions(details):
        yield from (((*place, index, "content"), rendition["content"]) for index, rendition in enumerate(details))
    elif isinstance(details, list):
        for index, value in enumerate(details):
            yield from texts(value, (*place, index))


def _nothing(_: Embed) -> str:
    return ""


def presented(details: Any, say: Callable[[Embed], str] = _nothing, field: str = "") -> Any:
    """The details as readers get them: every text is one string of sanitised HTML, with what `say` says for each content block."""
    if isinstance(details, dict):
        return {name: presented(value, say, name) for name, value in details.items()}
    if isinstance(details, str):
        return _shown(details, say) if field in _HTML_FIELDS else details
    if not isinstance(details, list):
        return details
    if not _is_renditions(details):
        return [presented(value, say) for value in details]
    html = (rendition["content"] for rendition in with_html(details) if rendition["content_type"] == "text/html")
    return _shown(next(html, ""), say)


def _shown(html: str, say: Callable[[Embed], str]) -> str:
    from functions.publishing.sanitise import sanitise  # local: drafts are saved, found and listed without it

    # In this order: wherever a block is asked for, nothing of it can become more than a text may hold.
    return sanitise(content_blocks.filled(html, say))


def _things(value: Any) -> list[dict[str, Any]]:
    return [thing for thing in value if isinstance(thing, dict)] if isinstance(value, list) else []


def _is_renditions(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(part, dict) and "content_type" in part and "content" in part for part in value)
