"""What a service sends with, over HTTP: its settings, its numbers, and what those who manage it see of a message."""

import copy
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from functions.common.failures import Transient
from functions.notifications import directory
from functions.notifications.api import api
from functions.notifications.configure import configure
from functions.notifications.manage import manage
from functions.notifications.port import Rejected
from functions.notifications.store import sending, template_versions
from functions.notifications.store.table import table
from schemas.platform import SendingChanged
from tests.unit.notifications.asking import EMAIL, TEXT, Answer, accepted, as_caller, ask, send
from tests.unit.notifications.ground import (
    ANOTHERS_SERVICE,
    CALLBACK,
    DEPARTMENT,
    EMAIL_TEMPLATE,
    INBOUND_NUMBER,
    REPLY_TO,
    SERVICE,
    Clock,
    Ground,
    deliver,
    handle,
)

pytestmark = pytest.mark.usefixtures("live")

WANTED: dict[str, Any] = {
    "title": "Harbour Board",
    "permissions": ["email", "sms", "inbound_sms"],
    "reply_to": {"office": {"address": "office@example.gov.uk"}},
    "inbound_numbers": ["07700 900123"],
    "limits": {"requests_per_minute": 60},
    "callbacks": {"case-system": {"url": "https://example.gov.uk/hook", "for": ["delivery"]}},
}


@pytest.fixture
def made(ground: Ground) -> str:
    """A service that was made over HTTP."""
    id_ = str(uuid4())
    ground.made_over_http(id_)
    return id_


ADMIN = frozenset({"notifications:manage", "departments:admin"})


def settings(service_id: str, wanted: object = None) -> Answer:
    """Read a service's settings, or set them as whoever runs the platform does."""
    path = f"/notifications/services/{service_id}/settings"
    if wanted is None:
        return ask("GET", path, of=configure)
    with as_caller(configure, scopes=ADMIN):
        return ask("PUT", path, wanted, of=configure)


def own_settings(service_id: str, wanted: object) -> Answer:
    """Set a service's settings with a key of its department's."""
    return ask("PUT", f"/notifications/services/{service_id}/settings", wanted, of=configure)


def kept_template(service_id: str, **changes: Any) -> str:
    draft = {"name": "Welcome", "type": "sms", "body": "Hello ((name))", **changes}
    answer = ask("POST", f"/notifications/services/{service_id}/templates", draft, of=manage)
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


