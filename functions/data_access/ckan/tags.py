"""Actions about tags, which are the keywords of registers."""

from __future__ import annotations

from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.catalogue import datasets, tag
from functions.data_access.ckan.failures import not_found
from functions.data_access.ckan.values import flag, natural, required


def tag_list(asked: Asked) -> object:
    """List the tags in use. `query` keeps those that contain it; `all_fields` gives dictionaries instead of names."""
    wanted = str(asked.get("query") or "").lower()
    found = [name for name in _names() if wanted in name.lower()] if not asked.get("vocabulary_id") else []
    return [tag(name) for name in found] if flag(asked.parameters, "all_fields") else found


def tag_show(asked: Asked) -> object:
    """Show a tag by its name or id."""
    wanted = required(asked.parameters, "id")
    for name in _names():
        about = tag(name)
        if wanted in (name, about["id"]):
            return {key: about[key] for key in ("display_name", "id", "name", "vocabulary_id")}
    raise not_found("Tag was not found.")


def tag_search(asked: Asked) -> object:
    """Find tags that contain a text."""
    found = _containing(str(asked.get("query") or asked.get("q") or ""))
    return {"count": len(found), "results": [tag(name) for name in found]}


def tag_autocomplete(asked: Asked) -> object:
    """Name tags that contain what somebody has begun to write."""
    return _containing(str(asked.get("q") or asked.get("query") or ""))[: natural(asked.parameters, "limit", 10)]


def _containing(text: str) -> list[str]:
    return [name for name in _names() if text.lower() in name.lower()] if text else []


def _names() -> list[str]:
    return sorted({name for dataset in datasets() for name in dataset.tags})
