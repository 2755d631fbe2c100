"""What a dataset is, for programs: what it is about, whose it is, what its fields hold, how much is in it, and where the rest is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.common import declarations
from functions.data_access.dictionary import Dictionary, Field
from functions.data_access.queries.columns import of as columns_of
from functions.data_access.queries.query import TAKES

if TYPE_CHECKING:
    from functions.data_access.registers import Head
    from functions.data_access.store.snapshots import Snapshot

type Document = dict[str, Any]


def summary(name: str, declared: Mapping[str, Any]) -> Document:
    """A dataset in the list of all."""
    return {
        "dataset": name,
        "title": declared["title"],
        "description": declared["description"],
        "department": declared["department"],
        "licence": declared["licence"],
        "keywords": declared.get("keywords", []),
        "links": {"self": f"/datasets/{name}", "records": f"/datasets/{name}/records"},
    }


def described(
    name: str, declared: Mapping[str, Any], dictionary: Dictionary, head: Head | None, records: int, snapshot: Snapshot | None
) -> Document:
    """A dataset by itself, with its data dictionary, its counts, its newest snapshot and its addresses."""
    columns = columns_of(dictionary)
    document = {
        **summary(name, declared),
        "contact": declared.get("contact"),
        "update_frequency": declared.get("update_frequency"),
        "key": dictionary.key,
        "search": bool(dictionary.searched),
        "fields": [{**_field(field), "operators": sorted(TAKES[columns[field.name].kind])} for field in dictionary.fields],
        "entries": head.size if head else 0,
        "records": records,
        "updated": head.updated if head and head.updated else None,
        "closed": closed(declared),
        "snapshot": _snapshot(name, snapshot) if snapshot else None,
        "links": _links(name),
    }
    return {member: value for member, value in document.items() if value is not None}


def closed(declared: Mapping[str, Any]) -> str | None:
    """Since which day a register takes no entry: that on which its department was removed. None for one that is open."""
    if not declared.get("closed"):
        return None
    gone = declarations.removed(declared["department"])
    return str(gone["removed"]) if gone else None


def _field(field: Field) -> Document:
    about = {
        "field": field.name,
        "datatype": field.datatype,
        "cardinality": field.cardinality,
        "text": field.text,
        "required": field.required,
        "values": list(field.values),
        "register": field.register,
        "indexed": field.index,
    }
    return {member: value for member, value in about.items() if value not in ("", [], False)}


def _snapshot(name: str, snapshot: Snapshot) -> Document:
    files = [
        {"name": file.name, "bytes": file.bytes, "sha256": file.sha256, "href": f"/datasets/{name}/snapshots/{snapshot.number}/{file.name}"}
        for file in snapshot.files
    ]
    return {"as_at": snapshot.number, "made": snapshot.made, "records": snapshot.records, "files": files}


def _links(name: str) -> Document:
    return {
        "self": f"/datasets/{name}",
        "records": f"/datasets/{name}/records",
        "changes": f"/datasets/{name}/changes",
        "snapshots": f"/datasets/{name}/snapshots",
        "openapi": f"/datasets/{name}/openapi.json",
        "register": f"/registers/{name}/register",
        "proof": f"/registers/{name}/proof/register/merkle:sha-256",
    }
