"""The action that searches packages: the whole catalogue is in memory, so that each search sees what is there now (contract 1.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from functions.common import declarations
from functions.data_access.ckan import solr
from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.catalogue import datasets
from functions.data_access.ckan.failures import invalid_fields, unreadable_query
from functions.data_access.ckan.values import flag, listed, natural, structured, whole

MOST = 1000
DEFAULT_SORT = "score desc, metadata_modified desc"

FIELDS = frozenset(
    {
        "author", "capacity", "dataset_type", "entity_type", "groups", "id", "license_id", "metadata_created", "metadata_modified", "name",
        "notes", "organization", "owner_org", "private", "res_description", "res_format", "res_name", "res_url", "state", "tags", "text",
        "title", "title_string", "type",
    }
)  # fmt: skip
_SORTED = FIELDS | {"score"}

type Found = tuple[float, dict[str, Any], solr.Document]


def package_search(asked: Asked) -> object:
    """Search datasets. `q` and `fq` are in Solr's language; `sort`, `rows` (1,000 at most) and `start` turn pages; `facet.field` counts."""
    parameters = asked.parameters
    start, rows = natural(parameters, "start", 0), min(natural(parameters, "rows", 10), MOST)
    sort = str(asked.get("sort") or DEFAULT_SORT)
    found = _matching(asked)
    for by, descending in reversed(_orders(sort)):
        found.sort(key=by, reverse=descending)
    counts = _facets(asked, [document for _, _, document in found])
    return {
        "count": len(found),
        "facets": {field: dict(counted) for field, counted in counts.items()},
        "results": [_narrowed(asked, package) for _, package, _ in found[start : start + rows]],
        "search_facets": {field: {"items": [_item(field, *pair) for pair in counted], "title": field} for field, counted in counts.items()},
        "sort": sort,
    }


def _matching(asked: Asked) -> list[Found]:
    scored = _read(str(asked.get("q") or "*:*"))
    filters = [_read(text) for text in _filters(asked)]
    found = list[Found]()
    for each in datasets():
        package = each.wire(asked.site)
        document = _document(package)
        if (score := scored(document)) and all(kept(document) for kept in filters):
            found.append((score, package, document))
    return found


def _read(text: str) -> solr.Score:
    try:
        return solr.read(text, FIELDS)
    except solr.Unreadable as unreadable:
        raise unreadable_query(str(unreadable)) from None


def _filters(asked: Asked) -> list[str]:
    more = asked.get("fq_list")
    if isinstance(more, str):
        more = structured(more, "fq_list")
    if more is not None and not (isinstance(more, list) and all(isinstance(each, str) for each in more)):
        raise invalid_fields({"fq_list": "Not a list of strings"})
    return [text for text in [str(asked.get("fq") or ""), *(more or [])] if text.strip()]


def _document(package: dict[str, Any]) -> solr.Document:
    resources = package["resources"]
    organization = package["organization"]
    fields: dict[str, list[str]] = {
        **{name: [str(package[name])] for name in ("id", "name", "notes", "owner_org", "state", "title", "type") if package[name]},
        **{name: [str(package[name])] for name in ("author", "license_id", "metadata_created", "metadata_modified") if package[name]},
        **{f"extras_{extra['key']}": [extra["value"]] for extra in package["extras"]},
        "capacity": ["public"],
        "dataset_type": ["dataset"],
        "entity_type": ["package"],
        "organization": [organization["name"]],
        "private": ["false"],
        "res_description": [str(each["description"]) for each in resources],
        "res_format": sorted({str(each["format"]) for each in resources}),
        "res_name": [str(each["name"]) for each in resources],
        "res_url": [str(each["url"]) for each in resources],
        "tags": [tag["name"] for tag in package["tags"]],
        "title_string": [str(package["title"])],
    }
    texts = [package["title"], package["name"], package["notes"], organization["title"], *fields["tags"], *fields["res_name"]]
    return {**fields, "text": [str(text) for text in texts]}


def _orders(sort: str) -> list[tuple[Callable[[Found], Any], bool]]:
    return [_order(part) for part in sort.split(",")]


def _order(part: str) -> tuple[Callable[[Found], Any], bool]:
    field, *direction = part.split() or [""]
    # Solr wants a direction; people leave it out.
    if field not in _SORTED or direction not in ([], ["asc"], ["desc"]):
        raise unreadable_query(f'Cannot sort by "{part.strip()[:100]}": give a field ({", ".join(sorted(_SORTED))}), then asc or desc')
    by: Callable[[Found], Any] = (
        (lambda found: found[0]) if field == "score" else (lambda found: [value.lower() for value in found[2].get(field, ())])
    )
    return by, direction == ["desc"]


def _facets(asked: Asked, documents: Sequence[solr.Document]) -> dict[str, list[tuple[str, int]]]:
    if not flag(asked.parameters, "facet", default=True):
        return {}
    given = asked.get("facet.field")
    wanted = structured(given, "facet.field") if isinstance(given, str) and given.lstrip().startswith("[") else given
    limit, least = whole(asked.parameters, "facet.limit", 50), natural(asked.parameters, "facet.mincount", 1)
    counts = dict[str, list[tuple[str, int]]]()
    for field in listed(wanted, "facet.field"):
        if field not in FIELDS and not field.startswith("extras_"):
            raise unreadable_query(f"undefined field {field[:50]}; there are {', '.join(sorted(FIELDS))}")
        counted = Counter(value for document in documents for value in document.get(field, ()))
        ordered = sorted((pair for pair in counted.items() if pair[1] >= least), key=lambda pair: (-pair[1], pair[0]))
        counts[field] = ordered[:limit] if limit >= 0 else ordered
    return counts


def _item(field: str, name: str, count: int) -> dict[str, object]:
    return {"count": count, "display_name": declarations.title_of(name) if field == "organization" else name, "name": name}


def _narrowed(asked: Asked, package: dict[str, Any]) -> dict[str, Any]:
    wanted = listed(asked.get("fl"), "fl")
    return {name: package[name] for name in wanted if name in package} if wanted and "*" not in wanted else package
