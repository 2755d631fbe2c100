"""The catalogue in CKAN's terms: a register is a package, its department an organization, its rows and its files are resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from functions.common import declarations, ids
from functions.common.recent import Recent
from functions.data_access import definitions
from functions.data_access.ckan.failures import not_found
from functions.data_access.ckan.licences import licence
from functions.data_access.definitions import Definition
from functions.data_access.store import log, snapshots

if TYPE_CHECKING:
    from functions.data_access.registers import Head
    from functions.data_access.store.snapshots import Snapshot

_heads: Recent[str, Head] = Recent()
_snapshots: Recent[str, Snapshot] = Recent()

_FORMATS = {
    "parquet": ("PARQUET", "application/vnd.apache.parquet"),
    "csv": ("CSV", "text/csv"),
    "sqlite": ("SQLITE", "application/vnd.sqlite3"),
}
_LINES = ("NDJSON", "application/x-ndjson")


@dataclass(frozen=True)
class Dataset:
    """A register as a package. What changes with each entry is read when it is asked for, at most two seconds old."""

    name: str
    definition: Definition

    @property
    def id(self) -> str:
        """Its id as a package: follows from its name."""
        return ids.derived(self.name, "package")

    @property
    def resource_id(self) -> str:
        """The id of its rows, CKAN's datastore table: follows from its name, so that it never changes."""
        return ids.derived(self.name, "resource")

    @property
    def department(self) -> str:
        """Whose it is."""
        return str(self.definition["department"])

    @property
    def tags(self) -> list[str]:
        """Its keywords."""
        return sorted(self.definition.get("keywords", ()))

    @property
    def modified(self) -> str | None:
        """When it last changed, as CKAN writes time."""
        head = _heads.get(self.name, lambda: log.head(self.name))
        return moment(head.updated if head and head.updated else self.definition.get("made", {}).get("created"))

    @property
    def dropped(self) -> bool:
        """Whether its table was dropped: its history stays, its rows are gone."""
        return bool(self.definition.get("made", {}).get("dropped"))

    @cached_property
    def licence(self) -> Mapping[str, object]:
        """Under which licence it is."""
        return licence(self.definition["licence"])

    def wire(self, site: str) -> dict[str, Any]:
        """The package, whole (contract 1.5)."""
        resources = list(self.resources(site))
        made = self.definition.get("made", {})
        return {
            "author": declarations.title_of(self.department),
            "author_email": None,
            "creator_user_id": None,
            "extras": [{"key": key, "value": value} for key, value in self._extras(site)],
            "groups": [],
            "id": self.id,
            "isopen": bool(self.licence["is_okd_compliant"]),
            "license_id": self.licence["id"],
            "license_title": self.licence["title"],
            "license_url": self.licence["url"],
            "maintainer": declarations.title_of(self.department),
            "maintainer_email": self.definition.get("contact"),
            "metadata_created": moment(made.get("created")),
            "metadata_modified": self.modified,
            "name": self.name,
            "notes": self.definition["description"],
            "num_resources": len(resources),
            "num_tags": len(self.tags),
            "organization": organization(self.department),
            "owner_org": organization_id(self.department),
            "private": False,
            "relationships_as_object": [],
            "relationships_as_subject": [],
            "resources": resources,
            "state": "active",
            "tags": [tag(name) for name in self.tags],
            "title": self.definition["title"],
            "type": "dataset",
            "url": f"{site}/datasets/{self.name}",
            "version": None,
        }

    def resources(self, site: str) -> Iterator[dict[str, Any]]:
        """Its rows, then each file of its newest snapshot."""
        made = self.definition.get("made", {})
        yield self._resource(
            0,
            self.resource_id,
            name=made.get("resource", {}).get("name") or self.definition["title"],
            description="The records as they are now, with every change of them seen at once.",
            format="CSV",
            mimetype="text/csv",
            url=f"{site}/datastore/dump/{self.resource_id}",
            url_type="datastore",
            datastore_active=not self.dropped,
            last_modified=self.modified,
        )
        newest = _snapshots.get(self.name, lambda: snapshots.newest(self.name))
        for position, file in enumerate(newest.files if newest else (), 1):
            format_, media_type = _kind(file.name)
            yield self._resource(
                position,
                ids.derived(self.name, f"file/{file.name}"),
                name=file.name,
                description=f"All as at entry {newest.number}." if newest else "",
                format=format_,
                mimetype=media_type,
                hash=file.sha256,
                size=file.bytes,
                url=f"{site}/datasets/{self.name}/snapshots/latest/{file.name}",
                last_modified=moment(newest.made if newest else None),
            )

    def _resource(self, position: int, identity: str, **known: Any) -> dict[str, Any]:
        created = moment(self.definition.get("made", {}).get("created"))
        return {
            "cache_last_updated": None,
            "cache_url": None,
            "created": created,
            "datastore_active": False,
            "hash": "",
            "id": identity,
            "metadata_modified": known["last_modified"],
            "mimetype_inner": None,
            "package_id": self.id,
            "position": position,
            "resource_type": None,
            "size": None,
            "state": "active",
            "url_type": None,
            **known,
        }

    def _extras(self, site: str) -> Iterator[tuple[str, str]]:
        yield "register", f"{site}/registers/{self.name}/register"
        yield "licence", str(self.definition["licence"])
        if frequency := self.definition.get("update_frequency"):
            yield "update_frequency", str(frequency)


