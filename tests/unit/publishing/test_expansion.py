"""What an item's links look like to readers (contract 1.9)."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.publishing.expansion import expand as expand_module
from functions.publishing.expansion import rules
from functions.publishing.expansion.expand import DEEPEST, Expanded, Root, expand
from functions.publishing.expansion.graph import Candidate, Link, Links, State, Store
from functions.publishing.expansion.standing import Shown
from tests.real_items import ITEMS


@dataclass
class World:
    """Items and links in memory, as the graph reads them. It counts how often it is asked."""

    candidates: dict[str, list[Candidate]] = field(default_factory=dict)
    sets: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def item(
        self,
        content_id: str,
        links: Links | None = None,
        *,
        state: State = "published",
        locale: str = "en",
        kind: str = "guide",
        **fields: Any,
    ) -> Candidate:
        """Put an edition, with its edition links, in place of one that stands in its state and locale."""
        shown = {"title": content_id, "document_type": kind, "schema_name": kind, "base_path": f"/{content_id}", **fields}
        edition = Candidate(content_id, locale, state, shown, links or {})
        others = [one for one in self.candidates.get(content_id, []) if (one.state, one.locale) != (state, locale)]
        self.candidates[content_id] = [*others, edition]
        return edition

    def link(self, source: str, **links: list[str]) -> None:
        self.sets.setdefault(source, {}).update(links)

    def expand(self, content_id: str, *, store: Store = "live", locale: str = "en") -> Expanded:
        own = self.editions([content_id], store, None).get(content_id, ())
        return expand(Root(content_id, locale, own, self.sets.get(content_id, {})), self, store)

    def editions(self, content_ids: Collection[str], store: Store, locales: Collection[str] | None) -> Mapping[str, Sequence[Candidate]]:
        self.asked.append("editions")
        return {
            one: [
                edition
                for edition in self.candidates[one]
                if (locales is None or edition.locale in locales) and (store == "draft" or edition.state != "draft")
            ]
            for one in content_ids
            if one in self.candidates
        }

    def link_sets(self, content_ids: Collection[str]) -> Mapping[str, Links]:
        self.asked.append("link_sets")
        return {one: self.sets[one] for one in content_ids if one in self.sets}

    def links_to(self, content_ids: Collection[str], link_types: Collection[str] | None) -> Iterable[Link]:
        self.asked.append("links_to")
        declared: list[tuple[str, Links]] = list(self.sets.items())
        declared += [(source, edition.links) for source, editions in self.candidates.items() for edition in editions]
        found = {
            Link(source, link_type, target): None
            for source, links in declared
            for link_type, targets in links.items()
            if link_types is None or link_type in link_types
            for target in targets
            if target in content_ids
        }
        return iter(found)


def ids(links: Iterable[Shown]) -> list[str]:
    return [link["content_id"] for link in links]


@pytest.fixture
def world() -> World:
    return World()


def test_a_link_shows_the_fields_of_its_target(world: World) -> None:
    world.item("page", {"documents": ["report"]})
    world.item("report", kind="research", public_updated_at="2026-01-02T03:04:05Z", analytics_identifier=None, phase="live")
    assert world.expand("page")["documents"] == [
        {
            "api_path": "/api/content/report",
            "base_path": "/report",
            "content_id": "report",
            "document_type": "research",
            "links": {},
            "locale": "en",
            "public_updated_at": "2026-01-02T03:04:05Z",
            "schema_name": "research",
            "title": "report",
            "withdrawn": False,
        }
    ]


def test_a_target_without_a_path_has_no_api_path(world: World) -> None:
    world.item("page", {"contacts": ["desk"]})
    world.item("desk", kind="contact", base_path=None)
    assert "api_path" not in world.expand("page")["contacts"][0]


def test_a_type_shows_more_than_others_and_of_its_details_only_some(world: World) -> None:
    world.item("page", {"organisations": ["hmrc"], "taxons": ["tax"]})
    world.item("hmrc", kind="organisation", public_updated_at="2026", details={"brand": "hmrc", "logo": None, "body": "Long"})
    world.item("tax", kind="taxon", description="Money", phase="live", details={"internal_name": "T"})
    links = world.expand("page")
    assert links["organisations"][0]["details"] == {"brand": "hmrc"}
    assert "public_updated_at" not in links["organisations"][0]
    assert (links["taxons"][0]["description"], links["taxons"][0]["phase"]) == ("Money", "live")
    assert links["taxons"][0]["details"] == {"internal_name": "T"}


def test_what_a_link_shows_may_depend_on_its_type(world: World) -> None:
    world.item("page", {"person": ["ada"], "ordered_ministers": ["ada"], "people": ["ada"]})
    world.item("ada", kind="person", details={"body": "B", "image": {"url": "i"}, "privy_counsellor": True})
    links = world.expand("page")
    assert links["person"][0]["details"].keys() == {"body", "image"}
    assert links["ordered_ministers"][0]["details"].keys() == {"image", "privy_counsellor"}
    assert "details" not in links["people"][0]


def test_links_keep_their_order_and_leave_out_the_unknown(world: World) -> None:
    world.item("page", {"related": ["c", "missing", "a", "b"], "documents": ["missing"]})
    for content_id in "abc":
        world.item(content_id)
    links = world.expand("page")
    assert ids(links["related"]) == ["c", "a", "b"]
    assert "documents" not in links


@pytest.mark.parametrize("kind", ["gone", "redirect"])
def test_nothing_links_to_what_is_gone_or_redirected(world: World, kind: str) -> None:
    world.item("page", {"children": ["old"], "related": ["old"]})
    world.item("old", kind=kind)
    assert world.expand("page").keys() == {"available_translations"}


def test_edition_links_replace_link_set_links_and_both_replace_reverse_links_type_by_type(world: World) -> None:
    for content_id in ["from_set", "from_edition", "kept"]:
        world.item(content_id)
    world.item("child", {"parent": ["page"]})
    world.item("page", {"related": ["from_edition"]})
    world.link("page", related=["from_set"], other=["kept"])
    links = world.expand("page")
    assert (ids(links["related"]), ids(links["other"]), ids(links["children"])) == (["from_edition"], ["kept"], ["child"])
    world.link("page", children=["from_set"])
    assert ids(world.expand("page")["children"]) == ["from_set"]
    world.item("page", {"children": ["from_edition"]})
    assert ids(world.expand("page")["children"]) == ["from_edition"]


def test_an_empty_list_replaces_nothing(world: World) -> None:
    world.item("page", {"related": []})
    world.link("page", related=["other"])
    world.item("other")
    assert ids(world.expand("page")["related"]) == ["other"]


@pytest.mark.parametrize(("name", "direct"), [(name, direct) for name, directs in rules.REVERSES.items() for direct in directs])
def test_a_link_turned_round_stands_and_carries_its_direct_link_back(world: World, name: str, direct: str) -> None:
    world.item("page")
    world.item("by_edition", {direct: ["page"]})
    world.item("by_set")
    world.link("by_set", **{direct: ["page"]})
    turned = world.expand("page")[name]
    assert set(ids(turned)) == {"by_edition", "by_set"}
    for link in turned:
        assert link["links"].keys() == {direct}
        assert ids(link["links"][direct]) == ["page"]
        assert link["links"][direct][0]["links"] == {}


def test_a_link_that_its_source_does_not_show_is_not_turned_round(world: World) -> None:
    world.item("page")
    world.item("other")
    world.item("child", {"parent": ["other"]})
    world.link("child", parent=["page"])
    assert "children" not in world.expand("page")


def test_a_draft_that_links_here_is_turned_round_in_the_draft_store_only(world: World) -> None:
    world.item("page")
    world.item("child")
    world.item("child", {"parent": ["page"]}, state="draft")
    assert "children" not in world.expand("page")
    assert ids(world.expand("page", store="draft")["children"]) == ["child"]


def test_a_person_has_its_appointments_with_the_role_of_each(world: World) -> None:
    world.item("ada", kind="person")
    world.item("minister", {"ordered_parent_organisations": ["dept"]}, kind="ministerial_role")
    world.item("dept", kind="organisation")
    world.item("appointment", {"person": ["ada"], "role": ["minister"]}, kind="role_appointment", base_path=None)
    (appointment,) = world.expand("ada")["role_appointments"]
    assert ids(appointment["links"]["person"]) == ["ada"]
    assert ids(appointment["links"]["role"]) == ["minister"]
    assert ids(appointment["links"]["role"][0]["links"]["ordered_parent_organisations"]) == ["dept"]


def test_links_turned_round_are_followed_below_the_first_level(world: World) -> None:
    world.item("minister", kind="ministerial_role")
    world.item("org", {"ordered_ministers": ["ada"]}, kind="organisation")
    world.item("ada", kind="person")
    world.item("appointment", {"person": ["ada"], "role": ["minister"]}, kind="role_appointment")
    (ada,) = world.expand("org")["ordered_ministers"]
    (appointment,) = ada["links"]["role_appointments"]
    assert appointment["links"].keys() == {"role"}


def test_edition_links_are_followed_at_every_level(world: World) -> None:
    world.item("page", {"taxons": ["low"]})
    world.item("low", {"parent_taxons": ["middle"]}, kind="taxon")
    world.item("middle", {"root_taxon": ["home"]}, kind="taxon")
    world.item("home", kind="homepage")
    (low,) = world.expand("page")["taxons"]
    (middle,) = low["links"]["parent_taxons"]
    assert ids(middle["links"]["root_taxon"]) == ["home"]


def test_below_the_first_level_only_the_paths_of_the_rules_are_followed(world: World) -> None:
    world.item("page", {"organisations": ["org"], "taxons": ["taxon"]})
    world.item("org", {"parent": ["other"], "related": ["other"]}, kind="organisation")
    world.item("taxon", {"associated_taxons": ["other"]}, kind="taxon")
    world.item("other")
    links = world.expand("page")
    assert (links["organisations"][0]["links"], links["taxons"][0]["links"]) == ({}, {})


@pytest.mark.parametrize("path", rules.PATHS)
def test_each_path_is_followed_to_its_end(world: World, path: str) -> None:
    steps = [name.removesuffix("*") for name in path.split(".") for _ in range(2 if name.endswith("*") else 1)]
    world.item("0")
    for number, link_type in enumerate(steps):
        here, there = str(number), str(number + 1)
        direct = next((direct for direct in rules.REVERSES.get(link_type, ()) if direct not in steps), None)
        world.item(there)
        world.link(there if direct else here, **{direct or link_type: [here if direct else there]})
    links = world.expand("0")
    for number, link_type in enumerate(steps):
        (link,) = links[link_type]
        assert link["content_id"] == str(number + 1)
        links = link["links"]


def test_all_paths_of_the_contract_are_there() -> None:
    assert len(set(rules.PATHS)) == 39


def test_a_circle_is_cut_where_it_comes_back_to_an_item_above(world: World) -> None:
    for here, there in [("a", "b"), ("b", "c"), ("c", "a")]:
        world.item(here, {"parent_taxons": [there, here]}, kind="taxon")
    (b,) = world.expand("a")["parent_taxons"]
    (c,) = b["links"]["parent_taxons"]
    assert (b["content_id"], c["content_id"], c["links"]) == ("b", "c", {})


def test_an_endless_chain_is_cut(world: World) -> None:
    for number in range(DEEPEST + 5):
        world.item(str(number), {"parent": [str(number + 1)]})
    links, depth = world.expand("0"), 0
    while links.get("parent"):
        (parent,) = links["parent"]
        links, depth = parent["links"], depth + 1
    assert depth == DEEPEST


def test_items_that_all_link_to_each_other_are_cut_from_below(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expand_module, "MOST_LINKS", 20)
    for content_id in "abcdefgh":
        world.item(content_id, {"associated_taxons": list("abcdefgh")})
    links = world.expand("a")["associated_taxons"]
    assert ids(links) == list("bcdefgh")
    assert sum(1 for link in links for _ in link["links"].get("associated_taxons", [])) == 13


def test_a_level_is_read_with_three_questions_however_wide_it_is(world: World) -> None:
    world.item("top", kind="taxon")
    for number in range(50):
        world.item(f"1-{number}", {"parent_taxons": ["top"]}, kind="taxon")
        for level in (2, 3, 4):
            world.item(f"{level}-{number}", {"parent_taxons": [f"{level - 1}-{number}"]}, kind="taxon")
    assert len(world.expand("top")["child_taxons"]) == 50
    assert {question: world.asked.count(question) for question in set(world.asked)} == {"editions": 5, "link_sets": 4, "links_to": 5}


def test_a_translation_is_linked_to_in_the_items_own_locale_else_in_english(world: World) -> None:
    world.item("page", {"related": ["both", "english", "french"]}, locale="cy")
    for content_id, locales in {"both": ["en", "cy", "fr"], "english": ["en", "fr"], "french": ["fr"]}.items():
        for locale in locales:
            world.item(content_id, locale=locale)
    assert [(link["content_id"], link["locale"]) for link in world.expand("page", locale="cy")["related"]] == [
        ("both", "cy"),
        ("english", "en"),
    ]


def test_the_live_store_shows_no_draft_and_the_draft_store_shows_it_first(world: World) -> None:
    world.item("page", {"related": ["both", "new"]})
    world.item("both", title="Live")
    world.item("both", title="Draft", state="draft")
    world.item("new", state="draft")
    assert [link["title"] for link in world.expand("page")["related"]] == ["Live"]
    assert [link["title"] for link in world.expand("page", store="draft")["related"]] == ["Draft", "new"]


@pytest.mark.parametrize("store", ["live", "draft"])
def test_what_was_withdrawn_is_shown_under_few_types_only(world: World, store: Store) -> None:
    types = ["children", "parent", "related_statistical_data_sets", "related"]
    world.item("page", {link_type: ["old"] for link_type in types})
    world.item("old", state="withdrawn")
    links = world.expand("page", store=store)
    assert links.keys() == {*types, "available_translations"} - {"related"}
    assert links["parent"][0]["withdrawn"] is True


def test_an_item_links_to_itself_in_each_locale(world: World) -> None:
    world.item("page", {"available_translations": ["other"]})
    world.item("page", locale="cy", state="withdrawn")
    world.item("page", locale="fr", state="draft")
    world.item("other")
    shown = [(link["locale"], link["withdrawn"], link["links"]) for link in world.expand("page")["available_translations"]]
    assert shown == [("cy", True, {}), ("en", False, {})]
    assert [link["locale"] for link in world.expand("page", store="draft")["available_translations"]] == ["cy", "en", "fr"]


def test_only_the_draft_store_tells_who_may_see_a_draft(world: World) -> None:
    world.item("page", {"part_of_step_navs": ["nav"]})
    world.item("nav", kind="step_by_step_nav", auth_bypass_ids=["x"], details={"step_by_step_nav": {"title": "T", "introduction": "I"}})
    assert world.expand("page", store="draft")["part_of_step_navs"][0]["auth_bypass_ids"] == ["x"]
    live = world.expand("page")["part_of_step_navs"][0]
    assert "auth_bypass_ids" not in live
    assert live["details"] == {"step_by_step_nav": {"title": "T"}}


NO_LONGER_SHOWN = {
    "description": "every link had it until GOV.UK kept it to the types that show it",
    "public_updated_at": "an organisation's, likewise",
    "publishing_app": "a sample written by hand",
    "rendering_app": "a sample written by hand",
    "updated_at": "a sample written by hand",
    "details.step_by_step_nav.introduction": "a sample written by hand",
}
"""What the links of real items held when they were kept, and do not any more."""


@pytest.mark.skipif(not ITEMS.is_dir(), reason="no real content items here")
def test_the_links_of_real_items_show_the_fields_that_the_rules_give() -> None:
    for path in ITEMS.glob("*.json"):
        for link_type, link in _all_links(json.loads(path.read_text())):
            # The links of the oldest samples are taxons that do not say so.
            given = rules.fields(link.get("document_type", "taxon"), link_type)
            there = {name for name in _names(link, given) if name not in {"api_url", "web_url", "links"}}
            assert there - set(given) <= NO_LONGER_SHOWN.keys(), (path.name, link_type)


def _all_links(item: Shown) -> Iterable[tuple[str, Shown]]:
    for link_type, links in item.get("links", {}).items():
        for link in links:
            yield link_type, link
            yield from _all_links(link)


def _names(shown: Shown, given: Collection[str], above: str = "") -> Iterable[str]:
    """The names of what is not null, as the rules write them: into an object as far as they go."""
    for name, value in shown.items():
        path = f"{above}{name}"
        if any(field.startswith(f"{path}.") for field in given):
            yield from _names(value, given, f"{path}.")
        elif value is not None:
            yield path
