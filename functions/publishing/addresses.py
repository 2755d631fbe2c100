"""The addresses in a content item: where each thing that it links to is found (Content Store, contract 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def absolute(item: Mapping[str, Any], site: str) -> dict[str, Any]:
    """The item, where each link says `api_url` and `web_url` on this site besides its paths."""
    return {**item, "links": _links(item.get("links") or {}, site)}


def _links(links: Mapping[str, Any], site: str) -> dict[str, Any]:
    return {link_type: [_link(target, site) for target in targets] for link_type, targets in links.items()}


def _link(target: Mapping[str, Any], site: str) -> dict[str, Any]:
    found = {"api_url": target.get("api_path"), "web_url": target.get("base_path")}
    addressed = {name: f"{site}{path}" for name, path in found.items() if path}
    return {**target, **addressed, "links": _links(target.get("links") or {}, site)}
