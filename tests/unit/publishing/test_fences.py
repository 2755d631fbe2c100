"""Departments are fenced off from each other in every route of the Publishing API, and nobody comes in without a key for it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.common.auth import Caller, whole_key
from functions.common.http import Api
from functions.publishing.api import api
from functions.publishing.finding import finding
from functions.publishing.linking import linking
from functions.publishing.reserving import reserving
from tests.unit.publishing.ground import MINE, THEIRS, answer, everything, http, published

pytestmark = pytest.mark.usefixtures("aws")

type Json = dict[str, Any]

POINTS: tuple[Api, ...] = (api, finding, linking, reserving)


class TestFences:
    """Another department's content is as if it were not there: it is not read, not named and not changed, in any route there is."""

    @pytest.fixture
    def theirs(self) -> str:
        """A document of another department, with a draft, links, an intent and a path that it reserved."""
        content_id = published(answer("/theirs", update_type="major"), department=THEIRS)
        http("PUT", f"/v2/content/{content_id}", answer("/theirs", title="A secret", content_id_alias="secret"), THEIRS)
        http("PUT", f"/v2/content/{DRAFT}", {**answer("/theirs/draft", title="Not yet"), **TAXON}, THEIRS)
        http("PATCH", f"/v2/links/{content_id}", {"links": {"taxons": [DRAFT]}}, THEIRS)
        http("PUT", "/paths/theirs/reserved", {"publishing_app": "desk"}, THEIRS)
        http("PUT", "/publish-intent/theirs/meant", INTENT, THEIRS)
        return content_id

    @pytest.mark.parametrize("route", [f"{method} {pattern.pattern}" for point in POINTS for method, pattern in point._routes])
    def test_every_route_answers_another_department_as_if_nothing_were_there(self, theirs: str, route: str) -> None:
        write = http("GET", f"/v2/content/{theirs}/events", department=THEIRS)[1][0]["id"]
        for made in asked_for(theirs, write)[route]:
            before = everything()
            status, said = http(made.method, made.path, made.body, MINE, **made.query)
            assert (status, said if made.said is not None else None) == (made.status, made.said)
            assert everything() == before
            assert isinstance(said, list) or said.get("results", []) == []
            told = {secret for secret in ("A secret", "Not yet", theirs, DRAFT) if secret in json.dumps(said)}
            assert told <= {secret for secret in (theirs, DRAFT) if secret in f"{made}"}

    @pytest.mark.parametrize("point", POINTS, ids=lambda point: point.resolver.openapi_config.title)
    @pytest.mark.parametrize(
        ("scheme", "status"),
        [
            (whole_key, 401),
            (lambda _: caller(scopes=frozenset({"events:emit", "data:read"})), 403),
            (lambda _: caller(key_type="test"), 403),
            (lambda _: caller(key_type="team"), 403),
        ],
        ids=["without a key", "without the scope", "with a test key", "with a team key"],
    )
    def test_who_has_no_key_for_it_gets_nowhere(self, monkeypatch: pytest.MonkeyPatch, point: Api, scheme: Any, status: int) -> None:
        published(answer("/a"))
        monkeypatch.setattr(point, "_scheme", scheme)
        before = everything()
        for method, pattern in point._routes:
            path = pattern.pattern.strip("^$").replace("[^/]+", str(uuid4())).replace(".+", "a")
            answered = point(request(method, path), LambdaContext())
            assert answered["statusCode"] == status, (method, path)
            assert json.loads(answered["body"])["error"]["code"] == status
        assert everything() == before


def caller(**changed: Any) -> Caller:
    return replace(Caller(MINE, str(uuid4()), str(uuid4()), "live", frozenset({"content:write"})), **changed)


def request(method: str, path: str) -> Json:
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "queryStringParameters": {},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "body": "{}",
        "isBase64Encoded": False,
    }


DRAFT = str(uuid4())
TAXON = {"schema_name": "taxon", "document_type": "taxon", "details": {}}
INTENT = {"publish_time": "2999-01-01T00:00:00Z", "publishing_app": "desk", "rendering_app": "commonweal"}


@dataclass(frozen=True)
class Asked:
    """What another department asks for, and what it is told: a status, and a body where that is not an error."""

    method: str
    path: str
    status: int
    body: object = None
    said: object = None
    query: dict[str, str] = field(default_factory=dict)


