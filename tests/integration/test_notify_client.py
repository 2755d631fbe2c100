"""The official Python client of GOV.UK Notify, unmodified, against this platform: every method, and what each refuses."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from tests.integration.own_service import EMAIL, TEXT, VALUES, OwnService, text_from
from tests.integration.stack import Stack, within

NUMBER = "07700 900811"
GUEST, MEMBER = "guest@example.com", "member@example.com"
NOWHERE = "b8e0b2a5-2f0a-4c3e-9c39-6a7f6e1b8a11"
ADDRESS = {"address_line_1": "Ada Lovelace", "address_line_2": "12 St James Square", "postcode": "SW1Y 4JH"}
LETTER = {
    "name": "Mooring fees",
    "type": "letter",
    "subject": "Your mooring at ((place))",
    "body": "Dear ((name))\n\nYour mooring at ((place)) costs £120 this year.",
    "postage": "first",
    "contact_block": "office",
}
SENDING: dict[str, Any] = {
    "permissions": ["email", "sms", "letter", "inbound_sms"],
    "team": [MEMBER],
    "guestlist": [GUEST, "07700 900812"],
    "reply_to": {"desk": {"address": "desk@example.gov.uk", "default": True}, "press": {"address": "press@example.gov.uk"}},
    "text_senders": {"tides": {"sender": "Tides", "default": True}, "alerts": {"sender": "Tide alerts"}},
    "contact_blocks": {"office": {"lines": "Harbour office\n1 Quay Street\nWhitby"}},
    "inbound_numbers": [NUMBER],
}


@pytest.fixture(scope="module")
def service(stack: Stack) -> OwnService:
    return OwnService(stack, "tides", **SENDING)


@pytest.fixture(scope="module")
def templates(service: OwnService) -> dict[str, str]:
    """One of each type; the email's in its second version."""
    made = {draft["type"]: service.template(draft) for draft in (EMAIL, TEXT, LETTER)}
    answer = service.ask("PUT", f"templates/{made['email']}", {**EMAIL, "body": f"# High water\n\n{EMAIL['body']}"})
    assert answer.json()["version"] == 2, answer.text
    return {str(kind): identity for kind, identity in made.items()}


@pytest.fixture
def client(service: OwnService) -> NotificationsAPIClient:
    return service.client()


def refused(call: Callable[[], object]) -> tuple[int, Any]:
    """What a call is refused with: the status and the errors."""
    with pytest.raises(HTTPError) as refusal:
        call()
    return refusal.value.status_code, refusal.value.message


