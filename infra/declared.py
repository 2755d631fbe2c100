"""A department, the file that declares it, and the schemas of its facts: what every check of a declaration looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import schema_checks
from infra.lined_yaml import Problem, Source
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
    return next(reversed(schema_checks.versions(schemas_root, slug, fact)), None)


def declared(department: Department, source: Source, schemas_root: Path) -> tuple[Declared, list[Problem]]:
    """Bring a department together with the schemas of its facts, as far as they are any; and what is wrong with the others."""
    schemas, problems = dict[str, Mapping[str, Any]](), list[Problem]()
    for fact in department.emits:
        schema, wrong = schema_checks.read(schemas_root, department.department, fact)
        problems += [source.problem(("emits", fact), what) for what in wrong]
        if schema is not None:
            schemas[fact] = schema
    return Declared(department, source, schemas), problems
