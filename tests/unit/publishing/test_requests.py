"""Content that events ask for: once, in the order of its versions, and only where the department may."""

import pytest

from functions.common import clients
from schemas.ids import content_id
from schemas.platform import ContentPublishRequested, ContentUnpublishRequested
from tests.unit.publishing.ground import THEIRS, answer, ask, everything, http, outboxes, published, quarantined, read_content

pytestmark = pytest.mark.usefixtures("aws")


def warning(title: str = "Flood warning", path: str = "/flood-warnings/065waf441") -> ContentPublishRequested:
    return ContentPublishRequested(
        base_path=path,
        schema_name="news_article",
        document_type="news_story",
        title=title,
        details={"body": [{"content_type": "text/govspeak", "content": "Act **now**"}]},
    )


def withdrawal(path: str = "/flood-warnings/065waf441") -> ContentUnpublishRequested:
    return ContentUnpublishRequested(base_path=path, type="withdrawal", explanation="No longer in force.")


def title() -> str:
    return str(read_content("/flood-warnings/065waf441")[1]["title"])


def test_a_request_saves_and_publishes_at_once() -> None:
    assert ask(warning()) == []
    status, item, _ = read_content("/flood-warnings/065waf441")
    assert (status, item["content_id"]) == (200, content_id("/flood-warnings/065waf441"))
    assert item["details"]["body"] == "<p>Act <strong>now</strong></p>\n"
    [event] = outboxes()
    assert (event["type"], event["correlationid"]) == ("platform.ContentPublished.v1", "tree")


def test_a_second_delivery_changes_nothing() -> None:
    ask(warning(), version="5")
    before = everything()
    assert ask(warning(), version="5") == []
    assert everything() == before


def test_an_older_request_loses_to_a_newer_one() -> None:
    ask(warning("Newer"), version="2")
    assert ask(warning("Older"), version="1") == []
    assert title() == "Newer"
    ask(warning("Newest"), version="3")
    assert title() == "Newest"
    assert http("GET", f"/v2/content/{content_id('/flood-warnings/065waf441')}")[1]["user_facing_version"] == 2


def test_a_withdrawal_stands_against_older_warnings_and_falls_to_later_ones() -> None:
    ask(warning(), version="1")
    ask(withdrawal(), version="3")
    ask(warning("Late"), version="2")
    item = read_content("/flood-warnings/065waf441")[1]
    assert (item["title"], bool(item["withdrawn_notice"])) == ("Flood warning", True)
    ask(warning("Again"), version="4")
    item = read_content("/flood-warnings/065waf441")[1]
    assert (item["title"], item["withdrawn_notice"]) == ("Again", {})


def test_a_withdrawal_that_overtakes_the_first_warning_leaves_a_tombstone() -> None:
    assert ask(withdrawal(), version="2") == []
    ask(warning(), version="1")
    assert read_content("/flood-warnings/065waf441")[0] == 404
    assert outboxes() == []
    ask(warning(), version="3")
    assert read_content("/flood-warnings/065waf441")[0] == 200


@pytest.mark.parametrize("event", [warning(), withdrawal()])
def test_another_departments_path_cannot_be_taken_by_an_event(event: ContentPublishRequested | ContentUnpublishRequested) -> None:
    published(answer("/flood-warnings/065waf441"), department=THEIRS)
    assert ask(event) == []
    [reason] = quarantined()
    assert "another department" in reason
    assert title() == "A title"


def test_another_departments_page_cannot_be_withdrawn_by_an_event() -> None:
    ask(warning(), department=THEIRS)
    assert ask(withdrawal(), version="9") == []
    assert len(quarantined()) == 1
    assert read_content("/flood-warnings/065waf441")[1]["withdrawn_notice"] == {}


def test_content_that_its_type_does_not_accept_is_quarantined_with_a_pointer() -> None:
    event = warning().model_copy(update={"details": {"text": "x"}})
    assert ask(event) == []
    assert any("#/details" in reason for reason in quarantined())


def test_a_page_at_an_address_of_the_platforms_own_is_quarantined() -> None:
    assert ask(warning(path="/events/of-mine")) == []
    assert "reserved" in quarantined()[0]


def test_a_lost_answer_is_not_a_second_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    client = clients.dynamodb()
    really, lost = client.transact_write_items, [True]

    def lose_first_answer(**request: object) -> object:
        answered = really(**request)  # type: ignore[arg-type]
        if lost.pop() if lost else False:
            raise ConnectionError("the answer was lost")
        return answered

    monkeypatch.setattr(client, "transact_write_items", lose_first_answer)
    assert [failure["itemIdentifier"] for failure in ask(warning(), version="1")] == ["1"]
    assert ask(warning(), version="1") == []
    edition = http("GET", f"/v2/content/{content_id('/flood-warnings/065waf441')}")[1]
    assert edition["user_facing_version"] == 1
