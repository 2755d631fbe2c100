"""The files that a run on a laptop loads its registers from: the rows as published, none lost and no key twice in a file."""

from __future__ import annotations

import csv
import io

import pytest

from infra import declarations
from infra.local import files


@pytest.mark.parametrize(("register", "counts"), [("government-organisation", [980, 1]), ("territory", [79])])
def test_the_files_of_a_register_hold_its_rows_and_each_key_once(register: str, counts: list[int]) -> None:
    sent = [
        list(csv.DictReader(io.StringIO(body.decode(), newline=""))) for body in files.files_of(files.FOLDER / f"{register}.tsv", register)
    ]
    assert [len(rows) for rows in sent] == counts
    assert all(len({row[register] for row in rows}) == len(rows) for rows in sent)
    with (files.FOLDER / f"{register}.tsv").open(encoding="utf-8", newline="") as published:
        whole = list(csv.DictReader(published, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert sorted((row for rows in sent for row in rows), key=str) == sorted(whole, key=str)


def test_each_is_loaded_by_the_department_that_declares_it() -> None:
    registers = declarations.compile(declarations.load())["registers"]
    assert {register: owner for register, (owner, _) in files.OWNERS.items()} == {
        register: registers[register]["department"] for register in files.OWNERS
    }
