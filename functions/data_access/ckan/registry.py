"""Every action by its name: what it does, and whether it writes, which takes a POST."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from functions.data_access.ckan import (
    datastore_info,
    datastore_rows,
    datastore_search,
    datastore_tables,
    organizations,
    package_search,
    packages,
    refusing,
    site,
    tags,
)
from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.failures import not_found
from functions.data_access.ckan.values import required


@dataclass(frozen=True, slots=True)
class Action:
    """One action. Its documentation is what `help_show` answers."""

    run: Callable[[Asked], object]
    writes: bool = False

    @property
    def help(self) -> str:
        """What it does."""
        return " ".join((self.run.__doc__ or "").split())


def help_show(asked: Asked) -> object:
    """Tell what an action does, by its `name`."""
    found = ACTIONS.get(required(asked.parameters, "name"))
    if found is None:
        raise not_found("Action name not known")
    return found.help


_READING: Mapping[str, Callable[[Asked], object]] = {
    "current_package_list_with_resources": packages.current_package_list_with_resources,
    "datastore_info": datastore_info.datastore_info,
    "datastore_search": datastore_search.datastore_search,
    "format_autocomplete": packages.format_autocomplete,
    "group_autocomplete": site.nothing,
    "group_list": site.nothing,
    "group_list_authz": site.nothing,
    "group_show": organizations.group_show,
    "help_show": help_show,
    "license_list": site.license_list,
    "organization_autocomplete": organizations.organization_autocomplete,
    "organization_list": organizations.organization_list,
    "organization_list_for_user": organizations.organization_list_for_user,
    "organization_show": organizations.organization_show,
    "package_autocomplete": packages.package_autocomplete,
    "package_list": packages.package_list,
    "package_relationships_list": site.nothing,
    "package_search": package_search.package_search,
    "package_show": packages.package_show,
    "resource_search": packages.resource_search,
    "resource_show": packages.resource_show,
    "resource_view_list": site.nothing,
    "site_read": site.site_read,
    "status_show": site.status_show,
    "tag_autocomplete": tags.tag_autocomplete,
    "tag_list": tags.tag_list,
    "tag_search": tags.tag_search,
    "tag_show": tags.tag_show,
    "user_list": refusing.refusing("to list users"),
    "user_show": refusing.refusing("to see users"),
    "vocabulary_list": site.nothing,
}

_WRITING: Mapping[str, Callable[[Asked], object]] = {
    "datastore_create": datastore_tables.datastore_create,
    "datastore_delete": datastore_tables.datastore_delete,
    "datastore_records_delete": datastore_rows.datastore_records_delete,
    "datastore_upsert": datastore_rows.datastore_upsert,
    **{f"group_{verb}": refusing.organization_write for verb in ("create", "delete", "patch", "purge", "update")},
    **{f"organization_{verb}": refusing.organization_write for verb in ("create", "delete", "patch", "purge", "update")},
    "package_create": refusing.package_create,
    **{f"package_{verb}": refusing.package_update for verb in ("delete", "patch", "revise", "update")},
    "dataset_purge": refusing.package_update,
    **{f"resource_{verb}": refusing.resource_write for verb in ("create", "delete", "patch", "update")},
}

ACTIONS: Mapping[str, Action] = {
    **{name: Action(run) for name, run in _READING.items()},
    **{name: Action(run, writes=True) for name, run in _WRITING.items()},
}
