"""Whose path it is, and what is meant to be published there."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from functions.common.table import Check, ConditionFailed, Item, Update, Write
from functions.publishing.documents import Fields
from functions.publishing.store.contents import possible
from functions.publishing.store.table import PathTaken, attr, path_key, table, update

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

REMEMBERED = timedelta(days=1)
"""How long an intent is kept once its time has passed."""


def reservation(path: str) -> Item | None:
    """Whose path it is: `owner`, `publishing_app`, and the documents `draft` and `live` there. None where it is nobody's."""
    found = table.get(path_key(path), "reservation", consistent=True) if possible(path) else None
    return found if found and found.keys() & {"draft", "live", "reserved"} else None


def reservations(paths: list[str]) -> dict[str, Item]:
    """The reservation of each path that somebody has."""
    found = table.get_many([(path_key(path), "reservation") for path in paths if possible(path)], consistent=True)
    return {pk.removeprefix("path#"): item for (pk, _), item in found.items()}


def reserve(path: str, owner: str, app: str, *, override: bool) -> None:
    """Keep a path for an application of a department; with `override` even if another application of it has the path. Raises PathTaken."""
    mine = attr("owner").eq(owner) if override else own(owner, app)
    _transact(
        path, update(path_key(path), "reservation", {"owner": owner, "publishing_app": app, "reserved": True}, expect=unheld() | mine)
    )


def release(path: str, owner: str, app: str) -> None:
    """Let a path go that an application reserved. Raises PathTaken with what stands there."""
    reserved = attr("reserved").eq(True) & own(owner, app)
    _transact(path, Update(path_key(path), "reservation", remove=("reserved",), expect=reserved))


def intent(path: str) -> Item | None:
    """What is meant to be published at a path: `owner`, and what was `said`."""
    found = table.get(path_key(path), "intent", consistent=True) if possible(path) else None
    return found if found and "said" in found else None


def save_intent(path: str, owner: str, app: str, said: Fields) -> None:
    """Note that something will be published, and reserve the path. Raises PathTaken."""
    at = datetime.fromisoformat(said["publish_time"])
    held = {"owner": owner, "publishing_app": app, "reserved": True}
    expires = int(at.timestamp() + REMEMBERED.total_seconds())
    _transact(
        path,
        update(path_key(path), "reservation", held, expect=unheld() | own(owner, app)),
        update(path_key(path), "intent", {"owner": owner, "said": json.dumps(said), "expires_at": expires}),
        update(path_key(path), "content", {"publish_at": int(at.timestamp())}),
    )


def remove_intent(path: str, owner: str) -> None:
    """Nothing is meant to be published any more. Raises PathTaken where the path is another's."""
    _transact(
        path,
        Check(path_key(path), "reservation", attr("owner").eq(owner)),
        update(path_key(path), "intent", {"said": None}),
        update(path_key(path), "content", {"publish_at": None}),
    )


def unheld() -> ConditionBase:
    """Nobody has the path."""
    nobody: ConditionBase = attr("draft").not_exists() & attr("live").not_exists() & attr("reserved").not_exists()
    return nobody


def own(owner: str, app: str) -> ConditionBase:
    """This application of this department has it."""
    mine: ConditionBase = attr("owner").eq(owner) & attr("publishing_app").eq(app)
    return mine


def _transact(path: str, *writes: Write) -> None:
    try:
        table.transact(*writes)
    except ConditionFailed as failed:
        raise PathTaken(path, failed.item) from None
