"""Write what is said in Python as JSON Schema files: the platform's events, as their writers are held to them, and a department's file."""

from __future__ import annotations

import json
from pathlib import Path

from schemas import department
from schemas.platform import EVENTS, PlatformEvent

ROOT = Path(__file__).parent


def exported() -> dict[Path, str]:
    """The text of every event's file, by its path: `schemas/platform/<Type>/<version>.json`."""
    return {ROOT / "platform" / event.__name__ / f"{event.schema_version}.json": _text(event) for event in EVENTS.values()}


def write() -> list[Path]:
    """Write what differs; gives the paths written. A version that was ever released must never be among them."""
    texts = {**exported(), department.FILE: department.text()}
    changed = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    return changed


def _text(event: type[PlatformEvent]) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": event.schema_uri(),
        **event.model_json_schema(),
        # One line of what it is: pydantic keeps the docstring's line breaks.
        "description": " ".join((event.__doc__ or "").split()),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
