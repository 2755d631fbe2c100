"""Write all files of a snapshot, one after the other, so that few of them are on the disk at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from functions.data_access.exports.parquet import write_parquet
from functions.data_access.exports.texts import write_csv, write_ndjson
from functions.data_access.replica import Replica
from functions.data_access.replica.copying import write_copy

LARGEST_PLAIN = 25_000_000
"""Bytes up to which CSV is there without gzip, too."""
LARGEST_REPLICA = 4_000_000_000
"""Bytes up to which a replica is among the files. One and its copy must fit into a function's folder; past that, Athena reads."""


def export(current: Replica, folder: Path) -> Iterator[Path]:
    """Write the files into an empty folder, each as it is asked for; whoever takes one may remove it."""
    plain = folder / "records.csv"
    yield write_csv(current, plain, folder / "records.csv.gz")
    if plain.stat().st_size <= LARGEST_PLAIN:
        yield plain
    plain.unlink(missing_ok=True)
    yield write_ndjson(current, folder / "records.ndjson.gz")
    yield from write_parquet(current, folder / "history.parquet", folder / "records.parquet")
    if current.bytes_held <= LARGEST_REPLICA:
        yield write_copy(current, folder / "replica.sqlite")
