"""Templates over HTTP: every version kept, archived, hidden, previewed, and read through the Notify API (contract 1.2, 1.4, 6)."""

from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from functions.notifications.manage import manage
from functions.notifications.store import template_versions
from functions.notifications.store.table import table
from schemas.platform import TemplateArchived
from tests.unit.notifications.asking import Answer, as_caller, ask, send
from tests.unit.notifications.ground import (
    ANOTHERS_SERVICE,
    EMAIL_TEMPLATE,
    LETTER_TEMPLATE,
    SERVICE,
    TEXT_TEMPLATE,
    VALUES,
    Ground,
)

pytestmark = pytest.mark.usefixtures("live")

TEMPLATES = f"/notifications/services/{SERVICE}/templates"
DRAFT: dict[str, Any] = {"name": "Welcome", "type": "email", "subject": "Hi ((name))", "body": "Hello ((name))"}


def manages(method: str, path: str = "", body: object = None) -> Answer:
    return ask(method, f"{TEMPLATES}{path}", body, of=manage)


def made(**changes: Any) -> str:
    """A template that was made over HTTP."""
    answer = manages("POST", "", {**DRAFT, **changes})
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


def fields(answer: Answer) -> list[str]:
    assert answer.status == 422, answer.text
    return [error["field"] for error in answer.json["errors"]]


class TestVersions:
    def test_each_change_is_a_version_and_all_can_be_read(self, ground: Ground) -> None:
        id_ = made()
        answer = manages("PUT", f"/{id_}", {**DRAFT, "body": "Dear ((name))"})
        assert (answer.status, answer.json["version"], answer.json["body"]) == (200, 2, "Dear ((name))")
        assert answer.json["created_by"] == "key key"
        listed = manages("GET", f"/{id_}/versions").json["versions"]
        assert [(one["version"], one["body"]) for one in listed] == [(2, "Dear ((name))"), (1, "Hello ((name))")]
        assert listed[0]["created_at"] == listed[1]["created_at"]
        assert manages("GET", f"/{id_}/versions/1").json["body"] == "Hello ((name))"
        assert manages("GET", f"/{id_}/versions/3").status == 404
        assert manages("GET", f"/{id_}/versions/0").status == 404
        assert ground.names() == ["TemplateSaved", "TemplateSaved"]

    def test_the_notify_api_shows_them(self, ground: Ground) -> None:
        id_ = made()
        manages("PUT", f"/{id_}", {**DRAFT, "body": "Dear ((name))"})
        assert ask("GET", f"/v2/template/{id_}").json["body"] == "Dear ((name))"
        assert ask("GET", f"/v2/template/{id_}/version/1").json["body"] == "Hello ((name))"
        assert ask("GET", f"/v2/template/{id_}/version/0").json["version"] == 2
        assert ask("GET", f"/v2/template/{id_}/version/3").error == (404, "NoResultFound", "No result found")
        assert ask("GET", f"/v2/template/{id_}/version/x").json["result"] == "error"
        history = ask("GET", f"/service/{SERVICE}/template/{id_}/versions").json["data"]
        assert [one["version"] for one in history] == [2, 1]
        assert ask("GET", f"/service/{ANOTHERS_SERVICE}/template/{id_}/versions").status == 404

    def test_a_template_stays_of_its_type(self, ground: Ground) -> None:
        answer = manages("PUT", f"/{made()}", {"name": "Welcome", "type": "sms", "body": "Hello"})
        assert fields(answer) == ["type"]

    def test_of_two_who_save_at_once_one_is_told(self, ground: Ground) -> None:
        id_ = made()
        before = template_versions.latest(SERVICE, id_)
        assert manages("PUT", f"/{id_}", {**DRAFT, "body": "Mine"}).status == 200
        with patch.object(template_versions, "latest", lambda *_: before):
            for refused in (manages("PUT", f"/{id_}", {**DRAFT, "body": "Theirs"}), manages("DELETE", f"/{id_}")):
                assert (refused.status, refused.json["code"]) == (409, "conflict")
            assert manages("POST", f"/{id_}/redact").status == 409
        assert [one["body"] for one in manages("GET", f"/{id_}/versions").json["versions"]] == ["Mine", "Hello ((name))"]

    def test_what_was_saved_is_sent_by_this_process_at_once(self, ground: Ground) -> None:
        id_ = made()
        body = {"email_address": "jo@example.com", "template_id": id_, "personalisation": {"name": "Jo"}}
        send("email", body)
        manages("PUT", f"/{id_}", {**DRAFT, "body": "Dear ((name))"})
        assert send("email", body).json["content"]["body"] == "Dear Jo"


