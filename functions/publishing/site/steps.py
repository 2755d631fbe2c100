"""Step by step: what has to be done for one end, beside each page where some of it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from functions.publishing.site.page import Item, links


@dataclass(frozen=True)
class Step:
    """A step: its number, or the word by which it goes with the one before, and whether it is where the reader is."""

    title: str
    number: int | None
    logic: str | None
    contents: tuple[Mapping[str, Any], ...]
    current: bool


@dataclass(frozen=True)
class Steps:
    """A whole step by step, and the addresses that are the page at hand."""

    title: str
    href: str
    steps: tuple[Step, ...]
    here: frozenset[str] = frozenset()


def steps(nav: Item, here: Collection[str] = ()) -> Steps:
    """The steps of a step by step, or of a link to one."""
    told = nav.get("details", {}).get("step_by_step_nav", {})
    return Steps(told.get("title") or nav["title"], nav.get("base_path", ""), tuple(_steps(told, here)), frozenset(here))


def beside(item: Item, here: Collection[str]) -> Steps | None:
    """The one step by step that a page is part of. With several, none is more its own than the others."""
    for link_type in ("part_of_step_navs", "secondary_to_step_navs"):
        if navs := links(item, link_type):
            return steps(navs[0], here) if len(navs) == 1 else None
    return None


def _steps(told: Mapping[str, Any], here: Collection[str]) -> Iterator[Step]:
    number = 0
    for step in told.get("steps", ()):
        logic, contents = step.get("logic"), tuple(step.get("contents", ()))
        number += not logic
        led_to = {link.get("href") for content in contents for link in content.get("contents", ())}
        yield Step(step["title"], None if logic else number, logic, contents, bool(led_to.intersection(here)))
