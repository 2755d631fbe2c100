"""Outside developers sign up: what they are asked and told, what others learn of it, and how often."""

from __future__ import annotations

import io
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.common import auth, clock, keyring
from functions.common.failures import Refusal
from functions.common.log import logger
from functions.departments.developers import FORM, developers
from functions.departments.signing_up import read
from schemas.ids import service_id, template_id
from tests.unit.departments.ground import request
from tests.unit.departments.visiting import HOME, JO, NAMED, SITE, WANTED, Visitor, calls, later, opens


class TestSigningUp:
    def test_the_key_is_shown_to_whoever_has_the_mail_and_to_nobody_else(self, visitor: Visitor) -> None:
        asked = visitor.ask("POST", "/developers", WANTED)
        assert (asked["statusCode"], json.loads(asked["body"]).keys()) == (202, {"message"})
        assert [item for item in visitor.aws.items() if item["sk"]["S"].startswith("key#")] == []
        key = visitor.json("POST", visitor.link())["api_key"]
        caller = auth.whole_key({"x-api-key": key})
        assert (caller.department, caller.key_type, sorted(caller.scopes)) == ("developers", "live", ["data:read"])

    def test_the_mail_is_asked_for_on_the_bus_from_the_platforms_own_service(self, visitor: Visitor) -> None:
        visitor.json("POST", "/developers", WANTED, 202)
        [sent] = visitor.mailed
        envelope = sent["envelope"]
        assert (envelope.source, envelope.type) == ("uk.gov.commonweal.departments", "platform.NotificationRequested.v1")
        assert (envelope.department, envelope.dataclassification) == ("commonweal", "personal")
        assert sent["service_id"] == service_id("commonweal", "developers")
        assert sent["templates"] == {"email": template_id("commonweal", "developer-confirm", "email")}

    def test_its_link_leads_to_us_whatever_the_request_says_of_the_host(self, visitor: Visitor) -> None:
        visitor.ask("POST", "/developers", WANTED, x_forwarded_host="evil.example")
        assert visitor.mailed[0]["personalisation"]["link"].startswith(f"{SITE}/developers/confirm/")

    def test_nothing_that_was_typed_goes_into_a_mail(self, visitor: Visitor) -> None:
        words = "Visit http://evil.example now"
        user = {**WANTED, "first_name": words, "last_name": "x", "use_description": words}
        visitor.json("POST", "/api-umbrella/v1/users.json", {"user": user}, 201)
        assert "evil" not in str(visitor.mailed)

    def test_no_address_stands_in_the_table_as_text_nor_a_link_that_works(self, visitor: Visitor) -> None:
        visitor.json("POST", "/developers", WANTED, 202)
        assert not any(secret in str(visitor.aws.items()) for secret in (JO, HOME, visitor.link().rpartition("/")[2]))
        visitor.json("POST", visitor.link())
        visitor.json("POST", "/developers/links", {"email": JO}, 202)
        assert not any(secret in str(visitor.aws.items()) for secret in (JO, HOME, visitor.link().rpartition("/")[2]))

    def test_what_waits_expires_within_a_day(self, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        visitor.json("POST", "/api-umbrella/v1/users.json", {"user": NAMED, "options": {"verify_email": False}}, 201)
        kept = [item for item in visitor.aws.items() if not item["pk"]["S"].startswith(("limit#", "waiting#"))]
        assert {item["sk"]["S"].partition("#")[0] for item in kept} == {"sign-up", "service", "key"}
        assert all(int(item["expires_at"]["N"]) <= clock.epoch() + 86_400 for item in kept)
        later(monkeypatch, hours=24, seconds=1)
        assert visitor.json("POST", visitor.link(), status=410)["error"]["code"] == "LINK_EXPIRED"

    def test_what_is_confirmed_does_not(self, visitor: Visitor) -> None:
        visitor.signs_up()
        kept = [item for item in visitor.aws.items() if item["sk"]["S"].partition("#")[0] in ("account", "service", "key")]
        assert len(kept) == 3
        assert not any("expires_at" in item for item in kept)

    @pytest.mark.parametrize(
        ("wrong", "fields"),
        [
            ({"terms_and_conditions": False}, ["terms_and_conditions"]),
            ({"terms_and_conditions": "0"}, ["terms_and_conditions"]),
            ({"terms_and_conditions": None}, ["terms_and_conditions"]),
            ({"email": ""}, ["email"]),
            ({"email": "jo"}, ["email"]),
            ({"email": ["jo@example.com"]}, ["email"]),
            ({"email": f"{'j' * 250}@example.com"}, ["email"]),
            ({"email": "jo@example.com\r\nBcc: all@example.com"}, ["email"]),
            ({"email": "jo@example.com,all@example.com"}, ["email"]),
            ({"email": "Jo <jo@example.com>"}, ["email"]),
            ({"email": "j\u00f6@example.com"}, ["email"]),
            ({"use_description": "x" * 2_001}, ["use_description"]),
            ({"use_description": "a\x00b"}, ["use_description"]),
            ({"website": "javascript:alert(1)"}, ["website"]),
            ({"email": "jo", "terms_and_conditions": False}, ["email", "terms_and_conditions"]),
        ],
    )
    def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_sent(
        self, visitor: Visitor, wrong: dict[str, Any], fields: list[str]
    ) -> None:
        said = visitor.json("POST", "/developers", {**WANTED, **wrong}, 422)
        assert [error["field"] for error in said["errors"]] == fields
        assert all(error.keys() == {"code", "message", "field", "full_message"} for error in said["errors"])
        assert (visitor.mailed, visitor.aws.items()) == ([], [])

    @pytest.mark.parametrize("body", ["[]", "{", '{"email": NaN}', "[" * 10_000, '"x"'])
    def test_what_is_no_object_is_refused(self, visitor: Visitor, body: str) -> None:
        event = request("POST", "/developers", "", body)
        assert developers(event, None)["statusCode"] == 400  # type: ignore[arg-type]

    def test_a_form_of_another_site_is_refused(self, visitor: Visitor) -> None:
        answer = visitor.ask("POST", "/developers", WANTED, page=True, sec_fetch_site="cross-site")
        assert (answer["statusCode"], visitor.mailed) == (403, [])


class TestAsApiDataGovDoes:
    """POST /api-umbrella/v1/users.json (data contract, 3)."""

    def test_the_answer_has_no_key_unless_it_was_asked_for(self, visitor: Visitor) -> None:
        answer = visitor.ask("POST", "/api-umbrella/v1/users.json", {"user": NAMED, "options": {"send_welcome_email": True}})
        said = json.loads(answer["body"])
        assert (answer["statusCode"], answer["headers"]["Access-Control-Allow-Origin"]) == (201, "*")
        assert "api_key" not in said["user"]
        assert (said["user"]["email"], said["user"]["first_name"], said["options"]["verify_email"]) == (JO, "Jo", True)

    def test_a_key_that_is_given_at_once_opens_nothing_before_the_mail_is_followed(self, visitor: Visitor) -> None:
        body = {"user": NAMED, "options": {"verify_email": False}}
        key = visitor.json("POST", "/api-umbrella/v1/users.json", body, 201)["user"]["api_key"]
        assert visitor.json("GET", "/developers/usage", status=403, x_api_key=key)["error"]["code"] == "API_KEY_UNVERIFIED"
        with pytest.raises(Refusal, match="waits"):
            auth.whole_key({"x-api-key": key})
        confirmed = visitor.json("POST", visitor.link())
        assert confirmed["api_key"] == ""
        keyring._kept.clear()
        assert visitor.json("GET", "/developers/usage", x_api_key=key)["remaining"] == 999

    @pytest.mark.parametrize("missing", ["first_name", "last_name", "email", "terms_and_conditions"])
    def test_what_its_forms_must_give_is_asked_for(self, visitor: Visitor, missing: str) -> None:
        user = {name: value for name, value in NAMED.items() if name != missing}
        answer = visitor.ask("POST", "/api-umbrella/v1/users.json", {"user": user})
        [error] = json.loads(answer["body"])["errors"]
        assert (answer["statusCode"], error["code"], error["field"]) == (422, "INVALID_INPUT", missing)
        assert answer["headers"]["Access-Control-Allow-Origin"] == "*"

    def test_forms_may_send_fields_in_brackets(self, visitor: Visitor) -> None:
        fields = {f"user[{name}]": str(value).lower() for name, value in NAMED.items()} | {"options[verify_email]": "true"}
        event = request("POST", "/api-umbrella/v1/users.json", "", urlencode(fields))
        event["headers"] = {"content-type": FORM}
        assert developers(event, None)["statusCode"] == 201  # type: ignore[arg-type]


class TestNobodyLearnsWhoHasAnAccount:
    def test_signing_up_answers_the_same_and_looks_for_no_account(self, visitor: Visitor) -> None:
        visitor.signs_up()
        made = calls()
        answers = [visitor.ask("POST", "/developers", {**WANTED, "email": email}) for email in (JO, "new@example.com")]
        assert answers[0]["body"] == answers[1]["body"]
        assert len(made) % 2 == 0
        assert made[: len(made) // 2] == made[len(made) // 2 :]

    def test_asking_for_a_link_answers_the_same_with_as_many_calls(self, visitor: Visitor) -> None:
        visitor.signs_up()
        made = calls()
        answers = [visitor.ask("POST", "/developers/links", {"email": email}) for email in (JO, "new@example.com")]
        assert [answer["statusCode"] for answer in answers] == [202, 202]
        assert answers[0]["body"] == answers[1]["body"]
        asked = [name for name in made if name != "UpdateItem"]  # how often links were asked for is counted in blocks
        assert asked[: len(asked) // 2] == asked[len(asked) // 2 :]
        assert [sent["template"] for sent in visitor.mailed[-2:]] == ["developer-account", "developer-unknown"]

    def test_both_keys_of_one_address_share_its_allowance(self, visitor: Visitor) -> None:
        first, second = visitor.signs_up(), visitor.signs_up()
        for key in (first, second, first):
            remaining = visitor.json("GET", "/developers/usage", x_api_key=key)["remaining"]
        assert remaining == 997
        assert len(visitor.json("GET", visitor.account)["keys"]) == 2


class TestHowOften:
    def test_one_address_is_sent_three_emails_a_day(self, visitor: Visitor) -> None:
        for _ in range(2):
            visitor.json("POST", "/developers", WANTED, 202)
        visitor.json("POST", "/developers/links", {"email": JO}, 202)
        for path, body in (("/developers", WANTED), ("/developers/links", {"email": JO.upper()})):
            answer = visitor.ask("POST", path, body)
            assert (answer["statusCode"], "Retry-After" in answer["headers"]) == (429, True)
        assert len(visitor.mailed) == 3

    def test_an_office_behind_one_address_is_not_locked_out(self, visitor: Visitor) -> None:
        for number in range(60):
            assert opens(visitor.signs_up(f"clerk-{number}@office.example.gov.uk"))

    def test_whoever_types_in_others_addresses_is_stopped(self, visitor: Visitor) -> None:
        told = [visitor.ask("POST", "/developers", {**WANTED, "email": f"victim@{number}.example"})["statusCode"] for number in range(30)]
        assert told == [202] * 20 + [429] * 10

    def test_from_many_addresses_too_and_without_locking_out_the_people_of_the_domain(self, visitor: Visitor) -> None:
        for number in range(20):
            visitor.address = f"198.51.100.{number}"
            for again in range(3):
                visitor.ask("POST", "/developers", {**WANTED, "email": f"victim-{number}-{again}@office.example"})
        assert len(visitor.mailed) == 60
        told = visitor.ask("POST", "/developers", {**WANTED, "email": "another@office.example"})
        assert told["statusCode"] == 429
        visitor.address = HOME
        assert opens(visitor.signs_up("real@office.example"))


class TestPages:
    def test_a_form_that_lacks_something_comes_back_with_what_was_typed(self, visitor: Visitor) -> None:
        answer = visitor.ask("POST", "/developers", {"email": "jo<script>", "use_description": "</textarea><b>"}, page=True)
        assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (422, "text/html; charset=utf-8")
        assert "<title>Error: " in answer["body"]
        assert 'href="#email"' in answer["body"]
        assert 'href="#terms_and_conditions"' in answer["body"]
        assert "<script>" not in answer["body"]
        assert "</textarea><b>" not in answer["body"]

    def test_from_the_form_to_the_key(self, visitor: Visitor) -> None:
        assert '<form method="post" action="/developers"' in visitor.ask("GET", "/developers", page=True)["body"]
        form = {"email": JO, "use_description": "", "terms_and_conditions": "true"}
        assert "Check your email" in visitor.ask("POST", "/developers", form, page=True)["body"]
        page = visitor.ask("POST", visitor.link(), {}, page=True)["body"]
        [key] = re.findall(r"data-[0-9a-f-]{73}", page)
        assert opens(key)
        [account] = re.findall(r'href="(/developers/account/[^"]+)"', page)
        shown = visitor.ask("GET", account, page=True)["body"]
        assert JO in shown
        assert key[-36:] not in shown
        assert "<script" not in shown
        revoked = visitor.ask("POST", re.findall(r'action="([^"]+/revoke)"', shown)[0], {}, page=True)
        assert (revoked["statusCode"], revoked["headers"]["Location"]) == (303, account)

    def test_a_refusal_is_a_page_for_whoever_looks_at_pages(self, visitor: Visitor) -> None:
        answer = visitor.ask("GET", "/developers/account/nonsense", page=True)
        assert (answer["statusCode"], "This link does not work" in answer["body"]) == (410, True)

    def test_no_address_key_or_link_reaches_a_log(self, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        printed = io.StringIO()
        for handler in logger._logger.handlers:
            monkeypatch.setattr(handler, "stream", printed)
        key = visitor.signs_up()
        visitor.ask("GET", visitor.account, page=True)
        visitor.ask("GET", "/developers/usage", x_api_key=key)
        assert printed.getvalue().count('"answered"') == 4
        assert not any(secret in printed.getvalue() for secret in (JO, HOME, key, visitor.account, visitor.link()))


def test_what_was_asked_is_read_once_for_all() -> None:
    asked = read({**WANTED, "email": "  Jo.Bloggs@Example.COM "})
    assert (asked.email, asked.use) == (JO, "A map of rivers")
