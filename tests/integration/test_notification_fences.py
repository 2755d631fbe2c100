"""What is another's is as if it were not there: its messages, templates, senders, callbacks, settings, and the texts that it received."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from notifications_python_client.authentication import create_jwt_token
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from tests.integration.own_service import EMAIL, TEXT, VALUES, OwnService, text_from
from tests.integration.stack import Stack, within

NUMBER = "07700 900841"
LIST = "tides/whitby"
NOWHERE = "5b1d5b0e-0d5c-4d41-9f6e-3f1f6e0d9a77"
"""A service that nobody has made."""


class Theirs(OwnService):
    """A service that has something of everything."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(
            stack,
            "theirs",
            permissions=["email", "sms", "inbound_sms"],
            inbound_numbers=[NUMBER],
            reply_to={"desk": {"address": "desk@example.gov.uk"}},
            text_senders={"tides": {"sender": "Tides"}},
            callbacks={"office": {"url": "https://office.example.gov.uk/hears", "for": ["complaint"]}},
        )
        self.email, self.text = self.template(EMAIL), self.template(TEXT)
        sent = self.client().send_email_notification("theirs-alone@example.com", self.email, personalisation=VALUES)
        self.notification = str(sent["id"])
        self.subscriber = str(self.ask("POST", f"subscribers/{LIST}", {"email_address": "sub@example.com"}).json()["id"])
        sns = stack.platform.client("sns")
        topic = sns.create_topic(Name="commonweal-local-received-texts")["TopicArn"]
        sns.publish(TopicArn=topic, Message=text_from("+447700900842", NUMBER, "For their eyes"))
        assert within(30, lambda: bool(self.client().get_received_texts()["received_text_messages"]))
        [received] = self.client().get_received_texts()["received_text_messages"]
        self.received = str(received["id"])


@pytest.fixture(scope="module")
def theirs(stack: Stack) -> Theirs:
    return Theirs(stack)


@pytest.fixture(scope="module")
def ours(stack: Stack) -> OwnService:
    """A service of another department."""
    service = OwnService(stack, "ours", "environment-agency", permissions=["email", "sms", "inbound_sms"])
    service.key()
    return service


@pytest.mark.parametrize(
    ("call", "status", "message"),
    [
        (lambda ours, theirs: ours.get_notification_by_id(theirs.notification), 404, "No result found"),
        (lambda ours, theirs: ours.get_template(theirs.email), 404, "No result found"),
        (lambda ours, theirs: ours.get_template_version(theirs.email, 1), 404, "No result found"),
        (lambda ours, theirs: ours.get_all_template_versions(theirs.email), 404, "No result found"),
        (lambda ours, theirs: ours.get(f"/service/{theirs.id}/template/{theirs.email}/versions"), 404, "No result found"),
        (lambda ours, theirs: ours.post_template_preview(theirs.email, VALUES), 404, "No result found"),
        (lambda ours, theirs: ours.send_email_notification("x@example.com", theirs.email, VALUES), 400, "Template not found"),
    ],
)
def test_the_notify_api_knows_nothing_of_another_service(
    ours: OwnService, theirs: Theirs, call: Callable[[NotificationsAPIClient, Theirs], object], status: int, message: str
) -> None:
    with pytest.raises(HTTPError) as refused:
        call(ours.client(), theirs)
    said: Any = refused.value.message
    assert (refused.value.status_code, said[0]["message"]) == (status, message)


def test_a_letter_that_is_anothers_has_no_pdf(ours: OwnService, theirs: Theirs) -> None:
    with pytest.raises(HTTPError) as refused:
        ours.client().get(f"/v2/notifications/{theirs.notification}/pdf")
    assert refused.value.status_code == 404


def test_lists_hold_nothing_of_anothers_and_do_not_go_on_from_it(ours: OwnService, theirs: Theirs) -> None:
    client = ours.client()
    assert theirs.notification not in {one["id"] for one in client.get_all_notifications_iterator()}
    assert client.get_all_notifications(older_than=theirs.notification)["notifications"] == []
    assert client.get_all_templates()["templates"] == []
    assert client.get_received_texts()["received_text_messages"] == []
    assert client.get_received_texts(older_than=theirs.received)["received_text_messages"] == []


def test_nothing_is_sent_as_another(ours: OwnService, theirs: Theirs) -> None:
    client = ours.client()
    reply_to, sender = theirs.sender("reply_to", "desk"), theirs.sender("text_senders", "tides")
    email, text = ours.template(EMAIL), ours.template(TEXT)
    calls: dict[str, Callable[[], object]] = {
        reply_to: lambda: client.send_email_notification("x@example.com", email, VALUES, email_reply_to_id=reply_to),
        sender: lambda: client.send_sms_notification("07700 900843", text, VALUES, sms_sender_id=sender),
    }
    for identity, call in calls.items():
        with pytest.raises(HTTPError) as refused:
            call()
        said: Any = refused.value.message
        assert said[0]["message"].endswith(f"{identity} does not exist in database for service id {ours.id}")


