"""The table, the names of its keys, and what a write may meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from functions.common.table import ConditionFailed, Item, Table, Update, Write
from schemas.platform import PlatformEvent

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

table = Table()


class Overtaken(Exception):
    """Somebody else wrote the document since it was read: read it again."""


class IdTaken(Exception):
    """The content id is another department's."""


class AliasTaken(Exception):
    """The alias is another content id's."""


class PathTaken(Exception):
    """The path is held: by the application `app` of `owner`, with the documents `draft` and `live` there."""

    def __init__(self, path: str, reservation: Item) -> None:
        super().__init__(path)
        self.path = path
        self.owner: str | None = reservation.get("owner")
        self.app: str | None = reservation.get("publishing_app")
        self.draft: str | None = reservation.get("draft")
        self.live: str | None = reservation.get("live")


def document_key(content_id: str, locale: str) -> str:
    """The partition of a document."""
    return f"content#{content_id}#{locale}"


def content_key(content_id: str) -> str:
    """The partition of what a content id has in common in every locale."""
    return f"content#{content_id}"


def alias_key(alias: str) -> str:
    """The partition of another name of a content id."""
    return f"alias#{alias}"


def path_key(path: str) -> str:
    """The partition of a path."""
    return f"path#{path}"


def write(writes: Sequence[Write]) -> None:
    """Make all of the writes or none. Raises Overtaken, PathTaken, IdTaken or AliasTaken."""
    try:
        table.transact(*writes)
    except ConditionFailed as failed:
        refused = writes[failed.index]
        if isinstance(refused, Update) and refused.sk == "reservation":
            raise PathTaken(refused.pk.removeprefix("path#"), failed.item) from None
        if isinstance(refused, Update) and refused.sk == "owner":
            raise IdTaken from None
        if isinstance(refused, Update) and refused.sk == "alias":
            raise AliasTaken from None
        raise Overtaken from None


def update(
    pk: str,
    sk: str,
    values: Mapping[str, Any],
    *,
    add: Mapping[str, int | frozenset[str]] | None = None,
    expect: ConditionBase | None = None,
    emits: Sequence[PlatformEvent] = (),
) -> Update:
    """Set what has a value and remove what has none."""
    return Update(pk, sk, set=values, add=add or {}, expect=expect, emits=emits)


def claim_id(content_id: str, owner: str, locale: str | None = None) -> Update:
    """Take a content id for a department, in every locale; of its locales this one is noted. Fails with IdTaken where it is another's."""
    mine = attr("pk").not_exists() | attr("owner").eq(owner)
    return update(content_key(content_id), "owner", {"owner": owner}, add={"locales": frozenset({locale})} if locale else None, expect=mine)


def claim_alias(alias: str, content_id: str) -> Update:
    """Take an alias for a content id. Fails with AliasTaken where it is another's."""
    free = attr("pk").not_exists() | attr("content_id").eq(content_id)
    return update(alias_key(alias), "alias", {"content_id": content_id}, expect=free)


def attr(name: str) -> Any:
    """An attribute, to say a condition on."""
    from boto3.dynamodb.conditions import Attr  # local: a page is read without it

    return Attr(name)
