"""Link sets, and who links where."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from functions.common.failures import Refusal
from functions.common.table import Key, Write
from functions.publishing.expansion.graph import Link, Links
from functions.publishing.history import Event
from functions.publishing.store import history
from functions.publishing.store.table import attr, claim_id, content_key, table, update, write
from schemas.platform import LinksChanged

MOST_LINKS = 5_000
"""Links in one link set: it stands in one item, and so does what it was before."""
MOST_TYPES = 90
"""Types of links that one write may change: it notes each, and all is written at once (DynamoDB: 100 items)."""


@dataclass(frozen=True)
class LinkSet:
    """The links of a content id in all locales, as they stand. `version` counts its changes."""

    content_id: str
    links: Links = field(default_factory=dict)
    version: int = 0


def link_set(content_id: str) -> LinkSet:
    """A link set; an empty one where nobody has written it."""
    return link_sets([content_id])[content_id]


def link_sets(content_ids: Collection[str]) -> dict[str, LinkSet]:
    """The link set of each; an empty one where nobody has written it."""
    found = table.get_many([_key(one) for one in content_ids], consistent=True)
    return {one: _link_set(one, found.get(_key(one))) for one in content_ids}


def owned(content_id: str) -> tuple[LinkSet, str | None]:
    """A link set, and the department that its content id is. None where it is nobody's."""
    found = table.get_many([_key(content_id), (content_key(content_id), "owner")], consistent=True)
    owner = found.get((content_key(content_id), "owner"))
    return _link_set(content_id, found.get(_key(content_id))), owner["owner"] if owner else None


def change(before: LinkSet, links: Links, owner: str, event: Event) -> LinkSet:
    """Replace the links of a link set, and note what that changes. Raises Overtaken, IdTaken or Refusal 413."""
    from functions.publishing.store import link_changes  # local: pages are made with links, and change none

    content_id = before.content_id
    if sum(len(targets) for targets in links.values()) > MOST_LINKS:
        raise Refusal(413, f"A link set holds at most {MOST_LINKS:,} links.", code="body_too_large", field="links")
    changes = link_changes.puts(owner, content_id, before.links, links, event)
    if len(changes) > MOST_TYPES:
        raise Refusal(413, f"At most {MOST_TYPES} types of links are changed at once.", code="body_too_large", field="links")
    announce(content_id, links, before.links)
    seen = attr("version").eq(before.version) if before.version else attr("version").not_exists()
    said = LinksChanged.model_validate({"content_id": content_id, "write_id": event.moment.write_id})
    values = {"links": json.dumps(links), "version": before.version + 1}
    writes: list[Write] = [
        update(content_key(content_id), "links", values, expect=seen, emits=[said]),
        claim_id(content_id, owner),
        history.put(content_id, event),
        *changes,
    ]
    write(writes)
    return LinkSet(content_id, links, before.version + 1)


def announce(source: str, links: Links, before: Links) -> None:
    """Note that an item may link to these. Done before the links are written: who finds it reads the item itself."""
    known = {(link_type, target) for link_type, targets in before.items() for target in targets}
    new = {(link_type, target) for link_type, targets in links.items() for target in targets} - known
    table.put_many([{"pk": f"target#{target}", "sk": f"{link_type}#{source}"} for link_type, target in sorted(new)])


def links_to(content_ids: Iterable[str], link_types: Collection[str] | None) -> Iterator[Link]:
    """Who may link to each of these, page by page."""
    for content_id in content_ids:
        for prefix in _prefixes(link_types):
            for item in table.every(f"target#{content_id}", prefix=prefix, consistent=True):
                link_type, _, source = item["sk"].partition("#")
                if link_types is None or link_type in link_types:
                    yield Link(source, link_type, content_id)


def _prefixes(link_types: Collection[str] | None) -> Sequence[str]:
    # One type is one stretch of the partition; several are read past those between them.
    return [f"{one}#" for one in link_types] if link_types is not None and len(link_types) == 1 else [""]


def _key(content_id: str) -> Key:
    return content_key(content_id), "links"


def _link_set(content_id: str, item: Mapping[str, object] | None) -> LinkSet:
    return LinkSet(content_id, json.loads(str(item["links"])), int(str(item["version"]))) if item else LinkSet(content_id)
