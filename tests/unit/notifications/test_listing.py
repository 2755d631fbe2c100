"""Lists of notifications: newest first, a page at a time, narrowed by what is asked (contract 1.3, 1.4)."""

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest

from functions.common import clients, clock
from functions.notifications.receipt import Receipt
from functions.notifications.statuses import Status
from functions.notifications.store import listing, messages
from functions.notifications.store.table import table
from tests.unit.notifications.asking import EMAIL, LETTER, TEXT, URL, Answer, accepted, as_caller, ask, shown
from tests.unit.notifications.ground import ANOTHERS_SERVICE, ANOTHERS_TEMPLATE, LETTER_TEMPLATE, Clock, Ground, deliver, handle

pytestmark = pytest.mark.usefixtures("live")

type Query = list[tuple[str, str]]


@pytest.fixture
def pages_of_three() -> Iterator[None]:
    with patch.object(listing, "PAGE", 3):
        yield


def asked(*query: tuple[str, str]) -> Answer:
    return ask("GET", "/v2/notifications", query=query)


def ids(*query: tuple[str, str]) -> list[str]:
    """The ids in the one page that is asked for."""
    answer = asked(*query)
    assert answer.status == 200, answer.text
    return [one["id"] for one in answer.json["notifications"]]


def pages(*query: tuple[str, str]) -> list[list[str]]:
    """The ids in every page, as the official client goes through them: by `next`, until a page is empty."""
    found: list[list[str]] = []
    answer = asked(*query)
    while notifications := answer.json["notifications"]:
        found.append([one["id"] for one in notifications])
        answer = ask("GET", "/v2/notifications", query=urlsplit(answer.json["links"]["next"]).query)
    assert "next" not in answer.json["links"]
    return found


def with_status(ground: Ground, kind: str, body: dict[str, Any], *statuses: Status) -> str:
    """A notification that came to these statuses."""
    id_: str = accepted(kind, body)["id"]
    handle(deliver, *ground.new())
    for status in statuses:
        held = ground.notification(id_)
        receipt = Receipt(held.channel, str(held.provider_reference), status, clock.now(), "said so")
        messages.record_receipt(held, receipt)
    ground.new()
    return id_


def test_what_was_asked_for_is_listed_newest_first(ground: Ground) -> None:
    sent = [accepted("email", EMAIL)["id"], accepted("sms", TEXT)["id"], accepted("letter", LETTER)["id"]]
    assert ids() == sent[::-1]


def test_an_entry_is_what_the_notification_itself_shows(ground: Ground) -> None:
    id_ = accepted("letter", LETTER)["id"]
    assert asked().json == {
        "notifications": [ask("GET", f"/v2/notifications/{id_}").json],
        "links": {"current": f"{URL}/v2/notifications", "next": f"{URL}/v2/notifications?older_than={id_}"},
    }


def test_an_empty_list_goes_nowhere(ground: Ground) -> None:
    assert asked(("status", "delivered")).json == {"notifications": [], "links": {"current": f"{URL}/v2/notifications?status=delivered"}}


@pytest.mark.usefixtures("pages_of_three")
def test_a_long_list_is_gone_through_by_next(ground: Ground) -> None:
    sent = [accepted("sms", TEXT)["id"] for _ in range(7)]
    assert pages() == [sent[:3:-1], sent[3:0:-1], sent[:1]]


@pytest.mark.usefixtures("pages_of_three")
def test_next_goes_on_with_the_same_question(ground: Ground) -> None:
    sent = [accepted("sms", {**TEXT, "reference": "a b&c"})["id"] for _ in range(4)]
    accepted("sms", TEXT)
    query: Query = [("reference", "a b&c"), ("status", "created"), ("status", "failed"), ("older_than", sent[3])]
    links = asked(*query).json["links"]
    assert parse_qsl(urlsplit(links["next"]).query) == [*query[:3], ("older_than", sent[0])]
    assert parse_qsl(urlsplit(links["current"]).query) == query
    assert pages(*query[:3]) == [sent[:0:-1], sent[:1]]


@pytest.mark.usefixtures("pages_of_three")
def test_a_list_goes_back_over_several_days(ground: Ground, time: Clock) -> None:
    sent = []
    for _ in range(4):
        sent += [accepted("sms", TEXT)["id"] for _ in range(2)]
        time.go_on(hours=36)
    assert [id_ for page in pages() for id_ in page] == sent[::-1]


def test_what_came_at_one_moment_is_each_listed_once(ground: Ground, time: Clock) -> None:
    sent = {accepted("sms", TEXT)["id"] for _ in range(5)}
    with patch.object(listing, "PAGE", 2):
        found = [id_ for page in pages() for id_ in page]
    assert len(found) == len(set(found)) == 5
    assert set(found) == sent


