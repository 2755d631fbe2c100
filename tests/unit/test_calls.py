"""What a hot path may cost in calls to AWS, who is asking included: one write of what must not be lost, one read of what is asked for.

That a cold process reads the keys once is held by `test_auth.py`, what proofs and lists of a register read by
`data_access/test_appending.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.account import Account, account
from tests.benchmarks.paths import Hot, calls, hot_paths

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})
READS = frozenset({"GetItem", "Query"})


@pytest.fixture(scope="module")
def here() -> Iterator[Account]:
    with account() as made:
        yield made


@pytest.fixture(scope="module")
def paths(here: Account) -> dict[str, Hot]:
    return {path.name: path for path in hot_paths(here)}


@pytest.mark.parametrize("name", ["send an email", "send a text", "emit an event"])
def test_what_must_not_be_lost_costs_one_write_and_no_read(paths: dict[str, Hot], name: str) -> None:
    [made] = calls(paths[name])
    assert made in WRITES


@pytest.mark.parametrize("name", ["read a page", "read a content item", "read a record"])
def test_what_is_asked_for_costs_one_read(paths: dict[str, Hot], name: str) -> None:
    [made] = calls(paths[name])
    assert made in READS


@pytest.mark.parametrize("name", ["read a declared template", "read a template made over HTTP"])
def test_a_template_costs_nothing_to_read_again(paths: dict[str, Hot], name: str) -> None:
    assert calls(paths[name]) == []


def test_saving_a_draft_costs_a_read_and_a_write(paths: dict[str, Hot]) -> None:
    read, write = calls(paths["PUT content"])
    assert read in READS
    assert write in WRITES


def test_no_path_costs_more_than_the_design_allows(paths: dict[str, Hot]) -> None:
    assert [path.name for path in paths.values() if len(calls(path)) > path.most] == []
