"""Unsubscribing: one click, no key, nobody else's link (contract 1.2, 2.1, 4)."""

import base64
import json
import random
import zlib
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from functions.notifications import unsubscribing
from functions.notifications.configure import configure
from functions.notifications.deliver_email import compose
from functions.notifications.public import public
from functions.notifications.request import request
from functions.notifications.store import messages, subscribers
from functions.notifications.store.table import table
from schemas.platform import NotificationRequested, SubscriberRemoved, UnsubscribeRequested
from tests.unit.notifications.asking import EMAIL, Answer, accepted, as_caller, ask
from tests.unit.notifications.ground import (
    ANOTHERS_SERVICE,
    DEPARTMENT,
    EMAIL_TEMPLATE,
    LIST,
    SERVICE,
    VALUES,
    Clock,
    Ground,
    event,
    handle,
)

pytestmark = pytest.mark.usefixtures("live")


@pytest.fixture(autouse=True)
def _unsubscribing_template(ground: Ground) -> None:
    ground.template(EMAIL_TEMPLATE, unsubscribe=True)


def link(ground: Ground, id_: str) -> str:
    """The path of the link in a notification."""
    url = urlsplit(str(ground.notification(id_).unsubscribe_url))
    assert f"{url.scheme}://{url.netloc}" == "https://commonweal.example"
    return url.path


def sent(ground: Ground, **changes: Any) -> tuple[str, str]:
    """An email that was asked for over the API, and the path of its link."""
    id_ = accepted("email", {**EMAIL, **changes})["id"]
    ground.new()
    return id_, link(ground, id_)


def listed(ground: Ground) -> tuple[str, str]:
    """Somebody on a list who was sent an email, and the path of its link."""
    subscriber, _ = subscribers.subscribe(SERVICE, LIST, "email", "jo@example.com")
    ground.new()
    asked = NotificationRequested(
        service_id=UUID(SERVICE), templates={"email": UUID(EMAIL_TEMPLATE)}, personalisation=VALUES, subscribers=LIST
    )
    handle(request, event(asked))
    (accepted_,) = ground.new()
    return subscriber.id, link(ground, str(accepted_.subject))


def post(path: str) -> Answer:
    return ask("POST", path, "List-Unsubscribe=One-Click", of=public, headers={"content-type": "application/x-www-form-urlencoded"})


def unsubscribes(query: str = "") -> Any:
    answer = ask("GET", f"/notifications/services/{SERVICE}/unsubscribes", of=configure, query=query)
    assert answer.status == 200, answer.text
    return answer.json


class TestTheLink:
    def test_it_stands_in_the_email_and_in_its_header(self, ground: Ground) -> None:
        id_, path = sent(ground)
        email = compose(ground.notification(id_))
        url = f"https://commonweal.example{path}"
        assert email.unsubscribe_url == url
        assert f"Unsubscribe from these emails: {url}" in email.text
        assert f'href="{url}"' in email.html

    def test_the_callers_own_takes_its_place(self, ground: Ground) -> None:
        id_, path = sent(ground, one_click_unsubscribe_url="https://example.gov.uk/stop")
        email = compose(ground.notification(id_))
        assert email.unsubscribe_url == "https://example.gov.uk/stop"
        assert "https://example.gov.uk/stop" in email.text
        assert path not in email.text

    def test_the_callers_own_without_the_template_is_in_the_header_alone(self, ground: Ground) -> None:
        ground.template(EMAIL_TEMPLATE, unsubscribe=False)
        id_ = accepted("email", {**EMAIL, "one_click_unsubscribe_url": "https://example.gov.uk/stop"})["id"]
        email = compose(ground.notification(id_))
        assert email.unsubscribe_url == "https://example.gov.uk/stop"
        assert "stop" not in email.text

    def test_the_body_that_the_api_shows_is_without_it(self, ground: Ground) -> None:
        answer = accepted("email", EMAIL)
        assert answer["content"]["body"] == "# Severe\n\nAvon"
        assert answer["content"]["one_click_unsubscribe_url"] is None

    def test_a_long_name_of_a_list_in_welsh_leaves_it_short_enough_for_a_header(self, ground: Ground) -> None:
        name = "".join(random.Random(1).choices("abcdefghijlmnoprstuwyâêîôûŵŷÂÊÎÔÛŴŶáéíóúẃýàèìòùẁỳäëïöüẅÿ ", k=256))
        url = unsubscribing.url(unsubscribing.Link(SERVICE, DEPARTMENT, id_ := str(uuid4()), name, subscriber := str(uuid4())))
        assert len(url) < 700
        assert url.isascii()
        read = unsubscribing.read(id_, url.rsplit("/", 1)[1])
        assert read == unsubscribing.Link(SERVICE, DEPARTMENT, id_, name, subscriber)


class TestThePage:
    def test_following_the_link_unsubscribes_nobody_but_asks(self, ground: Ground) -> None:
        _, path = sent(ground)
        answer = ask("GET", path, of=public)
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert '<form method="post"><button type="submit">Unsubscribe</button></form>' in answer.text
        assert "<h1>Unsubscribe from emails about Flood warnings</h1>" in answer.text
        assert ground.new() == []

    def test_nobody_keeps_it_finds_it_or_learns_where_it_was(self, ground: Ground) -> None:
        _, path = sent(ground)
        headers = ask("GET", path, of=public).headers
        assert (headers["cache-control"], headers["referrer-policy"], headers["x-robots-tag"]) == ("no-store", "no-referrer", "noindex")

    def test_a_link_that_does_not_work_says_so_to_a_person(self, ground: Ground) -> None:
        answer = ask("GET", f"/unsubscribe/{uuid4()}/x", of=public)
        assert (answer.status, "<h1>This link does not work</h1>" in answer.text, "<form" in answer.text) == (404, True, False)

    def test_the_service_says_that_it_is_up(self, ground: Ground) -> None:
        assert ask("GET", "/_status", of=public).json == {"status": "ok"}


