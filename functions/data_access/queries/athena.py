"""Where a dataset is larger than one function: the same query in Athena, over the Parquet files of its newest snapshot.

The tables are the stack's (`infra/constructs/lake.py`): for each register one of records and one of their history, whose columns are named
by their place (`c0`, `c1`, …), since Athena's own names know neither capitals nor hyphens. Here they get their names back.
"""

# ruff: noqa: S608  # as in `sql.py`
from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions.common import clients
from functions.common.failures import Refusal, Transient
from functions.common.log import logger
from functions.common.settings import setting
from functions.data_access.queries import running, sql
from functions.data_access.queries.columns import OWN, Columns, Kind, Scalar
from functions.data_access.queries.query import Query
from functions.data_access.queries.running import Page, Row
from functions.data_access.queries.sql import Dialect, Fragment, Statement, quoted
from functions.data_access.queries.trino import over

if TYPE_CHECKING:
    from mypy_boto3_athena.type_defs import RowTypeDef

LONGEST = 24.0
"""Seconds that a call waits: API Gateway waits 29. Who asks again finds the same query, further on."""
PAUSES = (0.15, 0.3, 0.5, 1.0)
"""Between two looks at a query; the last one again and again."""
AT_ONCE = 1_000
"""Rows that Athena gives in one call."""

_PAST = ["_id", "_key", "_entry", "_until", "_timestamp"]
"""The columns that the table of the history begins with."""


@dataclass(frozen=True, slots=True)
class OverSnapshot:
    """The records of a register as the files of its snapshot as at entry `number` have them."""

    register: str
    number: int
    columns: Columns

    def objects(self, query: Query) -> Page:
        """A page whose rows are one text each: a JSON object."""
        found = self.rows(query)
        shows = [self.columns[name].kind for name in query.columns]
        rows: list[Row] = [(_object(query.columns, shows, row),) for row in found.rows]
        return Page(rows, found.after)

    def rows(self, query: Query) -> Page:
        """A page whose rows have the query's columns."""
        statement = sql.select(replace(query, limit=query.limit + 1), self.columns, dialect(self.register, self.number, self.columns))
        kinds = [self.columns[name].kind for name in (*query.columns, *(by.column for by in query.whole_order))]
        rows = (tuple(_cell(kind, cell) for kind, cell in zip(kinds, row, strict=True)) for row in _run(statement))
        # As JSON a record takes more: its names stand in it, too.
        return running.cut(rows, query, lambda some: running.text_bytes([*some, *([query.columns] * len(some))]))

    def total(self, query: Query) -> int:
        """How many records there are in all."""
        [[counted]] = _run(sql.count(query, self.columns, dialect(self.register, self.number, self.columns)))
        return int(counted or 0)


def dialect(register: str, number: int, columns: Columns) -> Dialect:
    """Trino's, over the files of one snapshot."""
    own = [column.name for column in OWN]
    return over(
        _named(register, "records", number, [*own, *columns.fields]), _named(register, "history", number, [*_PAST, *columns.fields])
    )


def table(register: str, kind: str) -> str:
    """The name of a register's table of this kind."""
    return f"{register.replace('-', '_')}_{kind}"


def literal(value: Scalar) -> str:
    """A value as Athena takes parameters: as it would stand in SQL."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"'{value.replace("'", "''")}'" if isinstance(value, str) else repr(value)


def _named(register: str, kind: str, number: int, names: Sequence[str]) -> Fragment:
    shown = ", ".join(f"c{place} AS {quoted(name)}" for place, name in enumerate(names))
    return Fragment(f"(SELECT {shown} FROM {quoted(table(register, kind))} WHERE snapshot = ?)", (str(number),))


def _run(statement: Statement) -> Iterator[list[str | None]]:
    """The rows of a statement. Raises Refusal 503 where it takes longer than a call may; Transient where Athena gives it up."""
    given = [literal(value) for value in statement.parameters]
    # The same question again is the same query in Athena, whether it is still at it or has its answer.
    token = hashlib.sha256(json.dumps([statement.text, given]).encode()).hexdigest()
    parameters: dict[str, Any] = {"ExecutionParameters": given} if given else {}
    started = clients.athena().start_query_execution(
        QueryString=statement.text,
        ClientRequestToken=token,
        QueryExecutionContext={"Database": setting("LAKE")},
        WorkGroup=setting("WORKGROUP"),
        **parameters,
    )
    _wait(started["QueryExecutionId"])
    pages = (
        clients.athena()
        .get_paginator("get_query_results")
        .paginate(QueryExecutionId=started["QueryExecutionId"], PaginationConfig={"PageSize": AT_ONCE})
    )
    header = True
    for page in pages:
        rows = page["ResultSet"]["Rows"]
        yield from (_texts(row) for row in rows[1 if header else 0 :])
        header = False


def _wait(execution: str) -> None:
    ends, looks = time.monotonic() + LONGEST, 0
    while True:
        status = clients.athena().get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
        match status["State"]:
            case "SUCCEEDED":
                return
            case "FAILED" | "CANCELLED":
                # Not its reason, which repeats what was asked.
                logger.error("a query came to nothing", execution=execution, state=status["State"])
                raise Transient("Athena gave the query up")
        pause = PAUSES[min(looks, len(PAUSES) - 1)]
        if time.monotonic() + pause > ends:
            told = "This is a large dataset, and the query is still at work: ask the same again for its answer."
            raise Refusal(503, told, code="still_working", headers={"Retry-After": "5"})
        time.sleep(pause)
        looks += 1


def _texts(row: RowTypeDef) -> list[str | None]:
    return [cell.get("VarCharValue") for cell in row["Data"]]


def _cell(kind: Kind, text: str | None) -> Scalar | None:
    """What a replica would hold."""
    match kind:
        case _ if text is None:
            return None
        case Kind.INTEGER:
            return int(text)
        case Kind.NUMBER:
            return float(text)
        case Kind.BOOLEAN:
            return int(text == "true")
    return text


def _object(names: Sequence[str], kinds: Sequence[Kind], row: Row) -> str:
    shown = {name: _shown(kind, cell) for name, kind, cell in zip(names, kinds, row, strict=True)}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _shown(kind: Kind, cell: Any) -> Any:
    if cell is None:
        return None
    return bool(cell) if kind is Kind.BOOLEAN else json.loads(cell) if kind is Kind.LIST else cell
