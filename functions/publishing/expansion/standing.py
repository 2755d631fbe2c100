"""What stands: which edition a link shows, which links an item has, and what a link shows of its target (contract 1.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from functions.publishing.expansion import rules
from functions.publishing.expansion.graph import Candidate, Links, State, Store

type Shown = dict[str, Any]

DEFAULT_LOCALE = "en"
_STATES: Mapping[Store, tuple[State, ...]] = {"live": ("published", "withdrawn"), "draft": ("draft", "published", "withdrawn")}
"""The states of each store, the preferred first."""


def target(candidates: Iterable[Candidate], store: Store, locale: str, link_type: str) -> Candidate | None:
    """The edition that a link of this type shows on an item in this locale: of its own locale, else English. None where it shows none."""
    shown = [edition for edition in candidates if edition.locale in {locale, DEFAULT_LOCALE} and _shows(edition, store, link_type)]
    return min(shown, key=lambda edition: (edition.locale != locale, _STATES[store].index(edition.state)), default=None)


def _shows(edition: Candidate, store: Store, link_type: str) -> bool:
    if edition.state not in _STATES[store] or edition.document_type in rules.NEVER_EXPANDED:
        return False
    return edition.state != "withdrawn" or link_type in rules.SHOWS_WITHDRAWN


def in_each_locale(candidates: Iterable[Candidate], store: Store) -> dict[str, Candidate]:
    """The edition that stands in each locale."""
    standing = [edition for edition in candidates if edition.state in _STATES[store]]
    standing.sort(key=lambda edition: (edition.locale, -_STATES[store].index(edition.state)))
    return {edition.locale: edition for edition in standing}


def translations(candidates: Iterable[Candidate], store: Store) -> list[Candidate]:
    """What an item's link to itself in every locale shows."""
    return list(in_each_locale((edition for edition in candidates if _shows(edition, store, rules.TRANSLATIONS)), store).values())


def held(link_set: Links, edition_links: Links) -> Links:
    """The links that an item has: those of its edition in place of those of its link set, type by type. An empty list is no links."""
    links = {link_type: targets for source in (link_set, edition_links) for link_type, targets in source.items() if targets}
    links.pop(rules.TRANSLATIONS, None)
    return links


def stands(source: str, source_holds: Links, link_type: str, goal: str, goal_holds: Links) -> bool:
    """Whether a link leads from one item to another: its own, or where it has none of this type, another's turned round."""
    if link_type in source_holds:
        return goal in source_holds[link_type]
    return any(source in goal_holds.get(direct, ()) for direct in rules.REVERSES.get(link_type, ()))


def shown(edition: Candidate, fields: Iterable[str]) -> Shown:
    """These fields of an edition, without those that are null."""
    base_path = edition.fields.get("base_path")
    whole = {
        **edition.fields,
        "content_id": edition.content_id,
        "locale": edition.locale,
        "withdrawn": edition.state == "withdrawn",
        "api_path": f"/api/content{base_path}" if base_path else None,
    }
    chosen: Shown = {}
    for name in fields:
        _copy(whole, chosen, name.split("."))
    return chosen


def _copy(whole: Mapping[str, Any], chosen: Shown, steps: list[str]) -> None:
    name, *further = steps
    value = whole.get(name)
    if not further:
        if value is not None:
            chosen[name] = value
        return
    if isinstance(value, Mapping):
        inner = chosen.get(name, {})
        _copy(value, inner, further)
        if inner:
            chosen[name] = inner