def test_a_key_opens_its_own_service_alone(stack: Stack, ours: OwnService, theirs: Theirs) -> None:
    forged = create_jwt_token(ours.key()[-36:], theirs.id)
    answer = stack.http.get("/v2/templates", headers={"Authorization": f"Bearer {forged}"})
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (403, "Invalid token: API key not found")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "settings", None),
        ("PUT", "settings", {"title": "Ours now", "permissions": ["email"]}),
        ("GET", "templates", None),
        ("POST", "templates", TEXT),
        ("GET", "templates/{theirs.email}", None),
        ("PUT", "templates/{theirs.email}", EMAIL),
        ("DELETE", "templates/{theirs.email}", None),
        ("GET", "templates/{theirs.email}/versions", None),
        ("GET", "templates/{theirs.email}/versions/1", None),
        ("POST", "templates/{theirs.email}/redact", None),
        ("POST", "templates/{theirs.email}/preview", {"personalisation": VALUES}),
        ("GET", f"subscribers/{LIST}", None),
        ("POST", f"subscribers/{LIST}", {"email_address": "spy@example.com"}),
        ("DELETE", f"subscribers/{LIST}/{{theirs.subscriber}}", None),
        ("GET", "callbacks/office/secret", None),
        ("PUT", "callbacks/office/token", {"token": "a-token-of-ours"}),
        ("DELETE", "callbacks/office/token", None),
        ("GET", "callbacks/office/deliveries", None),
        ("POST", "callbacks/office/replay", {"day": "2026-11-26"}),
        ("GET", "counts", None),
        ("GET", "unsubscribes", None),
        ("GET", "notifications/{theirs.notification}", None),
    ],
)
def test_another_services_management_is_as_if_it_were_not_there(
    stack: Stack, ours: OwnService, theirs: Theirs, method: str, path: str, body: dict[str, Any] | None
) -> None:
    asked = path.format(theirs=theirs)
    answer = theirs.ask(method, asked, body, key=ours.key())
    nowhere = stack.http.request(method, f"/notifications/services/{NOWHERE}/{asked}", json=body, headers={"X-Api-Key": ours.key()})
    assert (answer.status_code, answer.json()) == (404, nowhere.json())


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "templates/{theirs.email}", None),
        ("PUT", "templates/{theirs.email}", EMAIL),
        ("DELETE", "templates/{theirs.email}", None),
        ("GET", "templates/{theirs.email}/versions/1", None),
        ("POST", "templates/{theirs.email}/preview", {"personalisation": VALUES}),
        ("DELETE", f"subscribers/{LIST}/{{theirs.subscriber}}", None),
        ("GET", "callbacks/office/secret", None),
        ("GET", "notifications/{theirs.notification}", None),
    ],
)
def test_what_is_anothers_is_not_found_under_ones_own_service(
    ours: OwnService, theirs: Theirs, method: str, path: str, body: dict[str, Any] | None
) -> None:
    assert ours.ask(method, path.format(theirs=theirs), body).status_code == 404


def test_nothing_of_theirs_has_changed(theirs: Theirs) -> None:
    shown = theirs.found(f"templates/{theirs.email}")
    assert (shown["version"], shown["is_archived"], shown["is_redacted"]) == (1, False, False)
    assert [one["id"] for one in theirs.found(f"subscribers/{LIST}")["subscribers"]] == [theirs.subscriber]
    assert theirs.found("settings")["settings"]["title"] == "Harbour office"


def test_a_number_is_one_services_alone(ours: OwnService) -> None:
    wanted = {"title": "Ours", "permissions": ["sms", "inbound_sms"], "inbound_numbers": [NUMBER]}
    answer = ours.ask("PUT", "settings", wanted, ours.stack.admin["X-Api-Key"])
    assert (answer.status_code, answer.json()["code"]) == (409, "number_in_use")


def test_an_idempotency_key_is_its_services_own(ours: OwnService, theirs: Theirs) -> None:
    email = ours.template(EMAIL)
    asked = {"email_address": "same@example.com", "personalisation": VALUES}
    answers = [
        one.send("email", {**asked, "template_id": template}, "test", **{"Idempotency-Key": "the-same"})
        for one, template in ((ours, email), (theirs, theirs.email))
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


def test_a_key_that_may_only_send_manages_nothing(stack: Stack, ours: OwnService) -> None:
    asked = {"name": "sends", "type": "live", "scopes": ["notifications:send"]}
    key = stack.http.post(f"/services/{ours.id}/keys", json=asked, headers=stack.admin).json()["key"]
    for path in ("settings", "templates", "counts", f"subscribers/{LIST}"):
        assert ours.ask("GET", path, key=key).status_code == 403
