"""Actions that tell what tables there are, and of what they are made."""

from __future__ import annotations

from functions.data_access import dictionary
from functions.data_access.ckan import tables
from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.catalogue import Dataset, datasets, table
from functions.data_access.ckan.tables import Column, Table
from functions.data_access.ckan.values import flag, natural, required

METADATA = "_table_metadata"
"""The table of tables."""
METADATA_FIELDS = [
    {"id": "_id", "type": "text"},
    {"id": "name", "type": "name"},
    {"id": "oid", "type": "oid"},
    {"id": "alias_of", "type": "name"},
]

_NATIVE = {"int4": "integer", "int8": "bigint", "float8": "double precision", "bool": "boolean", "timestamp": "timestamp without time zone"}


def datastore_info(asked: Asked) -> object:
    """Describe a table: its columns with their types, indexes and notes, how many rows it has, and its other names."""
    about = tables.of(table(required(asked.parameters, "id", "resource_id")))
    with about.at_head() as rows:
        [[count]] = rows.connection.execute("SELECT count(*) FROM records")
        [[size]] = rows.connection.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
    meta = {
        "aliases": about.aliases,
        "count": count,
        "db_size": size,
        "id": about.id,
        "idx_size": None,
        "size": size,
        "table_type": "BASE TABLE",
    }
    return {"fields": [_described(about, column) for column in about.columns], "meta": meta}


def table_metadata(asked: Asked) -> dict[str, object]:
    """The rows of `_table_metadata`: each table, and after it its other names."""
    names = [pair for each in datasets() if not each.dropped for pair in _names(each)]
    start, limit = natural(asked.parameters, "offset", 0), natural(asked.parameters, "limit", 100)
    rows = [
        {"_id": f"{number:016x}", "name": name, "oid": number, "alias_of": of}
        for number, (name, of) in enumerate(names[start : start + limit], start + 1)
    ]
    return {
        "include_total": flag(asked.parameters, "include_total", default=True),
        "limit": limit,
        "records_format": "objects",
        "resource_id": METADATA,
        "records": rows,
        "fields": METADATA_FIELDS,
        "total": len(names),
    }


def _names(each: Dataset) -> list[tuple[str, str | None]]:
    return [(each.resource_id, None), *((alias, each.resource_id) for alias in tables.of(each).aliases)]


def _described(about: Table, column: Column) -> dict[str, object]:
    field = dictionary.of(about.dataset.definition).by_name[column.name]
    keyed = column.name in about.primary_key
    base = column.type.removeprefix("_")
    native = _NATIVE.get(base, base) + ("[]" if column.type.startswith("_") else "")
    schema = {
        "index_name": f"{column.name}_index" if field.index else None,
        "is_index": field.index or keyed,
        "native_type": native,
        "notnull": field.required,
        "uniquekey": keyed and len(about.primary_key) == 1,
    }
    return {**column.wire(), "schema": schema}
