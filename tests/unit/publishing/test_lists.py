"""Finding content: each thing that the lists may be asked for, pages that hold while others write, and what is refused by name."""

from __future__ import annotations

from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest

from functions.common import clock
from tests.unit.publishing.ground import MINE, THEIRS, answer, calls, http, published

pytestmark = pytest.mark.usefixtures("aws")

type Json = dict[str, Any]


@pytest.fixture(autouse=True)
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time that is told is a second later than the one before."""
    told = count(1)
    monkeypatch.setattr(clock, "stamp", lambda: f"2026-11-26T10:{(number := next(told)) // 60:02}:{number % 60:02}.000000Z")


def saved(base_path: str, department: str = MINE, **changed: Any) -> str:
    content_id = str(uuid4())
    status, said = http("PUT", f"/v2/content/{content_id}", answer(base_path, **changed), department)
    assert status == 200, said
    return content_id


def listed(path: str = "/v2/content", **query: str) -> list[Json]:
    status, said = http("GET", path, **query)
    assert status == 200, said
    results: list[Json] = said["results"]
    return results


def titles(path: str = "/v2/content", **query: str) -> list[str]:
    return [one["title"] for one in listed(path, **query)]


def refused(path: str, **query: str) -> tuple[int, str, list[str]]:
    status, said = http("GET", path, **query)
    return status, said["error"]["error_code"], list(said["error"].get("fields", {}))


TAXON: Json = {"schema_name": "taxon", "document_type": "taxon", "details": {"internal_name": "For editors"}}


class TestContent:
    def test_a_draft_beside_what_is_live_is_listed_beside_it(self) -> None:
        content_id = published(answer("/a", title="Live"))
        http("PUT", f"/v2/content/{content_id}", answer("/a", title="Draft"))
        assert sorted(titles()) == ["Draft", "Live"]
        assert titles(**{"states[]": "draft"}) == ["Draft"]
        assert titles(**{"states[]": "published"}) == ["Live"]
        http("POST", f"/v2/content/{content_id}/unpublish", {"type": "gone", "discard_drafts": True})
        assert [one["publication_state"] for one in listed()] == ["unpublished"]

    def test_types_are_one_or_many(self) -> None:
        published(answer("/a", title="Answer"))
        published(answer("/b", title="Topic", **TAXON))
        assert titles(document_type="taxon") == ["Topic"]
        assert sorted(titles(document_type="taxon,answer")) == ["Answer", "Topic"]

    def test_a_language_is_english_unless_another_or_all_are_asked_for(self) -> None:
        content_id = published(answer("/a", title="English"))
        published(answer("/a.cy", title="Cymraeg", locale="cy"), content_id)
        assert titles() == ["English"]
        assert titles(locale="cy") == ["Cymraeg"]
        assert sorted(titles(locale="all")) == ["Cymraeg", "English"]

    def test_an_application_sees_its_own_where_it_asks_for_that(self) -> None:
        published(answer("/a", title="Desk"))
        published(answer("/b", title="Other", publishing_app="other"))
        assert titles(publishing_app="other") == ["Other"]

    @pytest.mark.parametrize(
        ("words", "places", "found"),
        [
            ("flood", "", ["Floods"]),
            ("FLOOD", "title", ["Floods"]),
            ("flood", "description", []),
            ("rising", "description", ["Floods"]),
            ("/a", "base_path", ["Floods"]),
            ("upstairs", "details.body", ["Floods"]),
            ("upstairs", "", []),
            ("nothing of the kind", "", []),
        ],
    )
    def test_words_are_found_where_they_are_looked_for(self, words: str, places: str, found: list[str]) -> None:
        published(answer("/a", "Go upstairs", title="Floods", description="Rising water"))
        published(answer("/b", title="Storms", description="Wind"))
        query = {"q": words} | ({"search_in[]": places} if places else {})
        assert titles(**query) == found

    def test_who_links_there_is_found_by_link_set_and_by_edition(self) -> None:
        target = str(uuid4())
        by_set = published(answer("/a", title="By its link set"))
        http("PATCH", f"/v2/links/{by_set}", {"links": {"taxons": [target]}})
        published(answer("/b", title="By its edition", links={"ordered_related_items": [target]}))
        published(answer("/c", title="Not at all"))
        assert titles(link_taxons=target) == ["By its link set"]
        assert titles(link_ordered_related_items=target) == ["By its edition"]
        assert titles(link_organisations=target) == []
        assert refused("/v2/content", link_taxons=target, link_parent=target)[0] == 422

    def test_content_is_found_by_its_other_names(self) -> None:
        saved("/a", title="Named", content_id_alias="the-first")
        saved("/b", title="Not named")
        assert titles(**{"content_id_aliases[]": "the-first,the-second"}) == ["Named"]
        assert titles(**{"content_id_aliases[]": "the-second"}) == []

    @pytest.mark.parametrize("order", ["updated_at", "public_updated_at", "created_at"])
    def test_an_order_goes_both_ways(self, order: str) -> None:
        for title in ("First", "Second", "Third"):
            published(answer(f"/{title.lower()}", title=title))
        assert titles(order=order) == ["First", "Second", "Third"]
        assert titles(order=f"-{order}") == titles() == ["Third", "Second", "First"]

    def test_pages_are_counted_and_name_their_neighbours(self) -> None:
        for number in range(5):
            saved(f"/a{number}", title=str(number))
        status, said = http("GET", "/v2/content", page="2", per_page="2", order="created_at")
        assert (status, said["total"], said["pages"], said["current_page"]) == (200, 5, 3, 2)
        assert [one["title"] for one in said["results"]] == ["2", "3"]
        found = {link["rel"]: dict(parse_qsl(urlsplit(link["href"]).query)) for link in said["links"]}
        assert {relation: query["page"] for relation, query in found.items()} == {"self": "2", "previous": "1", "next": "3"}
        assert {query["per_page"] for query in found.values()} == {"2"}
        assert titles(page="4", per_page="2") == []

    def test_fields_are_those_asked_for(self) -> None:
        content_id = saved("/a", title="A title")
        wanted = "content_id,title,publication_state,user_facing_version,locale,base_path"
        assert listed(**{"fields[]": wanted}) == [
            {
                "content_id": content_id,
                "title": "A title",
                "publication_state": "draft",
                "user_facing_version": 1,
                "locale": "en",
                "base_path": "/a",
            }
        ]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"fields[]": "colour"}, (400, "parameter_missing_or_invalid", ["fields"])),
            ({"search_in[]": "colour"}, (400, "parameter_missing_or_invalid", ["search_in"])),
            ({"order": "colour"}, (422, "order_field_invalid", ["order"])),
            ({"states[]": "sleeping"}, (422, "parameter_missing_or_invalid", ["states"])),
            ({"page": "0"}, (422, "invalid", ["page"])),
            ({"per_page": "many"}, (422, "invalid", ["per_page"])),
        ],
    )
    def test_what_cannot_be_asked_for_is_named(self, query: dict[str, str], expected: tuple[int, str, list[str]]) -> None:
        assert refused("/v2/content", **query) == expected


class TestEditions:
    @pytest.mark.parametrize("order", ["updated_at", "-updated_at", "created_at", "id"])
    def test_pages_forwards_and_back_miss_nothing_and_repeat_nothing(self, order: str) -> None:
        for number in range(7):
            saved(f"/a{number}", title=str(number))
        whole = titles("/v2/editions", order=order)
        pages, said = [], http("GET", "/v2/editions", order=order, per_page="3")[1]
        while True:
            pages.append([one["title"] for one in said["results"]])
            if "next" not in links(said):
                break
            said = follow(said, "next")
        assert [title for page in pages for title in page] == whole
        back = [pages.pop()]
        while "previous" in links(said):
            said = follow(said, "previous")
            back.append([one["title"] for one in said["results"]])
            assert "next" in links(said)
            assert back[-1] == pages.pop()
        assert not pages

    def test_what_is_written_meanwhile_moves_nothing_that_was_not_written(self) -> None:
        ids = [saved(f"/a{number}", title=str(number)) for number in range(6)]
        said = http("GET", "/v2/editions", per_page="2")[1]
        saved("/new", title="New")
        http("PUT", f"/v2/content/{ids[0]}", answer("/a0", title="0 again"))
        http("POST", f"/v2/content/{ids[3]}/discard-draft", {})
        found = []
        while "next" in links(said):
            said = follow(said, "next")
            found += [one["title"] for one in said["results"]]
        assert found == ["2", "4", "5", "New", "0 again"]

    def test_an_edition_is_given_with_its_links_and_details(self) -> None:
        target = str(uuid4())
        saved("/a", links={"ordered_related_items": [target]})
        [found] = listed("/v2/editions", **{"fields[]": "links,details,id"})
        assert found["links"] == {"ordered_related_items": [target]}
        assert found["details"]["body"][0]["content"] == "Hello"
        assert found["id"].endswith("#en#1")

    def test_they_are_chosen_by_type_state_language_and_application(self) -> None:
        published(answer("/a", title="Answer"))
        saved("/b", title="Topic", publishing_app="other", **TAXON)
        published(answer("/c", title="Cymraeg", locale="cy"))
        assert titles("/v2/editions", **{"document_types[]": "taxon"}) == ["Topic"]
        assert titles("/v2/editions", **{"states[]": "draft"}) == ["Topic"]
        assert titles("/v2/editions", locale="cy") == ["Cymraeg"]
        assert titles("/v2/editions", publishing_app="other") == ["Topic"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"after": "é"}, (400, "parameter_missing_or_invalid", ["after"])),
            ({"before": "x"}, (400, "parameter_missing_or_invalid", ["before"])),
            ({"fields[]": "colour"}, (400, "parameter_missing_or_invalid", ["fields"])),
            ({"order": "colour"}, (422, "order_field_invalid", ["order"])),
        ],
    )
    def test_what_cannot_be_asked_for_is_named(self, query: dict[str, str], expected: tuple[int, str, list[str]]) -> None:
        saved("/a")
        assert refused("/v2/editions", **query) == expected


def links(said: Json) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in said["links"]}


def follow(said: Json, relation: str) -> Json:
    query = dict(parse_qsl(urlsplit(links(said)[relation]).query))
    status, found = http("GET", "/v2/editions", **query)
    assert status == 200
    more: Json = found
    return more


class TestLinkables:
    def test_what_may_be_linked_to_is_what_is_live_and_ones_own_drafts_in_english(self) -> None:
        mine = published(answer("/mine", title="Mine", **TAXON))
        http("PUT", f"/v2/content/{mine}", answer("/mine", title="Mine again", **TAXON))
        theirs = published(answer("/theirs", title="Theirs", **TAXON), department=THEIRS)
        saved("/secret", THEIRS, title="Secret", **TAXON)
        draft = saved("/not-yet", title="Draft", **TAXON)
        published(answer("/mine.cy", title="Cymraeg", locale="cy", **TAXON), mine)
        status, said = http("GET", "/v2/linkables", document_type="taxon")
        assert status == 200
        assert [(one["content_id"], one["title"], one["publication_state"]) for one in said] == [
            (draft, "Draft", "draft"),
            (mine, "Mine", "published"),
            (theirs, "Theirs", "published"),
        ]
        assert {one["internal_name"] for one in said} == {"For editors"}

    def test_what_is_taken_away_is_linked_to_no_more(self) -> None:
        content_id = published(answer("/a", title="A", **TAXON))
        http("POST", f"/v2/content/{content_id}/unpublish", {"type": "gone"})
        assert http("GET", "/v2/linkables", document_type="taxon") == (200, [])

    def test_a_type_is_needed(self) -> None:
        assert refused("/v2/linkables") == (422, "invalid", ["document_type"])


class TestLookup:
    def look(self, *paths: str, **order: Any) -> Any:
        return http("POST", "/lookup-by-base-path", {"base_paths": list(paths), **order})

    def test_each_path_is_told_with_its_content_id_and_others_are_left_out(self) -> None:
        live, draft = published(answer("/a")), saved("/b")
        assert self.look("/a", "/b", "/nowhere") == (200, {"/a": live})
        assert self.look("/a", "/b", with_drafts=True) == (200, {"/a": live, "/b": draft})

    def test_what_is_gone_counts_where_it_is_said_to(self) -> None:
        gone, withdrawn = published(answer("/gone")), published(answer("/withdrawn"))
        http("POST", f"/v2/content/{gone}/unpublish", {"type": "gone"})
        http("POST", f"/v2/content/{withdrawn}/unpublish", {"type": "withdrawal", "explanation": "Over."})
        assert self.look("/gone", "/withdrawn") == (200, {"/withdrawn": withdrawn})
        assert self.look("/gone", exclude_unpublishing_types=[]) == (200, {"/gone": gone})

    def test_the_redirect_of_a_page_that_moved_counts_where_redirects_do(self) -> None:
        content_id = published(answer("/old"))
        published(answer("/new"), content_id)
        assert self.look("/old", "/new") == (200, {"/new": content_id})
        assert set(self.look("/old", exclude_document_types=[])[1]) == {"/old"}

    def test_many_paths_are_looked_up_in_as_many_reads_as_one(self) -> None:
        paths = [f"/page{number}" for number in range(10)]
        for path in paths:
            published(answer(path))
        made = []
        for some in (paths[:1], paths):
            with calls() as asked_of_aws:
                assert self.look(*some, with_drafts=True)[1].keys() == set(some)
            made.append(asked_of_aws)
        assert made == [["BatchGetItem", "BatchGetItem"]] * 2

    @pytest.mark.parametrize(
        "body", [{}, {"base_paths": []}, {"base_paths": ["not a path"]}, {"base_paths": [f"/{n}" for n in range(501)]}]
    )
    def test_paths_are_needed(self, body: Json) -> None:
        status, said = http("POST", "/lookup-by-base-path", body)
        assert status == 422
        assert [field for field in said["error"]["fields"] if field.startswith("base_paths")]


class TestSchemas:
    def test_every_content_type_has_one_by_its_name(self) -> None:
        status, said = http("GET", "/v2/schemas")
        assert (status, {"answer", "taxon", "redirect"} <= said.keys()) == (200, True)
        assert http("GET", "/v2/schemas/answer") == (200, said["answer"])
        assert http("GET", "/v2/schemas/colour")[1]["error"]["error_code"] == "not_found"
