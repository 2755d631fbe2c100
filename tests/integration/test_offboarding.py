"""A department goes from a running platform: at once for its keys and its own account, in good order for what was under way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from uuid_utils import uuid7

from functions.common import clock
from infra.local.platform import ROOT
from infra.tools.draining import drain
from infra.tools.target import Target
from tests.integration.stack import Event, Stack, within

SLUG, SERVICE, SOURCE = "foreign-office", "registers", "uk.gov.foreign-office.registers"


class Going:
    """The department, and the platform that it goes from."""

    def __init__(self, stack: Stack) -> None:
        self.stage = Target("commonweal-local", cast(Callable[[str], Any], stack.platform.client))

    def ask(self, what: str) -> dict[str, Any]:
        return self.stage.call("departments-offboarding", {"ask": what, "department": SLUG, "who": "a test"})


@pytest.fixture
def going(stack: Stack) -> Iterator[Going]:
    found = Going(stack)
    yield found
    found.ask("restore")


def submission() -> Event:
    """What the department may ask of the platform itself."""
    path = next(path for path in sorted((ROOT / "events/platform/RecordSubmitted").glob("*.json")) if not path.name.startswith("bad-"))
    event: Event = json.loads(path.read_text())
    kept = {name: value for name, value in event.items() if name not in ("department", "causationid", "correlationid", "hops")}
    return kept | {"id": str(uuid7()), "source": SOURCE, "time": clock.stamp()}


def reason(stack: Stack, event: Event) -> str:
    return "".join(str(item["reason"]) for item in stack.items("commonweal-local-bus", f"quarantine#{event['source']}#{event['id']}"))


def test_it_is_suspended_drained_removed_and_restored(stack: Stack, going: Going) -> None:
    key = stack.key("live", SLUG, SERVICE)
    assert stack.emit({**submission(), "type": "platform.Nothing.v1"}, key).status_code == 403  # known, and may not say this

    going.ask("suspend")
    assert within(4, lambda: stack.emit(submission(), key).json().get("detail") == "The service of this key is suspended.")
    drain(going.stage, 8, lambda waits: None)
    past_ingress = submission()
    assert stack.put(past_ingress)["FailedEntryCount"] == 0
    assert within(20, lambda: "is suspended" in reason(stack, past_ingress))

    assert going.ask("remove")["keys_revoked"] == 1
    standing = going.ask("standing")
    assert [note["what"] for note in standing["audit"]] == ["suspended", "removed"]
    assert {note["who"] for note in standing["audit"]} == {"a test"}
    assert stack.http.get("/registers/territory/records", headers={"Accept": "application/json"}).status_code == 200

    going.ask("restore")
    assert within(4, lambda: "revoked" in stack.emit(submission(), key).text)
    made = stack.http.post(
        f"/services/{stack.service(SLUG, SERVICE)}/keys",
        json={"name": "live", "type": "live", "scopes": ["events:emit"]},
        headers=stack.admin,
    )
    assert made.status_code == 201, made.text
    assert within(4, lambda: stack.emit({**submission(), "data": {}}, made.json()["key"]).status_code == 422)


def test_the_platform_says_what_it_was_deployed_with(going: Going) -> None:
    from infra.tools import department_states
    from infra.tools.differences import changed

    assert changed(department_states.running(going.stage), department_states.here(ROOT)) == []