class TestArchiving:
    def test_an_archived_template_sends_nothing_more_and_can_be_read(self, ground: Ground) -> None:
        id_ = made()
        ground.new()
        answer = manages("DELETE", f"/{id_}")
        assert (answer.status, answer.json["is_archived"], answer.json["version"]) == (200, True, 2)
        (said,) = [TemplateArchived.read(event) for event in ground.new()]
        assert said.version == 2
        body = {"email_address": "jo@example.com", "template_id": id_, "personalisation": {"name": "Jo"}}
        assert send("email", body).messages == ["Template has been deleted"]
        assert send("email", {**body, "template_version": 1}).messages == ["Template has been deleted"]
        assert id_ not in [one["id"] for one in ask("GET", "/v2/templates").json["templates"]]
        assert id_ in [one["id"] for one in manages("GET").json["templates"]]
        assert ask("GET", f"/v2/template/{id_}").status == 200

    def test_a_second_time_changes_nothing(self, ground: Ground) -> None:
        id_ = made()
        assert manages("DELETE", f"/{id_}").json == manages("DELETE", f"/{id_}").json
        assert ground.names() == ["TemplateSaved", "TemplateArchived"]

    def test_it_comes_back_as_a_new_version(self, ground: Ground) -> None:
        id_ = made()
        manages("DELETE", f"/{id_}")
        answer = manages("PUT", f"/{id_}", DRAFT)
        assert (answer.json["version"], answer.json["is_archived"]) == (3, False)

    def test_a_service_that_may_not_send_a_type_any_more_may_still_archive_its_templates(self, ground: Ground) -> None:
        id_ = made()
        ground.sends(permissions=["sms", "inbound_sms"])
        assert manages("DELETE", f"/{id_}").json["is_archived"] is True
        assert fields(manages("PUT", f"/{id_}", DRAFT)) == ["type"]


class TestHistory:
    def test_it_says_of_each_version_what_the_version_says_of_itself(self, ground: Ground) -> None:
        id_ = made()
        manages("PUT", f"/{id_}", {**DRAFT, "body": "Dear ((name))"})
        manages("POST", f"/{id_}/redact")
        manages("DELETE", f"/{id_}")
        versions = manages("GET", f"/{id_}/versions").json["versions"]
        assert [(one["version"], one["is_archived"], one["is_redacted"]) for one in versions] == [(n, True, True) for n in (3, 2, 1)]
        assert versions == [manages("GET", f"/{id_}/versions/{one['version']}").json for one in versions]

    def test_there_are_not_so_many_versions(self, ground: Ground) -> None:
        id_, version = made(), 10**300
        assert manages("GET", f"/{id_}/versions/{10**2_000}").status == 404
        assert manages("POST", f"/{id_}/preview", {"version": version}).status == 404
        body = {"email_address": "jo@example.com", "template_id": id_, "personalisation": {"name": "Jo"}, "template_version": version}
        assert send("email", body).messages == ["Template not found"]


class TestRedacting:
    def test_it_is_for_good(self, ground: Ground) -> None:
        id_ = made()
        ground.new()
        answer = manages("POST", f"/{id_}/redact")
        assert (answer.status, answer.json["is_redacted"], answer.json["version"]) == (200, True, 1)
        assert manages("POST", f"/{id_}/redact").json == answer.json
        assert ground.new() == [], "not a word of it has changed"
        assert manages("PUT", f"/{id_}", {**DRAFT, "body": "Dear ((name))"}).json["is_redacted"] is True
        assert manages("DELETE", f"/{id_}").json["is_redacted"] is True

    def test_a_declared_template_may_be_hidden_over_http_too(self, ground: Ground) -> None:
        assert manages("POST", f"/{TEXT_TEMPLATE}/redact").json["is_redacted"] is True


