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

    field: RegisterFieldName
    datatype: Datatype = "string"
    cardinality: Literal["1", "n"] = "1"
    text: Text | None = None
    required: bool = False
    values: Annotated[list[Text], Field(min_length=1)] | None = None
    register_name: Slug | None = Field(default=None, alias="register")
    index: bool = False

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

    title: Text
    description: Text
    key: Text
    fields: Annotated[list[RegisterField], Field(min_length=1)] | None = None
    schema_type: Fact | None = Field(default=None, alias="schema")
    index: list[Text] = []
    references: dict[Text, Slug] = {}
    search: bool = False
    keywords: list[Slug] = []
    update_frequency: Literal["continuous", "hourly", "daily", "weekly", "monthly", "quarterly", "annual", "irregular", "never"] | None = (
        None
    )
    contact: Email | None = None
    licence: Text = "Open Government Licence v3.0"

    @model_validator(mode="after")
    def _has_fields(self) -> Self:
        given = [name for name, there in (("fields", self.fields), ("schema", self.schema_type)) if there]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of fields, schema, and has {' and '.join(given) or 'none'}")
        if self.fields and (self.index or self.references):
            raise ValueError("index and references go with schema: a listed field says them itself")
        return self
