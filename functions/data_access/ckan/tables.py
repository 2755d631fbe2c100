"""A register as a table of CKAN's datastore: its columns with PostgreSQL's names, and what describes them (contract 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.data_access import dictionary
from functions.data_access.ckan.catalogue import Dataset

if TYPE_CHECKING:
    from functions.data_access.registers import Head
    from functions.data_access.replica import Replica

OWN = "_id"
"""The column that every table has: the place in which a record's key first came, from 1."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, its type as it is reported, and its entry in the data dictionary."""

    name: str
    type: str
    info: Mapping[str, Any] | None = None

    def wire(self) -> dict[str, object]:
        """The column as answers list it."""
        return {"id": self.name, "type": self.type, **({"info": self.info} if self.info else {})}


@dataclass(frozen=True)
class Table:
    """The rows of one dataset."""

    dataset: Dataset
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]

    @property
    def register(self) -> str:
        """The register that its rows are the records of."""
        return self.dataset.name

    @property
    def id(self) -> str:
        """Its resource id."""
        return self.dataset.resource_id

    @property
    def declared(self) -> bool:
        """Whether a department's file says what it is, so that no call may."""
        return "made" not in self.dataset.definition

    @property
    def names(self) -> list[str]:
        """Its columns' names, without its own."""
        return [column.name for column in self.columns]

    @property
    def aliases(self) -> list[str]:
        """The other names it is found by."""
        return [self.register, *self.dataset.definition.get("made", {}).get("aliases", ())]

    def at_head(self, head: Head | None = None) -> Replica:
        """Its rows as they are now, or at a head that was read already. To be left again, as `with` does."""
        from functions.data_access import replica  # here: SQLite, which the catalogue's actions do without

        return replica.at_head(self.register, head, dictionary.of(self.dataset.definition))

    def column(self, name: str) -> Column | None:
        """A column by its name."""
        return next((column for column in self.columns if column.name == name), None)


def of(dataset: Dataset) -> Table:
    """The table of a dataset."""
    definition = dataset.definition
    known = dictionary.of(definition)
    made = definition.get("made")
    columns = tuple(
        Column(field.name, made["types"][field.name], made["info"].get(field.name))
        if made
        else Column(field.name, field.postgres_type, {"notes": field.text} if field.text else None)
        for field in known.fields
    )
    return Table(dataset, columns, tuple(made["primary_key"] if made else [known.key] if known.key in known.names else []))