class TestSending:
    def test_an_email_is_sent_and_followed_to_its_receipt(
        self, stack: Stack, service: OwnService, client: NotificationsAPIClient, templates: dict[str, str]
    ) -> None:
        sent = client.send_email_notification(
            "client@example.com",
            templates["email"],
            personalisation=VALUES,
            reference="tide-1",
            one_click_unsubscribe_url="https://example.gov.uk/stop",
        )
        assert sent["content"] == {
            "subject": "High water at Whitby",
            "body": "# High water\n\nHigh water at Whitby is at 5pm.",
            "from_email": f"{service.name.replace('-', '.')}@commonweal.example",
            "one_click_unsubscribe_url": "https://example.gov.uk/stop",
        }
        assert sent["uri"] == f"{stack.url}/v2/notifications/{sent['id']}"
        assert sent["template"]["version"] == 2
        assert service.ends(sent["id"], "delivered") == "delivered"
        [email] = stack.emails("client@example.com")
        assert email.subject == "High water at Whitby"
        assert email.reply_to == ("desk@example.gov.uk",)
        assert email.headers["List-Unsubscribe"] == "<https://example.gov.uk/stop>"
        assert email.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "<h2" in email.html

    def test_an_email_is_answered_to_where_the_caller_says(
        self, stack: Stack, client: NotificationsAPIClient, service: OwnService, templates: dict[str, str]
    ) -> None:
        press = service.sender("reply_to", "press")
        client.send_email_notification("press@example.com", templates["email"], personalisation=VALUES, email_reply_to_id=press)
        assert within(30, lambda: [email.reply_to for email in stack.emails("press@example.com")] == [("press@example.gov.uk",)])

    def test_what_the_public_typed_is_sanitised(self, client: NotificationsAPIClient, templates: dict[str, str]) -> None:
        typed = {"place": "[Whitby](https://evil.example)", "time": "5pm"}
        sent = client.send_email_notification("sane@example.com", templates["email"], personalisation=typed, sanitise_content_for={"place"})
        assert "evil.example" not in sent["content"]["body"]
        assert sent["sanitised_content"]["place"]["unsanitised"] == typed["place"]

    def test_a_text_is_sent_as_the_service(
        self, stack: Stack, service: OwnService, client: NotificationsAPIClient, templates: dict[str, str]
    ) -> None:
        sent = client.send_sms_notification("07700 900461", templates["sms"], personalisation=VALUES)
        assert sent["content"] == {"body": "High water at Whitby is at 5pm.", "from_number": "Tides"}
        alert = client.send_sms_notification(
            "+44 7700 900461", templates["sms"], personalisation=VALUES, sms_sender_id=service.sender("text_senders", "alerts")
        )
        assert alert["content"]["from_number"] == "Tide alerts"
        assert {service.ends(one["id"], "delivered") for one in (sent, alert)} == {"delivered"}
        texts = stack.texts("447700900461")
        assert {text.sender for text in texts} == {"Tides", "Tide alerts"}
        assert {text.body for text in texts} == {"Harbour office: High water at Whitby is at 5pm."}
        shown = client.get_notification_by_id(sent["id"])
        assert shown["phone_number"] == "07700 900461"
        assert shown["cost_in_pounds"] == 0.024
        assert shown["cost_details"] == {"billable_sms_fragments": 1, "international_rate_multiplier": 1, "sms_rate": 0.024}


class TestLetters:
    @pytest.fixture(scope="class")
    def letter(self, service: OwnService, templates: dict[str, str]) -> dict[str, Any]:
        """A letter that is on its way, and its PDF."""
        client = service.client()
        sent = client.send_letter_notification(templates["letter"], {**ADDRESS, "name": "Ada", "place": "Whitby"}, reference="fee-1")
        assert service.ends(sent["id"], "received") == "received"
        return {**sent, "pdf": client.get_pdf_for_letter(sent["id"]).read()}

    def test_a_letter_is_printed_and_can_be_read(self, client: NotificationsAPIClient, letter: dict[str, Any]) -> None:
        assert letter["content"]["subject"] == "Your mooring at Whitby"
        assert letter["pdf"].startswith(b"%PDF")
        shown = client.get_notification_by_id(letter["id"])
        assert (shown["line_1"], shown["line_2"], shown["postcode"]) == ("Ada Lovelace", "12 St James Square", "SW1Y 4JH")
        assert shown["postage"] == "first"
        assert shown["estimated_delivery"]

    def test_the_same_pdf_is_a_letter_of_its_own(self, service: OwnService, client: NotificationsAPIClient, letter: dict[str, Any]) -> None:
        sent = client.send_precompiled_letter_notification("pdf-1", BytesIO(letter["pdf"]), postage="economy")
        assert sent == {"id": sent["id"], "reference": "pdf-1", "postage": "economy"}
        assert service.ends(sent["id"], "received", "validation-failed") == "received"
        assert client.get_pdf_for_letter(sent["id"]).read() == letter["pdf"]

    def test_what_is_no_pdf_or_is_harmful_is_not_printed(self, service: OwnService, client: NotificationsAPIClient) -> None:
        harmful = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
        bad = client.send_precompiled_letter_notification("pdf-2", BytesIO(b"not a letter"))
        worse = client.send_precompiled_letter_notification("pdf-3", BytesIO(harmful))
        assert service.ends(bad["id"], "validation-failed") == "validation-failed"
        assert service.ends(worse["id"], "virus-scan-failed") == "virus-scan-failed"
        assert "The file is not a PDF that can be read" in service.found(f"notifications/{bad['id']}")["reason"]
        assert refused(lambda: client.get_pdf_for_letter(worse["id"])) == (
            400,
            [{"error": "BadRequestError", "message": "File did not pass the virus scan"}],
        )


