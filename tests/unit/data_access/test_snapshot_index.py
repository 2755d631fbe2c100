from __future__ import annotations

import pytest

from functions.common.failures import Stale
from functions.data_access.store import snapshots
from functions.data_access.store.snapshots import File, Snapshot

from .conftest import Platform


def snapshot(number: int) -> Snapshot:
    files = (File("records.parquet", 100 + number, "0" * 64), File("records.csv.gz", 50, "1" * 64))
    return Snapshot(number, "2026-11-23T09:30:00Z", 3, "sha-256:" + "2" * 64, "3" * 64, files)


def test_a_snapshot_is_kept_with_its_files_and_the_newest_is_one_read(platform: Platform) -> None:
    assert snapshots.newest("country") is None
    for number in (5, 9):
        snapshots.record("country", snapshot(number))
    assert snapshots.newest("country") == snapshots.numbered("country", 9) == snapshot(9)
    assert snapshots.numbered("country", 5) == snapshot(5)
    assert snapshot(9).file("records.parquet") == File("records.parquet", 109, "0" * 64)
    assert snapshots.newest("area") is None


@pytest.mark.parametrize("late", [5, 9])
def test_a_builder_that_is_late_leaves_the_newer_snapshot_alone(platform: Platform, late: int) -> None:
    snapshots.record("country", snapshot(9))
    with pytest.raises(Stale, match="country has a snapshot as at entry 9"):
        snapshots.record("country", snapshot(late))
    assert snapshots.listed("country") == [snapshot(9)]


def test_snapshots_are_listed_newest_first_and_found_by_the_nearest_number(platform: Platform) -> None:
    for number in (5, 9, 12):
        snapshots.record("country", snapshot(number))
    assert [one.number for one in snapshots.listed("country")] == [12, 9, 5]
    assert [one.number for one in snapshots.listed("country", most=1, before=12)] == [9]
    nearest = {number: snapshots.nearest("country", number) for number in (4, 5, 11, 100)}
    assert {number: one.number if one else None for number, one in nearest.items()} == {4: None, 5: 5, 11: 9, 100: 12}
