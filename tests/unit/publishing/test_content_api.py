"""Saving, publishing and taking away content over HTTP, and reading it back."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from functions.common.cause import Cause, because
from functions.publishing import bodies, commands, documents
from functions.publishing.history import Moment
from functions.publishing.store import documents as store
from tests.unit.publishing.ground import MINE, THEIRS, answer, calls, http, outboxes, published, read_content

pytestmark = pytest.mark.usefixtures("aws")


def put(content_id: str, payload: dict[str, Any], **options: str) -> tuple[int, Any]:
    return http("PUT", f"/v2/content/{content_id}", payload, **options)


def test_a_draft_is_saved_in_two_calls_and_answers_with_its_edition() -> None:
    content_id = str(uuid4())
    with calls() as made:
        status, edition = put(content_id, answer("/a/b"))
    assert status == 200
    assert made == ["Query", "TransactWriteItems"]
    assert (edition["publication_state"], edition["lock_version"], edition["user_facing_version"]) == ("draft", 1, 1)
    assert edition["details"]["body"][1]["content"] == "<p>Hello</p>\n"
    assert http("GET", f"/v2/content/{content_id}")[1]["title"] == "A title"


def test_a_draft_is_not_read_by_anybody_until_it_is_published() -> None:
    put(str(uuid4()), answer("/a"))
    assert read_content("/a")[0] == 404


def test_what_is_published_is_read_in_one_call_and_says_who_it_is() -> None:
    content_id = published(answer("/a"))
    with calls() as made:
        status, item, headers = read_content("/a")
    assert (status, made) == (200, ["GetItem"])
    assert (item["content_id"], item["details"], item["base_path"]) == (content_id, {"body": "<p>Hello</p>\n"}, "/a")
    assert item["first_published_at"] == item["public_updated_at"]
    assert headers["Cache-Control"] == "max-age=300, public"
    assert read_content("/a", if_none_match=headers["ETag"])[0] == 304


def test_publishing_is_said_in_the_same_write() -> None:
    content_id = published(answer("/a"))
    [event] = outboxes()
    assert event["type"] == "platform.ContentPublished.v1"
    assert event["data"]["content_id"] == content_id
    assert event["data"]["base_path"] == "/a"
    assert event["department"] == "communities"


def test_a_second_publish_of_the_same_edition_is_a_conflict() -> None:
    content_id = published(answer("/a"))
    status, said = http("POST", f"/v2/content/{content_id}/publish", {})
    assert (status, said["error"]["code"]) == (409, 409)


def test_a_wrong_lock_version_is_a_conflict_and_says_which_stands() -> None:
    content_id = str(uuid4())
    put(content_id, answer("/a"))
    status, said = put(content_id, answer("/a", previous_version="3"))
    assert status == 409
    assert said["error"]["fields"] == {"previous_version": ["does not match"]}
    assert "(1)" in said["error"]["message"]
    assert put(content_id, answer("/a", previous_version=1))[0] == 200


def test_a_wrong_field_is_a_bare_array_with_a_pointer() -> None:
    status, said = put(str(uuid4()), answer("/a", colour="red"))
    assert status == 422
    assert [failure["fragment"] for failure in said] == ["#/colour"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"routes": [{"path": "/b", "type": "exact"}]}, "routes_must_include_base_path"),
        ({"routes": [{"path": "/a", "type": "exact"}, {"path": "/b", "type": "exact"}]}, "route_not_below_base_path"),
        ({"routes": [{"path": "/a", "type": "exact"}, {"path": "/a", "type": "prefix"}]}, "route_paths_not_unique"),
    ],
)
def test_routes_that_are_not_the_documents_own_are_refused_with_the_code_of_the_rule(changed: dict[str, Any], code: str) -> None:
    status, said = put(str(uuid4()), answer("/a", **changed))
    assert (status, said["error"]["error_code"]) == (422, code)


def test_another_departments_path_is_in_use() -> None:
    published(answer("/a"), department=THEIRS)
    status, said = put(str(uuid4()), answer("/a"))
    assert (status, said["error"]["error_code"]) == (422, "base_path_already_in_use")
    assert "base_path" in said["error"]["fields"]


def test_another_departments_document_is_as_if_it_were_not_there() -> None:
    content_id = published(answer("/a"), department=THEIRS)
    assert put(content_id, answer("/b"))[0] == 404
    assert http("GET", f"/v2/content/{content_id}")[0] == 404
    for command in ("publish", "unpublish", "discard-draft"):
        assert http("POST", f"/v2/content/{content_id}/{command}", {"type": "gone"})[0] == 404
    assert http("GET", f"/v2/content/{content_id}", department=THEIRS)[0] == 200


def test_another_departments_content_id_is_taken_in_every_locale() -> None:
    content_id = published(answer("/a"), department=THEIRS)
    assert put(content_id, answer("/a.cy", locale="cy"))[0] == 404
    assert put(content_id, answer("/a.cy", locale="cy"), department=THEIRS)[0] == 200


def test_a_draft_may_be_saved_over_a_published_page_with_a_warning_but_not_published() -> None:
    first, second = published(answer("/a")), str(uuid4())
    status, said = put(second, answer("/a"))
    assert status == 200
    assert first in said["warnings"]["content_item_blocking_publish"]
    status, said = http("POST", f"/v2/content/{second}/publish", {})
    assert (status, said["error"]["error_code"]) == (422, "base_path_already_in_use")


def test_two_drafts_cannot_have_one_path() -> None:
    put(str(uuid4()), answer("/a"))
    assert put(str(uuid4()), answer("/a"))[0] == 422


def test_a_discarded_draft_lets_its_path_go() -> None:
    content_id = str(uuid4())
    put(content_id, answer("/a"), department=THEIRS)
    assert http("POST", f"/v2/content/{content_id}/discard-draft", {}, THEIRS)[0] == 200
    assert http("GET", f"/v2/content/{content_id}", department=THEIRS)[0] == 404
    assert put(str(uuid4()), answer("/a"))[0] == 200


def test_there_must_be_a_draft_to_discard() -> None:
    content_id = published(answer("/a"))
    status, said = http("POST", f"/v2/content/{content_id}/discard-draft", {})
    assert (status, said["error"]["error_code"]) == (422, "no_draft_to_discard")


def test_a_withdrawn_page_is_still_read_with_its_notice() -> None:
    content_id = published(answer("/a"))
    assert http("POST", f"/v2/content/{content_id}/unpublish", {"type": "withdrawal", "explanation": "It is over."})[0] == 200
    status, item, _ = read_content("/a")
    assert (status, item["withdrawn_notice"]["explanation"]) == (200, "It is over.")
    edition = http("GET", f"/v2/content/{content_id}")[1]
    assert (edition["publication_state"], edition["unpublishing"]["type"]) == ("unpublished", "withdrawal")


def test_a_withdrawal_says_why() -> None:
    content_id = published(answer("/a"))
    status, said = http("POST", f"/v2/content/{content_id}/unpublish", {"type": "withdrawal"})
    assert (status, said["error"]["error_code"]) == (422, "explanation_missing_for_withdrawal")


def test_a_page_that_is_gone_is_410_and_200_where_it_says_why() -> None:
    content_id = published(answer("/a"))
    http("POST", f"/v2/content/{content_id}/unpublish", {"type": "gone"})
    status, item, _ = read_content("/a")
    assert (status, item["document_type"]) == (410, "gone")
    http("POST", f"/v2/content/{content_id}/unpublish", {"type": "gone", "explanation": "Moved on", "alternative_path": "/b"})
    status, item, _ = read_content("/a")
    assert (status, item["details"]) == (200, {"explanation": "Moved on", "alternative_path": "/b"})


def test_a_redirected_page_names_where_to_go() -> None:
    content_id = published(answer("/a"))
    http("POST", f"/v2/content/{content_id}/unpublish", {"type": "redirect", "alternative_path": "/b"})
    status, item, _ = read_content("/a")
    assert (status, item["redirects"]) == (200, [{"path": "/a", "type": "exact", "destination": "/b"}])


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://example.gov.uk/", "https://example.com/", "/a", "//example.gov.uk"])
def test_a_redirect_leads_only_where_redirects_may(address: str) -> None:
    content_id = published(answer("/a"))
    assert http("POST", f"/v2/content/{content_id}/unpublish", {"type": "redirect", "alternative_path": address})[0] == 422


def test_a_vanished_page_was_never_there() -> None:
    content_id = published(answer("/a"))
    http("POST", f"/v2/content/{content_id}/unpublish", {"type": "vanish"})
    assert read_content("/a")[0] == 404


def test_a_draft_in_the_way_of_unpublishing_is_named_discarded_or_taken_itself() -> None:
    content_id = published(answer("/a"))
    put(content_id, answer("/a", title="Newer"))
    status, said = http("POST", f"/v2/content/{content_id}/unpublish", {"type": "gone"})
    assert (status, said["error"]["error_code"]) == (422, "cannot_unpublish_with_draft")
    both = {"type": "gone", "discard_drafts": True, "allow_draft": True}
    assert http("POST", f"/v2/content/{content_id}/unpublish", both)[1]["error"]["error_code"] == "conflicting_unpublishing_flags"
    assert http("POST", f"/v2/content/{content_id}/unpublish", {"type": "gone", "discard_drafts": True})[0] == 200
    assert http("GET", f"/v2/content/{content_id}")[1]["title"] == "A title"


def test_another_page_may_follow_one_that_is_gone() -> None:
    first = published(answer("/a"))
    http("POST", f"/v2/content/{first}/unpublish", {"type": "gone"})
    second = published(answer("/a", title="The next"))
    assert read_content("/a")[1]["content_id"] == second
    assert http("GET", f"/v2/content/{first}")[1]["unpublishing"]["type"] == "substitute"


def test_a_page_that_moves_leaves_a_redirect_of_its_own_behind() -> None:
    content_id = published(answer("/old"))
    published(answer("/new"), content_id)
    assert read_content("/new")[0] == 200
    item = read_content("/old")[1]
    assert (item["schema_name"], item["redirects"][0]["destination"]) == ("redirect", "/new")
    assert http("GET", f"/v2/content/{item['content_id']}")[1]["publication_state"] == "published"
    published(answer("/old"), content_id)
    assert read_content("/old")[1]["schema_name"] == "answer"
    assert read_content("/new")[1]["redirects"][0]["destination"] == "/old"


def test_publishing_again_supersedes_the_edition_before() -> None:
    content_id = published(answer("/a", update_type="major", change_note="First"))
    first = http("GET", f"/v2/content/{content_id}")[1]
    published(answer("/a", update_type="minor", body="Newer"), content_id)
    edition = http("GET", f"/v2/content/{content_id}")[1]
    assert edition["state_history"] == {"1": "superseded", "2": "published"}
    assert edition["public_updated_at"] == first["public_updated_at"]
    assert read_content("/a")[1]["details"]["change_history"][0]["note"] == "First"


def test_a_page_that_changes_for_ever_carries_its_latest_notes_only() -> None:
    document = documents.Document("id", "en", MINE)
    moment = Moment("2026-11-23T09:30:00Z", "tree", str(uuid4()))
    for number in range(1000):
        draft = documents.drafted(document, {"base_path": "/a", "change_note": f"Note {number}"}, bodies.Kept("{}"), moment)
        document = replace(document, live=documents.published(document, draft, "major", moment))
    assert document.live
    notes = [entry["note"] for entry in document.live.fields["change_history"]]
    assert notes[:2] == ["Note 999", "Note 998"]
    assert 200 < len(notes) < 400


def test_details_that_outgrow_an_item_wait_in_the_bucket() -> None:
    long = "word " * 100_000
    content_id = published(answer("/long", body=long))
    assert len(read_content("/long")[1]["details"]["body"]) > 400_000
    assert len(http("GET", f"/v2/content/{content_id}")[1]["details"]["body"][0]["content"]) == len(long)


def test_an_item_found_by_another_of_its_routes_is_at_its_own_address() -> None:
    published(answer("/a", routes=[{"path": "/a", "type": "prefix"}]))
    status, _, headers = read_content("/a/b/c")
    assert (status, headers["Location"]) == (303, "/api/content/a")
    assert read_content("/b/c")[0] == 404


def test_a_writer_who_was_overtaken_reads_again_and_decides_again(monkeypatch: pytest.MonkeyPatch) -> None:
    content_id = str(uuid4())
    put(content_id, answer("/a"))
    really, overtakers = store.save_draft, [answer("/a", title="Theirs")]

    def overtaken(*arguments: Any, **options: Any) -> None:
        if overtakers:
            put(content_id, overtakers.pop())
        really(*arguments, **options)

    monkeypatch.setattr(store, "save_draft", overtaken)
    status, edition = put(content_id, answer("/a", title="Mine"))
    assert (status, edition["title"], edition["lock_version"]) == (200, "Mine", 3)


def test_an_id_that_is_no_content_id_is_no_address() -> None:
    assert put("not-an-id", answer("/a"))[0] == 404


def test_a_body_that_is_no_object_is_refused() -> None:
    assert http("PUT", f"/v2/content/{uuid4()}", [1])[0] in {400, 422}


def test_nobody_publishes_for_nobody() -> None:
    with because(Cause(correlation="tree", department=None)), pytest.raises(Exception, match="department"):
        commands.put(str(uuid4()), answer("/a"))
