"""Who may write to which table: the department whose register it is, with a key that allows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.data_access import definitions
from functions.data_access.ckan import catalogue, tables
from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.failures import invalid_fields, not_authorised
from functions.data_access.ckan.tables import Table
from functions.data_access.ckan.values import required, structured

MOST_ROWS = 50_000
"""In one batch: what a function checks and stages within half its time."""


def table(asked: Asked) -> Table:
    """The table that the call is for, and the caller's own. Refuses everybody else, whether or not there is such a table."""
    wanted = required(asked.parameters, "resource_id", "id")
    refusal = not_authorised(asked.user, f"to update resource {wanted[:100]}")
    if asked.writer is None:
        raise refusal
    definitions.forget()  # a row is checked against the columns that there are, not those of a moment ago
    found = catalogue.table(wanted)
    if found.department != asked.writer:
        raise refusal
    return tables.of(found)


def records(asked: Asked) -> list[Mapping[str, Any]]:
    """The rows that came with a call."""
    given = structured(asked.get("records"), "records")
    if given in (None, ""):
        return []
    if not isinstance(given, list):
        raise invalid_fields({"records": "Not a list of dictionaries"})
    if len(given) > MOST_ROWS:
        raise invalid_fields({"records": f"{len(given)} rows are more than the {MOST_ROWS} that one call takes"})
    return given
