"""A fresh clone has three registers of real rows: one that events wrote, and two that were loaded from files."""

from __future__ import annotations

import csv

import pytest

from infra.local.files import FOLDER
from tests.integration.stack import Stack, within


@pytest.mark.parametrize("register", ["local-authority-eng", "government-organisation", "territory"])
def test_a_seeded_register_is_whole(stack: Stack, register: str) -> None:
    with (FOLDER / f"{register}.tsv").open(encoding="utf-8", newline="") as rows:
        keys = [row[register] for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)]
    assert within(120, lambda: stack.http.get(f"/registers/{register}/register").json()["total-entries"] >= len(keys))
    # At least: other tests append to the same registers.
    assert set(keys) <= stack.http.get(f"/registers/{register}/records?page-size=5000").json().keys()


def test_an_organisation_whose_row_came_twice_has_a_history(stack: Stack) -> None:
    first, second = stack.http.get("/registers/government-organisation/records/OT488/entries").json()
    assert int(first["entry-number"]) < int(second["entry-number"]) == 981
