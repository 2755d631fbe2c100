"""Data that hypothesis draws as a schema says it: what the ordinary keywords promise, and then only what the validator confirms."""

from typing import Any

from hypothesis import strategies as st

from schemas.registry import compiled

FORMATTED: dict[str, st.SearchStrategy[str]] = {
    "date-time": st.datetimes().map(lambda moment: moment.replace(year=max(moment.year, 1000)).isoformat() + "Z"),
    "date": st.dates().map(str),
    "uuid": st.uuids().map(str),
    "email": st.sampled_from(["a@example.gov", "floods.team@example.gov.uk"]),
}
ANYTHING = st.recursive(st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2))
DEEPEST = 4


def events(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for data that the closed schema accepts."""
    return _of(schema, schema, 0).filter(compiled(schema).is_valid)


def _of(node: Any, root: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if isinstance(node, bool):
        return ANYTHING
    if "$ref" in node:
        return _of(root["$defs"][node["$ref"].removeprefix("#/$defs/")], root, depth)
    if "enum" in node or "const" in node:
        return st.sampled_from(node.get("enum", [node.get("const")]))
    if "allOf" in node:
        return _of({keyword: value for part in node["allOf"] for keyword, value in part.items()}, root, depth)
    if "anyOf" in node or "oneOf" in node:
        return st.one_of([_of(branch, root, depth) for branch in node.get("anyOf", node.get("oneOf"))])
    kinds = node.get("type", [])
    return st.one_of([_of_kind(kind, node, root, depth) for kind in ([kinds] if isinstance(kinds, str) else kinds)]) if kinds else ANYTHING


def _of_kind(kind: str, node: dict[str, Any], root: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(node.get("minimum"), node.get("maximum"))
        case "number":
            step = node.get("multipleOf", 0.25)
            return st.integers(-100, 100).map(lambda count: count * step)
        case "string":
            return _texts(node)
        case "array":
            items = _of(node.get("items", True), root, depth + 1)
            return st.lists(items, min_size=node.get("minItems", 0), max_size=min(node.get("maxItems", 4), 4), unique_by=str)
    required = node.get("required", [])
    parts = {name: _of(part, root, depth + 1) for name, part in node.get("properties", {}).items() if depth < DEEPEST or name in required}
    known = st.fixed_dictionaries(
        {name: part for name, part in parts.items() if name in required},
        optional={name: part for name, part in parts.items() if name not in required},
    )
    others = node.get("additionalProperties", False)
    if others is False:
        return known
    return st.builds(dict.__or__, st.dictionaries(st.text("xyz", min_size=1), _of(others, root, depth + 1), max_size=2), known)


def _texts(node: dict[str, Any]) -> st.SearchStrategy[str]:
    if "format" in node:
        return FORMATTED[node["format"]]
    if "pattern" in node:
        return st.from_regex(node["pattern"].removesuffix("$") + r"\Z")
    return st.text(min_size=node.get("minLength", 0), max_size=node.get("maxLength", 30))
