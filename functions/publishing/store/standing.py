"""What stands of a content id in each store and locale: what a link to it shows, and what lists say of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from functions.common.failures import Refusal
from functions.common.table import Delete, Item, Put
from functions.publishing import details
from functions.publishing.documents import Document, Edition, Fields
from functions.publishing.expansion import rules, standing
from functions.publishing.expansion.graph import Candidate, State, Store
from functions.publishing.store.table import alias_key, content_key, table

LISTED = ("state", "title", "base_path", "publishing_app", "updated_at", "public_updated_at", "created_at", "number")
"""What lists show and sort by without reading the edition: `gsi1` holds it."""
LARGEST_SHOWN = 150_000
"""Bytes of an edition that links show: they stand in one item with its links, and in another with those of before."""
LONGEST_SORTED = 100
"""Characters of a title that decide its place among those of its type."""


def put(document: Document, edition: Edition, store: Store, *, unpublishing: Mapping[str, Any] | None = None) -> Put:
    """Note what stands, in the write that makes it stand. Of a live edition the way of its `unpublishing` says what links show."""
    fields, shows = edition.fields, _shows(store, unpublishing)
    of_type = f"{fields['document_type']}#{document.content_id}#{document.locale}"
    item: Item = {
        "pk": content_key(document.content_id),
        "sk": f"{store}#{document.locale}",
        "owner": document.owner,
        "shows": shows,
        "fields": json.dumps(_linked(edition), ensure_ascii=False),
        "links": json.dumps(fields.get("links", {})),
        "document_type": fields["document_type"],
        **{name: fields.get(name) for name in LISTED},
        "number": edition.number,
        "state": "draft" if store == "draft" else "unpublished" if unpublishing else "published",
        "gsi1pk": f"owner#{document.owner}",
        "gsi1sk": f"{of_type}#{store}",
    }
    if shows == "published":
        item |= {"gsi2pk": f"live#{fields['document_type']}", "gsi2sk": f"{fields.get('title', '')[:LONGEST_SORTED]}#{of_type}"}
    return Put(item)


def remove(document: Document, store: Store) -> Delete:
    """Nothing stands there any more."""
    return Delete(content_key(document.content_id), f"{store}#{document.locale}")


def owner(content_id: str) -> str | None:
    """The department that a content id is. None where it is nobody's."""
    return owners([content_id]).get(content_id)


def owners(content_ids: Collection[str]) -> dict[str, str]:
    """The department that each content id is, where it is somebody's."""
    found = table.get_many([(content_key(one), "owner") for one in content_ids], consistent=True)
    return {pk.removeprefix("content#"): item["owner"] for (pk, _), item in found.items()}


def aliased(aliases: Iterable[str]) -> dict[str, str]:
    """The content id that has each of these aliases, where one has."""
    found = table.get_many([(alias_key(alias), "alias") for alias in dict.fromkeys(aliases)], consistent=True)
    return {pk.removeprefix("alias#"): item["content_id"] for (pk, _), item in found.items()}


def shown(document: Document) -> Candidate | None:
    """What links show of a document's live edition as it stands. None where they show nothing."""
    edition, shows = document.live, _shows("live", document.unpublishing)
    if edition is None or shows == "nothing":
        return None
    return Candidate(document.content_id, document.locale, shows, _linked(edition), edition.fields.get("links", {}))


def candidates(keys: Sequence[tuple[str, str]], viewer: str | None) -> list[Candidate]:
    """What links may show, of these content ids and `<store>#<locale>`; of drafts only those of the department `viewer`."""
    found = table.get_many([(content_key(content_id), sk) for content_id, sk in keys], consistent=True)
    seen = [item for (_, sk), item in found.items() if sk.startswith("live#") or item["owner"] == viewer]
    return [candidate for item in seen if (candidate := candidate_of(item))]


def candidate_of(item: Item) -> Candidate | None:
    """What a link shows of it. None where it shows nothing."""
    if item["shows"] == "nothing":
        return None
    content_id, locale = item["pk"].removeprefix("content#"), item["sk"].partition("#")[2]
    return Candidate(content_id, locale, item["shows"], json.loads(item["fields"]), json.loads(item["links"]))


def _linked(edition: Edition) -> Fields:
    """The fields that some link may show of an edition, its details as readers get them."""
    names = rules.fields_anywhere(edition.fields["document_type"])
    whole: Fields = {**edition.fields}
    if any(name.startswith("details") for name in names):
        whole["details"] = json.loads(edition.details.read())
    shown = standing.shown(Candidate("", "", "published", whole), names)
    linked: Fields = details.presented({**shown, "document_type": edition.fields["document_type"]})
    if len(json.dumps(linked, ensure_ascii=False).encode()) > LARGEST_SHOWN:
        message = f"What links show of a {linked['document_type']} is larger than {LARGEST_SHOWN:,} bytes."
        raise Refusal(413, message, code="body_too_large", field="details")
    return linked


def _shows(store: Store, unpublishing: Mapping[str, Any] | None) -> State | Literal["nothing"]:
    if store == "draft":
        return "draft"
    if unpublishing is None:
        return "published"
    return "withdrawn" if unpublishing["type"] == "withdrawal" else "nothing"
