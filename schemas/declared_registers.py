"""The registers of a department's file: their fields, and what is said of them in the catalogue."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas import datatypes
from schemas.datatypes import Datatype
from schemas.grammar import Email, Fact, RegisterFieldName, Slug, Text
from schemas.strict import Strict


class RegisterField(Strict):
    """A field of a register (data contract, 2.1): its datatype, and what narrows it.

    `values` are all that it may be, `register` the one whose keys it holds. What is `required` stands in every item. An `index` makes it
    quick to filter and sort by.
    """

    field: RegisterFieldName = Field(description="Its name.")
    datatype: Datatype = Field(default="string", description="What its values are.")
    cardinality: Literal["1", "n"] = Field(default="1", description="One value, or a list of them.")
    text: Text | None = Field(default=None, description="What it means.")
    required: bool = Field(default=False, description="Whether it stands in every record.")
    values: Annotated[list[Text], Field(min_length=1)] | None = Field(default=None, description="All that it may be.")
    register_name: Slug | None = Field(default=None, alias="register", description="The register whose keys it holds.")
    index: bool = Field(default=False, description="Whether it is quick to filter and to sort by.")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.index and self.cardinality == "n":
            raise ValueError("holds lists, which no index serves")
        for value in self.values or ():
            if wrong := datatypes.problem(self.datatype, value):
                raise ValueError(f'its value "{value}" {wrong}')
        return self


class Register(Strict):
    """A public register, which is also a dataset. Its fields are listed, or are those of one of the department's own event types.

    Fields that come from a type are indexed, and refer to other registers, where `index` and `references` say so. With `search` the text
    of a record can be searched.
    """

    title: Text = Field(description="How people call it.")
    description: Text = Field(description="What it holds, in a sentence or two.")
    key: Text = Field(description="The field by which records are found.")
    fields: Annotated[list[RegisterField], Field(min_length=1)] | None = Field(default=None, description="Its fields, or …")
    schema_type: Fact | None = Field(default=None, alias="schema", description="… the fact whose fields they are.")
    index: list[Text] = Field(default=[], description="Of a fact's fields, those that are quick to filter and to sort by.")
    references: dict[Text, Slug] = Field(default={}, description="Of a fact's fields, those that hold the keys of another register.")
    search: bool = Field(default=False, description="Whether the text of its records can be searched.")
    keywords: list[Slug] = Field(default=[], description="What it is about, for the catalogue.")
    update_frequency: Literal["continuous", "hourly", "daily", "weekly", "monthly", "quarterly", "annual", "irregular", "never"] | None = (
        Field(default=None, description="How often it changes, for the catalogue.")
    )
    contact: Email | None = Field(
        default=None, description="Who answers questions about it; the department's contact where it is not said."
    )
    licence: Text = Field(default="Open Government Licence v3.0", description="What others may do with it.")

    @model_validator(mode="after")
    def _has_fields(self) -> Self:
        given = [name for name, there in (("fields", self.fields), ("schema", self.schema_type)) if there]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of fields, schema, and has {' and '.join(given) or 'none'}")
        if self.fields and (self.index or self.references):
            raise ValueError("index and references go with schema: a listed field says them itself")
        return self
