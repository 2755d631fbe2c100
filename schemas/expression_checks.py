"""Whether an expression can work for every event that its schema allows: asked at synthesis, so that a typo fails the pull request.

The syntax tree is walked with shapes in place of values (`schemas.shapes`). Reported are fields that the schema does not have,
comparisons and functions that cannot work with the types at hand, and values that may be absent where a text needs one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from typing import Any, Literal

from jmespath.functions import Functions

from schemas import shapes
from schemas.expressions import Expression, ExpressionError, Node, expression, is_plain_name, parts
from schemas.shapes import Shape

type Expects = Literal["condition", "text", "value"]

_SIGNATURES: Mapping[str, Any] = Functions.FUNCTION_TABLE

_RESULTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("abs", "ceil", "floor", "length", "sum"), ("number",)),
    **dict.fromkeys(("avg", "to_number"), ("number", "null")),
    **dict.fromkeys(("contains", "ends_with", "starts_with"), ("boolean",)),
    **dict.fromkeys(("join", "to_string", "type"), ("string",)),
    "merge": ("object",),
}
"""The types of what a function gives whatever it is given."""


def check(written: str, schema: Mapping[str, Any], expects: Expects, *, of: str = "the event") -> list[str]:
    """Report what is wrong with one expression, for events whose data this schema describes.

    A condition may be of any type but a number (which JMESPath always holds true); a text must always be given, and not be an object; a
    value must always be given. `of` names the event type in messages.
    """
    try:
        return _check(expression(written), schema, expects, of)
    except ExpressionError as error:
        return [str(error)]


def check_text(text: str, schema: Mapping[str, Any], expects: Expects = "text", *, of: str = "the event") -> list[str]:
    """Report what is wrong with a text: with each `((…))` in it, as `check` does."""
    try:
        found = [part for part in parts(text) if isinstance(part, Expression)]
    except ExpressionError as error:
        return [str(error)]
    return [problem for part in found for problem in _check(part, schema, expects if len(parts(text)) == 1 else "text", of)]


def suggestion(name: str, known: Mapping[str, Any] | list[str] | tuple[str, ...] | frozenset[str] | set[str]) -> str:
    """Give ` (did you mean "x"?)` for the known name closest to one that is not known, or nothing."""
    folded = {candidate.lower(): candidate for candidate in sorted(known)}
    close = get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return f' (did you mean "{folded[close[0]]}"?)' if close else ""


def _check(found: Expression, schema: Mapping[str, Any], expects: Expects, of: str) -> list[str]:
    walk = _Walk(of, found.written)
    shape = walk.visit(found.tree, shapes.of_schema(schema, schema))
    problems = list(dict.fromkeys(walk.problems))
    return problems or _unexpected(found, shape, expects)


def _unexpected(found: Expression, shape: Shape, expects: Expects) -> list[str]:
    if shape.is_unknown:
        return []
    if expects == "condition":
        always = shape.types == {"number"}
        return [f"(({found.written})) is a number, and a number always holds: compare it with one"] if always else []
    if shape.may_be_absent:
        return [f"(({found.written})) may be absent: give a default, as in (({found.written} || 'none'))"]
    if expects == "value":
        return []
    if "object" in shape.types:
        return [f"(({found.written})) is an object, not a text: name one of its fields"]
    if "array" in shape.types and shape.items and shape.item().types & {"object", "array"} and not shape.item().is_unknown:
        return [f"(({found.written})) is a list of {_plural(shape.item())}, not of texts: name a field, as in (({found.written}[*].name))"]
    return []


@dataclass
class _Walk:
    """One walk over a syntax tree: gives each node's shape, and gathers problems."""

    of: str
    written: str
    problems: list[str] = field(default_factory=list)

    def visit(self, node: Node, shape: Shape) -> Shape:
        visit = getattr(self, f"_{node['type']}", None)
        return visit(node, shape) if visit else Shape()

    def _report(self, problem: str) -> Shape:
        self.problems.append(problem)
        return Shape()

    def _field(self, node: Node, shape: Shape) -> Shape:
        name = node["value"]
        if "object" not in shape.types:
            return self._report(f'"{name}" is looked up in {_subject(shape)}, which is {_kinds(shape)}')
        if name not in shape.fields:
            if shape.is_open:
                return Shape()
            alike = suggestion(name, shape.fields)
            # Only a name that is no plain one needs its quotes: around another they were meant for a text.
            hint = "" if alike and not is_plain_name(name) else self._double_quoted(name)
            return self._report(f'"{name}" is not a field of {self._owner(shape)}{alike}{hint}')
        found = shape.fields[name]()
        return replace(found if shape.types == {"object"} else found.or_null(), name=f"{shape.name}.{name}" if shape.name else name)

    def _owner(self, shape: Shape) -> str:
        return f'"{shape.name}"' if shape.name else self.of

    def _double_quoted(self, name: str) -> str:
        """How a text is written, for whoever wrote one as a field is written."""
        text = name.replace("'", "\\'")
        return f" (a text stands in single quotes, '{text}')" if f'"{name}"' in self.written else ""

    def _subexpression(self, node: Node, shape: Shape) -> Shape:
        for child in node["children"]:
            shape = self.visit(child, shape)
        return shape

    _index_expression = _subexpression
    _pipe = _subexpression

    def _index(self, node: Node, shape: Shape) -> Shape:
        return _item(self._listed(shape)).or_null()

    def _slice(self, node: Node, shape: Shape) -> Shape:
        return self._listed(shape)

    def _listed(self, shape: Shape) -> Shape:
        if "array" not in shape.types:
            self._report(f"{_subject(shape)} is {_kinds(shape)}, not a list")
            return Shape()
        return shape

    def _projection(self, node: Node, shape: Shape) -> Shape:
        base = self._listed(self.visit(node["children"][0], shape))
        return self._projected(base, self.visit(node["children"][1], _item(base)))

    def _filter_projection(self, node: Node, shape: Shape) -> Shape:
        left, right, holds = node["children"]
        base = self._listed(self.visit(left, shape))
        self.visit(holds, _item(base))
        return self._projected(base, self.visit(right, _item(base)))

    def _value_projection(self, node: Node, shape: Shape) -> Shape:
        base = self.visit(node["children"][0], shape)
        if "object" not in base.types:
            return self._report(f"{_subject(base)} is {_kinds(base)}, not an object")
        values = Shape() if base.is_open else shapes.either(*(later() for later in base.fields.values())).given()
        return self._projected(base, self.visit(node["children"][1], values))

    def _projected(self, base: Shape, item: Shape) -> Shape:
        result = shapes.of_list(lambda: item if item.is_unknown else item.given())
        return result if base.types <= {"array", "object"} or base.is_unknown else result.or_null()

    def _flatten(self, node: Node, shape: Shape) -> Shape:
        base = self._listed(self.visit(node["children"][0], shape))
        item = _item(base)
        flat = item.item() if item.types == {"array"} else Shape() if "array" in item.types else item
        return self._projected(base, flat)

    def _comparator(self, node: Node, shape: Shape) -> Shape:
        left, right = (self.visit(child, shape) for child in node["children"])
        if node["value"] in ("eq", "ne"):
            self._equal(node, left, right)
            return shapes.of("boolean")
        for child, side in zip(node["children"], (left, right), strict=True):
            if not side.is_unknown and side.types - {"number", "null"}:
                self._report(f"{_written(child)} is {_kinds(side)}: only numbers can be put in order{_quoted_number(side)}")
                break
        return shapes.of("boolean") if "null" not in left.types | right.types else shapes.of("boolean", "null")

    def _equal(self, node: Node, left: Shape, right: Shape) -> None:
        one, other = node["children"]
        if not left.types & right.types or (left.types & right.types == shapes.NULL and shapes.NULL not in (left.types, right.types)):
            hint = _quoted_number(left) or _quoted_number(right)
            self._report(f"{_written(one)} is {_kinds(left)} and {_written(other)} is {_kinds(right)}: they are never equal{hint}")
            return
        for child, side, against in ((one, left, right), (other, right, left)):
            if against.values and len(against.values) == 1 and side.values and against.values[0] not in (*side.values, None):
                known = [str(value) for value in side.values]
                hint = suggestion(str(against.values[0]), known)
                self._report(f"{_written(child)} is never {against.values[0]!r}{hint}; it is one of: {', '.join(known)}")

    def _and_expression(self, node: Node, shape: Shape) -> Shape:
        return shapes.either(*(self.visit(child, shape) for child in node["children"]))

    def _or_expression(self, node: Node, shape: Shape) -> Shape:
        left, right = (self.visit(child, shape) for child in node["children"])
        return right if left.types == shapes.NULL else shapes.either(left if left.is_unknown else left.given(), right)

    def _not_expression(self, node: Node, shape: Shape) -> Shape:
        self.visit(node["children"][0], shape)
        return shapes.of("boolean")

    def _literal(self, node: Node, shape: Shape) -> Shape:
        return replace(shapes.of_value(node["value"]), name=_written(node))

    def _current(self, node: Node, shape: Shape) -> Shape:
        return shape

    _identity = _current

    def _multi_select_list(self, node: Node, shape: Shape) -> Shape:
        items = [self.visit(child, shape) for child in node["children"]]
        return shapes.of_list(lambda: shapes.either(*items))

    def _multi_select_dict(self, node: Node, shape: Shape) -> Shape:
        found = {pair["value"]: self.visit(pair["children"][0], shape) for pair in node["children"]}
        return shapes.of_object({name: partial(_same, shape) for name, shape in found.items()})

    def _function_expression(self, node: Node, shape: Shape) -> Shape:
        name, arguments = node["value"], node["children"]
        if name not in _SIGNATURES:
            return self._report(f"{name}() is not a function of JMESPath{suggestion(name, _SIGNATURES)}")
        signature = _SIGNATURES[name]["signature"]
        variadic = bool(signature and signature[-1].get("variadic"))
        if len(arguments) < len(signature) or (len(arguments) > len(signature) and not variadic):
            return self._report(
                f"{name}() takes {len(signature)} {'argument' if len(signature) == 1 else 'arguments'}, not {len(arguments)}"
            )
        found = [None if argument["type"] == "expref" else self.visit(argument, shape) for argument in arguments]
        for position, (argument, given) in enumerate(zip(arguments, found, strict=True)):
            self._argument(name, signature[min(position, len(signature) - 1)]["types"], argument, given)
        mapped = [self._mapped(argument, found) for argument in arguments if argument["type"] == "expref"]
        return _result(name, [given for given in found if given], mapped)

    def _mapped(self, argument: Node, found: list[Shape | None]) -> Shape:
        listed = next((given for given in found if given), Shape())
        return self.visit(argument["children"][0], listed.item())

    def _argument(self, name: str, accepted: list[str], argument: Node, given: Shape | None) -> None:
        if not accepted or (given and given.is_unknown):
            return
        if given is None:
            if "expref" not in accepted:
                self._report(f"{name}() takes {_either(accepted)}, not &{_written(argument['children'][0])}")
            return
        plain = {kind.split("-")[0] for kind in accepted}
        written = _written(argument)
        if not given.types & plain:
            self._report(f"{name}() takes {_either(accepted)}, and {written} is {_kinds(given)}")
        elif given.may_be_absent and "null" not in plain:
            self._report(
                f"{written} may be absent, and {name}() fails without it: give a default, as in {written} || `[]` or {written} || ''"
            )
        elif given.types - plain:
            self._report(f"{name}() takes {_either(accepted)}, and {written} may be {_kinds(replace(given, types=given.types - plain))}")
        elif (items := {kind.removeprefix("array-") for kind in accepted if "-" in kind}) and "array" in given.types:
            item = given.item()
            if not item.is_unknown and item.types - items:
                self._report(f"{name}() takes {_either(accepted)}, and {written} is a list of {_plural(item)}")