class TestUnsubscribing:
    def test_it_is_said_and_the_service_can_see_who(self, ground: Ground, time: Clock) -> None:
        id_, path = sent(ground, reference="r")
        assert post(path).status == 200
        (said,) = ground.new()
        assert str(UnsubscribeRequested.read(said).notification_id) == id_
        assert said.department == DEPARTMENT
        assert "jo@example.com" not in said.model_dump_json()
        assert unsubscribes() == {
            "unsubscribes": [
                {
                    "notification_id": id_,
                    "requested_at": "2026-11-23T12:00:00.000000Z",
                    "email_address": "jo@example.com",
                    "template_id": EMAIL_TEMPLATE,
                    "reference": "r",
                }
            ],
            "next": None,
        }

    def test_a_second_time_changes_nothing(self, ground: Ground, time: Clock) -> None:
        _, path = sent(ground)
        assert [post(path).status, post(path).status] == [200, 200]
        time.go_on(days=1)
        assert post(path).status == 200
        assert ground.names() == ["UnsubscribeRequested"]
        assert unsubscribes()["unsubscribes"] == []
        assert len(unsubscribes("day=2026-11-23")["unsubscribes"]) == 1

    def test_who_was_on_a_list_is_on_it_no_more(self, ground: Ground) -> None:
        subscriber_id, path = listed(ground)
        assert post(path).status == 200
        removed, asked = ground.new()
        assert str(SubscriberRemoved.read(removed).subscriber_id) == subscriber_id
        assert (removed.department, asked.type) == (DEPARTMENT, UnsubscribeRequested.type_name())
        assert subscribers.subscribers(SERVICE, LIST, None, 10) == ([], None)
        assert post(path).status == 200
        assert ground.new() == []

    def test_who_came_back_is_not_removed_by_the_old_link(self, ground: Ground) -> None:
        _, path = listed(ground)
        post(path)
        back, _ = subscribers.subscribe(SERVICE, LIST, "email", "jo@example.com")
        post(path)
        assert [one.id for one in subscribers.subscribers(SERVICE, LIST, None, 10)[0]] == [back.id]

    def test_it_works_when_the_email_is_long_gone(self, ground: Ground, time: Clock) -> None:
        id_, path = sent(ground)
        table.delete(*messages.key(SERVICE, id_))
        time.go_on(days=364)
        assert post(path).status == 200
        (asked,) = unsubscribes()["unsubscribes"]
        assert (asked["notification_id"], asked["email_address"]) == (id_, None)

    def test_after_a_year_it_does_not(self, ground: Ground, time: Clock) -> None:
        _, path = sent(ground)
        time.go_on(days=365, seconds=1)
        assert post(path).status == 404
        assert ask("GET", path, of=public).status == 404
        assert ground.new() == []


class TestForgery:
    @pytest.mark.parametrize("token", ["x", ".", "x.", ".x", "=.=", "é.é", "%00", "a" * 5_000])
    def test_what_is_no_token_is_nothing(self, ground: Ground, token: str) -> None:
        assert post(f"/unsubscribe/{uuid4()}/{token}").error == (404, "NoResultFound", "No result found")
        assert ground.new() == []

    def test_another_notifications_token_is_nothing(self, ground: Ground) -> None:
        _, path = sent(ground)
        other, _ = sent(ground)
        assert post(f"/unsubscribe/{other}/{path.rsplit('/', 1)[1]}").status == 404
        assert ground.new() == []

    @pytest.mark.parametrize("place", [0, 1, 2, 3, 4])
    def test_what_a_token_says_cannot_be_changed(self, ground: Ground, place: int) -> None:
        _, path = listed(ground)
        said, _, signature = path.rsplit("/", 1)[1].partition(".")
        members = json.loads(zlib.decompress(base64.urlsafe_b64decode(said + "=="), -zlib.MAX_WBITS))
        members[place] = members[place] + 1 if isinstance(members[place], int) else ANOTHERS_SERVICE
        packed = zlib.compress(json.dumps(members, separators=(",", ":")).encode(), wbits=-zlib.MAX_WBITS)
        forged = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
        assert forged != said
        assert post(f"{path.rsplit('/', 1)[0]}/{forged}.{signature}").status == 404
        assert ground.new() == []

    def test_the_link_of_a_live_email_is_signed_for_nothing_else(self, ground: Ground) -> None:
        _, path = sent(ground)
        said, _, signature = path.rsplit("/", 1)[1].partition(".")
        assert post(f"{path.rsplit('/', 1)[0]}/{said}.{signature[:-1]}").status == 404

    def test_others_do_not_see_who_unsubscribed(self, ground: Ground) -> None:
        _, path = sent(ground)
        post(path)
        with as_caller(configure, service_id=ANOTHERS_SERVICE, department="communities"):
            assert ask("GET", f"/notifications/services/{SERVICE}/unsubscribes", of=configure).status == 404
