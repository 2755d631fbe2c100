"""The published versions of registers' fields, and which changes of them would break who reads or writes the register.

`schemas/registers/<name>/<n>.json` holds what a register's readers were promised: its key and its fields. Versions are numbered from 1,
none of them changes, and each keeps the promises of the one before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent / "registers"

_PROMISED = ("field", "datatype", "cardinality", "required", "values", "register")

type Layout = Mapping[str, Any]
"""A register's `key` and `fields`, as they are compiled (`infra/declarations.py`)."""


def layout(declared: Mapping[str, Any]) -> Layout:
    """What a compiled register promises: neither what only people read nor what only makes it quick."""
    return {"key": declared["key"], "fields": [{part: field[part] for part in _PROMISED if part in field} for field in declared["fields"]]}


def breaking(old: Layout, new: Layout) -> list[str]:
    """What of the new layout breaks a promise of the old one, each with its field; nothing where the two may follow each other."""
    found = [f"the key was {old['key']} and is {new['key']}"] if old["key"] != new["key"] else []
    fields = {field["field"]: field for field in new["fields"]}
    for before in old["fields"]:
        name = before["field"]
        found += [f"{name}: {change}" for change in _changes(before, fields[name])] if name in fields else [f"{name}: is gone"]
    known = {field["field"] for field in old["fields"]}
    # Entries that were written before it came do not have it.
    found += [f"{name}: is new, and cannot be required" for name, field in fields.items() if name not in known and field.get("required")]
    return found


def published(register: str, root: Path = ROOT) -> list[Layout]:
    """All versions of a register, the oldest first."""
    files = sorted((root / register).glob("*.json"), key=lambda file: int(file.stem))
    return [json.loads(file.read_bytes()) for file in files]


def check(registers: Mapping[str, Mapping[str, Any]], root: Path = ROOT) -> list[str]:
    """What is wrong between versions that follow each other, and between the newest and what is declared now, one problem a line."""
    found = []
    for name, declared in sorted(registers.items()):
        found += _broken(name, declared, root)
        if published(name, root)[-1:] != [layout(declared)]:
            found.append(f"register {name}: what is declared is not published: `commonweal schema export` writes it")
    for name in sorted({folder.name for folder in root.glob("*/")} - registers.keys()):
        kept = "infra/departments/removed/<slug>.yaml keeps one readable, and `commonweal department remove` writes that"
        found.append(f"register {name}: is published and declared by nobody: {kept}")
    return found


def write(registers: Mapping[str, Mapping[str, Any]], root: Path = ROOT) -> list[Path]:
    """Publish the layouts that differ from their newest versions, as the next ones; gives the paths written.

    Writes none of a register that breaks what it promised.
    """
    written = []
    for name, declared in sorted(registers.items()):
        versions, now = published(name, root), layout(declared)
        if versions[-1:] == [now] or _broken(name, declared, root):
            continue
        path = root / name / f"{len(versions) + 1}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(now, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _broken(register: str, declared: Mapping[str, Any], root: Path) -> list[str]:
    versions = [*((f"version {number}", version) for number, version in enumerate(published(register, root), 1))]
    return [
        f"register {register}, from {old} to {new}: {problem}"
        for (old, before), (new, after) in pairwise([*versions, ("what is declared", layout(declared))])
        for problem in breaking(before, after)
    ]


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for part in ("datatype", "register"):
        if before.get(part) != after.get(part):
            yield f"{_PARTS[part]} was {before.get(part) or 'none'} and is {after.get(part) or 'none'}"
    if before["cardinality"] != after["cardinality"]:
        yield f"the cardinality was {before['cardinality']} and is {after['cardinality']}"
    if after.get("required") and not before.get("required"):
        yield "was optional and is required"
    if "values" in after and (gone := _narrowed(before.get("values"), after["values"])):
        yield f"may no longer be {gone}"


_PARTS = {"datatype": "the datatype", "register": "the register it refers to"}


def _narrowed(before: list[str] | None, after: list[str]) -> str:
    if before is None:
        return f"anything but {', '.join(after)}"
    return ", ".join(value for value in before if value not in after)
