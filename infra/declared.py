"""A department, the file that declares it, and the schemas of its facts: what every check of a declaration looks at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.declaration_source import Source
from infra.register_fields import fields_of
from schemas.declaration import Department, Register, RegisterField


@dataclass(frozen=True)
class Declared:
    """A department, the file it came from, and the newest schema of each of its facts."""

    department: Department
    source: Source
    schemas: Mapping[str, Mapping[str, Any]]

    def fields(self, register: Register) -> list[RegisterField]:
        """The fields of one of its registers; none where they are those of a fact that is not there."""
        return fields_of(register, self.schemas.get(register.schema_type or "", {}))


def newest_schema(schemas_root: Path, slug: str, fact: str) -> Path | None:
    """The file of the newest version of a fact's major (`FloodWarningIssued.v1`), or None where there is none."""
    name, major = fact.rsplit(".v", 1)
    versions = {tuple(map(int, found.stem.split("."))): found for found in (schemas_root / slug / name).glob(f"{major}.*.*.json")}
    return versions[max(versions)] if versions else None


def declared(department: Department, source: Source, schemas_root: Path) -> Declared:
    """Bring a department together with the schemas of its facts, as far as there are any."""
    files = {fact: newest_schema(schemas_root, department.department, fact) for fact in department.emits}
    schemas = {fact: json.loads(found.read_text(encoding="utf-8")) for fact, found in files.items() if found}
    return Declared(department, source, schemas)
