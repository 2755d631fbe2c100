"""What readers call document types and fields that the schemas name for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from functions.publishing import dates
from functions.publishing.site.page import Item, first

_ABBREVIATIONS = frozenset({"aaib", "ai", "cma", "drcf", "esi", "foi", "hmrc", "maib", "raib", "sfo", "ukhsa", "utaac"})
_SHORT = {
    "detailed_guide": "Guidance", "document_collection": "Collection", "html_publication": "Document", "mainstream_browse_page": "Topic",
    "national": "National statistics announcement", "official": "Official statistics announcement", "speech": "Speech",
    "step_by_step_nav": "Step by step", "taxon": "Topic", "transaction": "Service", "transparency": "Transparency data",
}  # fmt: skip
_HIDDEN = frozenset({"bulk_published", "hidden_indexable_content"})


def document_type(name: str) -> str:
    """`foi_release` is an FOI release, `press_release` a press release: with a capital, as a label has it."""
    if name in _SHORT:
        return _SHORT[name]
    words = [word.upper() if word in _ABBREVIATIONS else word for word in name.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def metadata(item: Item, language: str) -> list[tuple[str, str]]:
    """The metadata of a specialist document in words: those of its finder's facets, where it is linked to one."""
    finder = first(item, "finder") or {}
    facets = {facet["key"]: facet for facet in finder.get("details", {}).get("facets", ())}
    return list(_metadata(item, facets, language))


def _metadata(item: Item, facets: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    kind = item.get("document_type", "")
    for name, value in item.get("details", {}).get("metadata", {}).items():
        facet = facets.get(name, {})
        if name in _HIDDEN or value in ("", []):
            continue
        labels = {allowed.get("value"): allowed.get("label") for allowed in facet.get("allowed_values", ())}
        values = value if isinstance(value, list) else [value]
        shown = ", ".join(labels.get(one) or _in_words(one, language) for one in values)
        yield facet.get("name") or document_type(_without(name, f"{kind}_", "tribunal_decision_")), shown


def _without(name: str, *prefixes: str) -> str:
    for prefix in prefixes:
        name = name.removeprefix(prefix) or name
    return name


def _in_words(value: object, language: str) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    text = str(value)
    try:
        date.fromisoformat(text)
    except ValueError:
        # A name for programs, such as `fishing-vessels`, or words that somebody wrote.
        return document_type(text.replace("-", "_")) if text == text.lower() and " " not in text else text
    return dates.day(text, language)
