"""What a hot path may cost in calls to AWS, who is asking included: one write of what must not be lost, one read of what is asked for.

That a cold process reads the keys once is held by `test_auth.py`, what proofs and lists of a register read by
`data_access/test_appending.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.account import Account, account
from tests.benchmarks.paths import READS, Hot, calls, cold_sends, hot_paths

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})
SENDS = 300


@pytest.fixture(scope="module")
def here() -> Iterator[Account]:
    with account() as made:
        yield made


@pytest.fixture(scope="module")
def counted(here: Account) -> dict[str, tuple[Hot, list[str]]]:
    """Each path and the calls that it makes."""
    return {path.name: (path, calls(path)) for path in hot_paths(here)}


@pytest.fixture
def made(counted: dict[str, tuple[Hot, list[str]]], name: str) -> list[str]:
    """The calls of the path that a test is about."""
    return counted[name][1]


@pytest.mark.parametrize(
    "name", ["send an email", "send an email, with an `Idempotency-Key`", "send a text", "send a letter", "emit an event"]
)
def test_what_must_not_be_lost_costs_one_write_and_no_read(made: list[str]) -> None:
    [call] = made
    assert call in WRITES


@pytest.mark.parametrize("name", ["read a page", "read a content item", "read a record"])
def test_what_is_asked_for_costs_one_read(made: list[str]) -> None:
    [call] = made
    assert call in READS


@pytest.mark.parametrize("name", ["read a declared template", "read a template made over HTTP"])
def test_a_template_costs_nothing_to_read_again(made: list[str]) -> None:
    assert made == []


@pytest.mark.parametrize("name", ["list 250 notifications"])
def test_a_list_costs_one_query_and_a_read_for_each_hundred(made: list[str]) -> None:
    assert made == ["Query", "BatchGetItem", "BatchGetItem", "BatchGetItem"]


@pytest.mark.parametrize("name", ["hand an email over"])
def test_handing_an_email_over_writes_the_claim_the_reference_and_the_status(made: list[str]) -> None:
    assert made == ["UpdateItem", "SendEmail", "PutItem", "UpdateItem"]


@pytest.mark.parametrize("name", ["count a change of status"])
def test_counting_a_change_of_status_is_one_transaction(made: list[str]) -> None:
    assert made == ["TransactWriteItems"]


@pytest.mark.parametrize("name", ["PUT content"])
def test_saving_a_draft_costs_a_read_and_a_write(made: list[str]) -> None:
    read, write = made
    assert read in READS
    assert write in WRITES


def test_no_path_costs_more_than_the_design_allows(counted: dict[str, tuple[Hot, list[str]]]) -> None:
    assert [path.name for path, made in counted.values() if len(made) > path.most] == []


def test_a_cold_process_sends_at_hardly_more_than_a_write_each(here: Account) -> None:
    cold = cold_sends(here, SENDS)
    # Limits are leased in blocks that double, up to 30 requests and a hundredth of a day's messages.
    assert 1.0 < cold.writes < 1.1
    # A machine that is slow reads keys and templates again more often.
    assert cold.reads < 0.1
