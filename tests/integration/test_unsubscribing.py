"""Whoever is on a list can leave it, with the link in any of its emails: at once, or on a page that needs no script."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx
import pytest

from tests.integration.own_service import EMAIL, VALUES, OwnService
from tests.integration.stack import Stack, warning, within
from tests.integration.test_one_event_does_all_three import subscribe

ONE_CLICK = "List-Unsubscribe=One-Click"


def one_click(stack: Stack, address: str) -> str:
    """The path of the link in the newest email to this address."""
    assert within(30, lambda: bool(stack.emails(address)))
    [link] = re.findall(r"<(.+)>", stack.emails(address)[0].headers["List-Unsubscribe"])
    # The emulator's functions know the door of `make run`; the one of the tests has another port.
    return str(urlsplit(link).path)


def click(stack: Stack, path: str) -> httpx.Response:
    """What a mail program does (RFC 8058)."""
    return stack.http.post(path, content=ONE_CLICK, headers={"Content-Type": "application/x-www-form-urlencoded"})


def subscribers(stack: Stack, area: str) -> list[str]:
    answer = stack.http.get(f"/notifications/services/{stack.service()}/subscribers/flood-warnings/{area}", headers=stack.admin)
    return [str(one["email_address"]) for one in answer.json()["subscribers"]]


def test_whoever_unsubscribes_is_not_told_of_the_next_warning(stack: Stack) -> None:
    for who in ("leaves", "stays"):
        subscribe(stack, "107FWF001", email_address=f"{who}@example.com")
    stack.emit(warning(area="107FWF001"))
    link = one_click(stack, "leaves@example.com")
    [email] = stack.emails("leaves@example.com")
    assert email.headers["List-Unsubscribe-Post"] == ONE_CLICK
    assert link in email.body
    assert link in email.html

    assert [click(stack, link).status_code for _ in range(2)] == [200, 200]
    assert subscribers(stack, "107FWF001") == ["stays@example.com"]
    stack.emit(warning(area="107FWF001", severity="Flood alert", severityLevel=3))
    assert within(30, lambda: len(stack.emails("stays@example.com")) == 2)
    stack.settle()
    assert len(stack.emails("leaves@example.com")) == 1


class TestALink:
    """Of a message that was sent over HTTP, to somebody on no list."""

    @pytest.fixture(scope="class")
    def service(self, stack: Stack) -> OwnService:
        return OwnService(stack, "unsubscribing", permissions=["email"])

    @pytest.fixture(scope="class")
    def sent(self, service: OwnService) -> str:
        template = service.template(EMAIL, unsubscribe=True)
        answer = service.client().send_email_notification("enough@example.com", template, personalisation=VALUES, reference="enough-1")
        return str(answer["id"])

    @pytest.fixture(scope="class")
    def link(self, stack: Stack, sent: str) -> str:
        link = one_click(stack, "enough@example.com")
        assert sent in link
        return link

    def test_shows_a_page_that_changes_nothing_by_itself(self, stack: Stack, service: OwnService, link: str) -> None:
        page = stack.http.get(link)
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert '<form method="post">' in page.text
        assert "<script" not in page.text
        assert service.found("unsubscribes")["unsubscribes"] == []

    def test_says_once_to_the_service_who_wants_no_more(self, stack: Stack, service: OwnService, sent: str, link: str) -> None:
        for _ in range(2):
            assert "You have unsubscribed" in click(stack, link).text
        [asked] = service.found("unsubscribes")["unsubscribes"]
        assert (asked["notification_id"], asked["email_address"], asked["reference"]) == (sent, "enough@example.com", "enough-1")

    def test_that_was_changed_does_nothing(self, stack: Stack, sent: str, link: str) -> None:
        elsewhere = link.replace(sent, "00000000-0000-4000-8000-000000000000")
        for forged in (link[:-4], f"{link[:-4]}AAAA", elsewhere):
            assert click(stack, forged).status_code == 404
            assert stack.http.get(forged).status_code == 404


def test_the_callers_own_link_stands_in_the_place_of_ours(stack: Stack) -> None:
    service = OwnService(stack, "own-link", permissions=["email"])
    template = service.template(EMAIL, unsubscribe=True)
    theirs = "https://example.gov.uk/stop"
    service.client().send_email_notification("theirs@example.com", template, personalisation=VALUES, one_click_unsubscribe_url=theirs)
    assert within(30, lambda: bool(stack.emails("theirs@example.com")))
    [email] = stack.emails("theirs@example.com")
    assert email.headers["List-Unsubscribe"] == f"<{theirs}>"
    assert f"Unsubscribe from these emails: {theirs}" in email.body
