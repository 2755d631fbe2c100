"""Lists: what a department has, and what is live of a type whoever published it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from functions.common.table import Item, Key
from functions.publishing.bodies import Kept
from functions.publishing.documents import Edition
from functions.publishing.store.documents import edition_of
from functions.publishing.store.table import alias_key, document_key, table


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


def with_aliases(aliases: Sequence[str]) -> set[str]:
    """The content ids that have one of these aliases."""
    found = table.get_many([(alias_key(alias), "alias") for alias in dict.fromkeys(aliases)], consistent=True)
    return {item["content_id"] for item in found.values()}


def editions(listed: Sequence[Item]) -> list[Edition]:
    """The editions that these items of a list stand for."""
    keys = [(document_key(one["content_id"], one["locale"]), f"edition#{one['number']:06}") for one in listed]
    found = table.get_many(keys, consistent=True)
    return [
        edition_of(found[key]) if key in found else Edition(one["number"], {}, Kept("{}")) for one, key in zip(listed, keys, strict=True)
    ]
