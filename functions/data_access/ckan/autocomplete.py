"""The side routes that CKAN's own pages ask while somebody writes (contract 1.1), in the shapes that they expect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.data_access.ckan import organizations, packages, tags
from functions.data_access.ckan.asked import Asked


def suggested(kind: str, asked: Asked) -> object:
    """What goes on from the text in `incomplete` (for tags and formats also `q`), of one kind. Nobody's users are told."""
    text = str(asked.get("incomplete") or asked.get("q") or "")
    limit: Mapping[str, Any] = {"limit": asked.get("limit")} if str(asked.get("limit") or "").isdecimal() else {}
    narrowed = Asked(asked.site, {**limit, "q": text})
    match kind:
        case "dataset":
            return {"ResultSet": {"Result": packages.package_autocomplete(narrowed)}}
        case "tag":
            return {"ResultSet": {"Result": [{"Name": name} for name in _names(tags.tag_autocomplete(narrowed))]}}
        case "format":
            return {"ResultSet": {"Result": [{"Format": name} for name in _names(packages.format_autocomplete(narrowed))]}}
        case "organization":
            return organizations.organization_autocomplete(narrowed)
    return []


def _names(found: object) -> list[str]:
    return [str(name) for name in found] if isinstance(found, list) else []
