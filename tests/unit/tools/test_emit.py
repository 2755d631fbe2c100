import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from infra.tools import following, running, sending
from infra.tools.cli import app
from infra.tools.failures import Failed
from schemas.proof import leaf_bytes, leaf_hash, printed

ROOT = "0192"
ACCEPTED_AT = "2026-11-23T09:30:00.000000Z"
ITEM = b'{"floodAreaID":"065WAF441"}'
ITEM_HASH = printed(sha256(ITEM).digest())
ENTRY = {
    "index-entry-number": "1",
    "entry-number": "1",
    "entry-timestamp": "2026-11-23T09:30:00Z",
    "key": "065WAF441",
    "item-hash": [ITEM_HASH],
}
ROOT_HASH = printed(leaf_hash(leaf_bytes(ENTRY)))
APPENDED = {
    "register_name": "flood-warning",
    "key": "065WAF441",
    "entry_number": 1,
    "item_hash": ITEM_HASH,
    "total_entries": 1,
    "root_hash": ROOT_HASH,
}


def hop(id: str, name: str, cause: str | None = ROOT, ms: int = 0, **data: object) -> dict[str, Any]:  # noqa: A002
    at = f"2026-11-23T09:30:00.{ms:03}000Z"
    type_ = f"platform.{name}.v1" if cause else name
    return {
        "id": id,
        "type": type_,
        "source": "s",
        "time": at,
        "published_at": at,
        "causationid": cause,
        "subject": id,
        "data": data or None,
    }


TREE = [
    hop(ROOT, "environment-agency.FloodWarningIssued.v1", None),
    hop("publish", "ContentPublishRequested", ms=12),
    hop("notify", "NotificationRequested", ms=13),
    hop("record", "RecordSubmitted", ms=14),
    hop("page", "ContentPublished", "publish", 40, base_path="/flood-warnings/065waf441", user_facing_version=1),
    hop("accepted", "NotificationAccepted", "notify", 50, notification_id="n1", channel="email"),
    hop("sending", "NotificationStatusChanged", "accepted", 60, notification_id="n1", channel="email", status="sending"),
    hop("delivered", "NotificationStatusChanged", "accepted", 80, notification_id="n1", channel="email", status="delivered"),
    hop("appended", "RecordAppended", "record", 70, **APPENDED),
]


