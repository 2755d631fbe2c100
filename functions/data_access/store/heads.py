"""The head of a register: read in one call, moved by whoever saw it last, and lent to one bulk load at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from functions.common import clock
from functions.common.failures import Invalid, Transient
from functions.common.table import ConditionFailed, Item, Key, Update, absent
from functions.data_access.merkle import Frontier
from functions.data_access.registers import Head
from functions.data_access.store.table import attr, partition, table

SKEW = 30
"""Seconds by which clocks may differ: so much longer than it was given for is a lease respected."""


def key(register: str) -> Key:
    """Where the head stands."""
    return partition(register), "head"


def head(register: str) -> Head | None:
    """Where a register stands, or None before its first entry. One consistent read."""
    found = table.get(*key(register), consistent=True)
    return parse(found) if found else None


def of(registers: Collection[str]) -> dict[str, Head]:
    """Where each of these registers stands, a hundred to a call; those before their first entry are left out."""
    found = table.get_many([key(register) for register in registers])
    return {register: parse(found[key(register)]) for register in registers if key(register) in found}


def parse(row: Item) -> Head:
    """The head as its item has it."""
    return Head(
        row["owner"],
        Frontier(row["size"], tuple(row["tiles"])),
        row["updated"],
        row.get("segmented", 0),
        row.get("loaded", ""),
        row.get("lease", ""),
        row.get("leased_until", 0),
    )


def move(register: str, before: Head, frontier: Frontier, updated: str, **more: Any) -> Update:
    """Move the head on from where it was seen, to this frontier, while no load has a lease on it."""
    stood = attr("size").eq(before.size) & attr("owner").eq(before.owner)
    free = attr("leased_until").not_exists() | attr("leased_until").lt(clock.epoch())
    # A head with no entries may not be there yet, or be one that a load which came to nothing has left.
    expect = (stood & free) if before.size else (absent() | (stood & free))
    return Update(*key(register), set=_moved(before, frontier, updated, more), expect=expect)


def move_leased(register: str, before: Head, frontier: Frontier, updated: str, **more: Any) -> Update:
    """Move the head on, as the load that holds its lease, and give the lease back."""
    expect = attr("size").eq(before.size) & attr("segmented").eq(before.segmented) & attr("lease").eq(before.lease)
    return Update(*key(register), set=_moved(before, frontier, updated, more), remove=("lease", "leased_until"), expect=expect)


def move_segmented(register: str, before: Head, segmented: int) -> Update:
    """Say how far the log is in segments now. Appends may go on meanwhile: they leave this attribute alone."""
    stood = attr("segmented").eq(before.segmented)
    expect = stood if before.segmented else stood | attr("segmented").not_exists()
    return Update(*key(register), set={"segmented": segmented}, expect=expect)


def lend(register: str, owner: str, borrower: str, seconds: int) -> None:
    """Lend the head to a load for a time, in which nobody else moves it.

    Raises Invalid when the register is another department's, Transient when another load has it.
    """
    now = clock.epoch()
    lent = {"lease": borrower, "leased_until": now + seconds + SKEW}
    free = attr("leased_until").not_exists() | attr("leased_until").lt(now)
    first = {"owner": owner, "size": 0, "tiles": [], "updated": "", "segmented": 0, "loaded": ""}
    expect = absent() | (attr("owner").eq(owner) & free)
    try:
        table.update(*key(register), set=lent, once=first, expect=expect)
    except ConditionFailed as failed:
        refuse_others(register, owner, failed.item)
        raise Transient(f"a load into {register} is under way") from None


def give_back(register: str, borrower: str) -> None:
    """End a lease that came to nothing."""
    try:
        table.update(*key(register), remove=("lease", "leased_until"), expect=attr("lease").eq(borrower))
    except ConditionFailed:
        return  # it ran out, and is another's by now


def refuse_others(register: str, owner: str, row: Item) -> None:
    """Raises Invalid when the head in `row` is not the owner's."""
    if row and row["owner"] != owner:
        raise Invalid(f"{owner} has no register {register}", "register_name")


def _moved(before: Head, frontier: Frontier, updated: str, more: dict[str, Any]) -> dict[str, Any]:
    tiles: Sequence[bytes] = frontier.tiles
    return {"owner": before.owner, "size": frontier.size, "tiles": list(tiles), "updated": updated, **more}
