"""What a register says of itself, from its declaration: the register's own record, and the system entries of its RSF (contract 2.3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from functions.data_access.canonical import Item
from functions.data_access.registers import Entry
from functions.data_access.rsf import SystemEntry
from schemas.proof import PREFIX

PHASE = "beta"
NEVER = "1970-01-01T00:00:00Z"


def fields(declared: Mapping[str, Any]) -> list[str]:
    """The names of a register's fields, in their order."""
    return [field["field"] for field in declared["fields"]]


def register_record(name: str, declared: Mapping[str, Any]) -> Item:
    """The record of the register in a register of registers."""
    return {
        "register": name,
        "text": declared["description"],
        "registry": declared["department"],
        "phase": PHASE,
        "copyright": declared["licence"],
        "fields": fields(declared),
    }


def system_entries(name: str, declared: Mapping[str, Any], timestamp: str = "") -> list[SystemEntry]:
    """Name, custodian, each field and the register itself, as at a time: that of its first entry, so that they are the same each time."""
    items: dict[str, Item] = {"name": {"name": declared["title"]}, "custodian": {"custodian": declared["department"]}}
    items |= {f"field:{field['field']}": _field(field) for field in declared["fields"]}
    items[f"register:{name}"] = register_record(name, declared)
    return [SystemEntry(key, timestamp or NEVER, item) for key, item in items.items()]


def archive_members(
    name: str, declared: Mapping[str, Any], entries: Callable[[], Iterable[Entry]], item: Callable[[str], str | None]
) -> Iterator[tuple[str, str]]:
    """What a zip of the whole register holds: names and texts (contract 2.1). `entries` begins them anew."""
    yield "register.json", _json(register_record(name, declared))
    for item_hash in dict.fromkeys(entry.item_hash for entry in entries()):
        yield f"item/{item_hash.removeprefix(PREFIX)}.json", item(item_hash) or "{}"
    for entry in entries():
        yield f"entry/{entry.number}.json", _json(entry.wire())


def _json(document: Mapping[str, object]) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _field(field: Mapping[str, Any]) -> Item:
    return {
        "field": field["field"],
        "datatype": field["datatype"],
        "cardinality": field["cardinality"],
        "phase": PHASE,
        "text": field.get("text", ""),
        **({"register": field["register"]} if field.get("register") else {}),
    }
