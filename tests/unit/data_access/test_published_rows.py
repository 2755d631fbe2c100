"""The rows that the demonstration's registers begin with fit the fields they are declared with."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from functions.data_access import dictionary
from functions.data_access.registers import checked_key
from infra import declarations

ROWS = {"local-authority-eng": 354, "government-organisation": 981, "territory": 79}
FOLDER = Path(declarations.__file__).parent / "departments" / "registers"


@pytest.mark.parametrize("register", ROWS)
def test_every_row_as_published_fits_its_register(register: str) -> None:
    known = dictionary.of(declarations.compile(declarations.load())["registers"][register])
    with (FOLDER / f"{register}.tsv").open(encoding="utf-8", newline="") as file:
        rows = [
            {column: value for column, value in row.items() if value}
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    assert len(rows) == ROWS[register]
    for row in rows:
        known.check(row)
        checked_key(row[known.key])
