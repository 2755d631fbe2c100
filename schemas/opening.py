"""Read a closed schema tolerantly: the walk over a JSON Schema that the registry and the compatibility checker share.

A schema file is closed, because whoever writes an event must say only what the file knows. Whoever reads one must
live with fields of later versions: for readers the same schema is opened.
"""

from collections.abc import Iterator
from typing import Any

type Node = bool | dict[str, Any]
"""A JSON Schema, or a part of one that is itself a schema (2020-12)."""

# Keywords under which a wider schema accepts more. Inside `not`, `if`, `contains` and `propertyNames` wider can mean
# stricter, so what stands there is read as it is written.
NAMED_SCHEMAS = ("$defs", "properties", "patternProperties", "dependentSchemas")
LISTED_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLE_SCHEMAS = ("items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "then", "else")
READ_AS_WRITTEN = ("not", "if", "contains", "propertyNames")
CLOSURES = ("additionalProperties", "unevaluatedProperties")


def opened(node: Node) -> Node:
    """Return the schema as a tolerant reader applies it; the one given is not changed.

    Unknown fields are allowed at every level, and `oneOf` becomes `anyOf`: alternatives that only their closure told
    apart overlap once they are open, and a reader that then refused them would refuse its own writer.
    """
    if isinstance(node, bool):
        return node
    result: dict[str, Any] = {}
    for keyword, value in node.items():
        if keyword in CLOSURES and value is False:
            continue
        result[keyword] = _opened_value(keyword, value)
    if "oneOf" in result:
        alternatives = result.pop("oneOf")
        if "anyOf" in result:
            result["allOf"] = [*result.get("allOf", []), {"anyOf": alternatives}]
        else:
            result["anyOf"] = alternatives
    return result


def walk(node: Node) -> Iterator[dict[str, Any]]:
    """Yield a schema and every schema inside it, those that opening leaves alone included; references are not followed."""
    if isinstance(node, bool):
        return
    yield node
    for keyword, value in node.items():
        if keyword in NAMED_SCHEMAS:
            parts = list(value.values())
        elif keyword in LISTED_SCHEMAS:
            parts = value
        elif keyword in SINGLE_SCHEMAS or keyword in READ_AS_WRITTEN:
            parts = [value]
        else:
            continue
        for part in parts:
            yield from walk(part)


def _opened_value(keyword: str, value: Any) -> Any:
    if keyword in NAMED_SCHEMAS:
        return {name: opened(part) for name, part in value.items()}
    if keyword in LISTED_SCHEMAS:
        return [opened(part) for part in value]
    if keyword in SINGLE_SCHEMAS:
        return opened(value)
    return value
