"""The Publishing API over HTTP on the whole platform: every route, writes followed to the last page that shows them, and two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.stack import Stack, within
from tests.integration.test_content_api import edition

type Json = dict[str, Any]

PAGES = 25


class Department:
    """A department that publishes with its own key."""

    def __init__(self, stack: Stack, department: str = "environment-agency", service: str = "floods") -> None:
        self.http, self.headers = stack.http, {"X-Api-Key": stack.key(department=department, service=service)}

    def ask(self, method: str, path: str, body: object = None, **query: str) -> httpx.Response:
        return self.http.request(method, path, json=body, params=query or None, headers=self.headers)

    def told(self, method: str, path: str, body: object = None, **query: str) -> Any:
        answer = self.ask(method, path, body, **query)
        assert answer.status_code == 200, (method, path, answer.text)
        return answer.json()

    def publish(self, payload: Json, content_id: str | None = None) -> str:
        """Put and publish; the content id."""
        content_id = content_id or str(uuid4())
        self.told("PUT", f"/v2/content/{content_id}", payload)
        self.told("POST", f"/v2/content/{content_id}/publish", {"locale": payload.get("locale", "en")})
        return content_id

    def follow(self, answer: httpx.Response) -> Json:
        """A write, once all of its effects are there."""
        assert answer.status_code == 200, answer.text
        address = answer.headers["link"].split(">")[0].removeprefix("<")
        assert within(60, lambda: self.told("GET", address)["effects"]["complete"]), self.told("GET", address)
        written: Json = self.told("GET", address)
        return written


@pytest.fixture(scope="session")
def agency(stack: Stack) -> Department:
    return Department(stack)


def taxon(path: str, title: str) -> Json:
    return edition(path, title) | {"schema_name": "taxon", "document_type": "taxon", "details": {"internal_name": f"{title}, for editors"}}


def test_a_document_goes_its_whole_way(stack: Stack, agency: Department) -> None:
    content_id, path = str(uuid4()), "/tests/laws/way"
    content = f"/v2/content/{content_id}"
    put = agency.told("PUT", content, edition(path, "First"))
    assert (put["publication_state"], put["lock_version"]) == ("draft", 1)
    agency.follow(agency.ask("POST", f"{content}/publish", {"previous_version": 1}))
    assert "First" in stack.http.get(path).text
    agency.told("PUT", content, edition(path, "Second"))
    assert agency.told("GET", content, content_store="live")["title"] == "First"
    agency.follow(agency.ask("POST", f"{content}/discard-draft", {}))
    withdrawal = {"type": "withdrawal", "explanation": "There is newer advice."}
    agency.follow(agency.ask("POST", f"{content}/unpublish", withdrawal))
    assert "There is newer advice." in stack.http.get(path).text
    agency.follow(agency.ask("POST", f"{content}/republish", {}))
    assert "There is newer advice." not in stack.http.get(path).text
    actions = [event["action"] for event in agency.told("GET", f"{content}/events")]
    assert actions == ["PutContent", "Publish", "PutContent", "DiscardDraft", "Unpublish", "Republish"]
    assert [one["title"] for one in agency.told("GET", f"{content}/editions")] == ["First"]


def test_a_page_that_moves_leads_on_from_where_it_was(stack: Stack, agency: Department) -> None:
    content_id = agency.publish(edition("/tests/laws/old"))
    assert within(30, lambda: stack.http.get("/tests/laws/old").status_code == 200)
    agency.publish(edition("/tests/laws/new"), content_id)
    assert within(30, lambda: stack.http.get("/tests/laws/old").status_code == 301)
    assert stack.http.get("/tests/laws/old").headers["location"].endswith("/tests/laws/new")
    assert within(30, lambda: stack.http.get("/tests/laws/new").status_code == 200)


def test_a_topic_that_is_renamed_is_renamed_on_all_pages_that_show_it_and_that_can_be_waited_for(stack: Stack, agency: Department) -> None:
    topic = agency.publish(taxon("/tests/laws/topic", "Before"))
    paths = [f"/tests/laws/topic/page{number}" for number in range(PAGES)]
    for path in paths:
        patched = agency.ask("PATCH", f"/v2/links/{agency.publish(edition(path))}", {"links": {"taxons": [topic]}})
    agency.follow(patched)
    agency.told("PUT", f"/v2/content/{topic}", taxon("/tests/laws/topic", "After"))
    effects = agency.follow(agency.ask("POST", f"/v2/content/{topic}/publish", {}))["effects"]
    assert effects["dependents"] == effects["refreshed"] == PAGES
    shown = [stack.http.get(f"/api/content{path}").json()["links"]["taxons"] for path in paths]
    assert {target["title"] for [target] in shown} == {"After"}


def test_links_are_set_read_and_expanded(agency: Department) -> None:
    topic, page = agency.publish(taxon("/tests/laws/links", "Links")), agency.publish(edition("/tests/laws/linked"))
    links = {"taxons": [topic]}
    assert agency.told("PATCH", f"/v2/links/{page}", {"links": links}) == {"content_id": page, "links": links, "version": 1}
    assert agency.told("GET", f"/v2/links/{page}")["version"] == 1
    assert agency.told("POST", "/v2/links/by-content-id", {"content_ids": [page]}) == {page: {"links": links, "version": 1}}
    expanded = agency.told("GET", f"/v2/expanded-links/{page}", generate="true")
    assert [target["title"] for target in expanded["expanded_links"]["taxons"]] == ["Links"]
    assert agency.told("GET", f"/v2/linked/{topic}", link_type="taxons", **{"fields[]": "content_id"}) == [{"content_id": page}]


def test_what_was_linked_and_unlinked_is_told_to_its_own_department(stack: Stack, agency: Department) -> None:
    topic, page = agency.publish(taxon("/tests/laws/changes/topic", "Topic")), agency.publish(edition("/tests/laws/changes"))
    for targets in ([topic], []):
        agency.told("PATCH", f"/v2/links/{page}", {"links": {"taxons": targets}})
    query = {"link_types[]": "taxons", "source_content_ids[]": page}
    found = agency.told("GET", "/v2/links/changes", **query)["link_changes"]
    assert [(one["change"], one["target"]["title"]) for one in found] == [("remove", "Topic"), ("add", "Topic")]
    other = Department(stack, "communities", "local-authorities")
    assert other.told("GET", "/v2/links/changes", **query) == {"link_changes": []}
    assert agency.ask("GET", "/v2/links/changes").status_code == 422


def test_a_contact_stands_in_the_text_of_a_page_and_changes_there(stack: Stack, agency: Department) -> None:
    def floodline(number: str) -> Json:
        kind = {"schema_name": "contact", "document_type": "contact", "publishing_app": "desk", "content_id_alias": "tests-floodline"}
        phones = [{"title": "Floodline", "number": number}]
        return {**kind, "title": "Floodline", "update_type": "major", "details": {"phone_numbers": phones}}

    def asking(block: str) -> Json:
        text = f"{{{{embed:contact:{block}}}}}\n\nCall {{{{embed:contact:{block}/phone_numbers/0/number}}}}."
        return edition("/tests/laws/embeds") | {"details": {"body": [{"content_type": "text/govspeak", "content": text}]}}

    contact = agency.publish(floodline("03706 500 100"))
    refused = agency.ask("PUT", f"/v2/content/{uuid4()}", asking("tests-nobody"))
    assert (refused.status_code, {one["fragment"] for one in refused.json()}) == (422, {"#/details/body/0/content"})
    put = agency.told("PUT", f"/v2/content/{(page := str(uuid4()))}", asking("tests-floodline"))
    assert put["links"]["embed"] == [contact]
    agency.follow(agency.ask("POST", f"/v2/content/{page}/publish", {}))

    def shown(number: str) -> list[int]:
        item = stack.http.get(f"/api/content{put['base_path']}").json()
        return [text.count(number) for text in (item["details"]["body"], stack.http.get(put["base_path"]).text)]

    assert shown("03706 500 100") == [2, 2]
    agency.told("PUT", f"/v2/content/{contact}", floodline("0300 123 1234"))
    agency.follow(agency.ask("POST", f"/v2/content/{contact}/publish", {}))
    assert shown("0300 123 1234") == [2, 2]


def test_content_is_listed_looked_up_and_described(agency: Department) -> None:
    content_id = agency.publish(edition("/tests/laws/list", "A title of its own") | {"publishing_app": "laws"})
    topic = agency.publish(taxon("/tests/laws/list/topic", "Listed"))
    found = agency.told("GET", "/v2/content", publishing_app="laws", q="of its own", **{"fields[]": "content_id,title"})
    assert found["results"] == [{"content_id": content_id, "title": "A title of its own"}]
    pages = agency.told("GET", "/v2/editions", per_page="1", order="-updated_at")
    following = next(link["href"] for link in pages["links"] if link["rel"] == "next")
    assert len(agency.told("GET", following)["results"]) == 1
    linkable = next(one for one in agency.told("GET", "/v2/linkables", document_type="taxon") if one["content_id"] == topic)
    assert linkable["internal_name"] == "Listed, for editors"
    assert agency.told("POST", "/lookup-by-base-path", {"base_paths": ["/tests/laws/list"]}) == {"/tests/laws/list": content_id}
    assert "answer" in agency.told("GET", "/v2/schemas")
    assert agency.told("GET", "/v2/schemas/answer")["type"] == "object"


def test_paths_are_reserved_and_intents_are_said(stack: Stack, agency: Department) -> None:
    order = {"publishing_app": "laws"}
    assert agency.told("PUT", "/paths/tests/laws/kept", order)["publishing_app"] == "laws"
    other = Department(stack, "communities", "local-authorities")
    assert other.ask("PUT", "/paths/tests/laws/kept", order).status_code == 422
    assert agency.told("DELETE", "/paths/tests/laws/kept", order) == order
    intent = {**order, "publish_time": "2999-01-01T00:00:00Z", "rendering_app": "commonweal"}
    assert agency.told("PUT", "/publish-intent/tests/laws/meant", intent)["publish_time"] == intent["publish_time"]
    assert agency.told("GET", "/publish-intent/tests/laws/meant")["publishing_app"] == "laws"
    assert agency.told("DELETE", "/publish-intent/tests/laws/meant") == {}


def test_a_path_that_two_departments_claim_at_once_is_one_ones(stack: Stack, agency: Department) -> None:
    other = Department(stack, "communities", "local-authorities")

    def claim(who: Department) -> int:
        return who.ask("PUT", f"/v2/content/{uuid4()}", edition("/tests/laws/claimed")).status_code

    with ThreadPoolExecutor(4) as at_once:
        answers = list(at_once.map(claim, [agency, other] * 2))
    assert sorted(answers) == [200, 422, 422, 422]


def test_of_many_writers_to_one_draft_none_is_lost_and_none_is_left_behind(agency: Department) -> None:
    content = f"/v2/content/{uuid4()}"
    agency.told("PUT", content, edition("/tests/laws/many"))

    def write(number: int) -> int:
        return agency.ask("PUT", content, edition("/tests/laws/many", f"Title {number}")).status_code

    with ThreadPoolExecutor(3) as at_once:
        answers = list(at_once.map(write, range(6)))
    assert set(answers) <= {200, 503}
    assert agency.told("GET", content)["lock_version"] == 1 + answers.count(200)
    assert agency.ask("PUT", content, edition("/tests/laws/many") | {"previous_version": 1}).status_code == 409


def test_another_department_finds_nothing(stack: Stack, agency: Department) -> None:
    content_id = agency.publish(edition("/tests/laws/ours"))
    other = Department(stack, "communities", "local-authorities")
    for method, path, body in (
        ("GET", f"/v2/content/{content_id}", None),
        ("PUT", f"/v2/content/{content_id}", edition("/tests/laws/theirs")),
        ("POST", f"/v2/content/{content_id}/publish", {}),
        ("PATCH", f"/v2/links/{content_id}", {"links": {"taxons": []}}),
        ("GET", f"/v2/content/{content_id}/events", None),
    ):
        assert other.ask(method, path, body).status_code == 404, path
        assert stack.http.request(method, path, json=body).status_code == 401, path
