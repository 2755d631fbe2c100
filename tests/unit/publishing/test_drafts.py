"""Drafts before they are published: who sees them, as items and as pages, and how a link shares one."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.common import clock, declarations, keyring
from functions.common.failures import Refusal
from functions.publishing import drafts as drafts_module
from functions.publishing import sharing
from functions.publishing.drafts import drafts
from tests.unit.publishing.ground import MINE, THEIRS, answer, caller_of, http, published

pytestmark = pytest.mark.usefixtures("aws")

SHARED, OTHER = str(uuid4()), str(uuid4())


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    def caller(headers: Any) -> Any:
        if "x-department" not in headers:
            raise Refusal(401, "Send a key.", code="unauthorised")
        return caller_of(headers)

    monkeypatch.setattr(drafts_module, "whole_key", caller)
    monkeypatch.setattr(keyring, "pepper", lambda: b"a pepper")


def look(
    path: str, department: str | None = MINE, method: str = "GET", body: object = None, token: str = "", **headers: str
) -> tuple[int, Any]:
    said = {name.replace("_", "-"): value for name, value in headers.items()} | ({"x-department": department} if department else {})
    event = {
        "version": "2.0",
        "rawPath": f"/draft{path}",
        "rawQueryString": "",
        "headers": {**said, "content-type": "application/json", "host": "example.gov.uk"},
        "queryStringParameters": {"token": token} if token else {},
        "requestContext": {"http": {"method": method, "path": f"/draft{path}"}, "stage": "$default"},
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }
    answered = drafts(event, LambdaContext())
    assert answered["headers"]["Cache-Control"] == "max-age=5, private"
    assert answered["headers"]["X-Robots-Tag"] == "noindex"
    said_back = answered["body"]
    return answered["statusCode"], json.loads(said_back) if said_back.startswith("{") else said_back


def test_a_draft_of_the_home_page_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declarations, "compiled", lambda: {"departments": {MINE: {"home_page": True}}})
    saved("/", title="Welcome soon", schema_name="homepage", document_type="homepage", details={})
    assert look("/api/content")[1]["title"] == "Welcome soon"
    assert "Welcome soon" in look("")[1]
    assert look("", THEIRS)[0] == 404


def saved(base_path: str = "/a", department: str = MINE, **changed: Any) -> str:
    content_id = str(uuid4())
    status, said = http("PUT", f"/v2/content/{content_id}", answer(base_path, **changed), department)
    assert status == 200, said
    return content_id


def test_a_department_sees_its_draft_as_an_item_and_as_a_page() -> None:
    target = saved("/target", title="Target")
    saved("/a", title="Not yet", links={"ordered_related_items": [target]})
    status, item = look("/api/content/a")
    assert (status, item["title"]) == (200, "Not yet")
    [related] = item["links"]["ordered_related_items"]
    assert (related["title"], related["web_url"]) == ("Target", "https://example.gov.uk/target")
    status, page = look("/a")
    assert (status, "Not yet" in page) == (200, True)


def test_where_there_is_no_draft_what_is_live_is_shown() -> None:
    published(answer("/a", title="Live"))
    assert look("/api/content/a")[1]["title"] == "Live"


def test_a_part_of_a_guide_is_found_below_it() -> None:
    parts = [{"title": slug.title(), "slug": slug, "body": f"<p>About {slug}</p>"} for slug in ("first", "second")]
    saved("/guide", schema_name="guide", document_type="guide", details={"parts": parts})
    assert "About second" in look("/guide/second")[1]
    assert look("/guide/first")[0] == 302
    assert look("/guide/third")[0] == 404


def test_another_departments_drafts_are_as_if_they_were_not_there() -> None:
    saved("/a", THEIRS)
    assert look("/api/content/a")[0] == 404
    assert look("/a")[0] == 404
    assert look("/api/content/a", THEIRS)[0] == 200


def test_without_a_key_or_a_link_nothing_is_seen() -> None:
    saved()
    assert look("/a", None)[0] == 401
    assert look("/a", None, token="nonsense")[0] == 403


class TestAccessLimits:
    def test_only_those_on_the_list_see_a_limited_draft(self) -> None:
        user, organisation = str(uuid4()), str(uuid4())
        saved(access_limited={"users": [user], "organisations": [organisation]})
        status, said = look("/api/content/a")
        assert (status, said["errors"]["type"]) == (403, "access_forbidden")
        assert look("/api/content/a", x_govuk_authenticated_user="invalid")[0] == 403
        assert look("/api/content/a", x_govuk_authenticated_user=str(uuid4()))[0] == 403
        assert look("/api/content/a", x_govuk_authenticated_user=user)[0] == 200
        assert look("/a", x_govuk_authenticated_organisation=organisation)[0] == 200

    def test_who_may_see_it_is_no_part_of_what_is_seen(self) -> None:
        user = str(uuid4())
        saved(access_limited={"users": [user]}, auth_bypass_ids=[SHARED])
        item = look("/api/content/a", x_govuk_authenticated_user=user)[1]
        assert not {"access_limited", "auth_bypass_ids"} & item.keys()


class TestShareLinks:
    def share(self, content_id: str, department: str = MINE) -> tuple[int, Any]:
        return look("/share-links", department, "POST", {"content_id": content_id})

    def test_whoever_has_the_link_sees_the_draft_and_no_other(self) -> None:
        content_id = saved(auth_bypass_ids=[SHARED], access_limited={"users": [str(uuid4())]})
        saved("/b")
        status, shared = self.share(content_id)
        assert status == 200
        assert look("/a", None, token=shared["token"])[0] == 200
        assert look("/b", None, token=shared["token"])[0] == 403

    def test_it_ends_where_its_id_is_taken_out_of_the_draft(self) -> None:
        content_id = saved(auth_bypass_ids=[SHARED])
        token = self.share(content_id)[1]["token"]
        http("PUT", f"/v2/content/{content_id}", answer("/a", auth_bypass_ids=[OTHER]))
        assert look("/a", None, token=token)[0] == 403

    def test_it_ends_after_thirty_days(self, monkeypatch: pytest.MonkeyPatch) -> None:
        content_id = saved(auth_bypass_ids=[SHARED])
        earlier = clock.now() - sharing.GOOD_FOR - timedelta(minutes=1)
        with monkeypatch.context() as then:
            then.setattr(clock, "now", lambda: earlier)
            token = self.share(content_id)[1]["token"]
        assert look("/a", None, token=token)[0] == 403

    def test_a_draft_without_an_id_and_another_departments_cannot_be_shared(self) -> None:
        assert self.share(saved())[0] == 404
        assert self.share(saved("/theirs", THEIRS, auth_bypass_ids=[SHARED]))[0] == 404
        assert self.share(str(uuid4()))[0] == 404

    def test_a_token_of_ones_own_making_opens_nothing(self) -> None:
        import jwt

        saved(auth_bypass_ids=[SHARED])
        claims = {"iss": MINE, "sub": SHARED, "exp": clock.epoch() + 60}
        for forged in (jwt.encode(claims, "x" * 32, algorithm="HS256"), jwt.encode(claims, "", algorithm="none")):
            assert look("/a", None, token=forged)[0] == 403
        assert look("/a", None, token=sharing.token(sharing.Pass(THEIRS, SHARED))[0])[0] == 404
