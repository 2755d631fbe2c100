"""How a department goes: at once, once, by whichever way; and how it comes back."""

from __future__ import annotations

from typing import Any

import pytest

from functions.common import auth, declarations, keyring, suspension
from functions.common.failures import Refusal
from functions.departments.declare import apply
from functions.departments.offboarding import offboarding
from functions.departments.services import NewService
from functions.departments.store import services as store
from schemas.ids import service_id
from tests.unit.departments.ground import Ground
from tests.unit.departments.test_declare import BOTH, COUNCILS, files, opens, standing

SLUG = "communities"


@pytest.fixture
def say(aws: Ground, monkeypatch: pytest.MonkeyPatch) -> Any:
    def deploy(compiled: dict[str, Any]) -> None:
        monkeypatch.setattr(declarations, "compiled", lambda: compiled)
        apply()
        forget()

    return deploy


def forget() -> None:
    keyring._kept.clear()
    suspension._kept.clear()


def ask(what: str, slug: str = SLUG, who: str = "jo") -> dict[str, Any]:
    answer = offboarding({"ask": what, "department": slug, "who": who}, None)  # type: ignore[arg-type]
    forget()
    return answer


def said(aws: Ground) -> list[str]:
    return [event["type"].split(".")[1] for event in aws.events() if event["type"].startswith("platform.Department")]


def audit() -> list[tuple[object, object]]:
    return [(note["what"], note["who"]) for note in store.audit_of(SLUG)]


@pytest.fixture
def keys(aws: Ground, say: Any) -> list[str]:
    """A declared service's key, one of a service made by hand, and another department's."""
    say(BOTH)
    by_hand = store.create_service(SLUG, NewService(name="extra", title="Extra"))
    return [aws.key(one).key for one in (standing(COUNCILS), by_hand, standing(service_id("environment-agency", "floods")))]


def test_suspended_none_of_its_keys_opens_anything_and_others_do(aws: Ground, keys: list[str]) -> None:
    ask("suspend")
    assert [opens(key) for key in keys] == [False, False, True]
    with pytest.raises(Refusal, match="suspended"):
        auth.whole_key({"x-api-key": keys[0]})
    assert said(aws) == ["DepartmentSuspended"]
    assert audit() == [("suspended", "jo")]


def test_suspending_again_changes_nothing(aws: Ground, keys: list[str]) -> None:
    first = ask("suspend")
    before = sorted(aws.items(), key=str)
    assert ask("suspend", who="somebody else") == first
    assert sorted(aws.items(), key=str) == before


def test_a_deployment_with_its_file_does_not_undo_a_removal_that_is_under_way(aws: Ground, keys: list[str], say: Any) -> None:
    ask("suspend")
    say(BOTH)
    assert not opens(keys[0])
    ask("remove")
    say(BOTH)
    assert not opens(keys[0])
    assert store.department(SLUG)


def test_removed_its_keys_are_revoked_each_said_and_all_of_it_noted(aws: Ground, keys: list[str]) -> None:
    ask("suspend")
    assert ask("remove") == {"keys_revoked": 2}
    revoked = [key.revoked_at for one in store.whole_services_of(SLUG) for key in store.keys_of(str(one.id))]
    assert len(revoked) == 2
    assert all(revoked)
    assert ask("remove") == {"keys_revoked": 0}
    [removed] = [note for note in store.audit_of(SLUG) if note["what"] == "removed"]
    assert (removed["who"], removed["keys_revoked"]) == ("jo", 2)
    assert said(aws).count("DepartmentRemoved") == 1


def test_nobody_is_removed_in_the_middle_of_what_is_under_way(keys: list[str]) -> None:
    assert "is not suspended" in ask("remove")["refused"]
    assert opens(keys[0])


def test_the_file_gone_it_goes_the_same_way_but_keeps_its_keys(aws: Ground, keys: list[str], say: Any) -> None:
    say(files(("environment-agency", "floods")))
    assert [opens(key) for key in keys] == [False, False, True]
    assert audit() == [("suspended", "a deployment"), ("removed", "a deployment")]
    say(files(("environment-agency", "floods")))
    assert len(audit()) == 2
    say(BOTH)
    assert [opens(key) for key in keys] == [True, True, True]
    assert audit()[-1] == ("restored", "a deployment")


def test_removed_and_its_file_gone_it_comes_back_with_its_file_and_without_its_keys(keys: list[str], say: Any) -> None:
    ask("suspend")
    ask("remove")
    say(files(("environment-agency", "floods")))
    say(BOTH)
    assert [opens(key) for key in keys] == [False, False, True]
    found = store.department(SLUG)
    assert found
    assert (found.suspended_at, found.removing_since, found.removed_at) == (None, None, None)
    assert store.create_service(SLUG, NewService(name="more", title="More"))


def test_what_was_suspended_by_mistake_is_restored(keys: list[str]) -> None:
    ask("suspend")
    assert ask("restore") == {}
    assert [opens(key) for key in keys] == [True, True, True]
    assert audit()[-1] == ("restored", "jo")


def test_without_its_file_nothing_is_restored_by_hand(keys: list[str], say: Any) -> None:
    say(files(("environment-agency", "floods")))
    assert "is not deployed" in ask("restore")["refused"]


@pytest.mark.parametrize("slug", ["nobody", "platform"])
@pytest.mark.parametrize("what", ["suspend", "remove", "restore", "standing"])
def test_who_is_not_there_and_the_platform_itself_cannot_go(keys: list[str], slug: str, what: str) -> None:
    assert "could go" in ask(what, slug)["refused"]


def test_how_it_stands_is_told_without_secrets(keys: list[str]) -> None:
    ask("suspend")
    found = ask("standing")
    assert [service["keys"] for service in found["services"]] == [["live"], ["live"]]
    assert found["audit"][0]["who"] == "jo"
    assert all(key not in str(found) for key in keys)


def test_who_did_it_is_in_no_event(aws: Ground, keys: list[str]) -> None:
    ask("suspend", who="rosalind.okafor")
    ask("remove", who="rosalind.okafor")
    assert "rosalind" not in str(aws.events())
