"""The fields of an event's data in words, and what changed between two versions of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

type Node = Mapping[str, Any]

_KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "object": "object", "null": "null"}
_FORMATS = {"date-time": "date and time", "date": "date", "uuid": "UUID", "uri": "web address", "email": "email address"}
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minLength": "{} characters or more",
    "maxLength": "at most {} characters",
    "minItems": "{} members or more",
    "maxItems": "at most {} members",
    "pattern": "fits {}",
}


@dataclass(frozen=True)
class Field:
    """One field: where it is, what it holds, what is asked of it, and whether it must be there."""

    path: str
    kind: str
    rules: str
    required: bool
    description: str


def fields(definition: Node) -> list[Field]:
    """Every field of a schema, those inside objects and lists after what holds them."""
    return list(_inside(definition, definition, "", ()))


def changes(old: Node, new: Node) -> list[str]:
    """What a newer version of a schema changed, a sentence for each field and none where all is as it was."""
    before, after = ({field.path: field for field in fields(definition)} for definition in (old, new))
    return [
        *(f"`{path}` is new, and {_may_be_absent(field)}." for path, field in after.items() if path not in before),
        *(f"`{path}` is there no more." for path in before if path not in after),
        *(said for path, field in after.items() if path in before for said in _changed(before[path], field)),
    ]


def _changed(old: Field, new: Field) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"`{new.path}` was {old.kind}, and is {new.kind}."
    if old.rules != new.rules:
        yield f"`{new.path}` was held to: {old.rules or 'nothing'}; now to: {new.rules or 'nothing'}."
    if old.required != new.required:
        yield f"`{new.path}` {_may_be_absent(new)}."
    if old.description != new.description:
        yield f"`{new.path}` is described anew."


def _may_be_absent(field: Field) -> str:
    return "must be there" if field.required else "may be absent"


def _inside(node: Node, root: Node, place: str, seen: tuple[str, ...]) -> Iterator[Field]:
    for name, inner in node.get("properties", {}).items():
        path = f"{place}.{name}" if place else name
        part, through = _followed(inner, root)
        required = name in node.get("required", ())
        yield Field(path, _kind(part, root), _rules(part, root), required, str(inner.get("description") or part.get("description", "")))
        if through in seen:
            continue
        below = (*seen, through) if through else seen
        for held in _holders(part, root):
            yield from _inside(held, root, path, below)


def _holders(part: Node, root: Node) -> Iterator[Node]:
    """The objects that a field may hold: itself, a list's members, an alternative."""
    if "properties" in part:
        yield part
    if isinstance(part.get("items"), Mapping):
        yield from _holders(_followed(part["items"], root)[0], root)
    for alternative in _alternatives(part):
        yield from _holders(_followed(alternative, root)[0], root)


def _kind(part: Node, root: Node) -> str:
    choices = _alternatives(part)
    if choices:
        return " or ".join(dict.fromkeys(_kind(_followed(choice, root)[0], root) for choice in choices))
    if "enum" in part or "const" in part:
        return "one of " + ", ".join(f"“{value}”" for value in part.get("enum", [part.get("const")]))
    types: Sequence[str] = [part["type"]] if isinstance(part.get("type"), str) else part.get("type", [])
    return " or ".join(_of_type(kind, part, root) for kind in types) or "anything"


def _of_type(kind: str, part: Node, root: Node) -> str:
    if kind == "array":
        members = part.get("items")
        return f"list of {_kind(_followed(members, root)[0], root)}" if isinstance(members, Mapping) else "list"
    if kind == "string":
        return _FORMATS.get(part.get("format", ""), _KINDS[kind])
    return _KINDS.get(kind, kind)


def _rules(part: Node, root: Node) -> str:
    own = [words.format(part[rule]) for rule, words in _BOUNDS.items() if rule in part]
    return ", ".join([*own, *filter(None, (_rules(_followed(choice, root)[0], root) for choice in _alternatives(part)))])


def _alternatives(part: Node) -> Sequence[Node]:
    found: Sequence[Node] = part.get("anyOf") or part.get("oneOf") or ()
    return found


def _followed(node: Node, root: Node) -> tuple[Node, str]:
    """A part of a schema, and the reference by which it was reached, if by one."""
    reference = node.get("$ref", "")
    if not reference.startswith("#/"):
        return node, ""
    target: Any = root
    for step in reference.removeprefix("#/").split("/"):
        target = target[step.replace("~1", "/").replace("~0", "~")]
    return _followed(target, root)[0], reference
