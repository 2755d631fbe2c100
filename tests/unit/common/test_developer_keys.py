"""Where a key for data stands, and what whoever sends it is told (data contract, 3)."""

from __future__ import annotations

import base64
from typing import Any
from uuid import uuid4

import pytest

from functions.common import developer_keys, quota
from functions.common.failures import Refusal
from tests.unit.common.town import SERVICE, SITE, Town, refused, request

NOBODY = "4dd1dd23-655d-430a-ab97-6453e078a6ca"
"""An id, and a secret, of none."""


class TestWhereAKeyStands:
    """X-Api-Key first, then the query, then the Basic user name."""

    @pytest.mark.parametrize(
        "place",
        [
            request,
            lambda key: request(query=f"size=2&api_key={key}"),
            lambda key: request(authorization="Basic " + base64.b64encode(f"{key}:".encode()).decode()),
            lambda key: request(authorization="basic " + base64.b64encode(key.encode()).decode()),
            lambda key: request(Authorization=f"Bearer {key}"),
        ],
        ids=["header", "query", "basic", "basic without a colon", "bearer"],
    )
    def test_each_place_opens(self, town: Town, place: Any) -> None:
        assert quota.admit(place(town.key())).holder == SERVICE

    def test_the_first_place_decides(self, town: Town) -> None:
        good = town.key()
        basic = "Basic " + base64.b64encode(f"{good}:".encode()).decode()
        assert refused(request("wrong", query=f"api_key={good}", authorization=basic)).code == "API_KEY_INVALID"
        assert refused(request(query="api_key=wrong", authorization=basic)).code == "API_KEY_INVALID"
        assert quota.admit(request(good, query="api_key=wrong")).holder == SERVICE

    @pytest.mark.parametrize("authorization", ["Basic", "Basic ====", "Basic w6k", "Basic " + base64.b64encode(b"\xff\xfe:").decode(), "X"])
    def test_what_cannot_be_read_is_no_key(self, town: Town, authorization: str) -> None:
        assert refused(request(authorization=authorization)).code == "API_KEY_MISSING"

    def test_the_request_goes_on_without_its_key(self, town: Town) -> None:
        key = town.key()
        sent = request(key, query=f"api_key={key}&name=a%20b&name=c", Authorization=f"Bearer {key}")
        passed = quota.admit(sent).request
        assert key not in str(passed)
        assert (passed["rawQueryString"], passed["queryStringParameters"]) == ("name=a+b&name=c", {"name": "c"})
        assert passed["headers"] == {"host": "commonweal.example"}


class TestCodes:
    def test_without_a_key_one_is_told_where_to_get_one(self, town: Town) -> None:
        refusal = refused(request())
        message = f"No api_key was supplied. Get one at {SITE}/developers"
        assert (refusal.status, developer_keys.shape(refusal)) == (403, {"error": {"code": "API_KEY_MISSING", "message": message}})

    @pytest.mark.parametrize(
        "wrong", ["abc", "A" * 40, f"mine-{NOBODY}-{NOBODY}", f"mine-{SERVICE}-{NOBODY}", "x" * 5_000, "\r\nSet-Cookie: a"]
    )
    def test_a_wrong_secret_and_an_unknown_holder_are_told_apart_by_nobody(self, town: Town, wrong: str) -> None:
        town.key()
        refusal = refused(request(wrong))
        expected = {"code": "API_KEY_INVALID", "message": f"An invalid api_key was supplied. Get one at {SITE}/developers"}
        assert (refusal.status, developer_keys.shape(refusal)) == (403, {"error": expected})
        assert not refusal.headers

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"revoked_at": "2026-11-23T12:00:00Z"}, "API_KEY_DISABLED"),
            ({"not_after": "2026-11-23T12:29:59.999999Z"}, "API_KEY_DISABLED"),
            ({"unverified": True}, "API_KEY_UNVERIFIED"),
            ({"scopes": ("events:emit",)}, "API_KEY_UNAUTHORIZED"),
        ],
    )
    def test_who_has_the_secret_learns_why(self, town: Town, said: dict[str, Any], code: str) -> None:
        refusal = refused(request(town.key(**said)))
        assert (refusal.status, refusal.code) == (403, code)

    def test_a_suspended_holder_is_disabled(self, town: Town) -> None:
        town.service(suspended_at="2026-11-23T12:00:00Z")
        assert refused(request(town.key())).code == "API_KEY_DISABLED"

    def test_a_key_with_the_secret_of_another_holder_opens_nothing(self, town: Town) -> None:
        other = str(uuid4())
        town.service(other)
        secret = town.key(other)[-36:]
        assert refused(request(f"mine-{SERVICE}-{secret}")).code == "API_KEY_INVALID"

    @pytest.mark.parametrize(("status", "code"), [(404, "NOT_FOUND"), (500, "INTERNAL_SERVER_ERROR"), (400, "INVALID")])
    def test_other_refusals_are_said_in_the_same_shape(self, status: int, code: str) -> None:
        shaped = developer_keys.shape(Refusal(status, "Why.", code="invalid", field="name"))
        assert shaped == {"error": {"code": code, "message": "Why.", "field": "name"}}