class TestSettings:
    def test_a_service_of_which_nobody_has_said_anything_sends_emails_and_texts(self, ground: Ground, made: str) -> None:
        shown = settings(made).json
        assert (shown["is_declared"], shown["settings"]["title"]) == (False, "Environment Agency")
        assert shown["settings"]["permissions"] == ["email", "sms"]
        with as_caller(service_id=made):
            text = {**TEXT, "template_id": kept_template(made), "personalisation": {"name": "Jo"}}
            assert send("sms", text).status == 201
            assert send("letter", {"template_id": str(uuid4()), "personalisation": {}}).messages == [
                "Service is not allowed to send letters"
            ]

    def test_what_is_said_is_kept_said_and_sent_with(self, ground: Ground, made: str) -> None:
        answer = settings(made, WANTED)
        assert (answer.status, answer.json["is_declared"], answer.json["settings"]["title"]) == (200, False, "Harbour Board")
        (said,) = ground.new()
        assert str(SendingChanged.read(said).service_id) == made
        assert settings(made).json == answer.json
        service = directory.service(made, DEPARTMENT)
        assert service
        assert (service.name, service.limits.requests_per_minute, service.retention_days["email"]) == ("Harbour Board", 60, 7)
        assert [sender.value for sender in service.reply_to.values()] == ["office@example.gov.uk"]
        assert [callback.url for callback in service.callbacks] == ["https://example.gov.uk/hook"]

    def test_it_holds_for_every_process_within_two_seconds(
        self, ground: Ground, made: str, time: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings(made, {**WANTED, "permissions": ["email"], "inbound_numbers": []})
        with as_caller(service_id=made):
            assert send("sms", TEXT).messages == ["Service is not allowed to send text messages"]
            another = copy.deepcopy(sending._said)
            settings(made, WANTED)
            assert send("sms", TEXT).messages == ["Template not found"], "this process knows at once"
            monkeypatch.setattr(sending, "_said", another)
            assert send("sms", TEXT).messages == ["Service is not allowed to send text messages"], "another one does not yet"
            time.go_on(seconds=2)
            assert send("sms", TEXT).messages == ["Template not found"]

    def test_the_same_again_is_the_same(self, ground: Ground, made: str) -> None:
        assert settings(made, WANTED).json == settings(made, WANTED).json

    def test_a_declared_service_is_changed_in_its_file_alone(self, ground: Ground) -> None:
        refused = settings(SERVICE, WANTED)
        assert (refused.status, refused.json["code"]) == (409, "declared")
        shown = settings(SERVICE).json
        assert (shown["settings"]["title"], shown["is_declared"]) == ("Flood warnings", True)
        assert shown["settings"]["reply_to"]["floods-team"] == {"id": REPLY_TO, "address": "floods-team@example.gov.uk", "default": True}
        assert shown["settings"].keys().isdisjoint({"keys", "department", "name"})

    def test_what_was_read_can_be_set_as_it_is(self, ground: Ground, made: str) -> None:
        shown = settings(made, WANTED).json["settings"]
        assert settings(made, shown).json["settings"] == shown
        assert own_settings(made, shown).status == 200

    def test_a_sender_keeps_the_id_that_requests_name_it_by_already(self, ground: Ground, made: str) -> None:
        known = str(uuid4())
        settings(made, {**WANTED, "reply_to": {"office": {"id": known, "address": "office@example.gov.uk"}}})
        with as_caller(service_id=made):
            text = {"name": "Welcome", "type": "email", "subject": "Hello", "body": "Hello"}
            body = {"email_address": "jo@example.com", "template_id": kept_template(made, **text), "email_reply_to_id": known}
            assert send("email", body).status == 201

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"permissions": ["email", "sms", "inbound_sms", "letter"]}, "permissions"),
            ({"trial": True}, "trial"),
            ({"limits": {"requests_per_minute": 61}}, "limits"),
            ({"email_name": "somebody-else"}, "email_name"),
            ({"text_senders": {"bank": {"sender": "YourBank"}}}, "text_senders"),
            ({"inbound_numbers": ["07700 900999"]}, "inbound_numbers"),
        ],
    )
    def test_what_a_service_may_do_and_as_whom_only_the_platform_says(
        self, ground: Ground, made: str, changes: dict[str, Any], field: str
    ) -> None:
        settings(made, WANTED)
        refused = own_settings(made, {**WANTED, **changes})
        assert (refused.status, refused.json["code"], refused.json["errors"][0]["field"]) == (403, "platforms_own", field)
        own = {"title": "Harbour Board of Rye", "guestlist": ["guest@example.com"], "callbacks": {}, "retention_days": {"sms": 30}}
        assert own_settings(made, {**WANTED, **own}).status == 200

    def test_a_declared_services_mailbox_is_its_own(self, ground: Ground, made: str) -> None:
        refused = settings(made, {**WANTED, "email_name": "floods"})
        assert (refused.status, refused.json["code"]) == (409, "mailbox_in_use")

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title": ""}, "title"),
            ({"permissions": ["telex"]}, "permissions.0"),
            ({"permissions": ["sms"]}, "inbound_numbers"),
            ({"reply_to": {"office": {"address": "nowhere"}}}, "reply_to.office.address"),
            ({"reply_to": {"office": {"address": "office@rye..gov.uk"}}}, "reply_to.office.address"),
            ({"reply_to": {"office": {"address": "office@.gov.uk"}}}, "reply_to.office.address"),
            ({"reply_to": {"office": {"address": f"office@{'a' * 64}.gov.uk"}}}, "reply_to.office.address"),
            ({"reply_to": {"office": {"address": f"office@{'ŷ' * 60}.gov.uk"}}}, "reply_to.office.address"),
            ({"reply_to": {"office": {"address": "swyddfa’r@rye.gov.uk"}}}, "reply_to.office.address"),
            ({"retention_days": {"email": 2}}, "retention_days.email"),
            ({"limits": {"requests_per_minute": 0}}, "limits.requests_per_minute"),
            ({"callbacks": {"hook": {"url": "http://example.gov.uk", "for": ["delivery"]}}}, "callbacks.hook.url"),
            ({"callbacks": {"hook": {"url": "https://example.gov.uk", "for": []}}}, "callbacks.hook.for"),
            ({"guestlist": [f"guest{number}@example.com" for number in range(6)]}, "guestlist"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_what_cannot_be_is_refused_with_the_field(self, ground: Ground, made: str, changes: dict[str, Any], field: str) -> None:
        answer = settings(made, {**WANTED, **changes})
        assert answer.status == 422
        assert [error["field"] for error in answer.json["errors"]] == [field]
        assert ground.new() == []

    def test_nobodys_service_has_no_settings(self, ground: Ground) -> None:
        assert settings(str(uuid4())).status == settings(str(uuid4()), WANTED).status == 404


class TestNumbers:
    def test_a_number_that_is_in_use_is_refused(self, ground: Ground, made: str) -> None:
        other = str(uuid4())
        ground.made_over_http(other)
        assert settings(made, WANTED).status == 200
        ground.new()
        refused = settings(other, {**WANTED, "title": "Rye", "inbound_numbers": ["07700 900124", "+44 7700 900123"]})
        assert (refused.status, refused.json["code"], refused.json["errors"][0]["field"]) == (409, "number_in_use", "inbound_numbers")
        assert ground.new() == []
        assert directory.of_number("447700900124") is None, "none of it was kept"

    def test_a_declared_number_is_in_use_too(self, ground: Ground, made: str) -> None:
        refused = settings(made, {**WANTED, "inbound_numbers": [f"+{INBOUND_NUMBER}"]})
        assert (refused.status, refused.json["code"]) == (409, "number_in_use")

    def test_a_number_that_is_given_up_is_free(self, ground: Ground, made: str) -> None:
        other = str(uuid4())
        ground.made_over_http(other)
        settings(made, WANTED)
        settings(made, {**WANTED, "inbound_numbers": ["07700 900125"]})
        assert directory.of_number("447700900123") is None
        assert settings(other, {**WANTED, "title": "Rye"}).status == 200
        found = directory.of_number("447700900123")
        assert found
        assert found.id == other


class TestMailboxes:
    @pytest.fixture
    def other(self, ground: Ground, made: str) -> str:
        """A second service that was made over HTTP, while the first has the mailbox harbour.board."""
        other = str(uuid4())
        ground.made_over_http(other)
        assert settings(made, WANTED).status == 200
        return other

    @pytest.mark.parametrize("changes", [{"title": "Harbour  Board!"}, {"email_name": "harbour.board"}])
    def test_no_two_services_have_one(self, ground: Ground, other: str, changes: dict[str, str]) -> None:
        refused = settings(other, {**WANTED, "inbound_numbers": [], **changes})
        assert (refused.status, refused.json["code"], refused.json["errors"][0]["field"]) == (409, "mailbox_in_use", "email_name")
        assert settings(other, {**WANTED, "inbound_numbers": [], **changes, "permissions": ["sms"]}).status == 200, "it needs none"

    def test_one_that_is_given_up_is_free(self, ground: Ground, made: str, other: str) -> None:
        assert own_settings(made, {**WANTED, "title": "Port of Rye"}).status == 200
        assert settings(other, {**WANTED, "inbound_numbers": []}).status == 200
        refused = own_settings(made, WANTED)
        assert (refused.status, refused.json["code"]) == (409, "mailbox_in_use")

    def test_none_is_that_of_anothers_services_of_which_nothing_was_said(self, ground: Ground, made: str) -> None:
        assert settings(made, {**WANTED, "title": "Communities"}).json["code"] == "mailbox_in_use"
        assert settings(made, {**WANTED, "title": "Environment agency"}).status == 200, "its own department's"

    def test_a_long_title_makes_one_that_an_address_can_have(self, ground: Ground, made: str) -> None:
        settings(made, {**WANTED, "title": f"{'a' * 63} {'b' * 100}"})
        service = directory.service(made, DEPARTMENT)
        assert service
        assert service.email_address.split("@")[0] == "a" * 63


class TestChangesAtOnce:
    """Of two changes at one moment the second sees the first."""

    def keep(self, service_id: str, *numbers: str) -> None:
        sending.save(service_id, {"inbound_numbers": list(numbers), "callbacks": {}, "department": DEPARTMENT})

    def while_others_keep(self, service_id: str, *changes: str) -> Any:
        """Each reading of what stands is followed by a change of somebody else's."""
        read, waiting = table.get, list(changes)

        def get(pk: str, sk: str, *, consistent: bool = False) -> Any:
            item = read(pk, sk, consistent=consistent)
            if waiting and consistent:
                number = waiting.pop(0)
                with patch.object(table, "get", read):
                    self.keep(service_id, number)
            return item

        return patch.object(table, "get", get)

    def test_no_number_is_left_that_nobody_gives_up(self, ground: Ground, made: str) -> None:
        with self.while_others_keep(made, "447700900124"):
            self.keep(made, "447700900123")
        assert sending.number("447700900124") is None
        assert sending.number("447700900123") == (made, DEPARTMENT)
        self.keep(made)
        assert sending.number("447700900123") is None

    def test_who_never_comes_through_is_to_try_again(self, ground: Ground, made: str) -> None:
        with self.while_others_keep(made, "447700900124", "447700900125"), pytest.raises(Transient):
            self.keep(made, "447700900123")
        assert sending.number("447700900125") == (made, DEPARTMENT)
        assert sending.number("447700900123") is None


class TestWhatManagersSee:
    def shown(self, id_: str) -> Any:
        answer = ask("GET", f"/notifications/services/{SERVICE}/notifications/{id_}", of=configure)
        assert answer.status == 200, answer.text
        return answer.json

    def test_a_notification_with_the_reason_of_its_status(self, ground: Ground) -> None:
        id_ = accepted("email", EMAIL)["id"]
        ground.provider.failures = [Rejected("MessageRejected")]
        handle(deliver, *ground.new())
        shown = self.shown(id_)
        assert (shown["status"], shown["reason"]) == ("technical-failure", "rejected: MessageRejected")
        assert shown["body"] == "# Severe\n\nAvon"

    def test_what_a_redacted_template_was_filled_with_is_hidden_from_them_and_from_nobody_else(self, ground: Ground) -> None:
        id_ = accepted("email", EMAIL)["id"]
        ground.template(EMAIL_TEMPLATE, redact=True, body="Changed: ((severity))")
        shown = self.shown(id_)
        assert (shown["subject"], shown["body"]) == ("hidden at hidden", "# hidden\n\nhidden"), "in the words of the version that was sent"
        assert ask("GET", f"/v2/notifications/{id_}").json["body"] == "# Severe\n\nAvon"

    def test_anothers_notification_is_as_if_not_there(self, ground: Ground) -> None:
        id_ = accepted("email", EMAIL)["id"]
        with as_caller(configure, service_id=ANOTHERS_SERVICE, department="communities"):
            for service in (SERVICE, ANOTHERS_SERVICE):
                assert ask("GET", f"/notifications/services/{service}/notifications/{id_}", of=configure).status == 404
        assert ask("GET", f"/notifications/services/{SERVICE}/notifications/{uuid4()}", of=configure).status == 404


class TestFences:
    @pytest.mark.parametrize(
        "path", ["settings", "counts", "unsubscribes", f"callbacks/{CALLBACK}/deliveries", f"callbacks/{CALLBACK}/secret"]
    )
    def test_a_service_is_its_departments_and_whoever_runs_the_platform(self, ground: Ground, path: str) -> None:
        where = f"/notifications/services/{SERVICE}/{path}"
        with as_caller(configure, service_id=str(uuid4()), department="communities"):
            assert ask("GET", where, of=configure).status == 404
        with as_caller(configure, service_id=str(uuid4())):
            assert ask("GET", where, of=configure).status == 200, "another service of the same department"
        admin = frozenset({"notifications:manage", "departments:admin"})
        with as_caller(configure, service_id=str(uuid4()), department="platform", scopes=admin):
            assert ask("GET", where, of=configure).status == 200
        with as_caller(configure, scopes=frozenset({"notifications:send"})):
            assert ask("GET", where, of=configure).status == 403
        with as_caller(configure, key_type="test"):
            assert ask("GET", where, of=configure).status == 403

    def test_a_service_made_over_http_is_its_departments_too(self, ground: Ground, made: str) -> None:
        with as_caller(configure, service_id=ANOTHERS_SERVICE, department="communities"):
            assert settings(made).status == own_settings(made, WANTED).status == 404
        assert settings(made, WANTED).status == 200

    def test_what_is_kept_of_a_service_is_read_for_its_own_department_alone(self, ground: Ground, made: str) -> None:
        settings(made, WANTED)
        assert directory.service(made, "communities") is None
        with as_caller(api, service_id=made, department="communities"):
            assert send("sms", TEXT).error == (403, "AuthError", "Invalid token: service not found")

    def test_templates_of_a_service_are_its_own(self, ground: Ground, made: str) -> None:
        id_ = kept_template(made)
        assert ask("GET", f"/notifications/services/{SERVICE}/templates/{id_}", of=manage).status == 404
        assert template_versions.latest(SERVICE, id_) is None
