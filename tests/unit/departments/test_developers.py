"""Outside developers help themselves: what they are asked and told, what others learn of it, and what nobody can do with it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import jwt
import pytest

from functions.common import auth, clients, clock, keyring, limits, quota
from functions.common.failures import Refusal
from functions.common.log import logger
from functions.departments import accounts, admin_key, links, mail
from functions.departments.api import api
from functions.departments.developers import FORM, developers
from functions.departments.services import ADMINISTRATION, PLATFORM
from functions.departments.signing_up import read
from functions.departments.store import developers as store
from functions.departments.store import services
from schemas.ids import service_id, template_id
from tests.unit.departments.ground import Ground, request

JO = "jo.bloggs@example.com"
WANTED = {"email": JO, "use_description": "A map of rivers", "terms_and_conditions": True}
SITE = "https://commonweal.example"
HOME = "192.0.2.7"

type Answer = dict[str, Any]


@dataclass
class Visitor:
    """Somebody at an address, and every email that was asked for."""

    aws: Ground
    address: str = HOME
    mailed: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None, *, page: bool = False, **headers: str) -> Answer:
        """One request, as a program makes it, or as the form of a page."""
        text = None if body is None else urlencode(body) if page else json.dumps(body)  # type: ignore[arg-type]
        event = request(method, path, "", text)
        kind = {"content-type": FORM, "accept": "text/html,*/*"} if page else {"content-type": "application/json"}
        event["headers"] = {
            **kind,
            "host": "forged.example",
            **self.headers,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        event["requestContext"]["http"]["sourceIp"] = self.address
        answer = developers(event, None)  # type: ignore[arg-type]
        answer["headers"] |= {name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()}
        return answer

    def json(self, method: str, path: str, body: object = None, status: int = 200, **headers: str) -> Any:
        """The same, and what it answers, which has this status."""
        answer = self.ask(method, path, body, page=False, **headers)
        assert answer["statusCode"] == status, answer["body"]
        return json.loads(answer["body"])

    def link(self, to: str = JO) -> str:
        """The path of the link in the last email to somebody."""
        return str([one for one in self.mailed if one["email_address"] == to][-1]["personalisation"]["link"]).removeprefix(SITE)

    def signs_up(self, email: str = JO, **said: Any) -> str:
        """Ask for a key, and confirm it; answers the whole key."""
        self.json("POST", "/developers", {**WANTED, "email": email, **said}, 202)
        made = self.json("POST", self.link(email), status=200)
        self.account = made["account"]
        return str(made["api_key"])


@pytest.fixture
def visitor(aws: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    made = Visitor(aws)
    monkeypatch.setenv("PUBLIC_URL", SITE)
    monkeypatch.setenv("CLAIMS", "claims")
    about = mail.about

    def heard(template: Any, email: str, path: str) -> Any:
        said = about(template, email, path)
        made.mailed.append({**said.data, "template": template, "envelope": said})  # type: ignore[dict-item]
        return said

    monkeypatch.setattr(mail, "about", heard)
    limits.forget()
    quota.forget()
    yield made
    limits.forget()
    quota.forget()


def later(monkeypatch: pytest.MonkeyPatch, **span: float) -> None:
    moment = clock.now() + timedelta(**span)
    monkeypatch.setattr(clock, "now", lambda: moment)
    keyring._kept.clear()


def opens(key: str) -> bool:
    keyring._kept.clear()
    try:
        auth.whole_key({"x-api-key": key})
    except Refusal:
        return False
    return True


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


NAMED = {**WANTED, "first_name": "Jo", "last_name": "Bloggs"}


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
        calls = self.calls()
        answers = [visitor.ask("POST", "/developers", {**WANTED, "email": email}) for email in (JO, "new@example.com")]
        assert answers[0]["body"] == answers[1]["body"]
        assert len(calls) % 2 == 0
        assert calls[: len(calls) // 2] == calls[len(calls) // 2 :]

    def test_asking_for_a_link_answers_the_same_with_as_many_calls(self, visitor: Visitor) -> None:
        visitor.signs_up()
        calls = self.calls()
        answers = [visitor.ask("POST", "/developers/links", {"email": email}) for email in (JO, "new@example.com")]
        assert [answer["statusCode"] for answer in answers] == [202, 202]
        assert answers[0]["body"] == answers[1]["body"]
        asked = [name for name in calls if name != "UpdateItem"]  # how often links were asked for is counted in blocks
        assert asked[: len(asked) // 2] == asked[len(asked) // 2 :]
        assert [sent["template"] for sent in visitor.mailed[-2:]] == ["developer-account", "developer-unknown"]

    @staticmethod
    def calls() -> list[str]:
        made: list[str] = []
        clients.dynamodb().meta.events.register("before-call", lambda model, **_: made.append(model.name))
        clients.kms().meta.events.register("before-call", lambda model, **_: made.append(model.name))
        return made

    def test_both_keys_of_one_address_share_its_allowance(self, visitor: Visitor) -> None:
        first, second = visitor.signs_up(), visitor.signs_up()
        for key in (first, second, first):
            remaining = visitor.json("GET", "/developers/usage", x_api_key=key)["remaining"]
        assert remaining == 997
        assert len(visitor.json("GET", visitor.account)["keys"]) == 2


class TestLinks:
    def test_a_link_confirms_once(self, visitor: Visitor) -> None:
        visitor.signs_up()
        assert visitor.json("POST", visitor.link(), status=410)["error"]["code"] == "LINK_EXPIRED"
        assert visitor.ask("GET", visitor.link(), page=True)["statusCode"] == 410

    def test_two_who_follow_it_at_once_get_one_key(self, visitor: Visitor) -> None:
        visitor.json("POST", "/developers", WANTED, 202)
        waiting = accounts.waits(visitor.link().rpartition("/")[2])
        assert waiting
        visitor.json("POST", visitor.link())
        with patch.object(store, "sign_up", lambda _: waiting):
            assert visitor.json("POST", visitor.link(), status=410)["error"]["code"] == "LINK_USED"

    def test_looking_at_it_confirms_nothing(self, visitor: Visitor) -> None:
        visitor.json("POST", "/developers", WANTED, 202)
        for _ in range(3):
            page = visitor.ask("GET", visitor.link(), page=True)
            assert (page["statusCode"], "Confirm your email address" in page["body"]) == (200, True)
        assert visitor.json("POST", visitor.link())["api_key"]

    def test_one_for_one_purpose_serves_no_other(self, visitor: Visitor) -> None:
        visitor.json("POST", "/developers", WANTED, 202)
        token = visitor.link().rpartition("/")[2]
        assert visitor.ask("GET", f"/developers/account/{token}")["statusCode"] == 410
        visitor.json("POST", visitor.link())
        visitor.json("POST", "/developers/links", {"email": JO}, 202)
        assert visitor.ask("POST", f"/developers/confirm/{visitor.link().rpartition('/')[2]}")["statusCode"] == 410

    @pytest.mark.parametrize(
        "forge",
        [
            lambda token: token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
            lambda token: jwt.encode(jwt.decode(token, options={"verify_signature": False}), "guess" * 10, algorithm="HS256"),
            lambda token: jwt.encode(jwt.decode(token, options={"verify_signature": False}), "", algorithm="none"),
            lambda _: "x",
            lambda token: token.split(".")[1],
        ],
        ids=["changed", "signed by another", "not signed", "nonsense", "a part"],
    )
    def test_one_that_we_did_not_sign_opens_nothing_and_reads_nothing(self, visitor: Visitor, forge: Any) -> None:
        visitor.signs_up()
        visitor.json("POST", "/developers/links", {"email": JO}, 202)
        forged = forge(visitor.link().rpartition("/")[2])
        calls = TestNobodyLearnsWhoHasAnAccount.calls()
        assert visitor.ask("GET", f"/developers/account/{forged}")["statusCode"] == 410
        assert calls == []

    def test_an_account_is_open_for_an_hour(self, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        visitor.signs_up()
        later(monkeypatch, minutes=59)
        visitor.json("GET", visitor.account)
        later(monkeypatch, minutes=2)
        visitor.json("GET", visitor.account, status=410)

    def test_or_until_its_link_is_closed(self, visitor: Visitor) -> None:
        visitor.signs_up()
        visitor.json("POST", f"{visitor.account}/close")
        for path in ("", "/keys", "/delete"):
            assert visitor.ask("POST" if path else "GET", f"{visitor.account}{path}", {"sure": True})["statusCode"] == 410

    def test_a_link_is_not_written_into_other_sites_logs_or_kept_by_a_cache(self, visitor: Visitor) -> None:
        visitor.signs_up()
        headers = visitor.ask("GET", visitor.account, page=True)["headers"]
        assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
        assert "form-action 'self'" in headers["Content-Security-Policy"]


class TestKeys:
    def test_a_rotated_key_works_on_for_seven_days(self, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        old = visitor.signs_up()
        [key] = visitor.json("GET", visitor.account)["keys"]
        new = visitor.json("POST", f"{visitor.account}/keys/{key['id']}/rotate", {}, 201)["api_key"]
        assert (opens(old), opens(new)) == (True, True)
        newest, oldest = visitor.json("GET", visitor.account)["keys"]
        assert (oldest["replaced_by"], oldest["works"], newest["expires_at"]) == (newest["id"], True, None)
        later(monkeypatch, days=6, hours=23)
        assert opens(old)
        later(monkeypatch, hours=1, seconds=1)
        assert (opens(old), opens(new)) == (False, True)

    def test_a_form_that_is_sent_twice_makes_one_key(self, visitor: Visitor) -> None:
        visitor.signs_up()
        [key] = visitor.json("GET", visitor.account)["keys"]
        path = f"{visitor.account}/keys/{key['id']}/rotate"
        visitor.json("POST", path, {"overlap_days": 0}, 201)
        assert visitor.json("POST", path, {"overlap_days": 0}, 409)["error"]["code"] == "KEY_REPLACED"
        assert len(visitor.json("GET", visitor.account)["keys"]) == 2

    def test_with_no_overlap_the_old_one_ends_at_once(self, visitor: Visitor) -> None:
        old = visitor.signs_up()
        [key] = visitor.json("GET", visitor.account)["keys"]
        visitor.json("POST", f"{visitor.account}/keys/{key['id']}/rotate", {"overlap_days": 0}, 201)
        assert not opens(old)

    @pytest.mark.parametrize("days", ["-1", "31", "7.5", "seven", "1e1", "\u0667"])
    def test_an_overlap_is_a_number_of_days(self, visitor: Visitor, days: str) -> None:
        visitor.signs_up()
        [key] = visitor.json("GET", visitor.account)["keys"]
        said = visitor.json("POST", f"{visitor.account}/keys/{key['id']}/rotate", {"overlap_days": days}, 422)
        assert said["errors"][0]["field"] == "overlap_days"

    def test_a_key_may_be_made_to_expire(self, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        visitor.signs_up()
        key = visitor.json("POST", f"{visitor.account}/keys", {"expires_in_days": 30}, 201)["api_key"]
        later(monkeypatch, days=29)
        assert opens(key)
        later(monkeypatch, days=2)
        assert not opens(key)

    def test_a_revoked_key_opens_nothing_and_is_told_so(self, visitor: Visitor) -> None:
        key = visitor.signs_up()
        [one] = visitor.json("GET", visitor.account)["keys"]
        for _ in range(2):
            shown = visitor.json("POST", f"{visitor.account}/keys/{one['id']}/revoke")
            assert [(known["works"], bool(known["revoked_at"])) for known in shown["keys"]] == [(False, True)]
        keyring._kept.clear()
        assert visitor.json("GET", "/developers/usage", status=403, x_api_key=key)["error"]["code"] == "API_KEY_DISABLED"
        visitor.json("POST", f"{visitor.account}/keys/{one['id']}/rotate", {}, 409)

    def test_nobody_touches_the_keys_of_another(self, visitor: Visitor) -> None:
        key = visitor.signs_up()
        [mine] = visitor.json("GET", visitor.account)["keys"]
        visitor.signs_up("other@example.com")
        for what in ("rotate", "revoke"):
            visitor.json("POST", f"{visitor.account}/keys/{mine['id']}/{what}", {}, 404)
        assert opens(key)

    def test_its_making_and_its_end_are_said_on_the_bus_without_whose_it_is(self, visitor: Visitor) -> None:
        visitor.signs_up()
        [key] = visitor.json("GET", visitor.account)["keys"]
        [made] = visitor.aws.events()
        visitor.json("POST", f"{visitor.account}/keys/{key['id']}/revoke")
        [revoked] = visitor.aws.events()
        assert [made["type"], revoked["type"]] == ["platform.KeyCreated.v1", "platform.KeyRevoked.v1"]
        assert all(event["department"] == "developers" and "bloggs" not in str(event) for event in (made, revoked))

    def test_an_administrator_can_revoke_it_and_cannot_make_one(self, visitor: Visitor) -> None:
        key = visitor.signs_up()
        owner = services.service(key[-73:-37])
        assert owner
        [known] = services.keys_of(str(owner.id))
        assert services.revoke_key(owner, str(known.id))
        assert not opens(key)

    def test_nobody_makes_a_developers_key_do_more(self, visitor: Visitor) -> None:
        key = visitor.signs_up()
        administration = visitor.aws.service(PLATFORM, ADMINISTRATION)
        admin_key.ensure(administration)
        wanted = {"name": "more", "type": "live", "scopes": ["notifications:send"]}
        answer = api(request("POST", f"/services/{key[-73:-37]}/keys", visitor.aws.admin_secret(), json.dumps(wanted)), None)  # type: ignore[arg-type]
        assert answer["statusCode"] == 409


class TestLeaving:
    def test_an_account_is_deleted_with_its_keys_and_its_address(self, visitor: Visitor) -> None:
        key = visitor.signs_up()
        assert visitor.ask("POST", f"{visitor.account}/delete", {})["statusCode"] == 422
        assert opens(key)
        visitor.json("POST", f"{visitor.account}/delete", {"sure": True})
        assert not opens(key)
        visitor.json("GET", visitor.account, status=410)
        assert not [item for item in visitor.aws.items() if item["pk"]["S"].startswith(("developer#", "sign-up#", "mail#"))]

    def test_and_can_be_made_again(self, visitor: Visitor) -> None:
        visitor.signs_up()
        visitor.json("POST", f"{visitor.account}/delete", {"sure": True})
        assert opens(visitor.signs_up())


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


def test_a_links_own_clock_is_ours(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    made = links.make("account", "somebody")
    assert links.read("account", made.token) == made
    later(monkeypatch, seconds=3_600)
    assert links.read("account", made.token) is None


def test_what_was_asked_is_read_once_for_all() -> None:
    asked = read({**WANTED, "email": "  Jo.Bloggs@Example.COM "})
    assert (asked.email, asked.use) == (JO, "A map of rivers")
