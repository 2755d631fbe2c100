"""The official Python client of GOV.UK Notify, unmodified, against this platform."""

from __future__ import annotations

import pytest
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from tests.integration.stack import Stack, within

TEMPLATES: dict[str, dict[str, str]] = {
    "email": {
        "name": "Greeting",
        "type": "email",
        "subject": "Hello ((name))",
        "body": "# Hello\n\nDear ((name)), the river is ((level)).",
    },
    "sms": {"name": "Short greeting", "type": "sms", "body": "Dear ((name)), the river is ((level))."},
}


@pytest.fixture(scope="module")
def templates(stack: Stack) -> dict[str, str]:
    path = f"/notifications/services/{stack.service()}/templates"
    made = {kind: stack.http.post(path, json=template, headers=stack.admin) for kind, template in TEMPLATES.items()}
    assert {answer.status_code for answer in made.values()} == {201}, [answer.text for answer in made.values()]
    return {kind: answer.json()["id"] for kind, answer in made.items()}


@pytest.fixture
def client(stack: Stack) -> NotificationsAPIClient:
    return NotificationsAPIClient(stack.key(), base_url=stack.url)


def test_an_email_is_sent_and_followed_to_its_receipt(stack: Stack, client: NotificationsAPIClient, templates: dict[str, str]) -> None:
    sent = client.send_email_notification(
        "client@example.com", templates["email"], personalisation={"name": "Ada", "level": "high"}, reference="river-1"
    )
    assert sent["content"]["subject"] == "Hello Ada"
    assert sent["uri"] == f"{stack.url}/v2/notifications/{sent['id']}"
    assert within(30, lambda: client.get_notification_by_id(sent["id"])["status"] == "delivered")
    [email] = stack.emails("client@example.com")
    assert email.subject == "Hello Ada"
    assert "the river is high" in email.body
    assert "<h2" in email.html


def test_a_text_is_sent(stack: Stack, client: NotificationsAPIClient, templates: dict[str, str]) -> None:
    sent = client.send_sms_notification("07700 900461", templates["sms"], personalisation={"name": "Ada", "level": "high"})
    assert "the river is high" in sent["content"]["body"]
    assert within(30, lambda: client.get_notification_by_id(sent["id"])["status"] == "delivered")
    assert len(stack.texts("447700900461")) == 1


def test_a_test_key_sends_nothing_and_is_told_it_was_delivered(stack: Stack, templates: dict[str, str]) -> None:
    client = NotificationsAPIClient(stack.key("test"), base_url=stack.url)
    sent = client.send_email_notification("nobody@example.com", templates["email"], personalisation={"name": "Ada", "level": "low"})
    assert within(30, lambda: client.get_notification_by_id(sent["id"])["status"] == "delivered")
    assert stack.emails("nobody@example.com") == []


def test_what_is_missing_is_said_in_notifys_words(client: NotificationsAPIClient, templates: dict[str, str]) -> None:
    with pytest.raises(HTTPError) as refused:
        client.send_email_notification("client@example.com", templates["email"], personalisation={"name": "Ada"})
    assert refused.value.status_code == 400
    assert refused.value.message == [{"error": "BadRequestError", "message": "Missing personalisation: level"}]


def test_another_services_notification_is_as_if_it_were_not_there(
    stack: Stack, client: NotificationsAPIClient, templates: dict[str, str]
) -> None:
    sent = client.send_email_notification("client2@example.com", templates["email"], personalisation={"name": "Ada", "level": "low"})
    path = f"/services/{stack.service('communities', 'local-authorities')}/keys"
    key = stack.http.post(path, json={"name": "nosy", "type": "live", "scopes": ["notifications:send"]}, headers=stack.admin).json()["key"]
    with pytest.raises(HTTPError) as refused:
        NotificationsAPIClient(key, base_url=stack.url).get_notification_by_id(sent["id"])
    assert refused.value.status_code == 404