def asked_for(theirs: str, write: str) -> dict[str, list[Asked]]:
    """Something of another department's in every route: a route that is not here has no test, and fails it."""
    content, app = f"/v2/content/{theirs}", {"publishing_app": "desk"}
    title = {"fields[]": "title"}
    return {
        "PUT ^/v2/content/[^/]+$": [
            Asked("PUT", content, 404, answer("/mine")),
            Asked("PUT", content, 404, answer("/mine.cy", locale="cy", links={"taxons": [str(uuid4())]})),
            Asked("PUT", content, 404, answer("/mine", previous_version=77)),
            Asked("PUT", f"/v2/content/{uuid4()}", 422, answer("/theirs")),
            Asked("PUT", f"/v2/content/{uuid4()}", 422, answer("/theirs/draft")),
            Asked("PUT", f"/v2/content/{uuid4()}", 422, answer("/theirs/reserved")),
            Asked("PUT", f"/v2/content/{uuid4()}", 422, answer("/theirs/meant")),
        ],
        "GET ^/v2/content/[^/]+$": [Asked("GET", content, 404, query=query) for query in ({}, {"content_store": "live"}, {"locale": "cy"})],
        **{
            f"POST ^/v2/content/[^/]+/{command}$": [
                Asked("POST", f"{content}/{command}", 404, order)
                for order in ({**also}, {**also, "previous_version": 77}, {**also, "locale": "cy"})
            ]
            for command, also in {"publish": {}, "republish": {}, "discard-draft": {}, "unpublish": {"type": "gone"}}.items()
        },
        "GET ^/v2/content/[^/]+/events$": [Asked("GET", f"{content}/events", 404)],
        "GET ^/v2/content/[^/]+/events/[^/]+$": [Asked("GET", f"{content}/events/{write}", 404)],
        "GET ^/v2/content/[^/]+/editions$": [Asked("GET", f"{content}/editions", 404)],
        "GET ^/v2/content$": [
            Asked("GET", "/v2/content", 200, query=query)
            for query in ({}, {"q": "secret"}, {"link_taxons": DRAFT}, {"publishing_app": "desk"}, {"content_id_aliases[]": "secret"})
        ],
        "GET ^/v2/editions$": [Asked("GET", "/v2/editions", 200, query=query) for query in ({}, {"states[]": "draft"})],
        "GET ^/v2/linkables$": [Asked("GET", "/v2/linkables", 200, said=[], query={"document_type": "taxon"})],
        "POST ^/lookup-by-base-path$": [
            Asked("POST", "/lookup-by-base-path", 200, {"base_paths": ["/theirs", "/theirs/draft"], "with_drafts": True}, said={})
        ],
        "GET ^/v2/schemas$": [Asked("GET", "/v2/schemas", 200)],
        "GET ^/v2/schemas/[^/]+$": [Asked("GET", "/v2/schemas/answer", 200)],
        "PATCH ^/v2/links/[^/]+$": [
            Asked("PATCH", f"/v2/links/{one}", 404, {"links": {"taxons": [str(uuid4())]}, **order})
            for one in (theirs, DRAFT)
            for order in ({}, {"previous_version": 77})
        ],
        "GET ^/v2/links/[^/]+$": [Asked("GET", f"/v2/links/{theirs}", 404)],
        "POST ^/v2/links/by-content-id$": [
            Asked("POST", "/v2/links/by-content-id", 200, {"content_ids": [theirs]}, {theirs: {"links": {}, "version": 0}})
        ],
        "GET ^/v2/links/changes$": [
            Asked("GET", "/v2/links/changes", 200, said={"link_changes": []}, query={"link_types[]": "taxons", **query})
            for query in ({}, {"source_content_ids[]": theirs}, {"target_content_ids[]": DRAFT}, {"users[]": "someone"})
        ],
        "GET ^/v2/expanded-links/[^/]+$": [Asked("GET", f"/v2/expanded-links/{one}", 404) for one in (theirs, DRAFT)],
        "GET ^/v2/linked/[^/]+$": [Asked("GET", f"/v2/linked/{DRAFT}", 404, query={"link_type": "taxons", **title})],
        "PUT ^/paths/.+$": [
            Asked("PUT", f"/paths{path}", 422, {**app, **more})
            for path in ("/theirs", "/theirs/reserved", "/theirs/draft")
            for more in ({}, {"override_existing": True})
        ],
        "DELETE ^/paths/.+$": [Asked("DELETE", f"/paths{path}", 404, app) for path in ("/theirs", "/theirs/reserved")],
        "PUT ^/publish-intent/.+$": [Asked("PUT", f"/publish-intent{path}", 422, INTENT) for path in ("/theirs", "/theirs/meant")],
        "GET ^/publish-intent/.+$": [Asked("GET", "/publish-intent/theirs/meant", 404)],
        "DELETE ^/publish-intent/.+$": [Asked("DELETE", "/publish-intent/theirs/meant", 404)],
    }
