"""Finding content: what a department has, what may be linked to, who links where (Publishing API, contract 1.2)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from functions.common.failures import Refusal
from functions.common.table import Item
from functions.publishing.documents import EDITION_FIELDS, Edition, Fields
from functions.publishing.expansion.graph import Store
from functions.publishing.ownership import department, not_found
from functions.publishing.store import links, listing, paths, standing
from functions.publishing.store.graph import StoredGraph

STATES = ("draft", "published", "unpublished")
ORDERS = ("updated_at", "public_updated_at", "created_at", "id")
"""What lists may be sorted by; with a hyphen before it the newest come first."""
SEARCHED = ("title", "base_path", "description")
MOST_PER_PAGE = 1_000
MOST_PATHS = 500
_OF_THE_DOCUMENT = frozenset({"content_id", "locale", "publication_state", "user_facing_version", "links", "details", "id"})


def content(wanted: Mapping[str, Any]) -> Fields:
    """One page of a department's content that is asked for, counted. Raises Refusal 400 or 422 naming the field."""
    fields = _fields(wanted["fields"])
    found = _listed(wanted)
    if wanted["aliases"]:
        named = set(standing.aliased(wanted["aliases"]).values())
        found = [one for one in found if one["content_id"] in named]
    found = _searched(found, wanted["q"], wanted["search_in"])
    found = _sorted(found, wanted["order"] or "-public_updated_at")
    page, per_page = wanted["page"], wanted["per_page"]
    shown = found[(page - 1) * per_page : page * per_page]
    pages = -(-len(found) // per_page) or 1
    return {"total": len(found), "pages": pages, "current_page": page, "results": _slices(shown, fields)}


def editions(wanted: Mapping[str, Any]) -> Fields:
    """Editions in an order that goes on where a page ended, whatever was written meanwhile. Raises Refusal 400 or 422."""
    fields = _fields(wanted["fields"])
    order = wanted["order"] or "updated_at"
    listed = _sorted(_listed(wanted), order)
    start, end = _window([_place(one, order) for one in listed], wanted, descending=order.startswith("-"))
    shown = listed[start:end]
    more: dict[str, str] = {}
    if shown and end < len(listed):
        more["next"] = _cursor(_place(shown[-1], order))
    if shown and start > 0:
        more["previous"] = _cursor(_place(shown[0], order))
    return {"results": _slices(shown, fields), "more": more}


def _window(places: Sequence[str], wanted: Mapping[str, Any], *, descending: bool) -> tuple[int, int]:
    """Where a page begins and ends, among the places of all in their order."""
    field = "after" if wanted["after"] else "before"
    if not wanted[field]:
        return 0, wanted["per_page"]
    mark = _mark(wanted[field], field)
    passed = sum(place > mark if descending else place < mark for place in places)
    if field == "before":
        return max(0, passed - wanted["per_page"]), passed
    start = passed + (mark in places)
    return start, start + wanted["per_page"]


def linkables(document_type: str) -> list[Fields]:
    """What may be linked to of a type, in English: what is live, whoever published it, and the department's own drafts."""
    found = {item["pk"]: _linkable(item, "published") for item in listing.live_of_type(document_type) if item["sk"] == "live#en"}
    drafts = [one for one in listing.of_department(department(), [document_type]) if (one["store"], one["locale"]) == ("draft", "en")]
    for item in listing.whole(one for one in drafts if one["pk"] not in found):
        found.setdefault(item["pk"], _linkable(item, "draft"))
    return sorted(found.values(), key=lambda one: (one["title"].lower(), one["content_id"]))


def linked(content_id: str, link_type: str, fields: Sequence[str]) -> list[Fields]:
    """Of the department's content, what has a link of a type in its link set that leads here. Raises Refusal 400, 404 or 422."""
    if not fields:
        raise Refusal(422, "fields must be given", code="parameter_missing_or_invalid", field="fields")
    wanted = _fields(fields)
    if standing.owner(content_id) != department() and not StoredGraph().editions([content_id], "live", None):
        raise not_found(content_id)
    sources = sorted({link.source for link in links.links_to([content_id], [link_type])})
    own = {one for one, owner in standing.owners(sources).items() if owner == department()}
    holding = {one for one, link_set in links.link_sets(sorted(own)).items() if content_id in link_set.links.get(link_type, ())}
    listed = [one for one in listing.of_department(department(), []) if one["content_id"] in holding]
    return _slices(_one_each(listed), wanted)


def by_base_path(base_paths: Sequence[str], but_types: Iterable[str], but_ways: Iterable[str], *, with_drafts: bool) -> dict[str, str]:
    """The content id at each path, of the department's own; paths with none are left out."""
    stores: tuple[Store, ...] = ("live", "draft") if with_drafts else ("live",)
    mine = {path: held for path, held in paths.reservations(list(base_paths)).items() if held["owner"] == department()}
    held = {path: [(one[store], store) for store in stores if store in one] for path, one in mine.items()}
    stands = listing.standing_of([holder for holders in held.values() for holder in holders])
    left_out, ways = set(but_types), set(but_ways)
    found: dict[str, str] = {}
    for path, holders in held.items():
        counting = [one for one in holders if one in stands and stands[one].document_type not in left_out and stands[one].way not in ways]
        if counting:
            found[path] = counting[0][0].partition("#")[0]
    return found


def _listed(wanted: Mapping[str, Any]) -> list[Item]:
    states = set(wanted["states"] or STATES)
    if unknown := states - set(STATES):
        raise Refusal(
            422, f"{', '.join(sorted(unknown))}: states are {', '.join(STATES)}", code="parameter_missing_or_invalid", field="states"
        )
    found = [one for one in listing.of_department(department(), wanted["document_types"]) if one["state"] in states]
    if wanted["locale"] != "all":
        found = [one for one in found if one["locale"] == wanted["locale"]]
    if wanted["publishing_app"]:
        found = [one for one in found if one.get("publishing_app") == wanted["publishing_app"]]
    if wanted["link"]:
        linking = _linking(*wanted["link"])
        found = [one for one in found if one["content_id"] in linking]
    return found


def _one_each(listed: Iterable[Item]) -> list[Item]:
    """Of each document its draft, else what is live."""
    found: dict[tuple[str, str], Item] = {}
    for one in listed:
        key = (one["content_id"], one["locale"])
        if key not in found or one["store"] == "draft":
            found[key] = one
    return list(found.values())


def _linking(link_type: str, target: str) -> set[str]:
    """The content ids that link there, by their link set or by an edition of theirs."""
    sources = sorted({link.source for link in links.links_to([target], [link_type])})
    sets = {one for one, link_set in links.link_sets(sources).items() if target in link_set.links.get(link_type, ())}
    stands = chain(*StoredGraph(department()).editions(sources, "draft", None).values())
    return sets | {edition.content_id for edition in stands if target in edition.links.get(link_type, ())}


def _searched(found: list[Item], words: str | None, places: Sequence[str]) -> list[Item]:
    """Those that have these words in one of the places: a field, or `details.` and one of the details' own."""
    for place in places:
        if place not in SEARCHED and not place.startswith("details."):
            raise Refusal(400, f"Invalid search_in: {place[:50]}", code="parameter_missing_or_invalid", field="search_in")
    if not words:
        return found
    return [one for one, edition in zip(found, listing.editions(found), strict=True) if _holds(edition, words.lower(), places or SEARCHED)]


def _holds(edition: Edition, words: str, places: Sequence[str]) -> bool:
    whole: Fields = {**edition.fields}
    if any(place.startswith("details.") for place in places):
        whole |= {f"details.{name}": value for name, value in json.loads(edition.details.read()).items()}
    return any(words in str(whole.get(place) or "").lower() for place in places)


def _sorted(found: list[Item], order: str) -> list[Item]:
    if order.removeprefix("-") not in ORDERS:
        allowed = ", ".join([*ORDERS, *(f"-{one}" for one in ORDERS)])
        raise Refusal(422, f"Invalid order field: {order}. It is one of {allowed}.", code="order_field_invalid", field="order")
    return sorted(found, key=lambda one: _place(one, order), reverse=order.startswith("-"))


def _place(one: Item, order: str) -> str:
    name = order.removeprefix("-")
    return f"{one.get(name) or '' if name != 'id' else ''},{one['content_id']}#{one['locale']}#{one['store']}"


def _cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


def _mark(cursor: str, field: str) -> str:
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise Refusal(400, f"{field} is none that was given out", code="parameter_missing_or_invalid", field=field) from None


def _fields(wanted: Sequence[str]) -> list[str]:
    known = EDITION_FIELDS | _OF_THE_DOCUMENT
    if unknown := [name for name in wanted if name not in known]:
        raise Refusal(
            400, f"Invalid column name(s): {', '.join(name[:50] for name in unknown)}", code="parameter_missing_or_invalid", field="fields"
        )
    return list(wanted)


def _slices(listed: Sequence[Item], fields: Sequence[str]) -> list[Fields]:
    return [_slice(one, edition, fields) for one, edition in zip(listed, listing.editions(listed), strict=True)]


def _slice(one: Item, edition: Edition, fields: Sequence[str]) -> Fields:
    whole: Fields = {
        **edition.fields,
        "content_id": one["content_id"],
        "locale": one["locale"],
        "publication_state": one["state"],
        "user_facing_version": one["number"],
        "id": f"{one['content_id']}#{one['locale']}#{one['number']}",
    }
    if "details" in fields or not fields:
        whole["details"] = json.loads(edition.details.read())
    return {name: whole[name] for name in fields or whole if whole.get(name) is not None}


def _linkable(item: Item, state: str) -> Fields:
    shown = json.loads(item["fields"])
    internal = shown.get("details", {}).get("internal_name") or item["title"]
    return {
        "content_id": item["pk"].removeprefix("content#"),
        "title": item["title"],
        "publication_state": state,
        "base_path": item.get("base_path"),
        "internal_name": internal,
    }
