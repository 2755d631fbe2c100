"""What nobody declared, taken off an event's data.

A tolerant reader lets fields of later versions pass. Who hands data on to others hands on what the schema speaks of, and nothing else: of a
field that nobody declared, nobody could have said who may have it.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from schemas import registry
from schemas.opening import Node
from schemas.projection import Part
from schemas.shapes import referred

_OF_OTHERS = ("additionalProperties", "unevaluatedProperties")
_OF_FIELDS = ("properties", "patternProperties", *_OF_OTHERS)


def declared(data: object, schema: Mapping[str, Any]) -> object:
    """Give of data what a schema speaks of, at any depth: what it is silent of is left out.

    What one alternative speaks of is declared, whichever the data fits. Kept whole is what the schema leaves open on purpose: an object of
    which it says no field and no rule, and a list of which it says no item.
    """
    return _declared(data, [dict(schema)], schema)


def _declared(value: object, nodes: Iterable[Node], root: Mapping[str, Any]) -> object:
    parts = list(_speaking(nodes, root))
    match value:
        case dict() if any(keyword in part for part in parts for keyword in _OF_FIELDS):
            said = {name: [node for part in parts for node in _of_field(part, name)] for name in value}
            return {name: _declared(member, said[name], root) for name, member in value.items() if said[name]}
        case list():
            return [_declared(item, [node for part in parts for node in _of_item(part, place)], root) for place, item in enumerate(value)]
    return value


def _speaking(nodes: Iterable[Node], root: Mapping[str, Any]) -> Iterator[Part]:
    """Every part of these schemas that speaks of the same value, through references and whatever holds on a condition alone."""
    waiting, followed = list(nodes), set[str]()
    while waiting:
        node = waiting.pop()
        if isinstance(node, bool):
            continue
        yield node
        waiting += [choice for keyword in ("allOf", "anyOf", "oneOf") for choice in node.get(keyword, ())]
        waiting += [node[keyword] for keyword in ("then", "else") if keyword in node]
        waiting += node.get("dependentSchemas", {}).values()
        if (reference := node.get("$ref")) and reference not in followed:
            followed.add(reference)
            found = referred(reference, root)
            waiting.append(found if isinstance(found, bool) else dict(found))


def _of_field(part: Part, name: str) -> list[Node]:
    """What one part says of a field: of itself, or by its rule for all others. Nothing where it does not allow it, or is silent."""
    listed = part.get("properties", {})
    said = [listed[name]] if name in listed else []
    said += [node for pattern, node in part.get("patternProperties", {}).items() if _named_so(name, pattern)]
    said = said or [part[keyword] for keyword in _OF_OTHERS if keyword in part]
    return [node for node in said if node is not False]


def _of_item(part: Part, place: int) -> list[Node]:
    first = part.get("prefixItems", ())
    if place < len(first):
        return [first[place]]
    return [part["items"]] if "items" in part else []


@lru_cache(maxsize=1_000)
def _named_so(name: str, pattern: str) -> bool:
    # By the engine that holds events to their schemas: Python's own reads patterns otherwise.
    return registry.compiled({"pattern": pattern}).is_valid(name)
