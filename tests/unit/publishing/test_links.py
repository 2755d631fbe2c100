"""Link sets and edition links over HTTP: what they lead to, who shows whom, and whose pages are made again."""

from typing import Any
from uuid import uuid4

import pytest

from tests.unit.publishing.ground import MINE, THEIRS, answer, asked, calls, http, published, read_content, rendered, spread_and_refreshed

pytestmark = pytest.mark.usefixtures("aws")


def taxon(base_path: str, title: str, **changed: Any) -> dict[str, Any]:
    return answer(
        base_path,
        title=title,
        schema_name="taxon",
        document_type="taxon",
        details={"internal_name": f"{title} (internal)", "notes_for_editors": "", "visible_to_departmental_editors": True},
        **changed,
    )


def patch(content_id: str, links: dict[str, list[str]], department: str = MINE, **order: Any) -> tuple[int, Any]:
    return http("PATCH", f"/v2/links/{content_id}", {"links": links, **order}, department)


def links_of(path: str) -> Any:
    return read_content(path)[1]["links"]


def all_made() -> int:
    rendered()
    return spread_and_refreshed()


class TestLinkSets:
    def test_a_link_set_is_replaced_type_by_type_and_counts_its_versions(self) -> None:
        content_id, first, second = str(uuid4()), str(uuid4()), str(uuid4())
        assert patch(content_id, {"taxons": [first], "organisations": [second]})[1]["version"] == 1
        status, said = patch(content_id, {"taxons": []})
        assert (status, said) == (200, {"content_id": content_id, "links": {"organisations": [second]}, "version": 2})
        assert http("GET", f"/v2/links/{content_id}") == (200, said)

    def test_a_document_without_links_has_an_empty_set_and_what_is_unknown_has_none(self) -> None:
        content_id = published(answer("/a"))
        assert http("GET", f"/v2/links/{content_id}") == (200, {"content_id": content_id, "links": {}, "version": 0})
        assert http("GET", f"/v2/links/{uuid4()}")[0] == 404

    def test_another_version_than_the_one_that_stands_is_a_conflict(self) -> None:
        content_id = str(uuid4())
        patch(content_id, {"taxons": [str(uuid4())]})
        status, said = patch(content_id, {"taxons": []}, previous_version=3)
        assert (status, said["error"]["fields"]) == (409, {"previous_version": ["does not match"]})
        assert patch(content_id, {"taxons": []}, previous_version="1")[0] == 200

    def test_links_are_required_and_targets_are_content_ids(self) -> None:
        status, said = http("PATCH", f"/v2/links/{uuid4()}", {})
        assert (status, said["error"]["error_code"]) == (422, "links_missing")
        assert patch(str(uuid4()), {"taxons": ["not-an-id"]})[0] == 422
        assert patch(str(uuid4()), {"available_translations": [str(uuid4())]})[0] == 422

    def test_another_departments_are_as_if_they_were_not_there(self) -> None:
        content_id = published(answer("/a"), department=THEIRS)
        assert patch(content_id, {"taxons": [str(uuid4())]})[0] == 404
        assert http("GET", f"/v2/links/{content_id}")[0] == 404
        assert http("GET", f"/v2/expanded-links/{content_id}")[0] == 404
        patch(content_id, {"taxons": [str(uuid4())]}, THEIRS)
        said = http("POST", "/v2/links/by-content-id", {"content_ids": [content_id]})[1]
        assert said == {content_id: {"links": {}, "version": 0}}

    def test_several_are_given_at_once_and_too_many_are_not(self) -> None:
        content_id, target = str(uuid4()), str(uuid4())
        patch(content_id, {"taxons": [target]})
        unknown = str(uuid4())
        assert http("POST", "/v2/links/by-content-id", {"content_ids": [content_id, unknown]})[1] == {
            content_id: {"links": {"taxons": [target]}, "version": 1},
            unknown: {"links": {}, "version": 0},
        }
        assert http("POST", "/v2/links/by-content-id", {"content_ids": [str(uuid4()) for _ in range(1_001)]})[0] == 413

    def test_a_change_is_one_write_after_a_read_and_a_note_of_who_may_link(self) -> None:
        with calls() as made:
            patch(str(uuid4()), {"taxons": [str(uuid4())]})
        assert made == ["BatchGetItem", "BatchWriteItem", "TransactWriteItems"]


