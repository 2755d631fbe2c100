"""Actions that write rows and take them away; each batch is one transaction (contract 1.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from functions.data_access.ckan import changes, rows, search_parameters, searching, writing
from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.changes import Batch, Changes, Method
from functions.data_access.ckan.failures import invalid_fields, missing
from functions.data_access.ckan.tables import OWN, Column, Table
from functions.data_access.ckan.values import flag, structured
from functions.data_access.queries import columns as queried
from functions.data_access.queries import sql
from functions.data_access.queries.query import Query
from functions.data_access.queries.sqlite import SQLITE

if TYPE_CHECKING:
    from functions.data_access.queries.filters import Filters
    from functions.data_access.replica import Replica

METHODS = ("upsert", "insert", "update")
UPSERT = frozenset({"resource_id", "id", "records", "method", "force", "include_records", "dry_run", "calculate_record_count"})
DELETE = frozenset({"resource_id", "id", "filters", "force", "include_deleted_records", "calculate_record_count"})


def datastore_upsert(asked: Asked) -> object:
    """Write rows by their primary key. `method` is `upsert`, `insert` or `update`; columns that a row leaves out stay as they are.

    All rows are written or, if one will not do, none. With `dry_run` they are only checked.
    """
    search_parameters.refuse_unknown(asked.parameters, UPSERT)
    table = writing.table(asked)
    method = asked.get("method") or "upsert"
    if method not in METHODS:
        raise invalid_fields({"method": f'"{str(method)[:100]}" is not defined'})
    records = writing.records(asked)
    write(asked, Batch(table, cast(Method, method), records), dry=flag(asked.parameters, "dry_run"))
    answer: dict[str, Any] = {**asked.parameters, "method": method, "resource_id": table.id}
    return answered(asked, answer, records)


def datastore_records_delete(asked: Asked) -> object:
    """Take away the rows that `filters` find; `{}` finds all. Their history stays."""
    if asked.get("filters") is None:
        raise missing("filters")
    return delete(asked)


def delete(asked: Asked) -> object:
    """Take away the rows that `filters` find."""
    search_parameters.refuse_unknown(asked.parameters, DELETE)
    table = writing.table(asked)
    given = structured(asked.get("filters"), "filters")
    gone, echo = remove(asked, table, given)
    answer: dict[str, Any] = {**asked.parameters, "filters": given, "resource_id": table.id}
    if echo:
        answer["filterops"] = echo
    if flag(asked.parameters, "include_deleted_records"):
        answer["deleted_records"] = gone
    return answer


def write(asked: Asked, batch: Batch, *, dry: bool = False) -> None:
    """Write a batch; or only check it."""
    assert asked.writer is not None  # noqa: S101  # for the type alone: the table is the caller's own
    if dry:
        with batch.table.at_head() as current:
            batch.changes(current)
        return
    changes.commit(batch.table, asked.writer, batch.changes)


def remove(asked: Asked, table: Table, given: object) -> tuple[list[dict[str, object]], object]:
    """Remove the records that filters find: what they were, and the filters as they were understood."""
    assert asked.writer is not None  # noqa: S101  # as above
    gone = list[dict[str, object]]()
    echo: list[object] = [None]

    def find(current: Replica) -> Changes:
        columns = queried.of(current.dictionary)
        filters = search_parameters.read_filters(given, columns)
        keys, gone[:] = _matching(current, table, filters)
        echo[0] = filters.echo
        return changes.removals(keys)

    changes.commit(table, asked.writer, find)
    return gone, echo[0]


def answered(asked: Asked, answer: dict[str, Any], records: object) -> dict[str, Any]:
    """An answer that gives the parameters back; the rows themselves only where they are asked for."""
    answer.pop("id", None)
    answer.pop("records", None)
    return answer | ({"records": records} if flag(asked.parameters, "include_records") else {})


def _matching(current: Replica, table: Table, filters: Filters) -> tuple[list[str], list[dict[str, object]]]:
    columns = queried.of(current.dictionary)
    names = (OWN, *table.names)
    query = Query(where=filters.where, columns=("_key", *names), limit=-1)
    found = searching.rows(current.connection, sql.select(query, columns, SQLITE))
    given = (Column(OWN, "int"), *table.columns)
    return [str(row[0]) for row in found], rows.objects(given, [row[1:] for row in found])
