"""What must hold of the schema of a department's fact, before anything is built on it: that it is one, closed, and called what it says.

That its versions can stand beside each other is for `schemas.compatibility`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schemas.opening import walk
from schemas.registry import FORMATS, unsound
from schemas.shapes import referred

type Schema = Mapping[str, Any]

_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.json", re.ASCII)


def versions(schemas_root: Path, slug: str, fact: str) -> list[Path]:
    """The files of a fact's major (`FloodWarningIssued.v1`), the newest version last."""
    name, major = fact.rsplit(".v", 1)
    files = [file for file in (schemas_root / slug / name).glob(f"{major}.*.json") if _VERSION.fullmatch(file.name)]
    return sorted(files, key=lambda file: [int(part) for part in file.stem.split(".")])


def read(schemas_root: Path, slug: str, fact: str) -> tuple[Schema | None, list[str]]:
    """The newest schema of a fact, or None where it cannot be used; and all that is wrong with the fact's schemas."""
    name, major = fact.rsplit(".v", 1)
    folder = f"schemas/{slug}/{name}"
    found, newest = list(_misnamed(schemas_root / slug / name, folder)), None
    files = versions(schemas_root, slug, fact)
    for file in files:
        newest, wrong = _read(file, f"/{folder}/{file.name}")
        found += [f"{folder}/{file.name} {what}" for what in wrong]
    return newest, found if files else [*found, f"has no schema: there is no {folder}/{major}.*.*.json"]


def _read(file: Path, path: str) -> tuple[Schema | None, list[str]]:
    try:
        schema = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as wrong:
        return None, [f"is not JSON: {wrong}"]
    mistakes = list(_mistakes(schema, path))
    return (None if mistakes else schema), mistakes


def _misnamed(folder: Path, said: str) -> Iterator[str]:
    for file in sorted(folder.glob("*.json")):
        if not _VERSION.fullmatch(file.name):
            yield f"{said}/{file.name} is no version, and nobody reads it: call it as 1.0.0.json"


def _mistakes(schema: Any, path: str) -> Iterator[str]:
    if not isinstance(schema, dict):
        yield "is no JSON Schema: it is no object"
        return
    asked = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": path, "type": "object", "additionalProperties": False}
    for name, value in asked.items():
        if schema.get(name) != value:
            yield f'must say "{name}": {json.dumps(value)}'
    if wrong := unsound(schema):
        yield f"is no JSON Schema: {wrong}"
        return
    for format_ in sorted({part["format"] for part in walk(schema) if "format" in part} - FORMATS):
        yield f'asks for the format "{format_}", to which nothing is held: there are {", ".join(sorted(FORMATS))}'
    for reference in sorted({part["$ref"] for part in walk(schema) if "$ref" in part}):
        if _leads_back(reference, schema):
            yield f'refers to "{reference}", which refers to itself alone'


def _leads_back(reference: str, root: Schema) -> bool:
    """Whether whoever follows a reference comes to it again before anything is said."""
    ways, followed = [reference], set[str]()
    while ways:
        way = ways.pop()
        followed.add(way)
        target = referred(way, root)
        found = set(_at_once(target)) if isinstance(target, Mapping) else set()
        if found & followed:
            return True
        ways += found
    return False


def _at_once(part: Schema) -> Iterator[str]:
    """What a part of a schema refers to for the very value that it is about."""
    if "$ref" in part:
        yield part["$ref"]
    for keyword in ("allOf", "anyOf", "oneOf"):
        for choice in part.get(keyword, ()):
            if isinstance(choice, Mapping):
                yield from _at_once(choice)
