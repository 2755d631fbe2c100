"""Segments: immutable files of entries in a row, in the room's bucket, and the index that says which entries each holds.

A file is gzip of lines `key TAB time TAB origin TAB item`, the item in its canonical form, which has no tab. It is named for the sha-256
of its bytes and holds no numbers, so that it can be staged before anybody knows where in the log it will stand. An empty time or origin
is that of its commit, which the index has.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from functions.common import clients
from functions.common.settings import setting
from functions.common.table import Item, Put
from functions.data_access.registers import Logged, Origin
from functions.data_access.store.table import at, partition, place, table

MOST_LINES = 65_536
MOST_BYTES = 32_000_000
"""Of one file: lines, and bytes before it is compressed. Readers hold one compressed file at a time."""
FILES_TO_AN_ITEM = 1_000
"""An item of the index holds 400 KB, and a file takes 120 bytes of it."""


class Line(NamedTuple):
    """A line of a segment."""

    key: str
    canonical: str
    timestamp: str = ""
    origin: str = ""


class File(NamedTuple):
    """A segment file: the sha-256 of its bytes, which names it, its lines and its bytes."""

    digest: str
    lines: int
    bytes: int


class Damaged(Exception):
    """A segment file is not what was written; `digest` names it."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"segment {digest} is not what was written")
        self.digest = digest


@dataclass(frozen=True, slots=True)
class Staged:
    """Files that wait to be loaded into a register, in order. Plain values, so that a message can carry them to the next function."""

    register: str
    files: tuple[File, ...] = ()

    @property
    def lines(self) -> int:
        """How many entries they would make."""
        return sum(file.lines for file in self.files)


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the log: its entries are numbered from `first` on."""

    first: int
    file: File
    timestamp: str
    origin: str

    @property
    def last(self) -> int:
        """The number of its last entry."""
        return self.first + self.file.lines - 1


def stage(register: str, rows: Iterable[tuple[str, bytes]], timestamp: str | None = None) -> Staged:
    """Write rows (key, canonical item) into files that no log has taken yet, in bounded memory. Without a time, theirs is the load's."""
    return stage_lines(register, (Line(key, canonical.decode(), timestamp or "") for key, canonical in rows))


def stage_lines(register: str, lines: Iterable[Line]) -> Staged:
    """The same for lines that bring their own times or origins."""
    files, writer = list[File](), None
    for line in lines:
        writer = writer or _Writer()
        writer.add(line)
        if writer.is_full:
            files.append(_stage(register, writer))
            writer = None
    if writer:
        files.append(_stage(register, writer))
    return Staged(register, tuple(files))


def keep(register: str, file: File) -> None:
    """Let a staged file stay. Does no harm when it stays already, or when the load comes to nothing."""
    bucket = setting("BUCKET")
    clients.s3().copy_object(Bucket=bucket, Key=address(register, file), CopySource={"Bucket": bucket, "Key": _staged(register, file)})


def read(register: str, file: File) -> Iterator[Line]:
    """The lines of a file of the log. Raises Damaged when it is not what was written."""
    return _checked(file, address(register, file))


def read_staged(register: str, file: File) -> Iterator[Line]:
    """The lines of a file that waits. Raises Damaged."""
    return _checked(file, _staged(register, file))


def raw(register: str, file: File) -> bytes:
    """A file of the log as it stands, for whoever checks it."""
    return clients.s3().get_object(Bucket=setting("BUCKET"), Key=address(register, file))["Body"].read()


def lines(compressed: bytes) -> Iterator[Line]:
    """The lines in a file's bytes."""
    with gzip.GzipFile(fileobj=io.BytesIO(compressed)) as opened:
        for line in opened:
            key, timestamp, origin, canonical = line[:-1].decode().split("\t")
            yield Line(key, canonical, timestamp, origin)


def address(register: str, file: File) -> str:
    """Where a file of the log stands in the bucket."""
    return f"registers/{register}/segments/{file.digest}.gz"


