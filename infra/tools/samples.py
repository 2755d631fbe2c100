"""Whether the samples of a department's facts are what they say: good ones that its schemas take, and bad ones that they refuse."""

import json
from collections.abc import Iterator
from pathlib import Path

from schemas.declaration import Department
from schemas.registry import Schema, UnknownType, latest

BAD = "bad-"
"""How the names of bad samples begin."""


def lacking(department: Department, root: Path) -> Iterator[str]:
    """What is wrong with the samples of every fact, a line for each thing; its schemas have no mistake."""
    slug = department.department
    for name in dict.fromkeys(fact.rsplit(".v", 1)[0] for fact in department.emits):
        folder = root / "events" / slug / name
        files = sorted(folder.glob("*.json"))
        for kind, bad in (("good", False), ("bad", True)):
            if not any(file.name.startswith(BAD) == bad for file in files):
                shown = f"{BAD}…" if bad else "…"
                yield f"events/{slug}/{name}: has no {kind} sample, which a type needs: events/{slug}/{name}/{shown}.json"
        for file in files:
            if wrong := _wrong(file, slug, name, root / "schemas"):
                yield f"events/{slug}/{name}/{file.name}: {wrong}"


def _wrong(file: Path, slug: str, name: str, schemas: Path) -> str | None:
    try:
        event = json.loads(file.read_text(encoding="utf-8"))
        schema = latest(event["type"], schemas)
    except (ValueError, RecursionError) as wrong:
        return f"is not JSON: {wrong}"
    except (TypeError, KeyError, UnknownType):
        return "holds no event whose type has a schema"
    if (schema.owner, schema.name) != (slug, name):
        return f"is a sample of {schema.type}, and stands among those of {slug}.{name}"
    return _unlike(file, schema, event.get("data"))


def _unlike(file: Path, schema: Schema, data: object) -> str | None:
    problems = schema.check_written(data)
    if file.name.startswith(BAD):
        return None if problems else "is called bad, and is accepted"
    return f"would be refused: {problems[0]}" if problems else None