class TestLists:
    @pytest.fixture(scope="class")
    def sent(self, service: OwnService, templates: dict[str, str]) -> list[str]:
        """Three notifications of a test key, in their order: two emails and a text."""
        client = service.client("test")
        first = client.send_email_notification("a@example.com", templates["email"], personalisation=VALUES, reference="list-1")
        second = client.send_sms_notification("07700 900003", templates["sms"], personalisation=VALUES, reference="list-2")
        third = client.send_email_notification("perm-fail@simulator.notify", templates["email"], personalisation=VALUES, reference="list-2")
        ids = [str(one["id"]) for one in (first, second, third)]
        outcomes = [service.ends(one, "delivered", "temporary-failure", "permanent-failure") for one in ids]
        assert outcomes == ["delivered", "temporary-failure", "permanent-failure"]
        return ids

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            ({}, [2, 1, 0]),
            ({"reference": "list-2"}, [2, 1]),
            ({"template_type": "email"}, [2, 0]),
            ({"template_type": ["email", "sms"], "status": "failed"}, [2, 1]),
            ({"status": ["delivered", "temporary-failure"]}, [1, 0]),
        ],
    )
    def test_a_list_holds_what_was_asked_for_newest_first(
        self, service: OwnService, sent: list[str], wanted: dict[str, Any], found: list[int]
    ) -> None:
        listed = service.client("test").get_all_notifications(**wanted)
        assert [one["id"] for one in listed["notifications"]] == [sent[number] for number in found]

    def test_a_list_goes_on_from_where_it_was(self, service: OwnService, sent: list[str]) -> None:
        older = service.client("test").get_all_notifications(older_than=sent[2])["notifications"]
        assert [one["id"] for one in older] == [sent[1], sent[0]]
        assert service.client("test").get_all_notifications(older_than=NOWHERE)["notifications"] == []

    def test_the_iterator_ends(self, service: OwnService, sent: list[str]) -> None:
        assert [one["id"] for one in service.client("test").get_all_notifications_iterator()] == list(reversed(sent))

    def test_a_list_is_that_of_its_type_of_key(self, service: OwnService, client: NotificationsAPIClient, sent: list[str]) -> None:
        assert not set(sent) & {one["id"] for one in client.get_all_notifications_iterator()}
        assert client.get_notification_by_id(sent[0])["reference"] == "list-1"

    def test_nothing_of_a_test_key_leaves(self, stack: Stack, sent: list[str]) -> None:
        assert sent
        assert stack.emails("a@example.com") == stack.texts("447700900003") == []


def test_texts_that_came_in_are_listed(stack: Stack, client: NotificationsAPIClient, service: OwnService) -> None:
    topic = stack.platform.client("sns").create_topic(Name="commonweal-local-received-texts")["TopicArn"]
    for number in range(2):
        text = text_from("+447700900813", NUMBER, f"Is it high water? {number}")
        stack.platform.client("sns").publish(TopicArn=topic, Message=text)
        assert within(30, lambda number=number: len(client.get_received_texts()["received_text_messages"]) == number + 1)  # type: ignore[misc]
    newest, oldest = client.get_received_texts()["received_text_messages"]
    assert (newest["content"], oldest["content"]) == ("Is it high water? 1", "Is it high water? 0")
    assert (newest["user_number"], newest["notify_number"], newest["service_id"]) == ("447700900813", "447700900811", service.id)
    assert client.get_received_texts(older_than=newest["id"])["received_text_messages"] == [oldest]
    assert list(client.get_received_texts_iterator()) == [newest, oldest]


