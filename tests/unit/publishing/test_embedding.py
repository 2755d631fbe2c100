"""Content blocks over HTTP: what a text may ask for, what readers get in its place, and whose pages are made again when a block changes."""

from typing import Any
from uuid import uuid4

import pytest

from functions.publishing import embedding, previews
from functions.publishing.govspeak import reading
from functions.publishing.previews import Viewer
from schemas.platform import ContentPublishRequested
from tests.unit.publishing.ground import (
    MINE,
    THEIRS,
    Json,
    answer,
    ask,
    asked,
    calls,
    http,
    published,
    quarantined,
    read_content,
    rendered,
    spread_and_refreshed,
    visit,
)

pytestmark = pytest.mark.usefixtures("aws")

LINE = "03706 500 100"


def contact(number: str = LINE, **changed: Any) -> Json:
    """A contact as a department sends it: without a page."""
    return {
        "title": "Floodline",
        "schema_name": "contact",
        "document_type": "contact",
        "publishing_app": "desk",
        "details": {
            "phone_numbers": [{"title": "Floodline", "number": number}],
            "email_addresses": [{"email": "floods@example.gov"}],
            "description": "Open <day> & night",
        },
        "update_type": "major",
        **changed,
    }


def code(block: str, field: str = "", kind: str = "contact") -> str:
    return f"{{{{embed:{kind}:{block}{field}}}}}"


def put(body: str, path: str = "/a", department: str = MINE, **changed: Any) -> tuple[int, Any]:
    return http("PUT", f"/v2/content/{uuid4()}", answer(path, body, **changed), department)


def body(path: str = "/a") -> str:
    text: str = read_content(path)[1]["details"]["body"]
    return text


def opening(tag: str, kind: str, block: str) -> str:
    return f'<{tag} class="content-block content-block--{kind}" data-content-block="" data-document-type="{kind}" data-content-id="{block}"'


def made() -> None:
    rendered()
    spread_and_refreshed()


class TestSaving:
    def test_the_blocks_that_texts_ask_for_are_links_of_the_edition(self) -> None:
        first, second = published(contact()), published(contact(content_id_alias="the-office"))
        sent = str(uuid4())
        parts = [
            {"title": title, "slug": title, "body": text} for title, text in (("a", code(first)), ("b", code("the-office") + code(first)))
        ]
        guide = answer("/g", schema_name="guide", document_type="guide", details={"parts": parts}, links={"embed": [sent], "taxons": []})
        status, said = http("PUT", f"/v2/content/{uuid4()}", guide)
        assert (status, said["links"]) == (200, {"embed": [sent, first, second], "taxons": []})
        assert said["details"]["parts"][0]["body"] == code(first)

    @pytest.mark.parametrize(
        ("asked_for", "problem"),
        [
            (code("11fd6575-db48-4d6f-aa0f-8c8d8f7e6904"), "is no contact that is published"),
            (code("nobody"), "is no contact that is published"),
            (code("draft"), "is no contact that is published"),
            (code("gone"), "is no contact that is published"),
            (code("answer"), "is no contact that is published"),
            (code("live", kind="content_block_pension"), "is no pension that is published"),
            (code("live", "/phone_numbers/1/number"), "is no text of that block"),
            (code("live", "/phone_numbers"), "is no text of that block"),
            (code("live", "/phone_numbers/first"), "is no text of that block"),
            (code("live", "/description/0"), "is no text of that block"),
            (code("live", "/fax"), "is no text of that block"),
        ],
    )
    def test_what_asks_for_nothing_is_refused_where_it_stands(self, asked_for: str, problem: str) -> None:
        published(contact(content_id_alias="live"))
        published(answer("/answer", content_id_alias="answer"))
        http("PUT", f"/v2/content/{uuid4()}", contact(content_id_alias="draft"))
        gone = published(contact(content_id_alias="gone"))
        http("POST", f"/v2/content/{gone}/unpublish", {"type": "gone"})
        details = {"body": [{"content_type": "text/html", "content": ""}, {"content_type": "text/govspeak", "content": f"a {asked_for}"}]}
        status, said = put("", details=details)
        assert (status, [one["fragment"] for one in said]) == (422, ["#/details/body/1/content"])
        assert said[0]["message"] == f"#/details/body/1/content: {asked_for} {problem} (schema answer)"
        assert read_content("/a")[0] == 404

    def test_every_place_is_named_once(self) -> None:
        missing = [code(str(uuid4())) for _ in range(2)]
        parts = [{"title": name, "slug": name, "body": text} for name, text in (("a", "fine"), ("b", missing[0] * 2 + missing[1]))]
        guide = answer("/g", schema_name="guide", document_type="guide", details={"parts": parts})
        status, said = http("PUT", f"/v2/content/{uuid4()}", guide)
        assert (status, [one["fragment"] for one in said]) == (422, ["#/details/parts/1/body"] * 2)

    def test_as_many_as_nobody_reads_are_refused(self) -> None:
        block = published(contact())
        status, said = put(code(block) * (embedding.MOST + 1))
        assert (status, said[0]["fragment"], said[0]["failed_attribute"]) == (422, "#/details", "MaxItems")

    def test_an_event_that_asks_for_nothing_is_refused_with_the_place(self) -> None:
        event = ContentPublishRequested(
            base_path="/a",
            schema_name="news_article",
            document_type="news_story",
            title="A",
            details={"body": [{"content_type": "text/govspeak", "content": code("nobody")}]},
        )
        assert ask(event) == []
        [reason] = quarantined()
        assert "#/details/body/0/content" in reason
        published(contact(content_id_alias="nobody"), department=THEIRS)
        assert ask(event, version="2") == []
        assert LINE in body()

    def test_texts_without_blocks_cost_nothing_more(self) -> None:
        with calls() as asked_of_aws:
            put("{{embed:link:a}}")
        assert asked_of_aws == ["Query", "TransactWriteItems"]


