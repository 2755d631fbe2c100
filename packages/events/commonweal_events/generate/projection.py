"""What is left of a schema where a subscriber is given some of its fields: those, and the objects that they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from commonweal_events.generate.versions import Unusable


def projected(schema: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """The schema of these fields: `address.postcode` goes inwards, and through a list to each of its members. Raises Unusable."""
    definitions = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    return {**_part(schema, [field.split(".") for field in fields], schema, ""), **definitions}


def _part(schema: Mapping[str, Any], paths: Sequence[Sequence[str]], root: Mapping[str, Any], where: str) -> dict[str, Any]:
    schema = _target(schema, root)
    if isinstance(items := schema.get("items"), Mapping) and "properties" not in schema:
        return {**schema, "items": _part(items, paths, root, where)}
    properties: dict[str, Any] = {}
    for name in dict.fromkeys(path[0] for path in paths):
        place = f"{where}.{name}" if where else name
        if name not in schema.get("properties", {}):
            raise Unusable(f"{place} is not a field: there are {', '.join(schema.get('properties', {})) or 'none'}")
        inner = [path[1:] for path in paths if path[0] == name]
        # A path that ends here means all that the field holds.
        whole = any(not path for path in inner)
        properties[name] = schema["properties"][name] if whole else _part(schema["properties"][name], inner, root, place)
    kept = {name: schema[name] for name in ("title", "description") if name in schema}
    return {
        **kept,
        "type": "object",
        "properties": properties,
        "required": [name for name in schema.get("required", ()) if name in properties],
    }


def _target(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = schema
    for _ in range(20):
        if not isinstance(found, Mapping) or "$ref" not in found:
            break
        step: Any = root
        for part in filter(None, str(found["$ref"]).removeprefix("#").split("/")):
            step = step.get(part, {}) if isinstance(step, Mapping) else {}
        found = step
    return found if isinstance(found, Mapping) else {}
