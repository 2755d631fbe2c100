"""The columns that `datastore_create` asks for: their names, their types and what describes them (contract 1.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from functions.data_access.ckan import types
from functions.data_access.ckan.failures import invalid_fields
from functions.data_access.ckan.tables import Column
from functions.data_access.ckan.values import structured

MOST_COLUMNS = 500
LONGEST_NAME = 63
"""As PostgreSQL has it, so that whatever reads a dump keeps the name whole."""


def read(given: object, records: Sequence[Mapping[str, Any]]) -> list[Column]:
    """The columns asked for, and after them those that the first row has beside; a type that is not said is that of the row's value."""
    fields = structured(given, "fields") or []
    if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
        raise invalid_fields({"fields": "Not a list of dictionaries"})
    first = records[0] if records and isinstance(records[0], dict) else {}
    found = [_column(field, first) for field in fields]
    named = {column.name for column in found}
    found += [_column({"id": name}, first) for name in first if name not in named]
    _refuse_repeated(found)
    return found


def _column(field: Mapping[str, Any], first: Mapping[str, Any]) -> Column:
    name = field.get("id")
    if not isinstance(name, str) or not _is_name(name):
        raise invalid_fields({"fields": f'"{str(name)[:100]}" is not a valid field name'})
    asked = str(field.get("type") or types.guessed(first.get(name)))
    type_ = types.reported(asked)
    if type_ is None:
        raise invalid_fields({"fields": f'"{asked[:100]}" is not a valid field type'})
    info = field.get("info")
    if info is not None and not isinstance(info, dict):
        raise invalid_fields({"fields": f'The info of "{name}" is not a dictionary'})
    return Column(name, type_, info)


def _is_name(name: str) -> bool:
    plain = name.isprintable() and '"' not in name and name == name.strip()
    return plain and 0 < len(name) <= LONGEST_NAME and not name.startswith("_")


def _refuse_repeated(found: Sequence[Column]) -> None:
    if len(found) > MOST_COLUMNS:
        raise invalid_fields({"fields": f"{len(found)} columns are more than {MOST_COLUMNS}"})
    seen = set[str]()
    for column in found:
        # Most of what reads a table does not tell columns apart by the size of their letters.
        if column.name.casefold() in seen:
            raise invalid_fields({"fields": f'The field "{column.name}" is there twice'})
        seen.add(column.name.casefold())
