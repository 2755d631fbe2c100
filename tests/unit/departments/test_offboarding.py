"""What an operator's call is answered with."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from functions.common import compiled, declarations
from functions.departments import offboarding
from infra import declarations as files


def test_what_was_deployed_is_told_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "declarations.json"
    departments = files.write(to=home)
    monkeypatch.setattr(declarations, "compiled", lambda: compiled.read(home))
    monkeypatch.setattr(offboarding, "_DECLARED", tmp_path / files.AS_DECLARED)
    answer = offboarding.offboarding({"ask": "declared"}, SimpleNamespace())  # type: ignore[arg-type]  # it asks nothing of its context
    told = json.loads(json.dumps(answer))
    assert set(told["departments"]) == {one.department for one in departments}
    assert set(told["registers"]) == {name for one in departments for name in one.registers}
