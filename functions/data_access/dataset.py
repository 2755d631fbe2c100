"""A dataset as a request finds it: what is declared of it, where its register stands, and where its records are read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions.common.failures import Invalid, Refusal
from functions.data_access import changes, definitions, dictionary
from functions.data_access.asking import entries_at
from functions.data_access.changes import Changes
from functions.data_access.dictionary import Dictionary
from functions.data_access.queries import serving
from functions.data_access.queries.columns import Columns
from functions.data_access.queries.parameters import Asked
from functions.data_access.queries.running import OverReplica
from functions.data_access.store import log, snapshots
from functions.data_access.store.snapshots import Snapshot

if TYPE_CHECKING:
    from functions.data_access.listing import Source
    from functions.data_access.queries.query import Query
    from functions.data_access.registers import Head
    from functions.data_access.replica import Replica


@dataclass(frozen=True, slots=True)
class Dataset:
    """A declared dataset, and where its register stands now: one read.

    One with more entries than a replica may have (LARGEST_REPLICA) is read in Athena, as its newest `snapshot` has it.
    """

    name: str
    declared: Mapping[str, Any]
    dictionary: Dictionary
    head: Head | None
    snapshot: Snapshot | None = None

    @property
    def size(self) -> int:
        """How many entries are read: those of the register, or of its snapshot."""
        if self.snapshot:
            return self.snapshot.number
        return self.head.size if self.head else 0

    def at_head(self) -> Replica:
        """The replica that holds all of them. Raises Refusal 400 where the register is too large for one."""
        from functions.data_access import replica  # local: an answer of 304 needs no SQLite

        if self.snapshot:
            files = f"/datasets/{self.name}/snapshots/latest/history.parquet"
            raise Refusal(400, f"This dataset is too large to be asked that: what its records have been is in {files}", code="too_large")
        return replica.at_head(self.name, self.head, self.dictionary)

    def counted(self) -> int:
        """How many records there are."""
        if self.snapshot:
            return self.snapshot.records
        with self.at_head() as current:
            [records] = current.connection.execute("SELECT count(*) FROM records").fetchone()
        return int(records)

    def changes(self, since: int, most: int) -> Changes:
        """At most so many of its changes since an entry."""
        if self.snapshot:
            entries = log.since(self.name, since, min(since + most + 1, self.size))
            return changes.in_the_log(self.dictionary, entries, since, most)
        with self.at_head() as current:
            return changes.since(current, since, most)

    @contextmanager
    def reading(self, asked: Asked, known: Columns) -> Iterator[tuple[Source, Query, int]]:
        """Where a query is answered, the query as it is put there, and as at how many entries. Raises Invalid."""
        if self.snapshot:
            if asked.moment:
                raise Invalid("must be the number of an entry: this dataset is too large to look for a time in", "as_at")
            from functions.data_access.queries.athena import OverSnapshot  # local: few datasets are that large

            number = self.size if asked.query.as_at is None else asked.query.as_at
            yield OverSnapshot(self.name, self.size, known), _as_at(asked.query, number, self.size), number
            return
        with self.at_head() as current:
            told = entries_at(current, asked.moment) if asked.moment else asked.query.as_at
            number = current.size if told is None else told
            serving.check(asked.query, known, current.total)
            yield OverReplica(current.connection, known), _as_at(asked.query, number, current.size), number


def find(name: str) -> Dataset | None:
    """A dataset that is declared, or None. Raises Refusal 503 while the files that a large one is read from are still being made."""
    declared = definitions.find(name)
    if declared is None:
        return None
    found = Dataset(name, declared, dictionary.of(declared), log.head(name))
    largest = os.environ.get("LARGEST_REPLICA")
    if largest is None or found.size <= int(largest):
        return found
    newest = snapshots.newest(name)
    if newest is None or newest.dictionary != found.dictionary.hash:
        raise Refusal(503, "The files of this dataset are being made: try again.", code="unavailable", headers={"Retry-After": "60"})
    return replace(found, snapshot=newest)


def _as_at(query: Query, number: int, size: int) -> Query:
    """The query as at so many entries of those there are: where that is all, as records are."""
    return replace(query, as_at=None if number == size else number)