def _result(name: str, found: list[Shape], mapped: list[Shape]) -> Shape:
    """What a function gives, from what it is given and, for map(), from what each item is turned into."""
    first = found[0] if found else Shape()
    if name in _RESULTS:
        return shapes.of(*_RESULTS[name])
    match name:
        case "keys":
            return shapes.of_list(lambda: shapes.of("string"))
        case "map":
            return shapes.of_list(lambda: mapped[0] if mapped else Shape())
        case "max" | "min" | "max_by" | "min_by":
            return first.item().or_null()
        case "not_null":
            given = [shape if shape.is_unknown else shape.given() for shape in found]
            return shapes.either(*given) if any("null" not in shape.types for shape in found) else shapes.either(*given).or_null()
        case "reverse" | "sort" | "sort_by":
            return first
        case "to_array":
            single = [replace(first, types=first.types - {"array"})] if first.types != {"array"} else []
            return shapes.of_list(lambda: shapes.either(*single, *([_item(first)] if "array" in first.types else [])))
        case "values":
            return shapes.of_list(lambda: Shape() if first.is_open else shapes.either(*(later() for later in first.fields.values())))
    return Shape()


def _item(listed: Shape) -> Shape:
    return replace(listed.item(), name=f"{listed.name}[*]" if listed.name else "")


