"""What the page of a dataset tells: what it is, its data dictionary, its first records, its files, and how to ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from functions.data_access.catalogue import words
from functions.data_access.catalogue.values import SHORT, Part, record_address, shown
from functions.data_access.dictionary import Dictionary, Field

if TYPE_CHECKING:
    from functions.data_access.dataset import Dataset
    from functions.data_access.registers import Record
    from functions.data_access.store.snapshots import Snapshot

PREVIEWED = 20
"""Records that the page shows."""


@dataclass(frozen=True, slots=True)
class Described:
    """A field in the data dictionary."""

    name: str
    label: str
    kind: str
    required: bool
    is_key: bool
    values: tuple[str, ...]
    register: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A record in the preview: its key, where its page is, and its cells."""

    key: str
    href: str
    cells: list[list[Part]]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first records: the labels of their columns, after that of their key, and a row of each."""

    labels: list[str]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Download:
    """A file of the newest snapshot."""

    name: str
    title: str
    size: str
    sha256: str
    href: str
    latest: str


def dictionary_rows(dictionary: Dictionary) -> list[Described]:
    """The data dictionary."""
    return [
        Described(
            field.name,
            words.label(field.name),
            words.kind(field.datatype, many=field.many),
            field.required,
            field.name == dictionary.key,
            field.values,
            field.register,
            field.text,
        )
        for field in dictionary.fields
    ]


def first_records(found: Dataset) -> list[Record]:
    """The first records there are, in the order in which their keys came; none of a dataset that is too large for a replica."""
    if found.snapshot:
        return []
    with found.at_head() as current:
        return [record for key in islice(current.keys(), PREVIEWED) if (record := current.record(key))]


def preview(name: str, dictionary: Dictionary, records: list[Record]) -> Preview:
    """These records as a table, long values shortened. The key stands once, as the head of its row."""
    columns = [field for field in dictionary.fields if field.name != dictionary.key]
    return Preview([words.label(field.name) for field in columns], [_row(name, columns, record) for record in records])


def downloads(name: str, snapshot: Snapshot | None) -> list[Download]:
    """The files of a snapshot, if there is one."""
    home = f"/datasets/{name}/snapshots"
    return [
        Download(
            file.name,
            words.FILES.get(file.name, file.name),
            words.size(file.bytes),
            file.sha256,
            f"{home}/{snapshot.number}/{file.name}",
            f"{home}/latest/{file.name}",
        )
        for file in (snapshot.files if snapshot else ())
        if snapshot
    ]


def contact(definition: Mapping[str, Any], department: Mapping[str, Any] | None) -> str:
    """Whom to write to about it, if anybody is named."""
    return str(definition.get("contact") or (department or {}).get("contact") or "")


def _row(name: str, columns: list[Field], record: Record) -> Row:
    key = record.entry.key
    return Row(key, record_address(name, key), [shown(field, record.item.get(field.name), SHORT) for field in columns])
