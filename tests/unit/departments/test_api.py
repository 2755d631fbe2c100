"""Services and keys over HTTP, with the admin key."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from functions.common import auth, declarations
from functions.common.failures import Refusal
from functions.departments import admin_key
from functions.departments.api import api
from functions.departments.services import ADMINISTRATION, PLATFORM, PLATFORMS_OWN, Scope, Service
from schemas import declaration, ids
from tests.unit.departments.ground import Ground, request

KEY = {"name": "live", "type": "live", "scopes": ["notifications:send"]}


class Api:
    """The entry point, asked with the admin key."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self, method: str, path: str, body: object = None, key: str | None = None) -> tuple[int, dict[str, Any]]:
        event = request(method, path, key or self.key, None if body is None else json.dumps(body))
        answer = api(event, None)  # type: ignore[arg-type]
        self.headers = answer["headers"] | {name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()}
        return answer["statusCode"], json.loads(answer["body"])


@pytest.fixture
def administration(aws: Ground) -> Service:
    return aws.service(PLATFORM, ADMINISTRATION)


@pytest.fixture
def ask(aws: Ground, administration: Service) -> Api:
    admin_key.ensure(administration)
    return Api(aws.admin_secret())


@pytest.fixture
def floods(aws: Ground) -> Service:
    return aws.service()


def test_departments_are_listed_and_each_shows_its_services(ask: Api, floods: Service) -> None:
    status, listed = ask("GET", "/departments")
    assert (status, [one["slug"] for one in listed["departments"]]) == (200, ["environment-agency", "platform"])
    status, shown = ask("GET", "/departments/environment-agency")
    assert shown["services"] == [{"id": str(floods.id), "name": "floods", "title": "floods"}]


def test_a_new_service_has_the_id_that_a_declaration_would_give_it(aws: Ground, ask: Api, floods: Service) -> None:
    status, made = ask("POST", "/departments/environment-agency/services", {"name": "permits", "title": "Permits"})
    assert (status, made["id"], made["declared"]) == (201, ids.service_id("environment-agency", "permits"), False)
    assert ask("GET", f"/services/{made['id']}") == (200, made)
    said = [event for event in aws.events() if event["type"] == "platform.ServiceCreated.v1" and event["data"]["name"] == "permits"]
    assert [event["department"] for event in said] == ["environment-agency"]


def test_two_services_of_a_department_have_two_names(ask: Api, floods: Service) -> None:
    status, refused = ask("POST", "/departments/environment-agency/services", {"name": "floods", "title": "Again"})
    assert (status, refused["code"], refused["errors"][0]["field"]) == (409, "name_in_use", "name")


def test_a_key_is_shown_whole_once_and_works(aws: Ground, ask: Api, floods: Service) -> None:
    status, made = ask("POST", f"/services/{floods.id}/keys", KEY)
    assert (status, ask.headers["Cache-Control"]) == (201, "no-store")
    assert made["key"].startswith(f"live-{floods.id}-")
    assert auth.whole_key({"x-api-key": made["key"]}).key_id == made["id"]
    _, listed = ask("GET", f"/services/{floods.id}/keys")
    assert listed == {"keys": [{name: value for name, value in made.items() if name != "key"}]}
    assert made["key"][-36:] not in json.dumps(aws.events())


def test_making_a_key_is_said_on_the_bus(aws: Ground, ask: Api, floods: Service) -> None:
    _, made = ask("POST", f"/services/{floods.id}/keys", KEY)
    said = next(event for event in aws.events() if event["subject"] == made["id"])
    assert said["data"] == {"service_id": str(floods.id), "key_id": made["id"], **KEY}


def test_names_are_free_again_once_their_key_is_revoked(aws: Ground, ask: Api, floods: Service) -> None:
    _, first = ask("POST", f"/services/{floods.id}/keys", KEY)
    assert ask("POST", f"/services/{floods.id}/keys", KEY)[0] == 409
    status, revoked = ask("DELETE", f"/services/{floods.id}/keys/{first['id']}")
    assert (status, bool(revoked["revoked_at"])) == (200, True)
    assert ask("POST", f"/services/{floods.id}/keys", KEY)[0] == 201
    assert [event["data"]["key_id"] for event in aws.events() if event["type"] == "platform.KeyRevoked.v1"] == [first["id"]]


def test_revoking_again_changes_nothing(aws: Ground, ask: Api, floods: Service) -> None:
    _, made = ask("POST", f"/services/{floods.id}/keys", KEY)
    once = ask("DELETE", f"/services/{floods.id}/keys/{made['id']}")
    before = aws.items()
    assert ask("DELETE", f"/services/{floods.id}/keys/{made['id']}") == once
    assert aws.items() == before