class TestTemplates:
    def test_a_template_is_shown_in_its_latest_version(self, client: NotificationsAPIClient, templates: dict[str, str]) -> None:
        shown = client.get_template(templates["email"])
        assert (shown["id"], shown["version"], shown["subject"]) == (templates["email"], 2, "High water at ((place))")
        assert shown["personalisation"] == {"place": {"required": True}, "time": {"required": True}}
        assert client.get_template(templates["letter"])["letter_contact_block"].startswith("Harbour office")

    def test_every_version_can_be_read(self, client: NotificationsAPIClient, templates: dict[str, str]) -> None:
        assert client.get_template_version(templates["email"], 1)["body"] == EMAIL["body"]
        assert [one["version"] for one in client.get_all_template_versions(templates["email"])["data"]] == [2, 1]

    def test_all_templates_are_listed_by_type(self, client: NotificationsAPIClient, templates: dict[str, str]) -> None:
        assert {one["id"] for one in client.get_all_templates()["templates"]} == set(templates.values())
        assert [one["id"] for one in client.get_all_templates("sms")["templates"]] == [templates["sms"]]

    def test_a_preview_is_what_would_be_sent(self, client: NotificationsAPIClient, templates: dict[str, str]) -> None:
        shown = client.post_template_preview(templates["email"], VALUES)
        assert (shown["type"], shown["version"], shown["subject"]) == ("email", 2, "High water at Whitby")
        assert "High water at Whitby is at 5pm." in shown["html"]
        assert client.post_template_preview(templates["sms"], VALUES)["html"] is None

    def test_an_archived_template_sends_nothing(self, service: OwnService, client: NotificationsAPIClient) -> None:
        gone = service.template(TEXT)
        assert service.ask("DELETE", f"templates/{gone}").status_code == 200

        def sends() -> tuple[int, Any]:
            return refused(lambda: client.send_sms_notification("07700 900461", gone, personalisation=VALUES))

        assert sends() == (400, [{"error": "BadRequestError", "message": "Template has been deleted"}])


def an_email(**changes: Any) -> Callable[[NotificationsAPIClient, dict[str, str]], object]:
    """Sends an email, changed; a template is named by its type."""
    asked = {"email_address": "client@example.com", "template_id": "email", "personalisation": VALUES, **changes}
    return lambda client, templates: client.send_email_notification(
        **{**asked, "template_id": templates.get(asked["template_id"], asked["template_id"])}
    )


def a_text(**changes: Any) -> Callable[[NotificationsAPIClient, dict[str, str]], object]:
    """Sends a text, changed."""
    asked = {"phone_number": "07700 900461", "personalisation": VALUES, **changes}
    return lambda client, templates: client.send_sms_notification(template_id=templates["sms"], **asked)


def a_letter(**changes: str) -> Callable[[NotificationsAPIClient, dict[str, str]], object]:
    """Sends a letter, changed."""
    return lambda client, templates: client.send_letter_notification(
        templates["letter"], {**ADDRESS, "name": "Ada", "place": "Whitby", **changes}
    )


@pytest.mark.parametrize(
    ("call", "status", "error", "message"),
    [
        (an_email(email_address="nobody"), 400, "ValidationError", "email_address Not a valid email address"),
        (an_email(template_id="none"), 400, "ValidationError", "template_id is not a valid UUID"),
        (an_email(template_id=NOWHERE), 400, "BadRequestError", "Template not found"),
        (an_email(template_id="sms"), 400, "BadRequestError", "sms template is not suitable for email notification"),
        (an_email(personalisation={"place": "Whitby"}), 400, "BadRequestError", "Missing personalisation: time"),
        (an_email(one_click_unsubscribe_url="http://x"), 400, "ValidationError", "one_click_unsubscribe_url is not a valid https url"),
        (an_email(email_reply_to_id=NOWHERE), 400, "BadRequestError", "email_reply_to_id {} does not exist in database for service id {}"),
        (an_email(reference="x" * 1001), 400, "ValidationError", f"reference {'x' * 100}… is too long"),
        (a_text(phone_number="0770"), 400, "ValidationError", "phone_number Not enough digits"),
        (a_text(phone_number="07700 90046x"), 400, "ValidationError", "phone_number Must not contain letters or symbols"),
        (a_text(phone_number="020 7946 0958"), 400, "InvalidPhoneError", "Not a UK mobile number"),
        (a_text(phone_number="+1 202 555 0104"), 400, "BadRequestError", "Cannot send to international mobile numbers"),
        (a_text(sms_sender_id=NOWHERE), 400, "BadRequestError", "sms_sender_id {} does not exist in database for service id {}"),
        (
            a_text(personalisation={"place": "x" * 918, "time": "5pm"}),
            400,
            "BadRequestError",
            "Your message is too long. Text messages cannot be longer than 918 characters. Your message is 943 characters long.",
        ),
        (a_letter(postcode="nowhere"), 400, "ValidationError", "Must be a real UK postcode"),
        (a_letter(address_line_2="@home"), 400, "ValidationError", "Address lines must not start with any of the following characters"),
        (lambda client, _: client.get_notification_by_id(NOWHERE), 404, "NoResultFound", "No result found"),
        (lambda client, _: client.get_notification_by_id("none"), 400, "ValidationError", "notification_id is not a valid UUID"),
        (lambda client, _: client.get_template(NOWHERE), 404, "NoResultFound", "No result found"),
        (lambda client, own: client.get_template_version(own["sms"], 7), 404, "NoResultFound", "No result found"),
        (lambda client, own: client.post_template_preview(own["sms"], {}), 400, "BadRequestError", "Missing personalisation: place, time"),
        (lambda client, _: client.get_all_notifications(older_than="x"), 400, "ValidationError", "older_than is not a valid UUID"),
    ],
)
def test_what_is_refused_is_refused_in_notifys_words(
    client: NotificationsAPIClient,
    service: OwnService,
    templates: dict[str, str],
    call: Callable[[NotificationsAPIClient, dict[str, str]], object],
    status: int,
    error: str,
    message: str,
) -> None:
    answered, [said] = refused(lambda: call(client, templates))
    assert (answered, said["error"]) == (status, error)
    assert said["message"].startswith(message.format(NOWHERE, service.id))