class TestDrafts:
    def test_a_letter_has_postage_and_the_contact_block_that_it_names(self, ground: Ground) -> None:
        id_ = made(type="letter", postage="economy", contact_block="office")
        shown = ask("GET", f"/v2/template/{id_}").json
        assert (shown["postage"], shown["letter_contact_block"]) == ("economy", "Environment Agency\nHorizon House\nBristol\nBS1 5AH")
        assert ask("GET", f"/v2/template/{made(type='letter')}").json["postage"] == "second"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"type": "letter", "contact_block": "elsewhere"}, "contact_block"),
            ({"contact_block": "office"}, ""),
            ({"postage": "first"}, ""),
            ({"type": "letter", "unsubscribe": True}, ""),
            ({"type": "letter", "postage": "europe"}, "postage"),
            ({"defaults": {"town": "Avon"}}, ""),
            ({"body": "a" * 200_001}, "body"),
            ({"body": "ŵ" * 100_001}, ""),
            ({"defaults": {"name": "n" * 200_000}}, ""),
            ({"name": "n" * 256}, "name"),
        ],
    )
    def test_what_its_type_does_not_have_is_refused(self, ground: Ground, changes: dict[str, Any], field: str) -> None:
        assert fields(manages("POST", "", {**DRAFT, **changes})) == [field]
        assert ground.new() == []

    def test_a_template_that_is_too_large_says_where(self, ground: Ground) -> None:
        body = manages("POST", "", {**DRAFT, "body": "ŵ" * 100_001}).json["errors"][0]["message"]
        assert body == "body: with its subject and its defaults a template may have 200000 bytes, and has 200013"
        defaults = manages("POST", "", {**DRAFT, "defaults": {"name": "n" * 200_000}}).json["errors"][0]["message"]
        assert defaults.startswith("defaults: ")

    def test_a_type_that_the_service_may_not_send_is_refused(self, ground: Ground) -> None:
        ground.sends(permissions=["sms", "inbound_sms"])
        answer = manages("POST", "", DRAFT)
        assert fields(answer) == ["type"]
        assert answer.json["detail"] == "The service may not send this type: it lacks the permission email."

    def test_a_declared_template_is_changed_in_its_file_alone(self, ground: Ground) -> None:
        draft = {"name": "Mine", "type": "sms", "body": "Mine"}
        for refused in (manages("PUT", f"/{TEXT_TEMPLATE}", draft), manages("DELETE", f"/{TEXT_TEMPLATE}")):
            assert (refused.status, refused.json["code"]) == (409, "declared")
        assert manages("GET", f"/{TEXT_TEMPLATE}").json["is_declared"] is True
        assert ground.new() == []

    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/versions"), ("GET", "/versions/1"), ("POST", "/redact"), ("POST", "/preview")],
    )
    def test_anothers_template_is_as_if_not_there(self, ground: Ground, method: str, path: str) -> None:
        id_ = made()
        body = {"PUT": DRAFT, "POST": {}}.get(method)
        assert manages(method, f"/{uuid4()}{path}", body).status == 404
        with as_caller(manage, service_id=ANOTHERS_SERVICE, department="communities"):
            assert manages(method, f"/{id_}{path}", body).status == 404
            theirs = f"/notifications/services/{ANOTHERS_SERVICE}/templates/{id_}{path}"
            assert ask(method, theirs, body, of=manage).status == 404

    def test_an_outage_keeps_nothing_half(self, ground: Ground) -> None:
        with patch.object(table, "transact", side_effect=TimeoutError):
            assert manages("POST", "", DRAFT).status == 500
        assert ground.new() == []


