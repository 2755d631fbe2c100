"""A fresh clone has three registers of real rows: one that events wrote, and two that were loaded from files."""

from __future__ import annotations

import pytest

from tests.integration.stack import Stack, within


@pytest.mark.parametrize(
    ("register", "entries", "records"), [("local-authority-eng", 354, 354), ("government-organisation", 981, 980), ("territory", 79, 79)]
)
def test_a_seeded_register_is_whole(stack: Stack, register: str, entries: int, records: int) -> None:
    assert within(120, lambda: stack.http.get(f"/registers/{register}/register").json()["total-entries"] == entries)
    assert stack.http.get(f"/registers/{register}/register").json()["total-records"] == records


def test_an_organisation_whose_row_came_twice_has_a_history(stack: Stack) -> None:
    first, second = stack.http.get("/registers/government-organisation/records/OT488/entries").json()
    assert int(first["entry-number"]) < int(second["entry-number"]) == 981
