"""What a batch of rows changes: each checked against what is there, and all appended to the register as one (contract 1.8)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from functions.common import cause, clock, ids
from functions.common.failures import Invalid, Transient
from functions.data_access import registers
from functions.data_access.ckan import types
from functions.data_access.ckan.failures import invalid_fields
from functions.data_access.ckan.tables import Table
from functions.data_access.registers import CheckedItem, Head, Origin
from functions.data_access.store import log, segments

if TYPE_CHECKING:
    from functions.data_access.dictionary import Dictionary
    from functions.data_access.replica import Replica

type Method = Literal["upsert", "insert", "update"]
type Record = Mapping[str, Any]
type Item = dict[str, str | list[str]]
type Changes = dict[str, CheckedItem]
"""What each key becomes, in the order in which the keys came."""

ATTEMPTS = 4
"""How often a batch is checked again because others wrote to the register meanwhile."""
TO_A_QUESTION = 500
"""Keys looked up in one statement."""


@dataclass(frozen=True)
class Batch:
    """Rows on their way into a table."""

    table: Table
    method: Method
    records: Sequence[Record]

    def changes(self, replica: Replica) -> Changes:
        """What they change of what the replica has. Refuses the first row that will not do, and with it the whole batch."""
        self._refuse_unknown()
        if not self.table.primary_key and (self.method != "insert" or self.table.declared):
            raise invalid_fields({"table": "unique key must be passed for update/upsert"})
        keys = [self._key(number, record) for number, record in enumerate(self.records)]
        there = standing(replica, keys)
        changed, known = dict[str, CheckedItem](), replica.dictionary
        for number, (key, record) in enumerate(zip(keys, self.records, strict=True)):
            before = there.get(key)
            self._refuse_method(number, record, exists=before is not None)
            item = self._merged(number, before or {}, record)
            if item != before:
                changed[key] = self._checked(number, item, known)
            there[key] = item
        return changed

    def _refuse_unknown(self) -> None:
        known = {*self.table.names, "_id"}
        for number, record in enumerate(self.records):
            if not isinstance(record, dict):
                raise invalid_fields({"records": f"row {number + 1} is not a json object", "records_row": number})
            if unknown := [name for name in record if name not in known]:
                raise invalid_fields({"fields": f'fields "{", ".join(unknown)[:200]}" do not exist'})

    def _key(self, number: int, record: Record) -> str:
        primary = self.table.primary_key
        if not primary:
            return ids.new()
        values = {name: self._kept(number, name, record.get(name)) for name in primary}
        if lacking := [name for name, value in values.items() if value in (None, "")]:
            # CKAN's own words, line break and all.
            raise invalid_fields({"key": f'fields "{", ".join(lacking)}" are missing\n{" " * 28}but needed as key'})
        return key_of([*values.values()], whole=self.table.declared)

    def _refuse_method(self, number: int, record: Record, *, exists: bool) -> None:
        if self.method == "insert" and exists:
            told = f'duplicate key value violates unique constraint "{self.table.id}_pkey"'
            raise invalid_fields({"records": told, "records_row": number})
        if self.method == "update" and not exists:
            named = {name: record[name] for name in self.table.primary_key}
            raise invalid_fields({"key": f'key "{named}" not found'})

    def _merged(self, number: int, before: Item, record: Record) -> Item:
        """The row with what the record says of it; what the record does not speak of stays."""
        item = dict(before)
        for name, value in record.items():
            if name == "_id":
                continue
            kept = self._kept(number, name, value)
            if kept is None:
                item.pop(name, None)
            else:
                item[name] = kept
        return item

    def _kept(self, number: int, name: str, value: object) -> types.Kept | None:
        column = self.table.column(name)
        assert column is not None  # noqa: S101  # for the type alone: unknown names are refused before
        try:
            return types.keep(column.type, value)
        except types.WrongValue as wrong:
            raise invalid_fields({"records": str(wrong), "records_row": number}) from None

    def _checked(self, number: int, item: Item, known: Dictionary) -> CheckedItem:
        try:
            known.check(item)
            return registers.checked_item(item, known.names)
        except Invalid as invalid:
            raise invalid_fields({"records": str(invalid), "records_row": number}) from None


def key_of(values: Sequence[types.Kept | None], *, whole: bool) -> str:
    """The register's key for a row with these values in its primary key.

    It is the value itself, where there is one and it follows the grammar of keys (contract 2.1); else a name made from the values' hash,
    which is refused where the value must be the `whole` key.
    """
    if len(values) == 1 and isinstance(values[0], str):
        try:
            return registers.checked_key(values[0])
        except Invalid as invalid:
            if whole:
                raise invalid_fields({"key": invalid.message}) from None
    return f"row-{sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:40]}"


def removals(keys: Sequence[str]) -> Changes:
    """That these records are gone."""
    gone = registers.checked_item({}, ())
    return dict.fromkeys(keys, gone)


def standing(replica: Replica, keys: Sequence[str]) -> dict[str, Item]:
    """The items of those keys that have a record."""
    found = dict[str, Item]()
    for start in range(0, len(keys), TO_A_QUESTION):
        some = keys[start : start + TO_A_QUESTION]
        marks = ", ".join("?" * len(some))
        rows = replica.connection.execute(
            f"SELECT _key, item FROM records JOIN entries ON number = _entry WHERE _key IN ({marks})",  # noqa: S608  # marks alone
            some,
        )
        found |= {key: json.loads(item) for key, item in rows}
    return found


def commit(table: Table, department: str, find: Callable[[Replica], Changes]) -> Changes:
    """Append what `find` says changes, checked against the register as it is at that very moment: all of it or none.

    Raises Invalid when the register is another department's, Transient where others kept writing.
    """
    origin = Origin(ids.new(), "uk.gov.commonweal.data-access", cause.current().correlation, clock.stamp())
    for _ in range(ATTEMPTS):
        head = log.head(table.register)
        with table.at_head(head) as current:
            changes, size = find(current), current.size
        if not changes:
            return changes
        if len(changes) == 1:
            [(key, item)] = changes.items()
            log.append(table.register, department, key, item, origin)
            return changes
        if size == (head.size if head else 0) and _load(table.register, department, changes, head, origin):
            return changes
    raise Transient(f"others kept writing to {table.register}")


def _load(register: str, department: str, changes: Changes, head: Head | None, origin: Origin) -> bool:
    """Load a batch behind the head that it was checked at. Whether it could: not, where another has appended since."""
    staged = segments.stage(register, ((key, item.canonical) for key, item in changes.items()))
    try:
        log.load(register, department, staged, origin, roots={0: (head or Head(department)).root})
    except Invalid as invalid:
        if invalid.field == "root-hash":
            return False
        raise
    return True
