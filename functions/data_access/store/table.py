"""The table itself, and the names of its keys."""

from __future__ import annotations

from typing import Any

from functions.common.table import Item, Key, Table

table = Table()


def partition(register: str, *part: str) -> str:
    """A partition of a register's items."""
    return "#".join(("register", register, *part))


def place(number: int) -> str:
    """A number as a sort key, so that text order is theirs."""
    return f"{number:012}"


def at(key: Key) -> Item:
    """The key as attributes of an item."""
    return {"pk": key[0], "sk": key[1]}


def attr(name: str) -> Any:
    """An attribute in a condition."""
    from boto3.dynamodb.conditions import Attr  # here, as everything of boto3: reading a module must cost little

    return Attr(name)