def numbered(segment: Segment, found: Iterable[Line], after: int, upto: int) -> Iterator[Logged]:
    """Those lines of a segment that are entries `after` + 1 to `upto`, with their numbers."""
    shared = parse_origin(segment.origin) if segment.origin else None
    for number, line in enumerate(found, segment.first):
        if number > upto:
            return
        if number > after:
            origin = parse_origin(line.origin) if line.origin else shared
            assert origin is not None  # noqa: S101  # for the type alone: a commit has an origin, or its lines have
            digest = sha256(line.canonical.encode()).digest()
            yield Logged(number, line.key, line.timestamp or segment.timestamp, line.canonical, digest, origin)


def index_items(
    register: str, first: int, files: tuple[File, ...], *, timestamp: str = "", origin: str = "", unswept: bool = False
) -> list[Put]:
    """The items of the index that one commit adds. `unswept` says that the entries may still stand in the tail, too."""
    last, puts = first + sum(file.lines for file in files) - 1, list[Put]()
    for part, start in enumerate(range(0, len(files), FILES_TO_AN_ITEM)):
        held = files[start : start + FILES_TO_AN_ITEM]
        row: Item = {
            "first": first,
            "files": [list(file) for file in held],
            "timestamp": timestamp,
            "origin": origin,
            "unswept": unswept or None,
        }
        puts.append(Put(at((_index(register), f"{place(last)}#{part:04}")) | row))
        first += sum(file.lines for file in held)
    return puts


def index(register: str, after: int) -> Iterator[Segment]:
    """The segments that hold entries past a number, in order. One query for each megabyte of index."""
    # A part's key begins with the last number of its whole commit.
    for row in table.every(_index(register), after=f"{place(after)}#~", consistent=True):
        first = row["first"]
        for digest, count, size in row["files"]:
            segment = Segment(first, File(digest, count, size), row["timestamp"], row["origin"])
            first += count
            if segment.last > after:
                yield segment


def newest_item(register: str) -> Item | None:
    """The last item of the index."""
    return next(iter(table.query(_index(register), descending=True, limit=1, consistent=True).items), None)


def written_origin(origin: Origin) -> str:
    """An origin as segments and the index have it."""
    return json.dumps([origin.event_id, origin.event_source, origin.correlation_id, origin.version], separators=(",", ":"))


def parse_origin(written: str) -> Origin:
    """The origin in a line or an item of the index."""
    return Origin(*json.loads(written))


def _index(register: str) -> str:
    return partition(register, "segments")


def _staged(register: str, file: File) -> str:
    return f"staged/{register}/{file.digest}.gz"


def _stage(register: str, writer: _Writer) -> File:
    compressed = writer.finish()
    file = File(sha256(compressed).hexdigest(), writer.lines, len(compressed))
    clients.s3().put_object(Bucket=setting("BUCKET"), Key=_staged(register, file), Body=compressed, ContentType="application/gzip")
    return file


def _checked(file: File, key: str) -> Iterator[Line]:
    compressed = clients.s3().get_object(Bucket=setting("BUCKET"), Key=key)["Body"].read()
    if sha256(compressed).hexdigest() != file.digest:
        raise Damaged(file.digest)
    return lines(compressed)


class _Writer:
    """A file while it is written: the same lines give the same bytes."""

    def __init__(self) -> None:
        self.lines = 0
        self._bytes = 0
        self._compressed = bytearray()
        # As gzip, with no time in its header. Level 3: half the time of the default, and files a tenth larger.
        self._gzip = zlib.compressobj(3, wbits=zlib.MAX_WBITS | 16)

    @property
    def is_full(self) -> bool:
        return self.lines >= MOST_LINES or self._bytes >= MOST_BYTES

    def add(self, line: Line) -> None:
        written = f"{line.key}\t{line.timestamp}\t{line.origin}\t{line.canonical}\n".encode()
        self.lines += 1
        self._bytes += len(written)
        self._compressed += self._gzip.compress(written)

    def finish(self) -> bytes:
        return bytes(self._compressed + self._gzip.flush())
