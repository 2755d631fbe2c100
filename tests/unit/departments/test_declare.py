"""The custom resource: the table follows the departments' files, and CloudFormation is always told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from functions.common import auth, clients, cloudformation, declarations, keyring
from functions.common.failures import Refusal
from functions.departments import admin_key
from functions.departments.declare import apply, declare
from functions.departments.services import ADMINISTRATION, PLATFORM, NewService, Service
from functions.departments.store import services as store
from schemas.ids import service_id
from tests.unit.departments.ground import Ground, forget

FLOODS = service_id("environment-agency", "floods")
COUNCILS = service_id("communities", "local-authorities")


def files(*services: tuple[str, str]) -> dict[str, Any]:
    """Compiled declarations of these services, each (department, name)."""
    departments: dict[str, Any] = {}
    for slug, name in services:
        one = departments.setdefault(slug, {"title": slug.title(), "contact": f"{slug}@example.gov.uk", "services": {}})
        one["services"][name] = service_id(slug, name)
    return {"departments": departments, "services": {service_id(*one): {"title": one[1].title()} for one in services}}


BOTH = files(("environment-agency", "floods"), ("communities", "local-authorities"))


@pytest.fixture
def say(aws: Ground, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Apply what the files say."""

    def apply_them(compiled: dict[str, Any]) -> None:
        monkeypatch.setattr(declarations, "compiled", lambda: compiled)
        apply()
        keyring._kept.clear()

    return apply_them


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, str]]]:
    """What CloudFormation was told."""
    answers: list[tuple[str, str, str]] = []
    monkeypatch.setattr(cloudformation, "answer", lambda _, status, resource, reason="": answers.append((status, resource, reason)))
    return answers  # type: ignore[return-value]


def standing(identity: str) -> Service:
    found = store.service(identity)
    assert found
    return found


def opens(key: str) -> bool:
    try:
        return bool(auth.whole_key({"x-api-key": key}))
    except Refusal:
        return False


def test_departments_and_services_are_made_and_each_service_is_said_once(aws: Ground, say: Any) -> None:
    say(BOTH)
    assert [line.slug for line in store.departments()] == ["communities", "environment-agency", "platform"]
    assert standing(FLOODS).title == "Floods"
    said = [event["subject"] for event in aws.events() if event["type"] == "platform.ServiceCreated.v1"]
    assert sorted(said) == sorted([FLOODS, COUNCILS, service_id(PLATFORM, ADMINISTRATION)])


def test_applying_them_again_changes_nothing(aws: Ground, say: Any) -> None:
    say(BOTH)
    before = sorted(aws.items(), key=str)
    say(BOTH)
    assert sorted(aws.items(), key=str) == before


def test_a_new_title_is_taken_over_without_a_second_event(aws: Ground, say: Any) -> None:
    say(BOTH)
    renamed = files(("environment-agency", "floods"), ("communities", "local-authorities"))
    renamed["services"][FLOODS]["title"] = "Flood warnings"
    say(renamed)
    assert standing(FLOODS).title == "Flood warnings"
    assert [line.title for line in store.services_of("environment-agency")] == ["Flood warnings"]


def test_the_keys_of_a_removed_department_stop_working_and_work_again_when_it_is_back(aws: Ground, say: Any) -> None:
    say(BOTH)
    declared = aws.key(standing(COUNCILS)).key
    by_hand = aws.key(store.create_service("communities", NewService(name="extra", title="Extra"))).key
    kept = aws.key(standing(FLOODS)).key
    say(files(("environment-agency", "floods")))
    assert [opens(key) for key in (declared, by_hand, kept)] == [False, False, True]
    gone = store.department("communities")
    assert gone
    assert gone.suspended_at
    with pytest.raises(Refusal):
        store.create_service("communities", NewService(name="more", title="More"))
    with pytest.raises(Refusal):
        aws.key(standing(COUNCILS), name="more")
    say(BOTH)
    assert [opens(key) for key in (declared, by_hand, kept)] == [True, True, True]