class Platform:
    """The platform as the command sees it: what it is sent, and what it answers."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.tree: list[dict[str, Any]] = TREE
        self.item = ITEM
        self.refusal: httpx.Response | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.sent.append(json.loads(request.content))
            receipt = {"id": self.sent[-1]["id"], "status": "accepted", "accepted_at": ACCEPTED_AT}
            return self.refusal or httpx.Response(202, json=receipt)
        answers: dict[str, Callable[[], httpx.Response]] = {
            "/registers/flood-warning/entries/1": lambda: httpx.Response(200, json=[ENTRY]),
            "/registers/flood-warning/proof/entries/1/1/merkle:sha-256": lambda: httpx.Response(200, json={"merkle-audit-path": []}),
            f"/registers/flood-warning/items/{ITEM_HASH}": lambda: httpx.Response(200, content=self.item),
            f"/events/{self.sent[-1]['id']}": lambda: httpx.Response(200, json={"id": ROOT, "events": self.tree}),
        }
        return answers.get(request.url.path, lambda: httpx.Response(404, json={}))()


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    found = Platform()
    client = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **named: client(**named, transport=httpx.MockTransport(found)))
    monkeypatch.setattr(following, "PAUSE", 0)
    follow = following.follow
    monkeypatch.setattr(following, "follow", lambda ask, event: follow(ask, event, patience=0.2, quiet=0))
    monkeypatch.setattr(following, "expected_reactions", lambda event: 3)
    return found


@pytest.fixture
def event(tmp_path: Path) -> Path:
    file = tmp_path / "event.json"
    file.write_text(json.dumps({"specversion": "1.0", "id": ROOT, "source": "uk.gov.environment-agency.floods", "type": TREE[0]["type"]}))
    return file


def emit(event: Path, *options: str) -> Any:
    return CliRunner().invoke(app, ["emit", str(event), "--url", "http://platform.example", "--key", "k", *options])


def test_every_hop_is_shown_with_its_time(platform: Platform, event: Path) -> None:
    result = emit(event, "--same")
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "0 ms event accepted 0192" in lines
    assert "14 ms reactions ContentPublishRequested publish" in lines
    assert "40 ms page published http://platform.example/flood-warnings/065waf441 (edition 1)" in lines
    assert "60 ms messages handed over email: 1 delivered" in lines
    assert "70 ms register entry flood-warning 065WAF441 entry 1 of 1" in lines
    assert f"root hash {ROOT_HASH}" in lines
    assert "proof verified: entry 1 is in the log of 1 under that root hash" in lines
    assert lines[-1] == "Everything that followed: http://platform.example/local/trace/0192"


def test_down_a_pipe_there_are_no_colours(platform: Platform, event: Path) -> None:
    assert "\x1b" not in emit(event, "--same").stdout


def test_an_event_is_new_each_time_unless_it_is_asked_for_as_it_stands(platform: Platform, event: Path) -> None:
    platform.tree = []
    emit(event)
    emit(event, "--same")
    assert platform.sent[0]["id"] != ROOT
    assert platform.sent[0]["time"]
    assert platform.sent[1] == json.loads(event.read_text())


def test_programs_get_the_same_as_json(platform: Platform, event: Path) -> None:
    found = json.loads(emit(event, "--same", "--json").stdout)
    assert [step["what"] for step in found["outcome"]] == [
        "event accepted",
        "reactions",
        "page published",
        "messages handed over",
        "register entry",
    ]
    assert found["outcome"][4]["verified"] is True
    assert found["outcome"][3]["channels"] == {"email": {"delivered": 1}}
    assert found["missing"] == []


def test_an_item_that_was_changed_is_found_out(platform: Platform, event: Path) -> None:
    platform.item = b"{}"
    result = emit(event, "--same")
    assert result.exit_code == 1
    assert "proof NOT verified: the item does not have its hash" in result.stdout


def test_what_does_not_come_in_time_is_named(platform: Platform, event: Path) -> None:
    platform.tree = [one for one in TREE if one["id"] not in ("page", "sending", "delivered", "record", "appended")]
    result = emit(event, "--same")
    assert result.exit_code == 1
    assert "Not seen in time: 1 of 3 reactions; ContentPublished of publish; a status of notification accepted." in result.stdout


def test_what_is_rejected_is_shown_and_not_waited_for(platform: Platform, event: Path) -> None:
    platform.tree = [
        *TREE[:4],
        hop("no", "EventRejected", "publish", 20, consumer="publishing.request", reason="title: too long"),
        *TREE[5:],
    ]
    result = emit(event, "--same")
    assert result.exit_code == 0
    assert "publishing.request: title: too long" in result.stdout


def test_a_refused_event_names_every_field_at_fault(platform: Platform, event: Path) -> None:
    errors = [{"field": "data.severityLevel", "message": "9 is greater than the maximum of 4"}]
    platform.refusal = httpx.Response(422, json={"code": "invalid_data", "detail": "…", "errors": errors})
    result = emit(event)
    assert result.exit_code == 1
    assert result.stderr == "The event was refused with 422 (invalid_data):\n  data.severityLevel: 9 is greater than the maximum of 4\n"


def test_without_a_platform_there_is_one_clear_line(event: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.about, "__defaults__", (tmp_path / "platform.json",))
    result = CliRunner().invoke(app, ["emit", str(event)])
    assert (result.exit_code, result.stderr) == (1, f"{running.NOT_RUNNING}\n")


@pytest.mark.parametrize(
    ("departments", "said"),
    [
        (
            {"parks": {"services": {}}},
            "does not know environment-agency, or no service of it: its files are those of its start.",
        ),
        ({"environment-agency": {"services": {}}}, "There is no key for environment-agency: give one with --key."),
    ],
    ids=["a new file", "no key"],
)
def test_a_platform_that_started_before_the_file_is_told_from_one_without_a_key(
    event: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, departments: object, said: str
) -> None:
    about = tmp_path / "platform.json"
    about.write_text(json.dumps({"url": "http://127.0.0.1:8000", "departments": departments}))
    monkeypatch.setattr(running.about, "__defaults__", (about,))
    result = CliRunner().invoke(app, ["emit", str(event)])
    assert (result.exit_code, said in result.stderr) == (1, True)
    assert ("start it again (make run)" in result.stderr) == ("parks" in str(departments))


def test_a_platform_that_has_stopped_is_not_running_either(event: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    client = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **named: client(**named, transport=httpx.MockTransport(refuse)))
    result = CliRunner().invoke(app, ["emit", str(event), "--url", "http://127.0.0.1:8000", "--key", "k"])
    assert (result.exit_code, result.stderr) == (1, f"{running.NOT_RUNNING}\n")


def test_the_next_pages_of_a_long_list_are_no_reactions() -> None:
    from infra.tools.outcome import outcome

    pages = [TREE[0], TREE[2], hop("more", "NotificationRequested", "notify", 500)]
    [reactions, _] = outcome(ACCEPTED_AT, pages, "", lambda one: "")
    assert reactions.lines == ["NotificationRequested  notify"]


def test_a_file_that_is_no_event_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    file.write_text("[]")
    with pytest.raises(Failed, match="holds no CloudEvent"):
        sending.read(file)


def test_a_receipt_is_worth_a_little_wait() -> None:
    assert following.on_their_way(TREE[:7])
    assert not following.on_their_way(TREE)
