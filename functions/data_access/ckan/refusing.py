"""What CKAN's users may write and a department's file declares here: packages, resources, organizations. Refused, saying where to go."""

from __future__ import annotations

import re
from collections.abc import Callable

from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.catalogue import dataset
from functions.data_access.ckan.failures import invalid_fields, missing, not_authorised, not_found

NAME = re.compile(r"[a-z0-9_-]{2,100}")
BAD_NAME = "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"
TAKEN_NAME = "That URL is already in use."
_DECLARED = "here: a dataset is declared in its department's file. Rows, and tables of your own, go through datastore_create"


def package_create(asked: Asked) -> object:
    """Refuse to create a dataset: it is declared in its department's file, or made by `datastore_create` with a `resource`."""
    if asked.writer is None:
        raise not_authorised(asked.user, "to create packages")
    problems: dict[str, object] = {name: told for name, told in (("name", _name(asked)), ("owner_org", _owner(asked))) if told}
    if problems:
        raise invalid_fields(problems)
    raise not_authorised(asked.user, f"to create packages {_DECLARED}")


def package_update(asked: Asked) -> object:
    """Refuse to change a dataset: that is done in its department's file."""
    wanted = asked.get("id") or asked.get("name")
    if not wanted:
        raise missing("id")
    found = dataset(str(wanted))
    if found is None:
        raise not_found("Package was not found.")
    raise not_authorised(asked.user, f"to edit package {found.id} {_DECLARED}")


def resource_write(asked: Asked) -> object:
    """Refuse to add, change or remove a resource: a dataset's resources are its rows and the files of its snapshots."""
    raise not_authorised(asked.user, f"to write resources {_DECLARED}")


def organization_write(asked: Asked) -> object:
    """Refuse to create, change or remove an organization: it is a department, which a file declares."""
    raise not_authorised(asked.user, "to write organizations here: a department is declared in a file of its own")


def refusing(what: str) -> Callable[[Asked], object]:
    """An action that refuses everybody."""

    def refuse(asked: Asked) -> object:
        raise not_authorised(asked.user, what)

    refuse.__doc__ = f"Refuse {what}: there are none."
    return refuse


def _name(asked: Asked) -> str:
    name = asked.get("name")
    if not name:
        return "Missing value"
    if not NAME.fullmatch(str(name)):
        return BAD_NAME
    return TAKEN_NAME if dataset(str(name)) else ""


def _owner(asked: Asked) -> str:
    return "" if asked.get("owner_org") else "An organization must be provided"
