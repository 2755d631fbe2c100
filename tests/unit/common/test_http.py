"""The front desk: who is asking, may they, how large is it, what is it; and what a caller is told."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from pydantic import BaseModel, Field

from functions.common import http
from functions.common.auth import Caller
from functions.common.cause import current
from functions.common.failures import Busy, Invalid, Refusal
from functions.common.http import Api, caller

CANARY = "Jo Bloggs"
ANYBODY = {"x-api-key": "good", "content-type": "application/json"}

type Answer = dict[str, Any]


class Letter(BaseModel):
    title: str = Field(max_length=10)
    body: str
    pages: int = 1


def scheme(headers: Mapping[str, str]) -> Caller:
    if headers.get("x-api-key") not in ("good", "lesser"):
        raise Refusal(401, "This key is not known.", code="AuthError")
    scopes = frozenset({"letters:write"} if headers["x-api-key"] == "good" else set())
    return Caller("environment-agency", "service", "key", "live", scopes)


def make(**asked: Any) -> Api:
    api = Api("Letters", scheme=scheme, scope="letters:write", largest_body=1_000, **asked)

    @api.post("/letters")
    def post_letter(letter: Letter) -> tuple[Letter, int]:
        """Take a letter. It is given back."""
        return letter, 201

    @api.get("/letters/<letter_id>")
    def get_letter(letter_id: str, query: int = 0) -> dict[str, object]:
        return {"id": letter_id, "query": query, "for": caller().department, "acting": current().department}

    @api.get("/lists")
    def get_letters() -> dict[str, object]:
        return {"after": api.cursor(r"[0-9]+:[a-z]{0,9}")}

    @api.delete("/letters/<letter_id>")
    def delete_letter(letter_id: str) -> dict[str, str]:
        return FAILURES[letter_id]()

    return api


def fail(failure: Exception) -> Callable[[], dict[str, str]]:
    def raise_it() -> dict[str, str]:
        raise failure

    return raise_it


FAILURES: dict[str, Callable[[], dict[str, str]]] = {
    "bug": fail(RuntimeError(CANARY)),
    "key": fail(KeyError(CANARY)),
    "deep": fail(RecursionError()),
    "throttled": fail(ClientError({"Error": {"Code": "ThrottlingException", "Message": CANARY}}, "PutItem")),
    "unreached": fail(ConnectTimeoutError(endpoint_url="https://dynamodb")),
    "busy": fail(Busy(CANARY)),
    "invalid": fail(Invalid("is not a letter", "letter_id")),
    "refused": fail(Refusal(409, "It has changed.", code="conflict", field="version", headers={"ETag": '"2"'})),
}


def call(api: Api, method: str, path: str, body: object = None, headers: Mapping[str, str] = ANYBODY, **event: Any) -> Answer:
    return api(
        {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": "",
            "headers": dict(headers),
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
            "body": body if isinstance(body, str | None) else json.dumps(body),
            "isBase64Encoded": False,
            **event,
        },
        SimpleNamespace(),  # type: ignore[arg-type]  # any context will do
    )


def told(answer: Answer) -> Any:
    return json.loads(answer["body"])


GOOD = {"title": "Flood", "body": "Water is rising."}


class TestOrder:
    """Each row is wrong in all the ways of the rows below it, and is refused for its own."""

    WRONG = "[" * 2_000

    @pytest.mark.parametrize(
        ("headers", "body", "status", "code"),
        [
            ({"x-api-key": "bad", "content-type": "text/plain"}, WRONG, 401, "AuthError"),
            ({"x-api-key": "lesser", "content-type": "text/plain"}, WRONG, 403, "scope_missing"),
            ({"x-api-key": "good", "content-type": "text/plain"}, WRONG, 413, "body_too_large"),
            ({"x-api-key": "good", "content-type": "text/plain"}, base64.b64encode(b"\xff[" * 100).decode(), 415, "unsupported_media_type"),
            (ANYBODY, base64.b64encode(b"\xff" + b"[" * 100).decode(), 400, "invalid_encoding"),
            (ANYBODY, "[" * 100 + "NaN", 400, "too_deep"),
            (ANYBODY, '{"title": NaN}', 400, "invalid_json"),
            (ANYBODY, '{"title": ', 400, "invalid_json"),
            (ANYBODY, '{"title": 1}', 422, "invalid"),
        ],
    )
    def test_the_first_thing_wrong_is_what_is_told(self, headers: dict[str, str], body: str, status: int, code: str) -> None:
        encoded = not body.startswith(("[", "{"))
        answer = call(make(), "POST", "/letters", body, headers, isBase64Encoded=encoded)
        assert (answer["statusCode"], told(answer)["code"]) == (status, code)

    @pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("PATCH", "/letters"), ("GET", "/letters")])
    def test_an_unknown_caller_learns_no_routes(self, method: str, path: str) -> None:
        assert call(make(), method, path, headers={})["statusCode"] == 401

    def test_an_open_desk_asks_nobody(self) -> None:
        api = Api("Open")
        api.get("/")(lambda: {"ok": True})
        assert call(api, "GET", "/", headers={})["statusCode"] == 200


class TestBodies:
    def test_a_body_is_read_into_its_model(self) -> None:
        answer = call(make(), "POST", "/letters", GOOD)
        assert (answer["statusCode"], told(answer)) == (201, {**GOOD, "pages": 1})

    def test_an_encoded_body_is_read_too(self) -> None:
        encoded = base64.b64encode(json.dumps({**GOOD, "title": "Überflut"}).encode()).decode()
        assert told(call(make(), "POST", "/letters", encoded, isBase64Encoded=True))["title"] == "Überflut"

    def test_another_media_type_is_read_where_it_is_taken(self) -> None:
        api = make(media_types=("application/json", "text/plain"))
        assert call(api, "POST", "/letters", GOOD, {"x-api-key": "good", "content-type": "text/plain"})["statusCode"] == 201
        assert call(make(media_types=()), "POST", "/letters", GOOD, {"x-api-key": "good"})["statusCode"] == 201

    @pytest.mark.parametrize(
        ("body", "errors"),
        [
            ({}, {"title": "Field required", "body": "Field required"}),
            ({**GOOD, "body": 1}, {"body": "Input should be a valid string"}),
            ({**GOOD, "title": "x" * 11}, {"title": "String should have at most 10 characters"}),
            (None, {"": "Field required"}),
        ],
    )
    def test_every_field_at_fault_is_named_as_the_caller_named_it(self, body: object, errors: dict[str, str]) -> None:
        answer = call(make(), "POST", "/letters", body)
        assert (answer["statusCode"], {error["field"]: error["message"] for error in told(answer)["errors"]}) == (422, errors)

    @pytest.mark.parametrize("body", ["[]", "null", '"text"', "7"])
    def test_a_body_that_is_no_object_is_refused(self, body: str) -> None:
        assert call(make(), "POST", "/letters", body)["statusCode"] == 422

    def test_a_query_parameter_at_fault_is_named(self) -> None:
        answer = call(make(), "GET", "/letters/1", queryStringParameters={"query": "many"})
        assert "valid integer" in told(answer)["detail"]

    def test_a_room_may_read_bodies_itself(self) -> None:
        api = make(raw=True)
        api.put("/raw")(
            lambda: {"body": api.body().decode(), "path": api.path, "query": api.query["q"], "type": api.headers["content-type"]}
        )
        answer = call(api, "PUT", "/raw", "[[[", {"X-Api-Key": "good", "Content-Type": "text/x"}, queryStringParameters={"q": "1"})
        assert told(answer) == {"body": "[[[", "path": "/raw", "query": "1", "type": "text/x"}

    def test_no_request_sees_the_body_of_the_one_before(self) -> None:
        api = make(raw=True)
        api.put("/raw")(lambda: {"body": api.body().decode()})
        call(api, "PUT", "/raw", "secret")
        assert told(call(api, "PUT", "/raw")) == {"body": ""}


class TestRoutes:
    def test_a_route_knows_who_is_asking_and_for_whom_it_acts(self) -> None:
        assert told(call(make(), "GET", "/letters/1")) == {
            "id": "1",
            "query": 0,
            "for": "environment-agency",
            "acting": "environment-agency",
        }

    def test_what_is_not_there_is_404(self) -> None:
        answer = call(make(), "GET", "/letters/1/pages")
        assert (answer["statusCode"], told(answer)["code"]) == (404, "not_found")

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [("PUT", "/letters", "POST"), ("PATCH", "/letters/1", "DELETE, GET"), ("HEAD", "/letters/1", "DELETE, GET")],
    )
    def test_another_method_is_405_and_told_which(self, method: str, path: str, allowed: str) -> None:
        answer = call(make(), method, path)
        assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, allowed)
        assert allowed.replace(", ", " or ") in told(answer)["detail"]

    def test_a_name_that_no_route_can_have_is_not_there(self) -> None:
        assert call(make(), "GET", '/letters/"')["statusCode"] == 404

    @pytest.mark.parametrize(("given", "after"), [({}, None), ({"after": ""}, None), ({"after": "1:a"}, "1:a")])
    def test_a_list_goes_on_where_an_answer_said(self, given: dict[str, str], after: str | None) -> None:
        assert told(call(make(), "GET", "/lists", queryStringParameters=given)) == {"after": after}

    @pytest.mark.parametrize("after", ["²:", "1:A", "1:a\n", ":", "1:" + "a" * 2_000])
    def test_a_list_goes_on_nowhere_else(self, after: str) -> None:
        answer = call(make(), "GET", "/lists", queryStringParameters={"after": after})
        assert (answer["statusCode"], told(answer)["errors"][0]["field"]) == (422, "after")

    def test_an_address_may_be_put_as_the_routes_know_it(self) -> None:
        api = make(readdress=lambda event: {**event, "rawPath": event["rawPath"].lower()})
        assert told(call(api, "GET", "/LETTERS/A"))["id"] == "a"

    def test_the_documentation_of_a_route_is_its_docstring(self) -> None:
        operation = json.loads(make().resolver.get_openapi_json_schema())["paths"]["/letters"]["post"]
        assert (operation["summary"], operation["description"]) == ("Take a letter", "Take a letter. It is given back.")


class TestRefusals:
    def test_problem_details_have_their_own_media_type(self) -> None:
        answer = call(make(), "GET", "/nowhere")
        assert answer["headers"]["Content-Type"] == "application/problem+json"
        assert told(answer) == {"title": "Not Found", "status": 404, "detail": "There is nothing here.", "code": "not_found"}

    def test_a_room_may_refuse_in_its_own_words_and_status(self) -> None:
        api = make(shape=lambda refusal: {"message": refusal.message, "fields": [p.field for p in refusal.problems]}, invalid_status=400)
        invalid = call(api, "POST", "/letters", {"title": "x"})
        assert (invalid["statusCode"], told(invalid)["fields"]) == (400, ["body"])
        assert invalid["headers"]["Content-Type"] == "application/json"
        assert told(call(api, "GET", "/letters/1", headers={})) == {"message": "This key is not known.", "fields": []}

    def test_no_more_is_told_than_an_answer_can_hold(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http, "MOST_PROBLEMS", 1)
        assert [error["field"] for error in told(call(make(), "POST", "/letters", {}))["errors"]] == ["title"]

    def test_what_the_subject_refuses_is_told(self) -> None:
        answer = call(make(), "DELETE", "/letters/refused")
        assert (answer["statusCode"], answer["headers"]["ETag"]) == (409, '"2"')
        assert told(answer)["errors"] == [{"field": "version", "message": "It has changed."}]

    def test_what_the_subject_calls_invalid_is_told_with_its_field(self) -> None:
        answer = call(make(), "DELETE", "/letters/invalid")
        assert (answer["statusCode"], told(answer)["errors"]) == (422, [{"field": "letter_id", "message": "is not a letter"}])


class TestFailures:
    @pytest.mark.parametrize("kind", ["bug", "key", "deep"])
    def test_a_bug_is_500_without_a_trace_or_a_text(self, kind: str, printed: Callable[[], str]) -> None:
        answer = call(make(), "DELETE", f"/letters/{kind}")
        assert (answer["statusCode"], told(answer)["detail"]) == (500, "Something went wrong on our side.")
        for text in (CANARY, "Traceback", "test_http.py"):
            assert text not in json.dumps(answer)
        assert CANARY not in printed()

    def test_the_log_tells_where_it_went_wrong(self, printed: Callable[[], str]) -> None:
        call(make(), "DELETE", "/letters/bug")
        [failed] = [line for line in map(json.loads, printed().splitlines()) if line.get("level") == "ERROR"]
        assert failed["error"] == "RuntimeError"
        assert failed["frames"][-1].startswith("test_http.py:")

    @pytest.mark.parametrize("kind", ["throttled", "unreached", "busy"])
    def test_what_may_work_later_is_503_with_when(self, kind: str, printed: Callable[[], str]) -> None:
        answer = call(make(), "DELETE", f"/letters/{kind}")
        assert (answer["statusCode"], answer["headers"]["Retry-After"], told(answer)["code"]) == (503, "1", "unavailable")
        assert CANARY not in json.dumps(answer) + printed()

    def test_a_scheme_that_cannot_ask_is_503_too(self) -> None:
        def unreached(_: object) -> Caller:
            raise ConnectTimeoutError(endpoint_url="https://dynamodb")

        api = Api("Letters", scheme=unreached)
        assert call(api, "GET", "/")["statusCode"] == 503


class TestHeaders:
    def test_a_correlation_id_is_kept(self) -> None:
        assert (
            call(make(), "GET", "/letters/1", headers={**ANYBODY, "X-Correlation-Id": "abc-12345"})["headers"]["X-Correlation-Id"]
            == "abc-12345"
        )

    @pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space", "line\nfeed", CANARY])
    def test_one_that_could_not_stand_in_a_log_is_replaced(self, given: str) -> None:
        answer = call(make(), "GET", "/nowhere", headers={**ANYBODY, "x-correlation-id": given})
        assert re.fullmatch("[0-9a-f-]{36}", answer["headers"]["X-Correlation-Id"])

    @pytest.mark.parametrize(("method", "path"), [("GET", "/letters/1"), ("GET", "/nowhere"), ("DELETE", "/letters/bug")])
    def test_every_answer_has_what_every_answer_has(self, method: str, path: str) -> None:
        headers = call(make(always={"Cache-Control": "no-store"}), method, path)["headers"]
        assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")

    def test_where_the_caller_found_us_is_known(self) -> None:
        api = Api("Open")
        api.get("/")(lambda: {"url": api.base_url})
        assert told(call(api, "GET", "/", headers={"host": "api.example.gov.uk"}))["url"] == "https://api.example.gov.uk"
        forwarded = {"host": "emulator", "x-forwarded-host": "127.0.0.1:8000", "x-forwarded-proto": "http"}
        assert told(call(api, "GET", "/", headers=forwarded))["url"] == "http://127.0.0.1:8000"

    def test_neither_path_nor_body_stands_in_the_log(self, printed: Callable[[], str]) -> None:
        call(make(), "POST", "/letters", {**GOOD, "body": CANARY})
        call(make(), "POST", "/letters", {"title": [CANARY]})
        call(make(), "GET", f"/letters/{CANARY}")
        call(make(), "GET", f"/{CANARY}")
        lines = printed()
        assert CANARY not in lines
        assert lines.count('"answered"') == 4