def test_a_service_that_left_its_file_is_suspended_and_one_made_over_http_is_not(aws: Ground, say: Any) -> None:
    say(files(("communities", "local-authorities"), ("communities", "old")))
    store.create_service("communities", NewService(name="by-hand", title="By hand"))
    say(files(("communities", "local-authorities")))
    suspended = {line.name for line in store.services_of("communities") if standing(str(line.id)).suspended_at}
    assert suspended == {"old"}


def test_a_service_made_over_http_may_be_declared_later(aws: Ground, say: Any) -> None:
    say(files(("communities", "local-authorities")))
    store.create_service("communities", NewService(name="extra", title="Extra"))
    say(files(("communities", "local-authorities"), ("communities", "extra")))
    assert standing(service_id("communities", "extra")).declared


class TestAdminKey:
    def test_the_admin_secret_gets_a_key_that_administers(self, aws: Ground, say: Any) -> None:
        say(BOTH)
        caller = auth.whole_key({"x-api-key": aws.admin_secret()})
        assert (caller.department, caller.service_id) == (PLATFORM, service_id(PLATFORM, ADMINISTRATION))
        assert "departments:admin" in caller.scopes

    def test_it_stays_the_same_from_deployment_to_deployment(self, aws: Ground, say: Any) -> None:
        say(BOTH)
        first = aws.admin_secret()
        say(BOTH)
        assert aws.admin_secret() == first

    def test_a_secret_without_any_value_is_filled_too(self, aws: Ground, say: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        clients.secrets().create_secret(Name="empty")
        monkeypatch.setenv("ADMIN_SECRET", "empty")
        say(BOTH)
        assert opens(clients.secrets().get_secret_value(SecretId="empty")["SecretString"])

    def test_an_end_between_its_two_writes_is_mended_by_the_next_deployment(
        self, aws: Ground, say: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(store, "keep_key", lambda *_: (_ for _ in ()).throw(TimeoutError()))
            with pytest.raises(TimeoutError):
                say(BOTH)
        written = aws.admin_secret()
        say(BOTH)
        assert aws.admin_secret() == written
        assert opens(written)

    def test_a_revoked_one_is_replaced(self, aws: Ground, say: Any) -> None:
        say(BOTH)
        first = aws.admin_secret()
        administration = standing(service_id(PLATFORM, ADMINISTRATION))
        store.revoke_key(administration, str(store.keys_of(str(administration.id))[0].id))
        say(BOTH)
        assert not opens(first)
        assert opens(aws.admin_secret())

    def test_one_whose_text_is_lost_is_revoked_and_replaced(self, aws: Ground, say: Any) -> None:
        say(BOTH)
        lost = aws.admin_secret()
        clients.secrets().put_secret_value(SecretId="admin", SecretString="overwritten")
        say(BOTH)
        assert not opens(lost)
        assert opens(aws.admin_secret())

    def test_a_department_cannot_put_its_own_key_there(self, aws: Ground, say: Any) -> None:
        say(BOTH)
        own = aws.key(standing(FLOODS)).key
        clients.secrets().put_secret_value(SecretId="admin", SecretString=own)
        admin_key.ensure(standing(service_id(PLATFORM, ADMINISTRATION)))
        assert aws.admin_secret() != own


class TestCloudFormation:
    def test_it_is_told_of_success(self, aws: Ground, told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(declarations, "compiled", lambda: BOTH)
        for kind in ("Create", "Update"):
            declare({"RequestType": kind}, None)  # type: ignore[arg-type]
        assert told == [("SUCCESS", "declarations", "")] * 2

    def test_a_failure_is_told_with_its_reason(self, aws: Ground, told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(declarations, "compiled", lambda: BOTH)
        monkeypatch.setenv("TABLE", "elsewhere")
        forget()
        declare({"RequestType": "Create"}, None)  # type: ignore[arg-type]
        status, resource, reason = told[0]
        assert (status, resource) == ("FAILED", "declarations")
        assert reason.startswith("ResourceNotFoundException: ")

    def test_deletion_succeeds_and_deletes_nothing(self, aws: Ground, say: Any, told: list[Any]) -> None:
        say(BOTH)
        before = aws.items()
        declare({"RequestType": "Delete"}, None)  # type: ignore[arg-type]
        assert told == [("SUCCESS", "declarations", "")]
        assert aws.items() == before