class TestShowing:
    def test_a_whole_contact_is_a_card_and_a_field_is_its_words(self) -> None:
        block = published(contact())
        published(answer("/a", f"{code(block)}\n\nCall {code(block, '/phone_numbers/0/number')}: {code(block, '/description')}."))
        assert opening("div", "contact", block) in body()
        assert f'data-embed-code="{code(block)}"><div class="contact"><div class="content"><div class="vcard contact-inner">' in body()
        assert '<a href="mailto:floods@example.gov" class="email">' in body()
        assert reading.text(body()).endswith(f"Call {LINE}: Open <day> & night.")
        assert "<p></p>" not in body()

    def test_a_block_of_a_type_that_has_no_fields_is_its_title(self) -> None:
        kind: Json = {"schema_name": "generic", "document_type": "content_block_pension", "details": {}}
        block = published(answer("/pension", title="£241.30", content_id_alias="full-pension", **kind))
        published(answer("/a", f"It is {code('full-pension', '/title', 'content_block_pension')}."))
        assert opening("span", "pension", block) in body()
        assert reading.text(body()) == "It is £241.30."

    def test_html_that_somebody_sent_asks_as_well(self) -> None:
        block = published(contact())
        published(answer("/a", details={"body": f"<p>Call {code(block, '/phone_numbers/0/number')}</p><script>x</script>"}))
        assert reading.text(body()) == f"Call {LINE}"

    def test_what_a_block_says_is_no_markup(self) -> None:
        block = published(contact("<script>alert(1)</script>"))
        published(answer("/a", f"{code(block)}\n\n{code(block, '/phone_numbers/0/number')}"))
        assert "<script" not in body()
        assert body().count("&lt;script&gt;") == 2

    def test_an_item_is_whole_before_its_page_is_made_and_after(self) -> None:
        block = published(contact())
        published(answer("/a", code(block)))
        before = body()
        assert LINE in before
        made()
        assert body() == before
        assert LINE in visit("/a")["body"]
        assert [one["content_id"] for one in read_content("/a")[1]["links"]["embed"]] == [block]

    def test_a_block_speaks_the_language_of_the_page_where_it_can(self) -> None:
        block = published(contact())
        published(contact("0300 123 1234", locale="cy"), block)
        for path, locale in (("/a", "en"), ("/a.cy", "cy"), ("/a.fr", "fr")):
            published(answer(path, code(block), locale=locale))
        assert [LINE in body(path) for path in ("/a", "/a.cy", "/a.fr")] == [True, False, True]
        assert "E-bost" in body("/a.cy")

    def test_a_draft_shows_its_blocks_as_they_are_published(self) -> None:
        block = published(contact())
        http("PUT", f"/v2/content/{block}", contact("secret number"))
        put(code(block))
        item = previews.item("/a", Viewer(MINE))
        assert LINE in item["details"]["body"]
        assert "secret number" not in item["details"]["body"]

    def test_a_withdrawn_page_keeps_what_its_blocks_say(self) -> None:
        block = published(contact())
        content_id = published(answer("/a", code(block)))
        http("POST", f"/v2/content/{content_id}/unpublish", {"type": "withdrawal", "explanation": f"Over. {code(block)}"})
        made()
        assert LINE in body()
        assert read_content("/a")[1]["withdrawn_notice"]["explanation"] == "Over. "

    def test_who_links_to_a_text_is_shown_it_without_its_blocks(self) -> None:
        block = published(contact())
        person = answer("/p", schema_name="person", document_type="person", details={"body": f"Call {code(block)} now"})
        role = published(answer("/r", schema_name="role", document_type="ministerial_role", details={}))
        patched = published(person)
        http("PATCH", f"/v2/links/{role}", {"links": {"person": [patched]}})
        shown = http("GET", f"/v2/expanded-links/{role}")[1]["expanded_links"]["person"]
        assert [one["details"]["body"] for one in shown] == ["Call  now"]


