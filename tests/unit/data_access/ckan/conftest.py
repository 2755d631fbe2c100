from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from functions.common import auth, clients, declarations
from functions.common.auth import Caller
from functions.common.failures import Refusal
from functions.data_access import actions, definitions, tiles
from functions.data_access.ckan import catalogue
from functions.data_access.replica import kept
from tests.unit.mocked import mocked_aws

KEY, OTHER, READER = "its-own-key", "anothers-key", "a-key-that-only-reads"
SITE = "https://data.example"


class Site:
    """The site as its users see it: actions asked over HTTP."""

    def post(
        self,
        action: str,
        parameters: Mapping[str, Any] | Sequence[Any] | None = None,
        *,
        key: str | None = None,
        body: str | bytes | None = None,
        content_type: str = "application/json",
    ) -> Answer:
        """Ask an action as ckanapi does: JSON, and the key in both headers."""
        sent = json.dumps(parameters or {}) if body is None else body
        raw = sent.encode() if isinstance(sent, str) else sent
        headers = {"content-type": content_type, **({"authorization": key, "x-ckan-api-key": key} if key else {})}
        return self._send("POST", f"/api/action/{action}", headers=headers, body=raw)

    def get(self, path: str, query: Sequence[tuple[str, str]] | Mapping[str, str] = (), headers: Mapping[str, str] | None = None) -> Answer:
        """Ask with GET."""
        return self._send("GET", path, query=urlencode(query), headers=headers or {})

    def read(self, action: str, **parameters: Any) -> Any:
        """What an action that succeeds answers."""
        answer = self.post(action, parameters)
        assert answer.status == 200, answer.text
        return answer.json["result"]

    def write(self, action: str, **parameters: Any) -> Any:
        """The same for one that needs the owner's key."""
        answer = self.post(action, parameters, key=KEY)
        assert answer.status == 200, answer.text
        return answer.json["result"]

    def error(self, action: str, key: str | None = KEY, **parameters: Any) -> dict[str, Any]:
        """Why an action refuses: its `error`, with the status as `status`."""
        answer = self.post(action, parameters, key=key)
        assert answer.json["success"] is False, answer.text
        return {**answer.json["error"], "status": answer.status}

    def table(self, name: str = "lamps", **parameters: Any) -> str:
        """A new table of three lamps, or of what is given; its resource id."""
        given = {"fields": LAMPS, "primary_key": ["id"], "records": THREE, **parameters}
        return str(self.write("datastore_create", resource={"package_id": name, "name": name.title()}, **given)["resource_id"])

    def rows(self, table: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a search."""
        found: list[dict[str, Any]] = self.read("datastore_search", resource_id=table, **parameters)["records"]
        return found

    def _send(self, method: str, path: str, *, query: str = "", headers: Mapping[str, str], body: bytes = b"") -> Answer:
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {"host": "data.example", **headers},
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        return Answer(actions.actions(event, SimpleNamespace()))  # type: ignore[arg-type]  # any context will do


class Answer:
    """An HTTP answer."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.status: int = answer["statusCode"]
        self.headers: dict[str, str] = {name.lower(): value for name, value in answer["headers"].items()}
        body = answer.get("body") or ""
        self.text: str = base64.b64decode(body).decode() if answer.get("isBase64Encoded") else body

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The room with its table and bucket, two departments, and two registers that the first one declares."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "POWERTOOLS_METRICS_NAMESPACE": "Commonweal",
        "TABLE": "registers",
        "BUCKET": "registers",
        "FUNCTION": "data_access.actions",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(declarations, "compiled", lambda: DECLARED)
    monkeypatch.setattr(auth, "whole_key", _caller)
    _forget()
    with mocked_aws():
        clients.dynamodb().create_table(
            TableName="registers",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        boto3.client("s3").create_bucket(Bucket="registers", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        yield Site()
    _forget()


def _forget() -> None:
    clients._client.cache_clear()
    tiles.fetch.cache_clear()
    for replica in list(kept._all.values()):
        replica.close()
    kept._all.clear()
    definitions.forget()
    catalogue._heads.clear()
    catalogue._snapshots.clear()


def _caller(headers: Mapping[str, str]) -> Caller:
    given = headers["authorization"]
    if given not in (KEY, OTHER, READER):
        raise Refusal(401, "This key is not known.")
    department = "transport" if given == OTHER else "lighting"
    scopes = frozenset({"data:read"} if given == READER else {"data:read", "data:write"})
    return Caller(department, f"{department}-service", "key", "live", scopes)


def _field(name: str, datatype: str = "string", **more: object) -> dict[str, object]:
    return {"field": name, "datatype": datatype, "cardinality": "1", **more}


LAMPS = [
    {"id": "id", "type": "int"},
    {"id": "name", "type": "text", "info": {"label": "Name"}},
    {"id": "height", "type": "numeric"},
    {"id": "lit", "type": "bool"},
    {"id": "tags", "type": "_text"},
    {"id": "more", "type": "json"},
    {"id": "put up", "type": "date"},
    {"id": "seen", "type": "timestamp"},
]
THREE: list[dict[str, Any]] = [
    {
        "id": 1,
        "name": "The Lamp of North Street",
        "height": 1.5,
        "lit": True,
        "tags": ["old", "iron"],
        "more": {"a": [1]},
        "put up": "1901-02-03",
        "seen": "2026-11-23T09:30:00",
    },
    {"id": 2, "name": "=South, lamp", "height": 10, "lit": False, "tags": [], "put up": "1902-01-01"},
    {"id": 3, "name": 'Brücke "9"'},
]

DECLARED: dict[str, Any] = {
    "departments": {
        "lighting": {"title": "Department of Lighting", "contact": "a@example.gov.uk", "registers": ["bulb", "street"]},
        "transport": {"title": "Transport", "contact": "b@example.gov.uk", "registers": []},
    },
    "services": {"lighting-service": {"department": "lighting", "name": "lamps"}},
    "sources": {},
    "emits": {},
    "requests": {},
    "reactions": {},
    "registers": {
        "bulb": {
            "department": "lighting",
            "title": "Bulbs in use",
            "description": "Every kind of bulb that stands in a street lamp.",
            "key": "bulb",
            "licence": "Open Government Licence v3.0",
            "keywords": ["lighting", "energy"],
            "update_frequency": "daily",
            "contact": "bulbs@example.gov.uk",
            "fields": [_field("bulb"), _field("watts", "integer", text="Its power."), _field("base", values=["E27", "E40"])],
        },
        "street": {
            "department": "lighting",
            "title": "Streets",
            "description": "Streets that are lit at night, and those that are not.",
            "key": "street",
            "licence": "A licence of its own",
            "keywords": ["lighting"],
            "fields": [_field("street"), _field("opened", "datetime")],
        },
    },
}