class TestExpanded:
    def test_a_link_shows_its_target_as_it_is_now(self) -> None:
        above = published(taxon("/topics", "Topics"))
        below = published(answer("/a"))
        patch(below, {"taxons": [above]})
        said = http("GET", f"/v2/expanded-links/{below}")[1]
        [shown] = said["expanded_links"]["taxons"]
        assert (shown["title"], shown["base_path"], shown["withdrawn"]) == ("Topics", "/topics", False)
        assert [one["locale"] for one in said["expanded_links"]["available_translations"]] == ["en"]

    def test_drafts_are_shown_to_their_own_department_alone(self) -> None:
        theirs, mine = str(uuid4()), str(uuid4())
        http("PUT", f"/v2/content/{theirs}", taxon("/theirs", "Theirs"), THEIRS)
        http("PUT", f"/v2/content/{mine}", taxon("/mine", "Mine"))
        content_id = published(answer("/a"))
        patch(content_id, {"taxons": [theirs, mine]})
        with_drafts = http("GET", f"/v2/expanded-links/{content_id}")[1]["expanded_links"]
        assert [one["title"] for one in with_drafts["taxons"]] == ["Mine"]
        without = http("GET", f"/v2/expanded-links/{content_id}", with_drafts="false")[1]["expanded_links"]
        assert "taxons" not in without

    def test_an_editions_own_links_go_live_with_it(self) -> None:
        target = published(answer("/target", title="Target"))
        content_id = published(answer("/a"))
        http("PUT", f"/v2/content/{content_id}", answer("/a", links={"ordered_related_items": [target]}))
        all_made()
        assert "ordered_related_items" not in links_of("/a")
        http("POST", f"/v2/content/{content_id}/publish", {})
        all_made()
        assert [one["title"] for one in links_of("/a")["ordered_related_items"]] == ["Target"]

    def test_what_links_here_is_found_by_the_type_of_its_link(self) -> None:
        target = published(taxon("/topics", "Topics"))
        mine, theirs = published(answer("/a")), published(answer("/b"), department=THEIRS)
        patch(mine, {"taxons": [target]})
        patch(theirs, {"taxons": [target]}, THEIRS)
        [found] = http("GET", f"/v2/linked/{target}", link_type="taxons", **{"fields[]": "content_id,title"})[1]
        assert found == {"content_id": mine, "title": "A title"}
        patch(mine, {"taxons": []})
        assert http("GET", f"/v2/linked/{target}", link_type="taxons", **{"fields[]": "title"})[1] == []
        assert http("GET", f"/v2/linked/{target}", link_type="taxons")[0] == 422
        assert http("GET", f"/v2/linked/{uuid4()}", link_type="taxons", **{"fields[]": "title"})[0] == 404
        assert http("GET", f"/v2/linked/{target}", link_type="taxons", **{"fields[]": "colour"})[0] == 400


class TestPagesMadeAgain:
    def test_a_renamed_taxon_is_renamed_wherever_it_is_shown(self) -> None:
        above = published(taxon("/topics", "Before"))
        below = published(answer("/a"))
        patch(below, {"taxons": [above]})
        all_made()
        assert links_of("/a")["taxons"][0]["title"] == "Before"
        published(taxon("/topics", "After"), above)
        all_made()
        assert links_of("/a")["taxons"][0]["title"] == "After"

    def test_a_page_that_is_taken_away_is_shown_no_more(self) -> None:
        target = published(answer("/target"))
        content_id = published(answer("/a", links={"ordered_related_items": [target]}))
        all_made()
        assert links_of("/a")["ordered_related_items"]
        http("POST", f"/v2/content/{target}/unpublish", {"type": "gone"})
        all_made()
        assert "ordered_related_items" not in links_of("/a")
        http("POST", f"/v2/content/{target}/republish", {})
        all_made()
        assert [one["content_id"] for one in links_of("/a")["ordered_related_items"]] == [target]
        assert content_id

    def test_children_appear_and_disappear_with_the_links_of_the_children(self) -> None:
        parent, child = published(taxon("/p", "Parent")), published(taxon("/p/c", "Child"))
        all_made()
        patch(child, {"parent_taxons": [parent]})
        all_made()
        [shown] = links_of("/p")["child_taxons"]
        assert shown["title"] == "Child"
        assert shown["links"]["parent_taxons"][0]["links"] == {}
        patch(child, {"parent_taxons": []})
        all_made()
        assert "child_taxons" not in links_of("/p")

    def test_translations_know_of_each_other(self) -> None:
        content_id = published(answer("/a"))
        published(answer("/a.cy", locale="cy", title="Teitl"), content_id)
        all_made()
        for path in ("/a", "/a.cy"):
            assert [one["locale"] for one in links_of(path)["available_translations"]] == ["cy", "en"]

    def test_a_change_that_no_link_shows_makes_nobody_elses_page_again(self) -> None:
        target = published(answer("/target"))
        published(answer("/a", links={"ordered_related_items": [target]}))
        all_made()
        published(answer("/target", "Other words", update_type="minor"), target)
        before = read_content("/a")[2]["ETag"]
        all_made()
        assert read_content("/a")[2]["ETag"] == before

    def test_a_write_is_followed_from_its_page_to_the_last_page_that_shows_it(self) -> None:
        target = published(taxon("/topics", "Before"))
        for place in range(5):
            patch(published(answer(f"/a{place}")), {"taxons": [target]})
        all_made()
        published_again = asked("PUT", f"/v2/content/{target}", taxon("/topics", "After"))
        assert published_again["statusCode"] == 200
        answered = asked("POST", f"/v2/content/{target}/publish", {})
        address = answered["headers"]["Link"].split(">")[0].removeprefix("<")
        assert http("GET", address)[1]["effects"] == {"refreshed": 0, "complete": False}
        rendered()
        effects = http("GET", address)[1]["effects"]
        assert (effects["complete"], "rendered_at" in effects) == (False, True)
        spread_and_refreshed()
        effects = http("GET", address)[1]["effects"]
        assert (effects["dependents"], effects["refreshed"], effects["complete"]) == (5, 5, True)

    def test_a_second_delivery_makes_nothing_again(self) -> None:
        target = published(taxon("/topics", "Title"))
        patch(published(answer("/a")), {"taxons": [target]})
        all_made()
        etag = read_content("/a")[2]["ETag"]
        rendered()
        assert spread_and_refreshed(again=True) > 0
        assert read_content("/a")[2]["ETag"] == etag