class TestWhomAKeyReaches:
    def test_a_team_key_reaches_the_team_and_its_guests_alone(self, stack: Stack, service: OwnService, templates: dict[str, str]) -> None:
        team = service.client("team")
        for known in (GUEST, MEMBER):
            team.send_email_notification(known, templates["email"], personalisation=VALUES)
            assert within(30, lambda known=known: len(stack.emails(known)) == 1)  # type: ignore[misc]
        assert refused(lambda: team.send_email_notification("public@example.com", templates["email"], personalisation=VALUES)) == (
            400,
            [{"error": "BadRequestError", "message": "Can’t send to this recipient using a team-only API key"}],
        )
        status, _ = refused(lambda: a_letter()(team, templates))
        assert status == 403

    def test_in_trial_mode_so_does_a_live_one(self, stack: Stack) -> None:
        trial = OwnService(stack, "trial", permissions=["email", "sms", "letter"], trial=True, guestlist=[GUEST])
        email = trial.template(EMAIL)
        trial.client().send_email_notification(GUEST, email, personalisation=VALUES)
        status, [said] = refused(lambda: trial.client().send_email_notification("public@example.com", email, personalisation=VALUES))
        assert (status, said["error"]) == (400, "BadRequestError")
        assert said["message"].startswith("Can’t send to this recipient when service is in trial mode")
        status, [said] = refused(lambda: a_letter()(trial.client(), {"letter": trial.template({**LETTER, "contact_block": None})}))
        assert (status, said["message"]) == (403, "Cannot send letters when service is in trial mode")

    def test_a_simulated_recipient_is_answered_and_nothing_is_kept(
        self, stack: Stack, client: NotificationsAPIClient, templates: dict[str, str]
    ) -> None:
        email = client.send_email_notification(
            "simulate-delivered@notifications.service.gov.uk", templates["email"], personalisation=VALUES
        )
        text = client.send_sms_notification("07700900111", templates["sms"], personalisation=VALUES)
        for sent in (email, text):
            assert refused(lambda sent=sent: client.get_notification_by_id(sent["id"]))[0] == 404  # type: ignore[misc]
        assert stack.emails("simulate-delivered@notifications.service.gov.uk") == stack.texts("447700900111") == []

    def test_a_key_that_is_none_is_refused(self, stack: Stack, service: OwnService) -> None:
        stranger = NotificationsAPIClient(f"live-{service.id}-{NOWHERE}", base_url=stack.url)
        assert refused(stranger.get_all_templates) == (403, [{"error": "AuthError", "message": "Invalid token: API key not found"}])
