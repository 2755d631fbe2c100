"""The registers that a call made, not a department's file: what each is, in one partition, so that one query lists them.

| pk | sk | what |
|---|---|---|
| `definitions` | `<name>` | the department that made it, and its definition as JSON |

A register's name is global: an item names its owner, and every change of it is conditional on that and on the version that was read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from functions.common.failures import Invalid
from functions.common.table import ConditionFailed, Item, absent
from functions.data_access.store.table import attr, table

PARTITION = "definitions"

type Definition = Mapping[str, Any]


class Taken(Exception):
    """There is a register of this name."""


class Changed(Exception):
    """Somebody else changed the definition since it was read."""


def read(name: str) -> Definition | None:
    """The definition of a register. One consistent read."""
    found = table.get(PARTITION, name, consistent=True)
    return _definition(found) if found else None


def every() -> Mapping[str, Definition]:
    """All of them, by name. One query for each megabyte."""
    return {item["sk"]: _definition(item) for item in table.every(PARTITION, consistent=True)}


def create(name: str, department: str, definition: Definition) -> None:
    """Keep a new one. Raises Taken."""
    try:
        table.put(_item(name, department, definition, 1), expect=absent())
    except ConditionFailed:
        raise Taken(name) from None


def replace(name: str, department: str, before: Definition, definition: Definition) -> None:
    """Put another in the place of the one that was read. Raises Changed, and Invalid where it is another department's."""
    version = before["made"]["version"]
    try:
        table.put(_item(name, department, definition, version + 1), expect=attr("owner").eq(department) & attr("version").eq(version))
    except ConditionFailed as failed:
        if failed.item.get("owner") != department:
            raise Invalid(f"{department} has no register {name}", "register_name") from None
        raise Changed(name) from None


def _item(name: str, department: str, definition: Definition, version: int) -> Item:
    text = json.dumps(definition, separators=(",", ":"), ensure_ascii=False)
    return {"pk": PARTITION, "sk": name, "owner": department, "version": version, "definition": text}


def _definition(item: Item) -> Definition:
    definition: dict[str, Any] = json.loads(item["definition"])
    return {**definition, "department": item["owner"], "made": {**definition.get("made", {}), "version": item["version"]}}
