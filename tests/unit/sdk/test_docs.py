"""What the packages' documentation shows is what happens: each of its examples is run, in the order in which it stands."""

from __future__ import annotations

import contextlib
import io
import re
from datetime import UTC, datetime
from pathlib import Path
from socket import gaierror
from types import SimpleNamespace
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPSHandler

import pytest
from standardwebhooks import Webhook

import commonweal_events
from commonweal_events import Publisher, read
from commonweal_events.generate.__main__ import main
from commonweal_events.testing import Remembered, Taken, brought
from tests.unit.sdk.classes import ROOT, SOURCE, flood_warning, imported, sample

EXAMPLE = ROOT / "docs" / "examples" / "department-app"
SECRET = "whsec_nXxNzIR47agGLXqtW+1dGWq8zydVbyBWW8yR04PTzZg="


def blocks(file: str, language: str) -> list[str]:
    """What stands between fences in a document, by its language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / file).read_text(), flags=re.MULTILINE | re.DOTALL)
    return [text for of, text in found if of == language]


def test_the_readme_of_the_events_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    event = Publisher(SOURCE).envelop(read(flood_warning(), sample("severe")))
    body = event.text()
    now = datetime.now(UTC).replace(microsecond=0)
    headers = {"webhook-id": "1", "webhook-timestamp": f"{now.timestamp():.0f}", "webhook-signature": Webhook(SECRET).sign("1", now, body)}
    known: dict[str, Any] = {
        **{name: getattr(commonweal_events, name) for name in commonweal_events.__all__},
        "Http": lambda **_: Taken(),
        "Taken": Taken,
        "brought": brought,
        "Remembered": Remembered,
        "monkeypatch": monkeypatch,
        "envelope": event,
        "datetime": datetime,
        "UTC": UTC,
        "HarbourClosed": imported(EXAMPLE / "handlers" / "contracts" / "harbour_closed.py").HarbourClosed,
        "FloodWarningIssued": imported(EXAMPLE / "handlers" / "contracts" / "flood_warning_issued.py").FloodWarningIssued,
        "fetch_key": None,
        "secret": SECRET,
        "request": SimpleNamespace(headers=headers, body=body.encode()),
    }
    examples = blocks("packages/events/README.md", "python")
    assert len(examples) == 4
    for example in examples:
        exec(example, known)
    assert known["receipt"].taken
    assert known["warning"].floodAreaID == sample("severe")["floodAreaID"]


def test_from_a_schema_to_a_receipt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreached(*_: object) -> None:
        raise URLError(gaierror("Name or service not known"))

    monkeypatch.setattr(HTTPSHandler, "https_open", unreached)
    monkeypatch.setattr("commonweal_events.publisher._pause", lambda *_: 0)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (command,) = [block for block in blocks("docs/sdk.md", "") if block.startswith("$")]
    asked, *written = command.splitlines()
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(asked.removeprefix("$ python -m commonweal_events.generate ").split()) == 0
    assert said.getvalue().splitlines() == written
    (program,) = blocks("docs/sdk.md", "python")
    (output,) = [block for block in blocks("docs/sdk.md", "") if block.startswith("refused")]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(program.replace("https://…", "https://commonweal.example"), {})
    assert without_ids(said.getvalue()) == without_ids(output)


def without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
