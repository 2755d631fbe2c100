"""Classes generated for tests, as a department generates its own: written to a folder, and imported from there."""

from __future__ import annotations

import importlib.util
import json
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from commonweal_events.generate.__main__ import main
from commonweal_events.generate.python import files
from commonweal_events.generate.versions import Version

ROOT = Path(__file__).parents[3]
SOURCE = "uk.gov.environment-agency.floods"
FACT = "environment-agency/FloodWarningIssued"


@cache
def flood_warning() -> Any:
    """The class of flood warnings, from the schema in the tree."""
    return _generated(f"{ROOT}/schemas/{FACT}/1.0.0.json").FloodWarningIssued


@cache
def flood_warning_as_given() -> Any:
    """The class of flood warnings as a subscriber to three fields is given them."""
    fields = ["--fields", "floodAreaID", "severityLevel", "county"]
    return _generated(f"{ROOT}/schemas/{FACT}/1.0.0.json", *fields).FloodWarningIssued


def class_of(schema: dict[str, Any], name: str = "GateClosed") -> Any:
    """The class of a schema that a test makes up."""
    with tempfile.TemporaryDirectory() as home:
        for file, text in files(Version("parks", name, "1.0.0", json.dumps(schema))).items():
            (Path(home) / file).write_text(text, encoding="utf-8")
        (module,) = Path(home).glob("*.py")
        return getattr(imported(module), name)


def imported(path: Path) -> ModuleType:
    """A module from its file, under no name that another could have."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sample(case: str) -> dict[str, Any]:
    """The data of a sample event."""
    data: dict[str, Any] = json.loads((ROOT / "events" / FACT / f"{case}.json").read_text())["data"]
    return data


def _generated(*arguments: str | Sequence[str]) -> ModuleType:
    home = Path(tempfile.mkdtemp())
    assert main([*map(str, arguments), "--to", str(home)]) == 0
    (module,) = home.glob("[!_]*.py")
    return imported(module)