def _same(shape: Shape) -> Shape:
    return shape


def _written(node: Node) -> str:
    """How a part of an expression was written, nearly enough for a message."""
    match node["type"]:
        case "field":
            return str(node["value"]) if is_plain_name(node["value"]) else f'"{node["value"]}"'
        case "literal":
            return f"'{node['value']}'" if isinstance(node["value"], str) else json.dumps(node["value"])
        case "subexpression":
            return ".".join(map(_written, node["children"]))
        case "function_expression":
            return f"{node['value']}({', '.join(map(_written, node['children']))})"
        case "current":
            return "@"
        case "expref":
            return f"&{_written(node['children'][0])}"
        case "index_expression":
            return "".join(map(_written, node["children"]))
        case "index":
            return f"[{node['value']}]"
        case "projection":
            return f"{_written(node['children'][0])}[*]"
    return f"the {node['type'].replace('_', ' ')}"


def _subject(shape: Shape) -> str:
    return f'"{shape.name}"' if shape.name else "a value"


def _kinds(shape: Shape) -> str:
    words = {"array": "a list", "object": "an object", "boolean": "true or false", "null": "null"}
    names = [words.get(kind, f"a {kind}") for kind in sorted(shape.types - shapes.NULL or shape.types)]
    return " or ".join(names)


def _plural(shape: Shape) -> str:
    words = {"array": "lists", "boolean": "true or false"}
    return " or ".join(words.get(kind, f"{kind}s") for kind in sorted(shape.types))


def _either(accepted: list[str]) -> str:
    words = {"array": "a list", "object": "an object", "expref": "an expression (&name)"}
    return " or ".join(words.get(kind, f"a list of {kind[6:]}s" if kind.startswith("array-") else f"a {kind}") for kind in accepted)


def _quoted_number(shape: Shape) -> str:
    quoted = [value for value in shape.values or () if isinstance(value, str) and value.lstrip("-").replace(".", "", 1).isdigit()]
    return f" (a number stands in backticks, `{quoted[0]}`)" if quoted else ""
