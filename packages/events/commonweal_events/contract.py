"""What a generated class stands for: the contract of one type of event, and how data becomes its object and back.

A generated class has the fields of its schema and `__contract__`, and nothing else, so that no field's name is ever taken. Reading is
tolerant: unknown fields are ignored, absent optional ones are None. Writing leaves optional fields out that are None.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Protocol, Union, cast, get_args, get_origin

from commonweal_events.failures import Invalid

type Reader = Callable[[object, str], Any]

WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", NoneType: "null"}


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of the contract of one type. `module` is the generated file, beside which the schema stands.

    A class of the fields that a subscriber is given has no schema: it is there to be read, and is never published.
    """

    type: str
    version: str
    module: str | None = None

    @property
    def dataschema(self) -> str:
        """The URI reference that says which version an event follows."""
        owner, name, _ = self.type.split(".")
        return f"/schemas/{owner}/{name}/{self.version}.json"

    def schema(self) -> dict[str, Any]:
        """The JSON Schema. Raises LookupError for a subscriber's class, and FileNotFoundError where it was left behind."""
        if self.module is None:
            raise LookupError(f"{self.type} is here as a subscriber reads it: publish with the class of the whole event")
        from pathlib import Path  # local: whoever consumes reads no schema

        file = Path(self.module).with_suffix(".json")
        if not file.is_file():
            raise FileNotFoundError(f"{file} is not there: it is generated with its class, and goes beside it into what is deployed")
        found: dict[str, Any] = json.loads(file.read_bytes())
        return found


class Event(Protocol):
    """Any generated class."""

    __contract__: ClassVar[Contract]


def contract_of(event: Event | type[Event]) -> Contract:
    """The contract that an object or its class stands for. Raises TypeError for what nobody generated."""
    contract = getattr(event, "__contract__", None)
    if isinstance(contract, Contract):
        return contract
    kind = event.__name__ if isinstance(event, type) else type(event).__name__
    raise TypeError(f"{kind} is no class of an event: `python -m commonweal_events.generate` writes one from its schema")


def read[E: Event](model: type[E], data: object) -> E:
    """The object that data is. Raises Invalid, which names the field and never shows its value."""
    reader: Reader = _reader(model)
    return cast("E", reader(data, ""))


def written(event: Event) -> dict[str, Any]:
    """The data that an object is, as JSON members."""
    return cast("dict[str, Any]", _written(event))


def wire_name(field: Field[Any]) -> str:
    """The name of a field in JSON, which need not be one in Python: `local-authority-eng`."""
    return str(field.metadata.get("name", field.name))


def _written(value: object) -> object:
    if is_dataclass(value):
        members = ((field, getattr(value, field.name)) for field in fields(value))
        return {wire_name(field): _written(member) for field, member in members if member is not None or field.default is MISSING}
    if isinstance(value, Mapping):
        return {name: _written(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_written(member) for member in value]
    return value


@cache
def _reader(kind: Any) -> Reader:
    """How a value of this annotation is read: worked out once for each."""
    if is_dataclass(kind):
        return _reader_of_record(kind)
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin is Literal:
            return _reader_of_literal(arguments)
        case origin if origin in (UnionType, Union):
            return _reader_of_union(arguments)
        case origin if origin is tuple:
            return _reader_of_list(_reader(arguments[0]))
        case origin if origin is Mapping:
            return _reader_of_mapping(_reader(arguments[1]))
    return _reader_of_scalar(kind) if kind in WORDS else lambda value, _: value


def _reader_of_record(model: Any) -> Reader:
    kinds: dict[str, Any] = {field.name: field.type for field in fields(model)}
    members = [(field.name, wire_name(field), _reader(kinds[field.name]), field.default is MISSING) for field in fields(model)]

    def read_record(value: object, where: str) -> object:
        if not isinstance(value, Mapping):
            raise Invalid("is not an object", where)
        found = {}
        for name, wire, reader, required in members:
            place = f"{where}.{wire}" if where else wire
            if wire in value:
                found[name] = reader(value[wire], place)
            elif required:
                raise Invalid("is missing", place)
        return model(**found)

    return read_record


def _reader_of_scalar(kind: type) -> Reader:
    def read_scalar(value: object, where: str) -> object:
        if type(value) is kind:
            return value
        # JSON has one kind of number: 2.0 is whole, and 2 is as good as 2.0.
        if kind is int and isinstance(value, float) and value.is_integer():
            return int(value)
        if kind is float and type(value) is int:
            return value
        raise Invalid(f"is not {WORDS[kind]}", where)

    return read_scalar


def _reader_of_literal(values: tuple[object, ...]) -> Reader:
    known = {(type(value), value) for value in values}

    def read_literal(value: object, where: str) -> object:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, str | int | bool | None) and (type(value), value) in known:
            return value
        raise Invalid(f"is not one of {', '.join(json.dumps(one, ensure_ascii=False) for one in values)}", where)

    return read_literal


def _reader_of_union(kinds: tuple[Any, ...]) -> Reader:
    readers = [_reader(kind) for kind in kinds]
    only = [reader for kind, reader in zip(kinds, readers, strict=True) if kind is not NoneType]

    def read_union(value: object, where: str) -> object:
        if len(only) == 1 and value is not None:
            # Its own message says more than that nothing fits.
            return only[0](value, where)
        for reader in readers:
            try:
                return reader(value, where)
            except Invalid:
                continue
        raise Invalid("is of none of the kinds that the schema allows", where)

    return read_union


def _reader_of_list(reader: Reader) -> Reader:
    def read_list(value: object, where: str) -> object:
        if not isinstance(value, list | tuple):
            raise Invalid("is not a list", where)
        return tuple(reader(member, f"{where}.{number}") for number, member in enumerate(value))

    return read_list


def _reader_of_mapping(reader: Reader) -> Reader:
    def read_mapping(value: object, where: str) -> object:
        if not isinstance(value, Mapping):
            raise Invalid("is not an object", where)
        # Not by its name, which is no field's: what is told of a message stands in logs, and a name may be somebody's.
        return {name: reader(member, f"{where}.*") for name, member in value.items()}

    return read_mapping
