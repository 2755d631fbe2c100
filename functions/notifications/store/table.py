"""The table itself, and what is said in every part of the store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.common import clock
from functions.common.table import Item, Table

table = Table()

DAY_OF = slice(0, 10)
"""The day in a time as text."""


def attr(name: str) -> Any:
    """An attribute in a condition."""
    from boto3.dynamodb.conditions import Attr  # here, as everything of boto3: reading a module must cost little

    return Attr(name)


def named(key: tuple[str, str]) -> Item:
    """The key as attributes of an item."""
    return {"pk": key[0], "sk": key[1]}


def token_key(service_id: str, callback: str) -> tuple[str, str]:
    """Where the bearer token of a callback stands, which goes with the settings that name the callback."""
    return f"secret#{service_id}#{callback}", "token"


def stands(item: Item) -> bool:
    """Whether an item is still kept: DynamoDB may take days to delete what has expired."""
    return int(item["expires_at"]) > clock.epoch()


def expiry(days: float) -> int:
    """When something ends that is kept for so many days from now, as DynamoDB's time to live counts."""
    return int((clock.now() + timedelta(days=days)).timestamp())
