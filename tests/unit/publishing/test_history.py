"""What was done with a document: its events, its editions, its notes and its times; and its other name."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from functions.common import clock
from tests.unit.publishing.ground import MINE, THEIRS, answer, asked, http, published, read_content, rendered, spread_and_refreshed

pytestmark = pytest.mark.usefixtures("aws")

type Json = dict[str, Any]


@pytest.fixture(autouse=True)
def minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time that is told is a minute later than the one before."""
    told = count(0)
    monkeypatch.setattr(clock, "stamp", lambda: f"2026-11-26T{(number := next(told)) // 60 + 10:02}:{number % 60:02}:00.000000Z")


def put(content_id: str, payload: Json) -> Json:
    status, said = http("PUT", f"/v2/content/{content_id}", payload)
    assert status == 200, said
    edition: Json = said
    return edition


def order(content_id: str, command: str, **said: Any) -> None:
    status, answered = http("POST", f"/v2/content/{content_id}/{command}", said)
    assert status == 200, answered


def events(content_id: str, **query: str) -> list[Json]:
    status, said = http("GET", f"/v2/content/{content_id}/events", **query)
    assert status == 200, said
    found: list[Json] = said
    return found


def show(content_id: str, **query: str) -> Json:
    edition: Json = http("GET", f"/v2/content/{content_id}", **query)[1]
    return edition


class TestEvents:
    def test_each_write_is_there_with_who_when_and_what(self) -> None:
        content_id, target = published(answer("/a", title="First")), str(uuid4())
        http("PATCH", f"/v2/links/{content_id}", {"links": {"taxons": [target]}})
        order(content_id, "unpublish", type="withdrawal", explanation="Over.")
        order(content_id, "republish")
        put(content_id, answer("/a", title="Second"))
        order(content_id, "discard-draft")
        found = events(content_id)
        actions = ["PutContent", "Publish", "PatchLinkSet", "Unpublish", "Republish", "PutContent", "DiscardDraft"]
        assert [event["action"] for event in found] == actions
        assert {event["user_uid"] for event in found} == {"someone"}
        assert {event["content_id"] for event in found} == {content_id}
        assert [event["created_at"] for event in found] == sorted(event["created_at"] for event in found)
        assert all(event["request_id"] for event in found)
        assert (found[0]["payload"]["title"], found[2]["payload"]) == ("First", {"links": {"taxons": [target]}})
        assert found[3]["payload"]["explanation"] == "Over."
        assert "details" not in found[0]["payload"]

    def test_they_are_chosen_by_action_and_by_time(self) -> None:
        content_id = published(answer("/a"))
        first, second = events(content_id)
        assert events(content_id, action="Publish") == [second]
        assert events(content_id, action="Sleep") == []
        assert events(content_id, **{"from": second["created_at"]}) == [second]
        assert events(content_id, to=first["created_at"]) == [first]
        in_summer_time = second["created_at"].replace("T10", "T11").replace("Z", "+01:00")
        assert events(content_id, **{"from": in_summer_time, "to": in_summer_time}) == [second]
        status, said = http("GET", f"/v2/content/{content_id}/events", **{"from": "yesterday"})
        assert (status, list(said["error"]["fields"])) == (422, ["from"])

    def test_what_is_refused_leaves_no_event(self) -> None:
        content_id = published(answer("/a"))
        before = events(content_id)
        assert http("POST", f"/v2/content/{content_id}/publish", {})[0] == 409
        assert http("POST", f"/v2/content/{content_id}/discard-draft", {})[0] == 422
        assert events(content_id) == before

    def test_who_loses_a_path_or_a_draft_to_another_finds_that_in_its_history(self) -> None:
        gone, draft = published(answer("/a")), str(uuid4())
        order(gone, "unpublish", type="gone")
        published(answer("/a"))
        assert events(gone)[-1]["action"] == "Substitute"
        put(draft, answer("/b"))
        redirect = {"base_path": "/b", "schema_name": "redirect", "document_type": "redirect", "publishing_app": "desk"}
        put(str(uuid4()), {**redirect, "redirects": [{"path": "/b", "type": "exact", "destination": "/a"}]})
        assert [event["action"] for event in events(draft)] == ["PutContent", "DiscardDraft"]

    @pytest.mark.parametrize("kind", ["a document without a page", "a link set"])
    def test_what_has_no_page_of_its_own_is_complete_when_all_who_show_it_are(self, kind: str) -> None:
        content_id = str(uuid4())
        if kind == "a link set":
            answered = asked("PATCH", f"/v2/links/{content_id}", {"links": {"taxons": [str(uuid4())]}})
        else:
            put(content_id, {"schema_name": "gone", "document_type": "gone", "publishing_app": "desk", "update_type": "major"})
            answered = asked("POST", f"/v2/content/{content_id}/publish", {})
        address = answered["headers"]["Link"].split(">")[0].removeprefix("<")
        assert not http("GET", address)[1]["effects"]["complete"]
        rendered()
        spread_and_refreshed()
        assert http("GET", address)[1]["effects"]["complete"]

    def test_a_write_that_nobody_made_is_not_there(self) -> None:
        content_id = published(answer("/a"))
        assert http("GET", f"/v2/content/{content_id}/events/{uuid4()}")[0] == 404


