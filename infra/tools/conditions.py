"""Why a condition holds for an event, or does not: the part of it that decides, and what the fields are that this part reads."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.expression_fields import of_tree
from schemas.expressions import Expression, Node, expression

LONGEST = 60


def deciding(written: str, data: Mapping[str, Any]) -> list[str]:
    """Each field that decides, with its value: `severityLevel is 1`. Raises ExpressionError where it cannot be worked out."""
    tree = _deciding(expression(written).tree, data)
    return [f"{'.'.join(path) or 'the data'} is {shown(_found(data, path))}" for path in sorted(of_tree(tree))]


def shown(value: object) -> str:
    """A value in a line: as JSON, cut where it is long."""
    if value is None:
        return "absent"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _deciding(node: Node, data: Mapping[str, Any]) -> Node:
    """Of several that must all hold the first that does not, of several of which one must the first that does; else all of them."""
    if node["type"] not in ("and_expression", "or_expression"):
        return node
    decides = node["type"] == "or_expression"
    for child in node["children"]:
        if Expression("", child).holds(data) is decides:
            return _deciding(child, data)
    return node


def _found(value: Any, path: Iterable[str]) -> Any:
    for step in path:
        if isinstance(value, list):
            value = [member.get(step) for member in value if isinstance(member, Mapping)]
        elif isinstance(value, Mapping):
            value = value.get(step)
        else:
            return None
    return value