def datasets() -> list[Dataset]:
    """All of them, by name."""
    return [Dataset(name, definition) for name, definition in sorted(definitions.every().items())]


def dataset(name_or_id: str) -> Dataset | None:
    """One of them, by its name or by its id as a package."""
    if definition := definitions.find(name_or_id):
        return Dataset(name_or_id, definition)
    return next((each for each in datasets() if each.id == name_or_id), None)


def table(id_or_alias: str) -> Dataset:
    """The dataset whose rows have this resource id, name or alias. Refuses where there is none."""
    found = _table(id_or_alias)
    if found is None or found.dropped:
        definitions.forget()  # it may have been made a moment ago, by another process
        found = _table(id_or_alias)
    if found is None or found.dropped:
        raise not_found(f'Resource "{id_or_alias[:100]}" was not found.')
    return found


def aliased(alias: str) -> Dataset | None:
    """The dataset of this name, or of this other name."""
    if definition := definitions.find(alias):
        return Dataset(alias, definition)
    return next((each for each in datasets() if alias in each.definition.get("made", {}).get("aliases", ())), None)


def _table(id_or_alias: str) -> Dataset | None:
    return aliased(id_or_alias) or next((each for each in datasets() if each.resource_id == id_or_alias), None)


def organization(slug: str) -> dict[str, object]:
    """A department as packages name it."""
    return {
        "approval_status": "approved",
        "created": None,
        "description": "",
        "id": organization_id(slug),
        "image_url": "",
        "is_organization": True,
        "name": slug,
        "state": "active",
        "title": declarations.title_of(slug),
        "type": "organization",
    }


def organization_id(slug: str) -> str:
    """A department's id as an organization: follows from its slug."""
    return ids.derived(slug, "organization")


def tag(name: str) -> dict[str, object]:
    """A keyword."""
    return {"display_name": name, "id": ids.derived(name, "tag"), "name": name, "state": "active", "vocabulary_id": None}


def moment(stamp: str | None) -> str | None:
    """A time as CKAN writes it: UTC, without saying so, to the microsecond."""
    if not stamp:
        return None
    bare = stamp.removesuffix("Z")
    return bare if "." in bare else f"{bare}.000000"


def _kind(file: str) -> tuple[str, str]:
    if ".ndjson" in file:
        return _LINES
    return next(
        (kind for ending, kind in _FORMATS.items() if f".{ending}" in file), (file.rpartition(".")[2].upper(), "application/octet-stream")
    )
