"""What a run on a laptop begins with: the same every time, and made once."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest

from functions.common import auth, keyring
from functions.common.failures import Refusal
from functions.departments import admin_key
from functions.departments.api import api
from functions.departments.services import ADMINISTRATION, PLATFORM
from infra.local import seed
from infra.local.keep import Keys
from schemas import ids, registry
from schemas.content import registry as content_types
from tests.unit.departments.ground import Ground, request

FLOODS = ids.service_id("environment-agency", "floods")


@pytest.fixture
def http(aws: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> httpx.Client:
    """The departments' entry point behind an HTTP client, with one declared service."""
    keys = {"live": {"type": "live", "scopes": ["events:emit"]}, "test": {"type": "test", "scopes": ["data:read"]}}
    declared = {"services": {FLOODS: {"department": "environment-agency", "name": "floods", "keys": keys}}}
    monkeypatch.setattr(seed, "DECLARATIONS", tmp_path / "declarations.json")
    seed.DECLARATIONS.write_text(json.dumps(declared))
    admin_key.ensure(aws.service(PLATFORM, ADMINISTRATION))
    aws.service()

    def answer(asked: httpx.Request) -> httpx.Response:
        event = request(asked.method, asked.url.path, asked.headers["x-api-key"], asked.content.decode() or None)
        given = api(event, None)  # type: ignore[arg-type]
        return httpx.Response(given["statusCode"], text=given["body"])

    return httpx.Client(transport=httpx.MockTransport(answer), base_url="http://here")


def keys_of(seeded: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = seeded["environment-agency"]["services"]["floods"]["keys"]
    return found


def test_the_declared_keys_are_made_once_and_kept_for_their_owner_only(aws: Ground, http: httpx.Client, tmp_path: Path) -> None:
    file = tmp_path / "state" / "keys.json"
    first = seed._keys(http, aws.admin_secret(), Keys(file))
    assert {name: auth.whole_key({"x-api-key": key}).key_type for name, key in keys_of(first).items()} == {"live": "live", "test": "test"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert seed._keys(http, aws.admin_secret(), Keys(file)) == first


def test_keys_whose_text_is_lost_are_revoked_and_made_again(aws: Ground, http: httpx.Client, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    lost = keys_of(seed._keys(http, aws.admin_secret(), Keys(file)))
    file.unlink()
    found = keys_of(seed._keys(http, aws.admin_secret(), Keys(file)))
    keyring._kept.clear()
    assert all(auth.whole_key({"x-api-key": key}) for key in found.values())
    for key in lost.values():
        with pytest.raises(Refusal, match="revoked"):
            auth.whole_key({"x-api-key": key})


def test_keys_of_a_state_that_is_gone_are_made_again(aws: Ground, http: httpx.Client, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    Keys(file).add(FLOODS, "a-key-of-another-time", "live-x")
    assert auth.whole_key({"x-api-key": keys_of(seed._keys(http, aws.admin_secret(), Keys(file)))["live"]})


def test_a_file_of_keys_that_was_cut_short_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text('{"half": ')
    assert Keys(tmp_path / "keys.json").text("half", "id") is None


def test_what_the_platform_refuses_is_told(aws: Ground, http: httpx.Client) -> None:
    with pytest.raises(seed.SeedRefused, match="GET /services/nobody: 422"):
        seed.ask(http, aws.admin_secret(), "GET", "/services/nobody")


def test_every_row_of_the_register_is_one_valid_event_and_always_the_same() -> None:
    events = list(seed.events_of(seed.REGISTER))
    assert events == list(seed.events_of(seed.REGISTER))
    assert len({event["id"] for event in events}) == len(events) == 354
    schema = registry.latest("communities.LocalAuthorityRecorded.v1")
    assert [problem for event in events for problem in schema.check_written(event["data"])] == []


def test_the_pages_are_editions_of_three_content_types() -> None:
    pages = [json.loads(file.read_bytes()) for file in sorted(seed.CONTENT.glob("*.json"))]
    assert sorted(content_types.accept(page["edition"]).schema_name for page in pages) == ["answer", "guide", "news_article"]


def test_nobody_real_is_written_to() -> None:
    people = [address for people in seed.SUBSCRIBERS.values() for person in people for address in person.values()]
    simulated = {"07700900000", "07700900111", "07700900222"}
    for address in people:
        number = address.replace(" ", "")
        assert address.endswith(("@example.com", "@example.org")) or (number.startswith("07700900") and number not in simulated)
