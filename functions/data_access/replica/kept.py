"""The replicas that this process keeps: each follows its register's log when it is asked for, and goes when others need its room."""

from __future__ import annotations

import os
import sqlite3
from collections import OrderedDict
from threading import Lock, RLock, local
from uuid import uuid4

from functions.common.failures import Transient
from functions.common.log import logger
from functions.data_access.dictionary import Dictionary
from functions.data_access.replica import files, tables
from functions.data_access.replica.connections import building, connect
from functions.data_access.replica.following import Following
from functions.data_access.replica.replica import Replica
from functions.data_access.store import log, snapshots

MOST_BYTES = 400_000_000
"""How much all replicas of a process may take on the disk, unless REPLICA_BYTES says otherwise."""
TRIES = 2
MAPPED = 1 << 31
"""Bytes of a file that are read through the page cache of the system, without a copy."""


def at(register: str, dictionary: Dictionary, number: int) -> Replica:
    """The register with at least its first `number` entries. Raises Transient when the log does not give them now."""
    for _ in range(TRIES):
        kept = _kept(register, dictionary)
        try:
            has_grown = kept.follow(number)
            found = kept.look()
        except sqlite3.DatabaseError as damage:
            # Whatever is wrong with the file, all of it stands in the log.
            logger.warning("a replica cannot be read, and is made again", register=register, reason=type(damage).__name__)
            _drop(register, kept)
            continue
        if has_grown:
            _make_room(register)
        return found
    raise Transient(f"no replica of {register} can be made here")


class Kept:
    """One replica's file. One thread at a time writes to it; each reads through a connection of its own."""

    def __init__(self, register: str, dictionary: Dictionary) -> None:
        self.register = register
        self.dictionary = dictionary
        self.path = files.folder() / f"{register}-{uuid4().hex}.sqlite"
        self._writer: sqlite3.Connection | None = None
        self._size = 0
        self._following = RLock()
        self._looking = local()

    def follow(self, number: int) -> bool:
        """Bring it to an entry's number, all the way or not at all; whether it was not there yet."""
        with self._following:
            if self._writer and self._size >= number:
                return False
            writer = self._writer or self._begin(number)
            following = Following(writer, self.dictionary)
            if following.size < number:
                self._take(writer, following, number)
            self._size = following.size
            return True

    def look(self) -> Replica:
        """Its state now, for this thread, in the place of any that the thread looked at before."""
        reader: sqlite3.Connection | None = getattr(self._looking, "reader", None)
        if reader is None:
            reader = self._looking.reader = connect(f"file:{self.path}?mode=ro")
            reader.execute(f"PRAGMA mmap_size = {MAPPED}")
        elif reader.in_transaction:
            reader.execute("ROLLBACK")
        return Replica(self.register, self.dictionary, reader)

    def close(self) -> None:
        """Let the file go. Who looks at it reads on."""
        with self._following:
            if self._writer:
                self._writer.close()
            files.remove(self.path)

    def _take(self, writer: sqlite3.Connection, following: Following, number: int) -> None:
        writer.execute("BEGIN IMMEDIATE")
        try:
            following.take(log.since(self.register, following.size, number))
            writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            raise

    def _begin(self, number: int) -> sqlite3.Connection:
        """The file as its newest snapshot has it, or made from the whole log."""
        newest = snapshots.newest(self.register)
        try:
            if not (newest and files.fetch(self.register, newest, self.path) and self._again()):
                files.remove(self.path)
                self._make(number)
            writer = connect(f"file:{self.path}")
            # Who reads is not disturbed by who writes. Nothing outlives the process, so nothing need reach the disk.
            writer.execute("PRAGMA journal_mode = WAL")
            writer.execute("PRAGMA synchronous = OFF")
        except BaseException:
            files.remove(self.path)
            raise
        self._writer = writer
        return writer

    def _make(self, number: int) -> None:
        with building(self.path) as made:
            tables.make_log(made)
            tables.make_records(made, self.dictionary)
            Following(made, self.dictionary).take(log.since(self.register, 0, number))
            tables.index_log(made)
            tables.index_records(made, self.dictionary)

    def _again(self) -> bool:
        """Make a downloaded replica's records anew where they were made with another dictionary; whether it can be used."""
        try:
            with building(self.path) as made:
                about = tables.told(made)
                if about.get("tables") != tables.VERSION:
                    return False
                if about["dictionary"] != self.dictionary.hash:
                    Following(made, self.dictionary).take_again()
                    tables.index_records(made, self.dictionary)
        except sqlite3.DatabaseError:
            return False
        return True


def _kept(register: str, dictionary: Dictionary) -> Kept:
    with _choosing:
        kept = before = _all.get(register)
        if kept is None or kept.dictionary.hash != dictionary.hash:
            kept = _all[register] = Kept(register, dictionary)
        _all.move_to_end(register)
    if before and before is not kept:
        before.close()
    return kept


def _drop(register: str, kept: Kept) -> None:
    with _choosing:
        if _all.get(register) is kept:
            del _all[register]
    kept.close()


def _make_room(register: str) -> None:
    """Let those go that were not asked for the longest, until all are within what they may take; never the one just asked for."""
    most = int(os.environ.get("REPLICA_BYTES", MOST_BYTES))
    with _choosing:
        kept = dict(_all)
    sizes = {name: files.size(one.path) for name, one in kept.items()}
    for name in list(sizes):
        if sum(sizes.values()) <= most:
            return
        if name != register:
            del sizes[name]
            _drop(name, kept[name])


_choosing = Lock()
_all: OrderedDict[str, Kept] = OrderedDict()