def test_keys_rotate_with_overlap(ask: Api, floods: Service) -> None:
    _, first = ask("POST", f"/services/{floods.id}/keys", KEY)
    _, second = ask("POST", f"/services/{floods.id}/keys", {**KEY, "name": "live-2"})
    assert {auth.whole_key({"x-api-key": one["key"]}).key_id for one in (first, second)} == {first["id"], second["id"]}
    ask("DELETE", f"/services/{floods.id}/keys/{first['id']}")
    assert auth.whole_key({"x-api-key": second["key"]})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "admin"}, "type"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes.0"),
        ({"scopes": ["departments:admin"]}, "scopes"),
        ({"scopes": ["notifications:send", "notifications:receipts"]}, "scopes"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2090-01-01T00:00:00"}, "expires_at"),
        ({"name": "two\nlines"}, "name"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_a_key_that_may_not_be_is_refused_with_its_field(ask: Api, floods: Service, change: dict[str, Any], field: str) -> None:
    status, refused = ask("POST", f"/services/{floods.id}/keys", {**KEY, **change})
    assert (status, [error["field"] for error in refused["errors"]]) == (422, [field])


def test_the_administration_may_have_a_second_admin_key(ask: Api, administration: Service) -> None:
    status, made = ask("POST", f"/services/{administration.id}/keys", {"name": "second", "type": "live", "scopes": ["departments:admin"]})
    assert status == 201
    assert ask("GET", "/departments", key=made["key"])[0] == 200


def test_a_service_of_the_platform_may_have_a_key_for_receipts_which_administers_nothing(ask: Api, administration: Service) -> None:
    new = {"name": "print-supplier", "type": "live", "scopes": ["notifications:receipts"]}
    status, made = ask("POST", f"/services/{administration.id}/keys", new)
    assert (status, made["scopes"]) == (201, ["notifications:receipts"])
    assert ask("GET", "/departments", key=made["key"])[0] == 403


def test_only_an_admin_key_may_ask(aws: Ground, ask: Api, floods: Service) -> None:
    made = aws.key(floods, scopes=["events:emit", "notifications:manage"])
    assert ask("GET", "/departments", key=made.key)[0] == 403
    assert ask("GET", "/departments", key=f"live-{floods.id}-00000000-0000-4000-8000-000000000001")[0] == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/departments/nobody"),
        ("POST", "/departments/nobody/services"),
        ("GET", "/services/00000000-0000-4000-8000-000000000001"),
        ("POST", "/services/00000000-0000-4000-8000-000000000001/keys"),
        ("GET", "/services/00000000-0000-4000-8000-000000000001/keys"),
        ("DELETE", "/services/00000000-0000-4000-8000-000000000001/keys/00000000-0000-4000-8000-000000000001"),
    ],
)
def test_what_is_not_there_is_not_found(ask: Api, method: str, path: str) -> None:
    body = {"POST": KEY if path.endswith("keys") else {"name": "a", "title": "A"}}.get(method)
    assert ask(method, path, body)[0] == 404


def test_a_key_is_revoked_through_its_own_service_alone(aws: Ground, ask: Api, floods: Service) -> None:
    made = aws.key(floods)
    other = aws.service("communities", "local-authorities")
    assert ask("DELETE", f"/services/{other.id}/keys/{made.id}")[0] == 404
    assert auth.whole_key({"x-api-key": made.key})


def test_a_revoked_admin_key_opens_nothing(ask: Api, administration: Service) -> None:
    _, listed = ask("GET", f"/services/{administration.id}/keys")
    ask("DELETE", f"/services/{administration.id}/keys/{listed['keys'][0]['id']}")
    from functions.common import keyring

    keyring._kept.clear()
    with pytest.raises(Refusal, match="revoked"):
        auth.whole_key({"x-api-key": ask.key})


def test_what_a_department_may_declare_and_the_platforms_own_scopes_are_all_there_is() -> None:
    assert set(get_args(Scope)) == {*get_args(declaration.Scope), *PLATFORMS_OWN}
    assert PLATFORMS_OWN.isdisjoint(get_args(declaration.Scope))


def test_a_webhooks_secret_is_for_the_administrator_and_for_declared_webhooks_alone(
    aws: Ground, ask: Api, floods: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = {"webhooks": {"environment-agency": {"map": {"url": "https://map.example.gov/hook"}}}}
    monkeypatch.setattr(declarations, "compiled", lambda: declared)
    path = "/departments/environment-agency/webhooks/map/secret"
    status, answer = ask("GET", path)
    assert (status, answer["secret"][:6]) == (200, "whsec_")
    assert ask("GET", path.replace("map", "mop"))[0] == 404
    assert ask("GET", path, key=aws.key(floods).key)[0] == 403