class TestPreview:
    def test_an_email_is_shown_with_its_html(self, ground: Ground) -> None:
        answer = ask("POST", f"/v2/template/{EMAIL_TEMPLATE}/preview", {"personalisation": VALUES})
        assert answer.status == 200
        assert {name: value for name, value in answer.json.items() if name != "html"} == {
            "id": EMAIL_TEMPLATE,
            "type": "email",
            "version": 1,
            "body": "# Severe\n\nAvon",
            "subject": "Severe at Avon",
            "postage": None,
        }
        assert answer.json["html"].startswith("<!DOCTYPE html>")
        assert ">Severe</h2>" in answer.json["html"]

    def test_a_text_and_a_letter_have_no_html(self, ground: Ground) -> None:
        text = ask("POST", f"/v2/template/{TEXT_TEMPLATE}/preview", {"personalisation": VALUES}).json
        assert (text["body"], text["subject"], text["html"]) == ("Severe at Avon", None, None)
        letter = ask("POST", f"/v2/template/{LETTER_TEMPLATE}/preview", {"personalisation": VALUES}).json
        assert (letter["subject"], letter["postage"], letter["html"]) == ("Flood risk at Avon", "second", None)

    def test_values_that_are_missing_are_named(self, ground: Ground) -> None:
        refused = (400, "BadRequestError", "Missing personalisation: severity, area")
        assert ask("POST", f"/v2/template/{EMAIL_TEMPLATE}/preview").error == refused
        assert ask("POST", f"/v2/template/{EMAIL_TEMPLATE}/preview", {}).error == refused
        answer = manages("POST", f"/{EMAIL_TEMPLATE}/preview", {})
        assert fields(answer) == ["personalisation"]

    def test_those_who_manage_it_may_look_at_any_version(self, ground: Ground) -> None:
        id_ = made()
        manages("PUT", f"/{id_}", {**DRAFT, "body": "Dear ((name))"})
        values = {"personalisation": {"name": "Jo"}}
        assert manages("POST", f"/{id_}/preview", values).json["body"] == "Dear Jo"
        assert manages("POST", f"/{id_}/preview", {**values, "version": 1}).json["body"] == "Hello Jo"
        assert manages("POST", f"/{id_}/preview", {**values, "version": 3}).status == 404
        assert fields(manages("POST", f"/{id_}/preview", {**values, "version": 0})) == ["version"]

    def test_a_preview_sends_and_keeps_nothing(self, ground: Ground) -> None:
        ask("POST", f"/v2/template/{EMAIL_TEMPLATE}/preview", {"personalisation": VALUES})
        assert ground.new() == []
        assert ask("GET", "/v2/notifications").json["notifications"] == []


class TestListing:
    def test_templates_are_listed_by_type(self, ground: Ground) -> None:
        def ids(query: str = "") -> set[str]:
            return {one["id"] for one in ask("GET", "/v2/templates", query=query).json["templates"]}

        assert ids() == {EMAIL_TEMPLATE, TEXT_TEMPLATE, LETTER_TEMPLATE}
        assert ids("type=letter") == {LETTER_TEMPLATE}
        assert ids("type=email") == {EMAIL_TEMPLATE}
        assert ask("GET", "/v2/templates", query="type=fax").messages == ["type fax is not one of [sms, email, letter]"]
        with as_caller(service_id=ANOTHERS_SERVICE, department="communities"):
            assert EMAIL_TEMPLATE not in ids()

    def test_a_template_is_shown_with_all_its_keys(self, ground: Ground) -> None:
        shown = ask("GET", f"/v2/template/{LETTER_TEMPLATE}").json
        assert shown == {
            "id": LETTER_TEMPLATE,
            "name": "Flood risk",
            "type": "letter",
            "created_at": shown["created_at"],
            "updated_at": None,
            "created_by": "floods-team@example.gov.uk",
            "version": 1,
            "body": "Dear ((name))\n\nThe risk is ((severity)).",
            "subject": "Flood risk at ((area))",
            "postage": "second",
            "letter_contact_block": "Environment Agency\nHorizon House\nBristol\nBS1 5AH",
            "personalisation": {"area": {"required": True}, "name": {"required": False}, "severity": {"required": True}},
        }
