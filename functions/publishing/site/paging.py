"""Which pages each content type has. A type that is not named here has one, by the view of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from functions.publishing.site import listing, names, people, steps
from functions.publishing.site.page import Item, Listed, Page, Sheet, links, sheet

type Paged = Iterator[Sheet | Page]

PRINTED = "print"
"""The address, below a page in parts, of all its parts at once."""


def sheets(item: Item, listed: Listed) -> Paged:
    """All pages of an item, the one at its base path first."""
    return _PAGED.get(item["schema_name"], _one)(item, listed)


def _one(item: Item, _: Listed) -> Paged:
    yield sheet(item)


def _listing(item: Item, listed: Listed) -> Paged:
    yield sheet(item, listed=listing.entries(listed))


def _redirect(item: Item, _: Listed) -> Paged:
    for rule in sorted(item["redirects"], key=lambda rule: rule["path"] != item["base_path"]):
        yield Page(rule["path"], 301, location=rule["destination"])


def _gone(item: Item, _: Listed) -> Paged:
    yield Sheet(item["base_path"], "gone.html", "", status=410)


def _no_page(item: Item, _: Listed) -> Paged:
    # A program answers here, and none of ours: whoever asks us finds nothing.
    yield Page(item["base_path"], 404)


def _in_parts(item: Item, _: Listed) -> Paged:
    base_path, parts = item["base_path"], item.get("details", {}).get("parts", [])
    if not parts:
        yield sheet(item, part=None, parts=[])
        return
    placed = [{**part, "href": f"{base_path}/{quote(part['slug'])}" if number else base_path} for number, part in enumerate(parts)]
    printed = f"{base_path}/{PRINTED}" if PRINTED not in {part["slug"] for part in parts} else None
    for number, part in enumerate(placed):
        around = {"previous": placed[number - 1] if number else None, "next": placed[number + 1] if number + 1 < len(placed) else None}
        name = f"{part['title']} - {item['title']}" if len(placed) > 1 else item["title"]
        yield Sheet(part["href"], f"{item['schema_name']}.html", name, {"part": part, "parts": placed, "printed": printed, **around})
    # The first part is the item's own page; the address that its slug would have leads there.
    yield Page(f"{base_path}/{quote(parts[0]['slug'])}", 301, location=base_path)
    if printed:
        yield Sheet(printed, "print.html", item["title"], {"parts": placed}, copy_of=base_path)


def _transaction(item: Item, _: Listed) -> Paged:
    details = item.get("details", {})
    variants = [{**variant, "href": f"{item['base_path']}/{quote(variant['slug'])}"} for variant in details.get("variants", ())]
    yield sheet(item, service=details, variants=variants)
    for variant in variants:
        # What a variant does not say is as for all.
        own = {"service": {**details, **variant}, "variants": [], "heading": variant["title"]}
        yield Sheet(variant["href"], "transaction.html", variant["title"], own)


def _topical_event(item: Item, listed: Listed) -> Paged:
    about = item.get("details", {}).get("about")
    at = f"{item['base_path']}/{quote(about['slug'])}" if about else None
    yield sheet(item, listed=listing.entries(listed), about_at=at)
    if about and at:
        yield Sheet(at, "topical_event_about.html", f"{about['title']} - {item['title']}", {"about": about})


def _organisation(item: Item, listed: Listed) -> Paged:
    yield sheet(item, listed=listing.entries(listed), people=people.groups(item), roles=listing.entries(_open_roles(item)))


def _open_roles(item: Item) -> Sequence[Item]:
    """The roles of an organisation that lists no people."""
    return [] if people.groups(item) else links(item, "ordered_roles")


def _person(item: Item, listed: Listed) -> Paged:
    yield sheet(item, listed=listing.entries(listed), appointments=people.appointments(item, "role"))


def _role(item: Item, listed: Listed) -> Paged:
    yield sheet(item, listed=listing.entries(listed), appointments=people.appointments(item, "person"))


def _step_by_step(item: Item, _: Listed) -> Paged:
    yield sheet(item, nav=steps.steps(item))


def _specialist_document(item: Item, _: Listed) -> Paged:
    yield sheet(item, metadata=names.metadata(item, "cy" if item.get("locale") == "cy" else "en"))


def _manual(item: Item, _: Listed) -> Paged:
    # Nothing is said in its schema of what a change note is.
    sent = item.get("details", {}).get("change_notes")
    notes = [note for note in (sent if isinstance(sent, list) else ()) if isinstance(note, dict) and note.get("change_note")]
    yield sheet(item, notes=sorted(notes, key=lambda note: str(note.get("published_at", "")), reverse=True))


def _collection(item: Item, _: Listed) -> Paged:
    known = {link["content_id"]: link for link in links(item, "documents")}
    groups = item.get("details", {}).get("collection_groups", ())
    yield sheet(item, groups=_grouped(groups, "title", "documents", known) or [{"entries": listing.entries(known.values())}])


def _browse_page(item: Item, listed: Listed) -> Paged:
    every = [link for found in item.get("links", {}).values() for link in found if link.get("title")] + list(listed)
    known = {link["content_id"]: link for link in every if link.get("content_id")}
    details = item.get("details", {})
    below = links(item, "second_level_browse_pages")
    order = {content_id: number for number, content_id in enumerate(details.get("ordered_second_level_browse_pages", ()))}
    if details.get("second_level_ordering") == "curated":
        below.sort(key=lambda link: order.get(link["content_id"], len(order)))
    groups = _grouped(details.get("groups", ()), "name", "content_ids", known)
    grouped = {content_id for group in details.get("groups", ()) for content_id in group["content_ids"]}
    others = [one for one in listed if one.get("content_id") not in grouped]
    yield sheet(item, groups=groups, below=listing.entries(below), listed=listing.entries(others))


def _grouped(groups: Sequence[Item], title: str, members: str, known: Mapping[str, Item]) -> list[dict[str, Any]]:
    """Groups of content ids as groups of what can be gone to: an id that no link shows is left out."""
    found = [
        {
            "title": group.get(title),
            "body": group.get("body"),
            "entries": listing.entries(known[one] for one in group.get(members, ()) if one in known),
        }
        for group in groups
    ]
    return [group for group in found if group["entries"] or group["body"]]


_PAGED: Mapping[str, Callable[[Item, Listed], Paged]] = {
    "document_collection": _collection,
    "gone": _gone,
    "guide": _in_parts,
    "homepage": _listing,
    "mainstream_browse_page": _browse_page,
    "manual": _manual,
    "organisation": _organisation,
    "person": _person,
    "redirect": _redirect,
    "role": _role,
    "special_route": _no_page,
    "specialist_document": _specialist_document,
    "step_by_step_nav": _step_by_step,
    "taxon": _listing,
    "topical_event": _topical_event,
    "transaction": _transaction,
    "travel_advice": _in_parts,
}
