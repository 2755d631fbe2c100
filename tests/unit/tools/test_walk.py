"""The newcomer's walk: its steps in their order, each timed, and an end with the reason where one fails. `make walk` takes it whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local import walk
from infra.local.walk import Lost, Walk, steps

ABOUT = {"departments": {walk.SLUG: {"services": {walk.SLUG: {"id": "1", "keys": {"live": "k"}}}}}}


class Rehearsal(Walk):
    """The walk, with commands that only say that they were called."""

    def __init__(self, copy: Path) -> None:
        self.said: list[str] = []
        self.called: list[tuple[str, ...]] = []
        super().__init__(copy, 8000, self.said.append)
        (copy / ".local").mkdir()
        (copy / ".local/platform.json").write_text(json.dumps(ABOUT))

    def command(self, *arguments: str) -> str:
        self.called.append(arguments)
        return "done"


class Running:
    def poll(self) -> int | None:
        return None


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, httpx.Response]:
    """What the platform answers, by the end of the address."""
    found = {
        walk.PLACE: httpx.Response(200, json={"base_path": f"/{walk.PLACE}", "title": "T", "schema_name": "S", "details": {}}),
        "outbox": httpx.Response(200, text=f"Harbour closed {walk.PERSON}"),
        walk.HARBOUR: httpx.Response(200, json={walk.HARBOUR: {"entry-number": "1"}}),
    }

    def answer(method: str, url: str, **_: Any) -> httpx.Response:
        response = next(one for end, one in found.items() if url.endswith(end))
        response.request = httpx.Request(method, url)
        return response

    monkeypatch.setattr(httpx, "get", lambda url, **more: answer("GET", url, **more))
    monkeypatch.setattr(httpx, "post", lambda url, **more: answer("POST", url, **more))
    return found


def test_it_goes_from_a_new_file_to_a_page_a_message_and_a_record(tmp_path: Path, answers: dict[str, httpx.Response]) -> None:
    rehearsal = Rehearsal(tmp_path)
    steps(rehearsal, Running)  # type: ignore[arg-type]
    assert [called[:2] for called in rehearsal.called] == [
        ("department", "new"),
        ("department", "check"),
        ("schema", "check"),
        ("department", "diff"),
        ("emit", "--same"),
    ]
    assert [*rehearsal.times][-3:] == ["page", "message", "record"]
    assert all(f"({took:.1f} s)" in "\n".join(rehearsal.said) for took in rehearsal.times.values())


@pytest.mark.parametrize(
    ("end", "response", "why"),
    [
        (walk.PLACE, httpx.Response(404, text="Not found"), "404 Not found"),
        ("outbox", httpx.Response(200, text="Nothing yet"), "No message is in the outbox."),
        (walk.HARBOUR, httpx.Response(404, text="No such record"), "404 No such record"),
    ],
)
def test_it_ends_where_something_is_missing(
    tmp_path: Path, answers: dict[str, httpx.Response], end: str, response: httpx.Response, why: str
) -> None:
    answers[end] = response
    with pytest.raises(Lost, match=why):
        steps(Rehearsal(tmp_path), Running)  # type: ignore[arg-type]


def test_a_command_that_fails_ends_it_with_what_it_said(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/__init__.py").touch()
    (tmp_path / "infra/tools.py").write_text("raise SystemExit('No department is called so.')")
    with pytest.raises(Lost, match="No department is called so"):
        Walk(tmp_path, 8000).command("department", "show", "so")


def test_a_platform_that_does_not_start_ends_it_with_its_log(tmp_path: Path) -> None:
    class Ended:
        def poll(self) -> int:
            return 1

    (tmp_path / "run.log").write_text("Port 8000 is in use")
    with pytest.raises(Lost, match="Port 8000 is in use"):
        Walk(tmp_path, 8000).wait(Ended())  # type: ignore[arg-type]