class TestChanging:
    def test_a_block_that_changes_changes_wherever_it_is_asked_for(self) -> None:
        block = published(contact())
        published(answer("/a", f"{code(block)} or {code(block, '/phone_numbers/0/number')}"))
        published(answer("/b", code(block)), department=THEIRS)
        made()
        published(contact("0300 123 1234"), block)
        made()
        for path, times in (("/a", 2), ("/b", 1)):
            assert (body(path).count("0300 123 1234"), LINE in body(path)) == (times, False)
            assert "0300 123 1234" in visit(path)["body"]

    def test_its_write_can_be_followed_to_the_last_page_that_shows_it(self) -> None:
        block = published(contact())
        for number in range(3):
            published(answer(f"/a{number}", code(block)))
        made()
        http("PUT", f"/v2/content/{block}", contact("0300 123 1234"))
        answered = asked("POST", f"/v2/content/{block}/publish", {})
        made()
        effects = http("GET", answered["headers"]["Link"].split(">")[0].removeprefix("<"))[1]["effects"]
        assert (effects["dependents"], effects["refreshed"], effects["complete"]) == (3, 3, True)

    def test_a_block_that_is_taken_away_says_nothing_until_it_is_back(self) -> None:
        block = published(contact())
        published(answer("/a", f"Before\n\n{code(block)}\n\nCall {code(block, '/phone_numbers/0/number')} now"))
        made()
        http("POST", f"/v2/content/{block}/unpublish", {"type": "gone"})
        made()
        assert body() == "<p>Before</p>\n\n<p>Call  now</p>\n"
        http("POST", f"/v2/content/{block}/republish", {})
        made()
        assert body().count(LINE) == 2

    def test_a_field_that_a_block_has_no_more_says_nothing(self) -> None:
        block = published(contact())
        published(answer("/a", f"Call {code(block, '/phone_numbers/0/number')} now"))
        made()
        published(contact(details={}), block)
        made()
        assert body() == "<p>Call  now</p>\n"

    def test_a_page_that_asks_no_more_is_left_alone(self) -> None:
        block = published(contact())
        content_id = published(answer("/a", code(block)))
        published(answer("/a", "Nothing"), content_id)
        made()
        assert "embed" not in read_content("/a")[1]["links"]
        etag = read_content("/a")[2]["ETag"]
        published(contact("0300 123 1234"), block)
        made()
        assert read_content("/a")[2]["ETag"] == etag

    def test_who_asks_for_a_block_is_listed(self) -> None:
        block = published(contact())
        host = published(answer("/a", code(block)))
        published(answer("/b", code(block)), department=THEIRS)
        found = http("GET", "/v2/content", link_embed=block, **{"fields[]": "content_id"})[1]["results"]
        assert found == [{"content_id": host}]
