"""Who holds which role: appointments, seen from a person, from a role, and from an organisation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from functions.publishing.site.listing import Entry, entry
from functions.publishing.site.page import Item, first, links

_GROUPS = (
    ("Ministers", "ordered_ministers"),
    ("Board members", "ordered_board_members"),
    ("Military personnel", "ordered_military_personnel"),
    ("Chief professional officers", "ordered_chief_professional_officers"),
    ("Special representatives", "ordered_special_representatives"),
    ("Traffic commissioners", "ordered_traffic_commissioners"),
)
"""The people of an organisation, as its page groups them."""


@dataclass(frozen=True)
class Appointment:
    """Somebody in a role, shown by the one or the other, and for how long."""

    shown: Entry
    current: bool
    since: str | None
    until: str | None


@dataclass(frozen=True)
class Person:
    """Somebody with their face and the roles they hold."""

    shown: Entry
    image: Any
    roles: tuple[str, ...]


def appointments(item: Item, other: str) -> list[Appointment]:
    """The appointments of a person (`other` is "role") or to a role ("person"): those of today, then the past, the latest first."""
    found = list(_appointments(item, other))
    found.sort(key=lambda one: one.since or "", reverse=True)
    return sorted(found, key=lambda one: not one.current)


def _appointments(item: Item, other: str) -> Iterator[Appointment]:
    for link in links(item, "role_appointments"):
        shown, details = first(link, other), link.get("details", {})
        if shown:
            yield Appointment(entry(shown), bool(details.get("current")), details.get("started_on"), details.get("ended_on"))


def groups(organisation: Item) -> list[tuple[str, list[Person]]]:
    """The people of an organisation, each with the roles that they hold in it."""
    own = {role.get("content_id") for role in links(organisation, "ordered_roles")}
    found = [(title, [_person(link, own) for link in links(organisation, link_type)]) for title, link_type in _GROUPS]
    return [(title, people) for title, people in found if people]


def _person(link: Item, own: set[object]) -> Person:
    held = [one for one in links(link, "role_appointments") if one.get("details", {}).get("current")]
    roles = [role for one in held if (role := first(one, "role"))]
    here = [role for role in roles if role.get("content_id") in own] or roles
    return Person(entry(link), link.get("details", {}).get("image"), tuple(dict.fromkeys(role["title"] for role in here)))
