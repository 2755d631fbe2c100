"""Actions about organizations, which are departments. Who works in them is not told: no members, no users, no emails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.common import declarations
from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.catalogue import datasets, organization
from functions.data_access.ckan.failures import invalid_fields, not_found
from functions.data_access.ckan.values import flag, listed, natural, required

MOST_NAMES, MOST_DETAILS = 1000, 25


def organization_list(asked: Asked) -> object:
    """List the organizations by name, or with `all_fields` as dictionaries.

    `sort` is `name`, `title` or `package_count`, then `asc` or `desc`.
    """
    wanted = listed(asked.get("organizations"), "organizations")
    slugs = [slug for slug in declarations.compiled()["departments"] if not wanted or slug in wanted]
    found = [_whole(slug) for slug in slugs]
    by, descending = _order(str(asked.get("sort") or "title asc"))
    found.sort(key=by, reverse=descending)
    details = flag(asked.parameters, "all_fields")
    most = MOST_DETAILS if details else MOST_NAMES
    start = natural(asked.parameters, "offset", 0)
    page = found[start : start + min(natural(asked.parameters, "limit", most), most)]
    if not details:
        return [each["name"] for each in page]
    kept = {name for name in ("users", "extras", "groups", "tags") if not flag(asked.parameters, f"include_{name}")}
    counted = flag(asked.parameters, "include_dataset_count", default=True)
    return [{key: value for key, value in each.items() if key not in kept and (counted or key != "package_count")} for each in page]


def organization_show(asked: Asked) -> object:
    """Show an organization by its name or id; with `include_datasets` also what it publishes."""
    wanted = required(asked.parameters, "id")
    for slug in declarations.compiled()["departments"]:
        shown = _whole(slug)
        if wanted in (slug, shown["id"]):
            if flag(asked.parameters, "include_datasets"):
                shown["packages"] = [each.wire(asked.site) for each in datasets() if each.department == slug]
            return shown
    raise not_found("Group was not found.")


def organization_list_for_user(asked: Asked) -> object:
    """List the organization whose key asks."""
    return [_whole(asked.caller.department)] if asked.caller else []


def organization_autocomplete(asked: Asked) -> object:
    """Name organizations that contain what somebody has begun to write."""
    text = str(asked.get("q") or "").lower()
    found = [_whole(slug) for slug in sorted(declarations.compiled()["departments"])]
    matching = [each for each in found if text in f"{each['name']} {each['title']}".lower()]
    return [{key: each[key] for key in ("id", "name", "title")} for each in matching[: natural(asked.parameters, "limit", 20)]]


def group_show(asked: Asked) -> object:
    """Show a group. There are none: datasets are grouped by organization and by tag."""
    required(asked.parameters, "id")
    raise not_found("Group was not found.")


def _whole(slug: str) -> dict[str, Any]:
    about = organization(slug)
    return {
        **about,
        "display_name": about["title"],
        "extras": [],
        "groups": [],
        "image_display_url": "",
        "num_followers": 0,
        "package_count": sum(each.department == slug for each in datasets()),
        "tags": [],
        "users": [],
    }


def _order(sort: str) -> tuple[Callable[[dict[str, Any]], Any], bool]:
    by, *direction = sort.lower().split()
    if by not in ("name", "title", "package_count", "packages") or direction not in ([], ["asc"], ["desc"]):
        raise invalid_fields({"sort": f"Cannot sort by field `{by[:50]}`"})
    name = "package_count" if by == "packages" else by
    return lambda each: each[name], direction == ["desc"] or (not direction and name == "package_count")