def test_the_statuses_that_stand_for_several(ground: Ground) -> None:
    created = accepted("letter", LETTER)["id"]
    ground.new()
    sending = with_status(ground, "email", EMAIL)
    delivered = with_status(ground, "email", EMAIL, Status.DELIVERED)
    temporary = with_status(ground, "sms", TEXT, Status.TEMPORARY_FAILURE)
    permanent = with_status(ground, "sms", TEXT, Status.PENDING, Status.PERMANENT_FAILURE)
    returned = with_status(ground, "letter", LETTER, Status.DELIVERED, Status.RETURNED_LETTER)
    assert ids(("status", "failed")) == [returned, permanent, temporary]
    assert ids(("status", "accepted")) == [sending, created]
    assert ids(("status", "received")) == [delivered]
    assert ids(("status", "delivered")) == [delivered]
    assert ids(("status", "created"), ("status", "returned-letter")) == [returned, created]
    assert ids(("status", "cancelled")) == []


def test_types_of_template_and_several_questions_at_once(ground: Ground) -> None:
    email, text, letter = accepted("email", EMAIL)["id"], accepted("sms", TEXT)["id"], accepted("letter", LETTER)["id"]
    assert ids(("template_type", "sms")) == [text]
    assert ids(("template_type", "sms"), ("template_type", "email")) == [text, email]
    assert ids(("template_type", "letter"), ("status", "accepted")) == [letter]
    assert ids(("template_type", "letter"), ("status", "sending")) == []
    assert ids(("include_jobs", "true")) == [letter, text, email]


def test_a_reference_finds_its_own_notifications_alone(ground: Ground) -> None:
    first, _ = accepted("sms", {**TEXT, "reference": "case, 1"})["id"], accepted("sms", {**TEXT, "reference": "case"})["id"]
    second = accepted("email", {**EMAIL, "reference": "case, 1"})["id"]
    assert ids(("reference", "case, 1")) == [second, first]
    assert ids(("reference", "case, 1"), ("template_type", "sms")) == [first]
    assert ids(("reference", "case, 1"), ("older_than", second)) == [first]
    assert ids(("reference", "case, 1"), ("status", "delivered")) == []
    assert ids(("reference", "nobody's")) == []
    with as_caller(key_type="test"):
        assert ids(("reference", "case, 1")) == []


def test_each_type_of_key_sees_its_own(ground: Ground) -> None:
    live = accepted("sms", TEXT)["id"]
    with as_caller(key_type="test"):
        test = accepted("sms", TEXT)["id"]
        assert ids() == [test]
        assert ask("GET", f"/v2/notifications/{live}").status == 200, "by its id, any key may read it"
    assert ids() == [live]


def test_another_services_notifications_are_not_listed(ground: Ground) -> None:
    mine = accepted("sms", TEXT)["id"]
    with as_caller(service_id=ANOTHERS_SERVICE, department="communities"):
        theirs = accepted("email", {"email_address": "jo@example.com", "template_id": ANOTHERS_TEMPLATE})["id"]
        assert ids() == [theirs]
        assert ids(("older_than", mine)) == []
    assert ids(("older_than", theirs)) == []


def test_what_is_older_than_nothing_known_is_nothing(ground: Ground) -> None:
    accepted("sms", TEXT)
    assert ids(("older_than", str(uuid4()))) == []


def test_an_id_without_hyphens_is_one(ground: Ground) -> None:
    first, second = accepted("sms", TEXT)["id"], accepted("sms", TEXT)["id"]
    assert ids(("older_than", second.replace("-", ""))) == [first]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ([("older_than", "x")], "older_than is not a valid UUID"),
        ([("template_type", "fax")], "template_type fax is not one of [sms, email, letter]"),
        ([("include_jobs", "yes")], "include_jobs yes is not one of [true, True]"),
        ([("page", "2")], "Additional properties are not allowed (page was unexpected)"),
    ],
)
def test_a_question_that_is_none_is_refused(ground: Ground, query: Query, message: str) -> None:
    assert asked(*query).error == (400, "ValidationError", message)


def test_all_that_is_wrong_with_a_question_is_said(ground: Ground) -> None:
    wrong = asked(("status", "elsewhere"), ("status", "delivered"), ("template_type", "fax")).messages
    assert wrong[0].startswith("status elsewhere is not one of [cancelled, created, sending, sent, delivered, pending, failed, ")
    assert wrong[1:] == ["template_type fax is not one of [sms, email, letter]"]


@pytest.mark.usefixtures("pages_of_three")
def test_what_is_rare_is_found_over_many_entries(ground: Ground, time: Clock) -> None:
    letters = []
    for _ in range(4):
        letters.append(accepted("letter", LETTER)["id"])
        for _ in range(13):
            time.go_on(seconds=1)
            accepted("sms", TEXT)
    with patch.object(listing, "MOST_LOOKS", 1):
        found = pages(("template_type", "letter"))
    assert [id_ for page in found for id_ in page] == letters[::-1]
    assert len(found) == 4, "a page that holds something is given after few looks"


