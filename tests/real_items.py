"""Real content items, where they are beside this checkout, and what would have to be sent to publish them."""

from pathlib import Path
from typing import Any

ITEMS = Path(__file__).parents[2] / "shared" / "data" / "content"

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