class TestEditions:
    def test_every_edition_is_there_as_it_was_saved_the_newest_first(self) -> None:
        content_id = published(answer("/a", title="First"))
        published(answer("/a", title="Second"), content_id)
        put(content_id, answer("/a", title="Third"))
        found = http("GET", f"/v2/content/{content_id}/editions")[1]
        shown = [(edition["user_facing_version"], edition["title"], edition["publication_state"]) for edition in found]
        assert shown == [(3, "Third", "draft"), (2, "Second", "published"), (1, "First", "superseded")]
        assert [edition.get("content_store") for edition in found] == ["draft", "live", None]
        assert http("GET", f"/v2/content/{content_id}/editions", locale="cy")[0] == 404

    @pytest.mark.parametrize(("store", "title"), [("", "Draft"), ("draft", "Draft"), ("live", "Live")])
    def test_a_store_shows_its_own(self, store: str, title: str) -> None:
        content_id = published(answer("/a", title="Live"))
        put(content_id, answer("/a", title="Draft"))
        assert show(content_id, **({"content_store": store} if store else {}))["title"] == title

    def test_a_store_that_has_none_and_a_version_are_refused(self) -> None:
        content_id = str(uuid4())
        put(content_id, answer("/a"))
        assert http("GET", f"/v2/content/{content_id}", content_store="live")[0] == 404
        status, said = http("GET", f"/v2/content/{content_id}", version="1")
        assert (status, said["error"]["error_code"], list(said["error"]["fields"])) == (422, "parameter_missing_or_invalid", ["version"])

    def test_a_draft_that_cannot_be_published_says_so_whenever_it_is_read(self) -> None:
        blocked = str(uuid4())
        put(blocked, answer("/a"))
        assert show(blocked)["warnings"] == {}
        http("POST", f"/v2/content/{blocked}/discard-draft", {})
        holder = published(answer("/a"))
        put(blocked, answer("/a"))
        assert holder in show(blocked)["warnings"]["content_item_blocking_publish"]
        order(holder, "unpublish", type="gone")
        assert show(blocked)["warnings"] == {}

    def test_a_draft_resets_what_is_not_sent_again(self) -> None:
        content_id = str(uuid4())
        first = "2001-01-01T00:00:00Z"
        put(content_id, answer("/a", description="Of water", links={"taxons": [str(uuid4())]}, first_published_at=first, phase="beta"))
        edition = put(content_id, answer("/a"))
        assert (edition.get("description"), edition["links"], edition["first_published_at"], edition["phase"]) == (None, {}, first, "live")


def history(path: str = "/a") -> list[str]:
    return [entry["note"] for entry in read_content(path)[1]["details"].get("change_history", [])]


HISTORY = [
    {"note": "Older", "public_timestamp": "2001-01-01T00:00:00Z"},
    {"note": "Newest", "public_timestamp": "2003-01-01T00:00:00Z"},
    {"note": "Old", "public_timestamp": "2002-01-01T00:00:00Z"},
]


