"""What stays of departments that were removed: `infra/departments/removed/<slug>.yaml`, which keeps their registers readable.

`commonweal department remove` writes the file, of a department without registers, too: by it those who share with the department, or
subscribe to what it said, have no mistake that stops a deployment; `commonweal department check` names who still subscribes. A register
in it takes no entries, and its name is nobody else's; a department that comes back has its registers again.
"""

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from infra.declaration_source import read_as
from infra.lined_yaml import Problem
from schemas.declaration import Department, Register
from schemas.grammar import DepartmentSlug, Slug, Text
from schemas.strict import Strict

FOLDER = "removed"


class Removed(Strict):
    """A department that is no more."""

    department: DepartmentSlug = Field(description="What it was called in types and addresses.")
    title: Text = Field(description="What people called it.")
    removed: datetime.date = Field(description="On which day it went.")
    registers: dict[Slug, Register] = Field(default={}, description="Its registers, each with all its fields.")


def read(departments: Path) -> tuple[list[Removed], list[Problem]]:
    """Every department that was removed, beside the folder of those that stand; and what is wrong with the files."""
    found, problems = list[Removed](), list[Problem]()
    for path in sorted((departments / FOLDER).glob("*.yaml")):
        _, one, wrong = read_as(Removed, path, f"{FOLDER}/{path.name}")
        found += [one] if one else []
        problems += wrong
    return found, problems


def taken(removed: Iterable[Removed], standing: Iterable[Department]) -> Iterator[tuple[str, str, str]]:
    """Registers of departments that were removed and that another one declares now: the register, and both of them."""
    owners = {name: one.department for one in removed for name in one.registers}
    for department in standing:
        for name in department.registers:
            if (owner := owners.get(name, department.department)) != department.department:
                yield name, owner, department.department


def written(removed: Removed) -> str:
    """The file's text."""
    said: dict[str, Any] = removed.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    head = "# What stays of a department that was removed: its name, and its registers, which can be read and take no entries.\n"
    return head + yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=140)
