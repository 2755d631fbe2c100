"""Real content items, where they are beside this checkout, and what would have to be sent to publish them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

ITEMS = Path(__file__).parents[2] / "shared" / "data" / "content"

WORKED_OUT = frozenset(
    {
        "available_translations",  # of its locales
        "document_collections",  # of the collections that have it among their documents
    }
)
"""Links that readers get and nobody sends."""
MOST_LINKED = 5

_SENT = (
    "analytics_identifier", "base_path", "description", "details", "document_type", "first_published_at", "locale", "phase",
    "public_updated_at", "publishing_app", "rendering_app", "schema_name", "title",
)  # fmt: skip


def sendable(item: dict[str, Any]) -> dict[str, Any]:
    """A payload for PUT that would give this item."""
    sent = {name: item[name] for name in _SENT if item.get(name) is not None}
    sent["details"] = {name: value for name, value in item["details"].items() if value is not None}
    kind = "prefix" if item["schema_name"] == "guide" else "exact"
    defaults = {"publishing_app": "publisher", "rendering_app": "commonweal", "update_type": "republish"}
    return {**defaults, **sent, "routes": [{"path": item["base_path"], "type": kind}]}


def linked(item: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What an item links to, a few of each type: its content id, and a payload for PUT that is as much of it as the link shows."""
    for targets in item["links"].values():
        for target in targets[:MOST_LINKED]:
            if target.get("base_path") and target["content_id"] != item["content_id"]:
                named = {"base_path": target["base_path"], "schema_name": target.get("schema_name") or target.get("document_type")}
                yield target["content_id"], sendable({"document_type": named["schema_name"], "details": {}, **target, **named})


def links_of(item: dict[str, Any]) -> dict[str, list[str]]:
    """A payload for PATCH that would give this item's links."""
    found = {link_type: [target["content_id"] for target in targets] for link_type, targets in item["links"].items()}
    return {link_type: targets for link_type, targets in found.items() if link_type not in WORKED_OUT}
