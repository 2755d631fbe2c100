from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.tools import register
from infra.tools.cli import app
from infra.tools.target import Target
from schemas.proof import printed

REACHED = {"size": 7, "tiles": ["AA=="]}


class Deployed(Target):
    """A stage whose audit answers as it is told to, one call after the other."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        super().__init__("commonweal-local", lambda _: None)
        self.answers = [*answers]
        self.asked: list[Any] = []

    def call(self, function: str, event: Any) -> dict[str, Any]:
        self.asked.append((function, {**event}))
        return self.answers.pop(0)


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(deployed: Deployed, *more: str) -> Any:
        monkeypatch.setattr(register, "target", lambda _: deployed)
        return CliRunner().invoke(app, ["register", "audit", "flood-warning", *more])

    return run


def test_an_audit_goes_on_until_all_of_the_register_is_looked_at(audit: Any) -> None:
    deployed = Deployed(
        {"is_done": False, "size": 9, "reached": REACHED}, {"is_done": True, "size": 9, "reached": REACHED, "root-hash": "sha-256:00"}
    )
    told = audit(deployed)
    assert (told.exit_code, told.output) == (0, "flood-warning: entries 1 to 9 are as they were written, root hash sha-256:00\n")
    first = {"register": "flood-warning", "roots": {}}
    assert deployed.asked == [("data-access-audit", first), ("data-access-audit", {**first, "reached": REACHED})]


def test_the_first_entry_that_was_tampered_with_is_named_and_the_command_fails(audit: Any) -> None:
    told = audit(Deployed({"is_done": True, "size": 9, "reached": REACHED, "root-hash": None, "entry": 8, "what": "its item was changed"}))
    assert (told.exit_code, told.output) == (1, "Entry 8 of flood-warning: its item was changed.\n")


def test_earlier_checkpoints_must_hold(audit: Any, tmp_path: Path) -> None:
    root = bytes(range(32))
    kept = tmp_path / "kept"
    kept.write_text(
        f"commonweal/registers/flood-warning\n7\n{base64.b64encode(root).decode()}\n\n— commonweal/registers/flood-warning AA==\n"
    )
    deployed = Deployed({"is_done": True, "size": 9, "reached": REACHED, "root-hash": "sha-256:00"})
    assert audit(deployed, "--checkpoint", str(kept)).exit_code == 0
    assert deployed.asked[0][1]["roots"] == {"7": printed(root)}
    kept.write_text("hello")
    refused = audit(deployed, "--checkpoint", str(kept))
    assert (refused.exit_code, "is not a checkpoint" in refused.output) == (1, True)
