"""Actions that read packages and their resources."""

from __future__ import annotations

from typing import Any

from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.catalogue import Dataset, dataset, datasets
from functions.data_access.ckan.failures import invalid_fields, missing, not_found
from functions.data_access.ckan.values import natural, required


def package_list(asked: Asked) -> object:
    """List the names of all datasets, in the order of the alphabet. `limit` and `offset` turn pages."""
    return [each.name for each in _page(asked)]


def current_package_list_with_resources(asked: Asked) -> object:
    """List all datasets, whole."""
    return [each.wire(asked.site) for each in _page(asked)]


def package_show(asked: Asked) -> object:
    """Show a dataset by its name or id: what it is, whose, and the resources it is given as."""
    # CKAN reads `id`, and reports its absence under the other name (contract 1.5).
    wanted = asked.get("id") or asked.get("name_or_id")
    if wanted in (None, ""):
        raise missing("name_or_id")
    return _dataset(str(wanted)).wire(asked.site)


def package_autocomplete(asked: Asked) -> object:
    """Name datasets whose name or title contains what somebody has begun to write."""
    text = str(asked.get("q") or "").lower()
    found = []
    for each in datasets():
        field = next((name for name in ("name", "title") if text in _field(each, name).lower()), None)
        if field:
            found.append({"match_displayed": each.name, "match_field": field, "name": each.name, "title": each.definition["title"]})
    return found[: natural(asked.parameters, "limit", 10)]


def resource_show(asked: Asked) -> object:
    """Show a resource by its id."""
    wanted = required(asked.parameters, "id")
    for each in datasets():
        for resource in each.resources(asked.site):
            if resource["id"] == wanted:
                return resource
    raise not_found("Resource was not found.")


def resource_search(asked: Asked) -> object:
    """Find resources. `query` is `field:text`, or a list of such; all must hold. `order_by`, `offset` and `limit` turn pages."""
    given = asked.get("query")
    if given in (None, "", []):
        raise missing("query")
    terms = [_term(part) for part in (given if isinstance(given, list) else [given])]
    found = [resource for each in datasets() for resource in each.resources(asked.site) if all(_holds(resource, *term) for term in terms)]
    if by := asked.get("order_by"):
        found.sort(key=lambda resource: str(resource.get(str(by)) or ""))
    start = natural(asked.parameters, "offset", 0)
    limit = natural(asked.parameters, "limit", len(found))
    return {"count": len(found), "results": found[start : start + limit]}


def format_autocomplete(asked: Asked) -> object:
    """Name formats of resources that contain what somebody has begun to write."""
    text = str(asked.get("q") or "").lower()
    formats = {str(resource["format"]).lower() for each in datasets() for resource in each.resources(asked.site)}
    return [each for each in sorted(formats) if text in each][: natural(asked.parameters, "limit", 5)]


def _page(asked: Asked) -> list[Dataset]:
    every = datasets()
    start = natural(asked.parameters, "offset", 0)
    return every[start : start + natural(asked.parameters, "limit", len(every))]


def _dataset(wanted: str) -> Dataset:
    found = dataset(wanted)
    if found is None:
        raise not_found()
    return found


def _field(each: Dataset, name: str) -> str:
    return each.name if name == "name" else str(each.definition["title"])


def _term(part: object) -> tuple[str, str]:
    field, colon, text = str(part).partition(":")
    if not colon:
        raise invalid_fields({"query": "Must be <field>:<value> pair(s)"})
    return field.strip(), text.strip().lower()


def _holds(resource: dict[str, Any], field: str, text: str) -> bool:
    if field not in resource:
        raise invalid_fields({"query": f'Field "{field[:50]}" not recognised in resource_search.'})
    return text in str(resource[field] or "").lower()
