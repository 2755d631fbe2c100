"""The OpenAPI 3.1 document of one dataset, made from its data dictionary: what can be asked, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from functions.data_access.dictionary import Dictionary
from functions.data_access.queries.columns import OWN, Column, Columns, Kind
from functions.data_access.queries.columns import of as columns_of
from functions.data_access.queries.parameters import FORMATS, MOST, USUAL
from functions.data_access.queries.query import ORDER, PARTS, PRESENCE, SETS, TAKES, Operator

type Document = dict[str, Any]

_TEXT: Document = {"type": "string", "maxLength": 500}
_PATTERNS = {
    Kind.INTEGER: r"^-?[0-9]{1,18}$",
    Kind.NUMBER: r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$",
    Kind.BOOLEAN: "^(true|false)$",
    Kind.DATE: r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
    Kind.MOMENT: r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?)?)?$",
}
_MEANS = {
    Operator.EXACT: "is",
    Operator.NOT: "is not",
    Operator.GT: "is more than",
    Operator.GTE: "is at least",
    Operator.LT: "is less than",
    Operator.LTE: "is at most",
    Operator.IN: "is one of these, with commas between them, or a JSON array",
    Operator.NOTIN: "is none of these, with commas between them, or a JSON array",
    Operator.CONTAINS: "contains",
    Operator.NOTCONTAINS: "does not contain",
    Operator.STARTSWITH: "begins with",
    Operator.ENDSWITH: "ends with",
    Operator.LIKE: "is like this, in which % is any text and _ any character",
    Operator.NOTLIKE: "is not like this, in which % is any text and _ any character",
    Operator.GLOB: "is like this, in which * is any text, ? any character and [a-z] one of these",
    Operator.DATE: "is on the day",
    Operator.ARRAYCONTAINS: "has among its values",
    Operator.ARRAYNOTCONTAINS: "has not among its values",
    Operator.ISNULL: "is not there",
    Operator.NOTNULL: "is there",
    Operator.ISBLANK: "is not there, or empty",
    Operator.NOTBLANK: "is there, and not empty",
}


def document(name: str, declared: Mapping[str, Any], dictionary: Dictionary, server: str) -> Document:
    """The document of a dataset that is served at `server`."""
    columns = columns_of(dictionary)
    base = f"/datasets/{name}"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": declared["title"],
            "version": dictionary.hash[:12],
            "description": declared["description"],
            "license": {"name": declared["licence"]},
        },
        "servers": [{"url": server}],
        "security": [{"key": []}, {"query": []}, {}],
        "paths": {
            f"{base}/records": {"get": _records(columns)},
            f"{base}/records/{{key}}": {"get": _record()},
            f"{base}/records/{{key}}/history": {"get": _history()},
            f"{base}/changes": {"get": _changes()},
            base: {"get": _operation("about", "What this dataset is", [], {"type": "object"})},
        },
        "components": {
            "schemas": _schemas(dictionary),
            "responses": {"Refusal": _refusal()},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
                "query": {"type": "apiKey", "in": "query", "name": "api_key"},
            },
        },
    }


def _records(columns: Columns) -> Document:
    page: Document = {
        "type": "object",
        "properties": {
            "dataset": {"type": "string"},
            "as_at": {"type": "integer", "description": "The number of entries that this answer is of."},
            "records": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}},
            "total": {"type": "integer", "description": "How many records there are in all, where `_total=1` asked for it."},
            "next": {"type": "string", "format": "uri", "description": "The next page, where there is one."},
        },
        "required": ["dataset", "as_at", "records"],
    }
    parameters = [*_shared(columns), *(one for column in columns.values() for one in _conditions(column))]
    operation = _operation("records", "Records that meet conditions, in an order, page by page", parameters, page)
    operation["responses"]["200"]["content"] |= {
        "text/csv": {"schema": {"type": "string"}},
        "application/x-ndjson": {"schema": {"type": "string"}},
    }
    operation["responses"]["302"] = {"description": "The whole dataset as CSV is in the file that this leads to."}
    return operation


def _record() -> Document:
    page = {
        "type": "object",
        "properties": {"dataset": {"type": "string"}, "as_at": {"type": "integer"}, "record": {"$ref": "#/components/schemas/Record"}},
        "required": ["dataset", "as_at", "record"],
    }
    operation = _operation("record", "The record of a key", [_key(), _as_at(), _fields_parameter()], page)
    operation["responses"]["410"] = {"$ref": "#/components/responses/Refusal"}
    return operation


def _history() -> Document:
    changes = {"type": "array", "items": {"$ref": "#/components/schemas/Change"}}
    page = {"type": "object", "properties": {"history": changes, "next": {"type": "string"}}, "required": ["history"]}
    return _operation("history", "Everything that a record has been", [_key(), _since(), _limit()], page)


def _changes() -> Document:
    operation = _operation("changes", "Every change since an entry, one to a line", [_since(), _limit()], {"type": "object"})
    operation["responses"]["200"]["content"] = {"application/x-ndjson": {"schema": {"type": "string"}}}
    operation["responses"]["302"] = {"description": "The same as RSF, which can be verified, is where this leads to."}
    return operation


def _operation(name: str, summary: str, parameters: list[Document], answer: Document) -> Document:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": summary, "content": {"application/json": {"schema": answer}}},
            "304": {"description": "The caller has it already: nothing was appended since."},
            "default": {"$ref": "#/components/responses/Refusal"},
        },
    }


def _conditions(column: Column) -> Iterator[Document]:
    for operator in (one for one in Operator if one in TAKES[column.kind]):
        name = column.name if operator is Operator.EXACT else f"{column.name}__{operator}"
        yield _parameter(name, _value(column, operator), f"`{column.name}` {_MEANS[operator]}.")


def _value(column: Column, operator: Operator) -> Document:
    if operator in PRESENCE:
        return {"type": "string", "enum": ["1"]}
    if operator in PARTS or operator in SETS:
        return _TEXT
    if operator is Operator.DATE:
        return {"type": "string", "format": "date"}
    kind = column.each if column.kind is Kind.LIST else column.kind
    return {"type": "string", "pattern": _PATTERNS[kind]} if kind in _PATTERNS else _TEXT


def _shared(columns: Columns) -> Iterator[Document]:
    sorted_by = {"type": "string", "enum": [column.name for column in columns.values() if ORDER & TAKES[column.kind]]}
    yield _parameter("_sort", sorted_by, "Sort by this field; several have commas between them.")
    yield _parameter("_sort_desc", sorted_by, "The same, the other way round.")
    yield _limit()
    yield _parameter("_cursor", {"type": "string"}, "Where the last page ended: as its next link has it.")
    yield _fields_parameter()
    if columns.searched:
        yield _parameter("_search", _TEXT, "Words that stand somewhere in a record; `Ous*` is the beginning of one.")
    yield _parameter("_total", {"type": "string", "enum": ["0", "1"]}, "Whether to count all the records that meet the conditions.")
    yield _as_at()
    yield _parameter("_format", {"type": "string", "enum": list(FORMATS)}, "What to answer in; `Accept` and a suffix say it, too.")


def _limit() -> Document:
    return _parameter("_limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, "How many to a page.")


def _as_at() -> Document:
    schema = {"type": "string", "pattern": "^([0-9]{1,15}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)$"}
    return _parameter("as_at", schema, "As it was after so many entries, or at a time.")


def _fields_parameter() -> Document:
    return _parameter("_fields", {"type": "string"}, "The fields to give, with commas between them, in this order.")


def _since() -> Document:
    return _parameter("since", {"type": "integer", "minimum": 0, "default": 0}, "The number of the last entry that the caller has.")


def _key() -> Document:
    return {"name": "key", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}, "description": "The record's key."}


def _parameter(name: str, schema: Document, description: str) -> Document:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _schemas(dictionary: Dictionary) -> Document:
    fields = {field.name: _optional(field.json_schema) for field in dictionary.fields}
    own = {column.name: {"type": "integer" if column.kind is Kind.INTEGER else "string"} for column in OWN}
    record = {"type": "object", "properties": {**own, **fields}}
    change = {
        "type": "object",
        "properties": {
            "entry": {"type": "integer"},
            "key": {"type": "string"},
            "timestamp": {"type": "string", "format": "date-time"},
            "item_hash": {"type": "string", "pattern": "^sha-256:[0-9a-f]{64}$"},
            "event_id": {"type": "string"},
            "removed": {"type": "boolean"},
            "record": {"anyOf": [{"type": "object", "properties": fields}, {"type": "null"}]},
        },
        "required": ["entry", "key", "timestamp", "item_hash", "event_id", "removed", "record"],
    }
    return {"Record": record, "Change": change}


def _optional(schema: Document) -> Document:
    """The same, or null: what an item lacks is there as null."""
    described = {"description": schema["description"]} if "description" in schema else {}
    return {**described, "anyOf": [{name: part for name, part in schema.items() if name != "description"}, {"type": "null"}]}


def _refusal() -> Document:
    error = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "field": {"type": "string"}},
        "required": ["code", "message"],
    }
    schema = {"type": "object", "properties": {"error": error}, "required": ["error"]}
    return {"description": "It was refused, and why.", "content": {"application/json": {"schema": schema}}}