@pytest.mark.usefixtures("pages_of_three")
def test_a_page_that_found_nothing_in_too_many_does_not_say_that_there_is_nothing(ground: Ground, time: Clock) -> None:
    letter = accepted("letter", LETTER)["id"]
    for _ in range(7):
        time.go_on(seconds=1)
        accepted("sms", {**TEXT, "reference": "r"})
    with patch.object(listing, "MOST_LOOKS_IN_VAIN", 1), patch.object(listing, "TOGETHER", 3):
        for query in (("template_type", "letter"), ("reference", "r")):
            refused = asked(query, ("status", "failed"))
            assert refused.error[:2] == (400, "BadRequestError")
            assert refused.messages[0].startswith("Nothing was found in too many notifications: ask without a status or a type")
    assert ids(("template_type", "letter")) == [letter]
    assert ids(("reference", "r"), ("status", "failed")) == []


def test_a_page_is_no_larger_than_an_answer_may_be(ground: Ground, time: Clock) -> None:
    sent = []
    for _ in range(5):
        time.go_on(seconds=1)
        sent.append(accepted("sms", {**TEXT, "reference": "r"})["id"])
    words = len(json.dumps(json.dumps([None, ground.notification(sent[0]).body])))
    for query in ([], [("reference", "r")]):
        with patch.object(listing, "LARGEST_PAGE", 2 * words + 9):
            assert [len(page) for page in pages(*query)] == [2, 2, 1]
        with patch.object(listing, "LARGEST_PAGE", 1):
            assert [len(page) for page in pages(*query)] == [1] * 5, "one is always shown"
        assert pages(*query) == [sent[::-1]]


def test_no_more_is_read_than_a_page_holds(ground: Ground, time: Clock) -> None:
    for _ in range(7):
        time.go_on(seconds=1)
        accepted("sms", TEXT)
    with (
        patch.object(listing, "LARGEST_PAGE", 1),
        patch.object(listing, "TOGETHER", 2),
        patch.object(table, "get_many", wraps=table.get_many) as reads,
    ):
        assert len(ids()) == 1
    assert [len(call.args[0]) for call in reads.call_args_list] == [2]


def test_a_page_reads_its_notifications_and_no_others(ground: Ground) -> None:
    for _ in range(5):
        accepted("sms", TEXT)
    accepted("email", EMAIL)
    with patch.object(table, "get_many", wraps=table.get_many) as reads:
        assert len(ids(("template_type", "email"))) == 1
    assert [len(call.args[0]) for call in reads.call_args_list] == [1]


def test_what_has_expired_a_moment_ago_is_left_out(ground: Ground) -> None:
    first, second = accepted("sms", TEXT)["id"], accepted("sms", TEXT)["id"]
    read = table.get_many
    with patch.object(table, "get_many", lambda keys: {key: item for key, item in read(keys).items() if first not in key[0]}):
        assert ids() == [second]


def test_what_has_expired_is_not_listed_though_it_is_still_there(ground: Ground, time: Clock) -> None:
    id_ = accepted("email", {**EMAIL, "reference": "r"})["id"]
    time.go_on(days=6, hours=23)
    assert ids() == ids(("reference", "r")) == [id_]
    time.go_on(hours=2)
    assert ids() == ids(("reference", "r")) == []


def test_a_message_whose_words_are_gone_is_listed_without_them(ground: Ground) -> None:
    large = accepted("email", {**EMAIL, "personalisation": {**EMAIL["personalisation"], "area": "a" * 300_000}})["id"]
    ground.template(LETTER_TEMPLATE, body="((name))")
    letter = accepted("letter", {**LETTER, "personalisation": {**LETTER["personalisation"], "name": "€" * 90_000}})
    for key in ground.objects("content/"):
        clients.s3().delete_object(Bucket="notifications", Key=key)
    assert set(ids()) == {large, letter["id"]}
    assert [shown(large)[name] for name in ("body", "subject", "email_address")] == ["", None, "jo@example.com"]


def test_a_message_whose_words_are_gone_is_not_sent_without_them(ground: Ground) -> None:
    id_ = accepted("email", {**EMAIL, "personalisation": {**EMAIL["personalisation"], "area": "a" * 300_000}})["id"]
    for key in ground.objects("content/"):
        clients.s3().delete_object(Bucket="notifications", Key=key)
    assert handle(deliver, *ground.new()) == [True]
    assert ground.provider.sent == []
    found = ground.notification(id_)
    assert (found.status, found.reason) == ("technical-failure", "its words are gone")
