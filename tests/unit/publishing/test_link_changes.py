"""What was changed in link sets: each link added or removed, filtered, newest first; and links that a content type does not have."""

import json
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from functions.common import clock, log
from functions.publishing import link_changes
from functions.publishing.store import link_changes as store
from functions.publishing.store import links
from tests.unit.publishing.ground import MINE, THEIRS, Json, answer, asked, calls, everything, http, published

pytestmark = pytest.mark.usefixtures("aws")

TAXON: Json = {"schema_name": "taxon", "document_type": "taxon", "details": {"internal_name": "For editors"}}


@pytest.fixture(autouse=True)
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time that is told is a second later than the one before."""
    told = count(1)
    monkeypatch.setattr(clock, "stamp", lambda: f"2026-11-26T{(n := next(told)) // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.000000Z")


def patch(content_id: str, /, by: str = MINE, **of_types: list[str]) -> tuple[int, Any]:
    return patched(content_id, of_types, by)


def patched(content_id: str, links: dict[str, list[str]], by: str = MINE) -> tuple[int, Any]:
    return http("PATCH", f"/v2/links/{content_id}", {"links": links}, by)


def changes(*link_types: str, department: str = MINE, **filters: str) -> list[Json]:
    query = {"link_types[]": ",".join(link_types), **{f"{name}[]": value for name, value in filters.items()}}
    status, said = http("GET", "/v2/links/changes", None, department, **query)
    assert status == 200, said
    found: list[Json] = said["link_changes"]
    return found


def ends(found: list[Json]) -> list[tuple[str, str]]:
    return [(one["change"], one["target"]["title"]) for one in found]


class TestChanges:
    def test_a_change_says_what_was_linked_how_by_whom_and_when(self) -> None:
        source, target = published(answer("/a", title="Page")), published(answer("/topic", title="Topic", **TAXON))
        patch(source, taxons=[target])
        [found] = changes("taxons")
        at = found.pop("created_at")
        assert found == {
            "source": {"title": "Page", "base_path": "/a", "content_id": source},
            "target": {"title": "Topic", "base_path": "/topic", "content_id": target},
            "link_type": "taxons",
            "change": "add",
            "user_uid": "someone",
        }
        assert at == http("GET", f"/v2/content/{source}/events")[1][-1]["created_at"]

    def test_only_what_differs_is_a_change_and_the_newest_is_first(self) -> None:
        source = published(answer("/a"))
        first, second, third = (published(answer(f"/{title}", title=title, **TAXON)) for title in ("first", "second", "third"))
        patch(source, taxons=[first, second])
        patch(source, taxons=[second, third])
        patch(source, taxons=[third, second])
        patch(source, taxons=[])
        assert [{*ends(changes("taxons")[start:end])} for start, end in ((0, 2), (2, 4), (4, 6))] == [
            {("remove", "second"), ("remove", "third")},
            {("add", "third"), ("remove", "first")},
            {("add", "first"), ("add", "second")},
        ]

    def test_types_sources_targets_and_users_choose(self) -> None:
        one, other = published(answer("/one", title="one")), published(answer("/other", title="other"))
        red, blue = (published(answer(f"/{title}", title=title, **TAXON)) for title in ("red", "blue"))
        patch(one, taxons=[red])
        patch(other, taxons=[blue], organisations=[red])
        assert ends(changes("taxons")) == [("add", "blue"), ("add", "red")]
        assert [found["link_type"] for found in changes("taxons", "organisations")].count("organisations") == 1
        assert ends(changes("parent")) == []
        assert ends(changes("taxons", source_content_ids=one)) == [("add", "red")]
        assert ends(changes("taxons", source_content_ids=f"{one},{other}", target_content_ids=blue)) == [("add", "blue")]
        assert ends(changes("taxons", target_content_ids=one)) == []
        assert len(changes("taxons", users="somebody,someone")) == 2
        assert changes("taxons", users="nobody") == []

    def test_types_are_told_in_one_order_of_time(self) -> None:
        source, target = published(answer("/a")), published(answer("/topic", **TAXON))
        for link_type in ("taxons", "organisations", "parent"):
            patched(source, {link_type: [target]})
        assert [one["link_type"] for one in changes("organisations", "parent", "taxons")] == ["parent", "organisations", "taxons"]

    def test_what_nobody_has_written_or_may_see_has_no_name(self) -> None:
        theirs, draft, unknown = str(uuid4()), str(uuid4()), str(uuid4())
        http("PUT", f"/v2/content/{theirs}", answer("/theirs", title="Their secret"), THEIRS)
        http("PUT", f"/v2/content/{draft}", answer("/mine", title="My draft"))
        patch(unknown, taxons=[theirs, draft])
        assert [(one["source"], one["target"]) for one in changes("taxons")] == [
            (None, None),
            (None, {"title": "My draft", "base_path": "/mine", "content_id": draft}),
        ]

    def test_a_department_sees_its_own_changes_alone(self) -> None:
        target = published(answer("/topic", **TAXON))
        patch(published(answer("/a")), taxons=[target])
        patch(published(answer("/b"), department=THEIRS), THEIRS, taxons=[target])
        assert [one["source"]["base_path"] for one in changes("taxons")] == ["/a"]
        assert [one["source"]["base_path"] for one in changes("taxons", department=THEIRS)] == ["/b"]
        assert changes("taxons", department="nobody") == []

    def test_a_refused_write_changes_nothing(self) -> None:
        source = str(uuid4())
        patch(source, taxons=[str(uuid4())])
        assert patch(source, THEIRS, taxons=[str(uuid4())])[0] == 404
        assert http("PATCH", f"/v2/links/{source}", {"links": {"taxons": []}, "previous_version": 7})[0] == 409
        assert len(changes("taxons")) == 1

    def test_no_more_are_told_than_fit_and_reading_stops_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        source = published(answer("/a"))
        patch(source, taxons=[str(uuid4()) for _ in range(20)])
        patch(source, taxons=[])
        monkeypatch.setattr(link_changes, "MOST", 25)
        assert [one["change"] for one in changes("taxons")] == ["remove"] * 20 + ["add"] * 5
        monkeypatch.setattr(store, "LOOKED_AT", 1)
        assert [one["change"] for one in changes("taxons")] == ["remove"] * 20
        with calls() as made:
            changes("taxons", "organisations")
        assert made.count("Query") == 2
        assert "Scan" not in made

    @pytest.mark.parametrize("query", [{}, {"link_types[]": ",".join(f"t{n}" for n in range(101))}])
    def test_types_are_needed_and_not_too_many(self, query: dict[str, str]) -> None:
        status, said = http("GET", "/v2/links/changes", **query)
        assert (status, said["error"]["error_code"]) == (422, "parameter_missing_or_invalid")
        assert list(said["error"]["fields"]) == ["link_types"]

    @pytest.mark.parametrize("name", ["Taxons", "a b", "a#b", "a" * 101, "available_translations"])
    def test_what_is_no_type_is_refused(self, name: str) -> None:
        assert http("GET", "/v2/links/changes", **{"link_types[]": name})[0] == 422

    def test_as_many_changes_as_one_write_may_make_fit_into_it(self) -> None:
        source = str(uuid4())
        most = [str(uuid4()) for _ in range(links.MOST_LINKS)]
        assert patch(source, taxons=most)[0] == 200
        assert patch(source, taxons=[str(uuid4()) for _ in most])[0] == 200
        assert len(changes("taxons")) == link_changes.MOST

    def test_more_types_than_one_write_can_note_are_refused_and_nothing_is_written(self) -> None:
        source = str(uuid4())
        assert patched(source, {f"t{number}": [str(uuid4())] for number in range(links.MOST_TYPES)})[0] == 200
        before = everything()
        status, said = patched(source, {f"u{number}": [str(uuid4())] for number in range(links.MOST_TYPES + 1)})
        assert (status, list(said["error"]["fields"])) == (413, ["links"])
        assert everything() == before


class TestBreaches:
    @pytest.fixture(autouse=True)
    def logged(self, monkeypatch: pytest.MonkeyPatch) -> list[Json]:
        lines: list[Json] = []
        monkeypatch.setattr(log.logger, "warning", lambda message, **said: lines.append({"message": message, **said}))
        return lines

    def test_links_that_the_content_type_does_not_have_are_kept_and_logged(self, logged: list[Json]) -> None:
        content_id, target = published(answer("/a")), str(uuid4())
        assert patch(content_id, taxons=[target], ordered_ministers=[target], speaker=[target])[0] == 200
        assert http("GET", f"/v2/links/{content_id}")[1]["links"]["speaker"] == [target]
        message = "a link set breaks its schema"
        assert logged == [
            {"message": message, "content_id": content_id, "schema": "answer", "link": f"#/links/{name}"}
            for name in ("ordered_ministers", "speaker")
        ]
        assert target not in json.dumps(logged)

    def test_a_draft_has_a_type_as_well(self, logged: list[Json]) -> None:
        content_id = str(uuid4())
        http("PUT", f"/v2/content/{content_id}", answer("/a"))
        patch(content_id, speaker=[str(uuid4())])
        assert [one["schema"] for one in logged] == ["answer"]

    def test_links_of_the_type_and_what_has_no_type_yet_are_no_breach(self, logged: list[Json]) -> None:
        content_id, target = published(answer("/t", **TAXON)), str(uuid4())
        patch(content_id, taxons=[target], parent_taxons=[target], speaker=[])
        patch(str(uuid4()), speaker=[target])
        assert logged == []

    def test_links_that_all_types_have_are_not_looked_into(self, logged: list[Json]) -> None:
        content_id = published(answer("/a"))
        with calls() as made:
            asked("PATCH", f"/v2/links/{content_id}", {"links": {"taxons": [str(uuid4())]}})
        assert made == ["BatchGetItem", "BatchWriteItem", "TransactWriteItems"]
        assert logged == []
