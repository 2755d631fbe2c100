"""What a developer does with an account, and what nobody else can: its links, its keys, and leaving."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import jwt
import pytest

from functions.common import keyring
from functions.departments import accounts, admin_key, links
from functions.departments.api import api
from functions.departments.services import ADMINISTRATION, PLATFORM
from functions.departments.store import developers as store
from functions.departments.store import services
from tests.unit.departments.ground import request
from tests.unit.departments.visiting import JO, WANTED, Visitor, calls, later, opens


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
        made = calls()
        assert visitor.ask("GET", f"/developers/account/{forged}")["statusCode"] == 410
        assert made == []

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


def test_a_links_own_clock_is_ours(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    made = links.make("account", "somebody")
    assert links.read("account", made.token) == made
    later(monkeypatch, seconds=3_600)
    assert links.read("account", made.token) is None
