"""Rows as CSV (RFC 4180), as registers serve them: a list is joined with `;` (contract 2.1)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from functions.data_access.canonical import Item

LIST_SEPARATOR = ";"


def csv_text(columns: Sequence[str], rows: Iterable[Item]) -> str:
    """A header and a line for each row; what a row lacks stays empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column, "")) for column in columns] for row in rows)
    return text.getvalue()


def _cell(value: str | list[str]) -> str:
    return LIST_SEPARATOR.join(value) if isinstance(value, list) else value
