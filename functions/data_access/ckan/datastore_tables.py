"""Actions that make tables and drop them. A table made here is a register of the caller's department, with the same log and proofs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from functions.common import clock
from functions.data_access import definitions
from functions.data_access.ckan import catalogue, datastore_rows, search_parameters, table_fields, tables, types, writing
from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.catalogue import Dataset
from functions.data_access.ckan.changes import Batch
from functions.data_access.ckan.failures import Refused, invalid_fields, missing, not_authorised
from functions.data_access.ckan.licences import OPEN_GOVERNMENT
from functions.data_access.ckan.refusing import BAD_NAME, TAKEN_NAME
from functions.data_access.ckan.tables import Column, Table
from functions.data_access.ckan.values import listed, required, structured
from functions.data_access.store import definitions as made

CREATE = frozenset(
    {
        "resource_id", "id", "resource", "force", "aliases", "fields", "delete_fields", "records", "include_records", "primary_key",
        "indexes", "triggers", "calculate_record_count",
    }
)  # fmt: skip

_DECLARED = "this table is declared in its department's file, and changed there"


def datastore_create(asked: Asked) -> object:
    """Make a table and write rows into it, or write rows into one that is there, which may gain columns.

    Give `resource` (`package_id`, the name of the dataset to be, and `name`) for a new one, or `resource_id`. `fields` are its columns
    (`id`, `type`, `info`), `primary_key` what tells its rows apart.
    """
    parameters = asked.parameters
    search_parameters.refuse_unknown(parameters, CREATE)
    resource = structured(asked.get("resource"), "resource")
    if resource and asked.get("resource_id"):
        raise invalid_fields({"resource": "resource cannot be used with resource_id"})
    if not resource and not (asked.get("resource_id") or asked.get("id")):
        raise invalid_fields({"resource_id": "resource_id or resource required"})
    for name in ("delete_fields", "triggers"):
        if asked.get(name):
            raise invalid_fields({name: "is not offered here: what was published stays, and nothing runs beside the log"})
    records = writing.records(asked)
    table = _created(asked, resource, records) if resource else _extended(asked, records)
    if records:
        datastore_rows.write(asked, Batch(table, "insert", records))
    answer: dict[str, Any] = {
        **{name: value for name, value in parameters.items() if name not in ("resource", "force")},
        "resource_id": table.id,
        "package_id": table.dataset.id,
        "fields": [column.wire() for column in table.columns],
        "primary_key": list(table.primary_key),
        "method": "insert",
    }
    return datastore_rows.answered(asked, answer, records)


def datastore_delete(asked: Asked) -> object:
    """Take away the rows that `filters` find; without `filters` drop the table. History stays, as of everything in a register."""
    if asked.get("filters") is not None:
        return datastore_rows.delete(asked)
    search_parameters.refuse_unknown(asked.parameters, datastore_rows.DELETE)
    table = writing.table(asked)
    if table.declared:
        raise invalid_fields({"resource_id": _DECLARED})
    datastore_rows.remove(asked, table, None)
    definition = table.dataset.definition
    _replace(table.dataset, {**definition, "made": {**definition["made"], "dropped": True}})
    answer: dict[str, Any] = {**asked.parameters, "resource_id": table.id}
    return datastore_rows.answered(asked, answer, None)


def _created(asked: Asked, resource: object, records: Sequence[Mapping[str, Any]]) -> Table:
    if asked.writer is None:
        raise not_authorised(asked.user, "to create packages")
    if not isinstance(resource, dict):
        raise invalid_fields({"resource": "Not a dictionary"})
    name = required(resource, "package_id")
    if not definitions.NAME.fullmatch(name):
        raise invalid_fields({"package_id": BAD_NAME})
    columns = table_fields.read(asked.get("fields"), records)
    if not columns:
        raise missing("fields")
    definition = _definition(asked, name, resource, columns)
    found = definitions.find(name)
    if found is None:
        _refuse_aliases(asked, definition["made"]["aliases"], name)
        _create(name, asked.writer, definition)
    elif not (found["department"] == asked.writer and found.get("made", {}).get("dropped")):
        raise _taken(name)
    else:
        _refuse_other_types(tables.of(Dataset(name, found)), columns)
        _replace(Dataset(name, found), _again(found, definition))
    return tables.of(Dataset(name, definitions.find(name) or definition))


def _extended(asked: Asked, records: Sequence[Mapping[str, Any]]) -> Table:
    """The table that is there; with the new columns that are asked for behind its own."""
    table = writing.table(asked)
    given = asked.get("fields")
    wanted = table_fields.read(given, records) if given else []
    key = listed(asked.get("primary_key"), "primary_key")
    if key and tuple(key) != table.primary_key:
        raise invalid_fields(
            {"primary_key": f"is {', '.join(table.primary_key) or 'not there'}, and stays so: it is what records are kept by"}
        )
    _refuse_other_types(table, wanted)
    new = [column for column in wanted if table.column(column.name) is None]
    if not new:
        return table
    if table.declared:
        raise invalid_fields({"fields": _DECLARED})
    definition = table.dataset.definition
    of = definition["made"]
    more = {**of, "types": of["types"] | _types(new), "info": of["info"] | _infos(new)}
    fields = [*definition["fields"], *(types.field(column.name, column.type) for column in new)]
    _replace(table.dataset, {**definition, "fields": fields, "made": more})
    return tables.of(Dataset(table.register, definitions.find(table.register) or definition))


def _definition(asked: Asked, name: str, resource: Mapping[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    key = listed(asked.get("primary_key"), "primary_key")
    indexes = set(listed(asked.get("indexes"), "indexes"))
    named = [column.name for column in columns]
    for parameter, wanted in (("primary_key", key), ("indexes", indexes)):
        if unknown := [each for each in wanted if each not in named]:
            raise invalid_fields({parameter: f'The field "{unknown[0][:100]}" does not exist'})
    fields = [
        {**types.field(column.name, column.type), **({"index": True} if column.name in indexes and not column.type.startswith("_") else {})}
        for column in columns
    ]
    return {
        "department": asked.writer,
        "title": str(resource.get("name") or name),
        "description": str(resource.get("description") or ""),
        "key": key[0] if len(key) == 1 else "",
        "licence": OPEN_GOVERNMENT,
        "search": True,
        "fields": fields,
        "made": {
            "aliases": listed(asked.get("aliases"), "aliases"),
            "created": clock.stamp(),
            "info": _infos(columns),
            "primary_key": key,
            "resource": {"name": str(resource.get("name") or name)},
            "types": _types(columns),
        },
    }


def _create(name: str, department: str, definition: Mapping[str, Any]) -> None:
    try:
        made.create(name, department, definition)
    except made.Taken:
        raise _taken(name) from None
    definitions.forget()


def _replace(dataset: Dataset, definition: Mapping[str, Any]) -> None:
    try:
        made.replace(dataset.name, dataset.department, dataset.definition, definition)
    except made.Changed:
        raise invalid_fields({"resource_id": "somebody else changed the table in the same moment: try again"}) from None
    finally:
        definitions.forget()


def _refuse_other_types(table: Table, wanted: Sequence[Column]) -> None:
    for column in wanted:
        there = table.column(column.name)
        if there and there.type != column.type:
            raise invalid_fields({"fields": f'The field "{column.name}" is {there.type}, and cannot become {column.type}'})


def _refuse_aliases(asked: Asked, aliases: Sequence[str], name: str) -> None:
    for alias in aliases:
        if not definitions.NAME.fullmatch(alias):
            raise invalid_fields({"aliases": BAD_NAME})
        if alias == name or catalogue.aliased(alias):
            raise invalid_fields({"aliases": f'The alias "{alias}" already exists.'})


def _again(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """A table that was dropped and is made again: the columns that it had stay, since its history has them."""
    fields = {field["field"]: field for field in [*before["fields"], *after["fields"]]}
    of = {**after["made"], "created": before["made"]["created"], "types": before["made"]["types"] | after["made"]["types"]}
    return {**after, "fields": [*fields.values()], "made": of}


def _taken(name: str) -> Refused:
    return invalid_fields({"package_id": TAKEN_NAME})


def _types(columns: Sequence[Column]) -> dict[str, str]:
    return {column.name: column.type for column in columns}


def _infos(columns: Sequence[Column]) -> dict[str, Any]:
    return {column.name: dict(column.info) for column in columns if column.info}