class TestNotesAndTimes:
    def test_a_major_note_is_kept_and_a_minor_one_is_not(self) -> None:
        content_id = published(answer("/a", change_note="First"))
        published(answer("/a", change_note="Not told", update_type="minor"), content_id)
        assert "change_note" not in show(content_id)
        published(answer("/a", change_note="Second"), content_id)
        assert history() == ["Second", "First"]

    def test_a_publication_as_minor_drops_the_note(self) -> None:
        content_id = str(uuid4())
        assert put(content_id, answer("/a", change_note="A note"))["change_note"] == "A note"
        order(content_id, "publish", update_type="minor")
        assert (history(), show(content_id)["update_type"]) == ([], "minor")

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ({"change_note": "At the top", "details": {"change_note": "In details", "change_history": HISTORY}}, "At the top"),
            ({"details": {"change_note": "In details", "change_history": HISTORY}}, "In details"),
            ({"details": {"change_history": HISTORY}}, "Newest"),
            ({"details": {"change_history": []}}, None),
            ({"details": {}}, None),
        ],
    )
    def test_a_note_is_taken_from_the_top_else_the_details_else_their_history(self, sent: Json, kept: str | None) -> None:
        from functions.publishing.documents import change_note

        assert change_note({"update_type": "major", **sent}, sent["details"]) == kept
        assert change_note({"update_type": "minor", **sent}, sent["details"]) is None

    def test_times_follow_the_kind_of_update(self) -> None:
        content_id = published(answer("/a"))
        first = show(content_id)
        assert first["published_at"] == first["first_published_at"] == first["public_updated_at"] == first["major_published_at"]
        published(answer("/a", update_type="minor"), content_id)
        minor = show(content_id)
        assert minor["published_at"] > first["published_at"]
        for kept in ("first_published_at", "public_updated_at", "major_published_at", "publishing_api_first_published_at"):
            assert minor[kept] == first[kept]
        published(answer("/a"), content_id)
        major = show(content_id)
        assert major["public_updated_at"] == major["major_published_at"] == major["published_at"] > minor["published_at"]
        assert major["first_published_at"] == first["first_published_at"]

    def test_times_that_are_sent_are_kept_and_said_in_utc(self) -> None:
        sent = dict.fromkeys(("public_updated_at", "first_published_at", "last_edited_at"), "2001-07-01T10:00:00.5+01:00")
        content_id = published(answer("/a", **sent))
        edition = show(content_id)
        assert {edition[name] for name in sent} == {"2001-07-01T09:00:00Z"}
        item = read_content("/a")[1]
        assert (item["public_updated_at"], item["first_published_at"]) == ("2001-07-01T09:00:00Z", "2001-07-01T09:00:00Z")
        order(content_id, "unpublish", type="withdrawal", explanation="Over.", unpublished_at="2002-01-01T01:00:00+01:00")
        assert show(content_id)["unpublishing"]["unpublished_at"] == "2002-01-01T00:00:00Z"
        assert read_content("/a")[1]["withdrawn_notice"]["withdrawn_at"] == "2002-01-01T00:00:00Z"

    @pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
    def test_the_ends_of_the_calendar_are_times_too(self, time: str) -> None:
        assert put(str(uuid4()), answer("/a", public_updated_at=time))["public_updated_at"] == time

    def test_who_edited_last_is_now_unless_it_is_said(self) -> None:
        edition = put(str(uuid4()), answer("/a"))
        assert edition["last_edited_at"] == edition["publishing_api_last_edited_at"]

    def test_a_draft_that_is_withdrawn_was_published_then(self) -> None:
        content_id = str(uuid4())
        put(content_id, answer("/a"))
        order(content_id, "unpublish", type="withdrawal", explanation="Never mind.", allow_draft=True)
        edition, item = show(content_id), read_content("/a")[1]
        assert edition["published_at"] == edition["first_published_at"] == item["public_updated_at"]

    def test_who_may_see_a_draft_is_forgotten_when_all_may(self) -> None:
        secret: Json = {"access_limited": {"users": ["somebody"]}, "auth_bypass_ids": [str(uuid4())]}
        content_id = str(uuid4())
        assert put(content_id, answer("/a", **secret))["auth_bypass_ids"] == secret["auth_bypass_ids"]
        order(content_id, "publish")
        assert not show(content_id).get("auth_bypass_ids")
        put(content_id, answer("/a", **secret))
        order(content_id, "unpublish", type="gone", allow_draft=True)
        assert not show(content_id).get("auth_bypass_ids")


class TestAliases:
    def test_an_alias_is_one_contents_and_stays_its(self) -> None:
        content_id = str(uuid4())
        assert put(content_id, answer("/a", content_id_alias="a-name"))["content_id_aliases"] == ["a-name"]
        assert put(content_id, answer("/a"))["content_id_aliases"] == ["a-name"]
        assert put(content_id, answer("/a", content_id_alias="b-name"))["content_id_aliases"] == ["a-name", "b-name"]
        assert put(content_id, answer("/a.cy", locale="cy", content_id_alias="a-name"))["content_id_aliases"] == ["a-name"]

    @pytest.mark.parametrize("department", [MINE, THEIRS])
    def test_another_content_cannot_have_it(self, department: str) -> None:
        put(str(uuid4()), answer("/a", content_id_alias="a-name"))
        status, said = http("PUT", f"/v2/content/{uuid4()}", answer("/b", content_id_alias="a-name"), department)
        assert (status, said["error"]["error_code"]) == (422, "content_id_alias_already_in_use")
        assert list(said["error"]["fields"]) == ["content_id_alias"]
