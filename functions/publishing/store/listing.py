"""Lists: what a department has, and what is live of a type whoever published it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from functions.common.table import Item, Key
from functions.publishing.bodies import Kept
from functions.publishing.documents import Edition
from functions.publishing.expansion.graph import Store
from functions.publishing.store.documents import edition_of
from functions.publishing.store.table import content_key, document_key, table

type Holder = tuple[str, Store]
"""A document, by its name, in one of the stores."""


class Standing(NamedTuple):
    """Of which type a document is in a store, and in which way it was taken away, None where it was not."""

    document_type: str
    way: str | None


def of_department(owner: str, document_types: Sequence[str]) -> Iterator[Item]:
    """What a department has of these types, all where none is named: `store`, `document_type`, and what `standing.LISTED` names."""
    for prefix in [f"{one}#" for one in document_types] or [""]:
        for item in table.every(f"owner#{owner}", prefix=prefix, index="gsi1"):
            document_type, content_id, locale, store = item["gsi1sk"].split("#")
            yield {**item, "document_type": document_type, "content_id": content_id, "locale": locale, "store": store}


def live_of_type(document_type: str) -> list[Item]:
    """What is live of a type, by its title."""
    return whole(table.every(f"live#{document_type}", index="gsi2"))


def whole(listed: Iterable[Item]) -> list[Item]:
    """These items of a list with all that stands of them: an index holds some of it."""
    keys: list[Key] = [(item["pk"], item["sk"]) for item in listed]
    found = table.get_many(keys)
    return [found[key] for key in keys if key in found]


def standing_of(holders: Iterable[Holder]) -> dict[Holder, Standing]:
    """What stands of each document in the store that is asked about, where something does."""
    wanted = list(dict.fromkeys(holders))
    heads: dict[Holder, Key] = {(name, store): (document_key(*name.split("#")), "head") for name, store in wanted}
    places: dict[Holder, Key] = {(name, store): _place(name, store) for name, store in wanted}
    found = table.get_many(list(dict.fromkeys([*heads.values(), *places.values()])), consistent=True)
    return {
        holder: Standing(found[places[holder]]["document_type"], _way(found[heads[holder]]) if holder[1] == "live" else None)
        for holder in wanted
        if places[holder] in found and heads[holder] in found
    }


def _place(name: str, store: Store) -> Key:
    content_id, _, locale = name.partition("#")
    return content_key(content_id), f"{store}#{locale}"


def _way(head: Item) -> str | None:
    return json.loads(head["unpublishing"])["type"] if "unpublishing" in head else None


def editions(listed: Sequence[Item]) -> list[Edition]:
    """The editions that these items of a list stand for."""
    keys = [(document_key(one["content_id"], one["locale"]), f"edition#{one['number']:06}") for one in listed]
    found = table.get_many(keys, consistent=True)
    return [
        edition_of(found[key]) if key in found else Edition(one["number"], {}, Kept("{}")) for one, key in zip(listed, keys, strict=True)
    ]
