"""Which fields of an event an expression reads: what must stay in a schema so that the expression goes on working.

A field is a path from the outermost name inwards, `("address", "postcode")`; the members of a list are passed through without a name. More
may be named than is read, never less: an expression that names nothing that can be followed reads everything, which is the empty path.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from schemas.expressions import Node, expression

type Path = tuple[str, ...]
type Places = frozenset[Path]

EVERYTHING: Path = ()

_ROOT: Places = frozenset({EVERYTHING})
_NOWHERE: Places = frozenset()
_LEADS_ON = ("subexpression", "index_expression", "pipe", "projection", "value_projection")


def of_expression(written: str) -> Places:
    """The fields that a bare expression reads, such as a condition. Raises ExpressionError where it cannot be read."""
    return of_tree(expression(written).tree)


def of_tree(tree: Node) -> Places:
    """The fields that a syntax tree reads."""
    reading = _Reading()
    reading.take(tree, _ROOT)
    return frozenset(reading.read)


def touches(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether a change at one place changes what is read at the other: one lies within the other. `*` is any member of a list."""
    named = (tuple(step for step in path if step != "*") for path in (one, other))
    return all(mine == theirs for mine, theirs in zip(*named, strict=False))


@dataclass
class _Reading:
    """One walk over a syntax tree: each node is asked where in the event its value lies, and what is made use of is noted."""

    read: set[Path] = field(default_factory=set)

    def take(self, node: Node, at: Places) -> Places:
        """Make use of a node's value."""
        found = self._lies(node, at)
        self.read |= found
        return found

    def _lies(self, node: Node, at: Places) -> Places:
        children = node["children"]
        match node["type"]:
            case "field":
                return frozenset((*place, node["value"]) for place in at)
            case "current" | "identity" | "index" | "slice":
                return at
            case "flatten":
                return self._lies(children[0], at)
            case "filter_projection":
                listed = self._lies(children[0], at)
                self.take(children[2], listed)
                return self._within(children[1], listed)
            case "and_expression" | "or_expression":
                return frozenset(place for child in children for place in self._lies(child, at))
            case "comparator" | "not_expression" | "multi_select_list" | "multi_select_dict" | "key_val_pair":
                self._take_all(children, at)
                return _NOWHERE
            case "function_expression":
                return self._of_function(children, at)
            case "literal":
                return _NOWHERE
            case kind if kind in _LEADS_ON:
                at = self._lies(children[0], at)
                for child in children[1:]:
                    at = self._within(child, at)
                return at
        return _ROOT

    def _within(self, node: Node, at: Places) -> Places:
        """What lies further inside. Where nothing there is read, whether there is anything at all still decides."""
        before = len(self.read)
        found = self._lies(node, at)
        if not found and len(self.read) == before:
            self.read |= at
        return found

    def _take_all(self, nodes: Iterable[Node], at: Places) -> Places:
        return frozenset(place for node in nodes for place in self.take(node, at))

    def _of_function(self, arguments: Iterable[Node], at: Places) -> Places:
        given = list(arguments)
        found = self._take_all((node for node in given if node["type"] != "expref"), at)
        self._take_all(_referred(given), found)
        return found


def _referred(arguments: Iterable[Node]) -> Iterator[Node]:
    """What `&name` names, of each member of what is given beside it."""
    for node in arguments:
        if node["type"] == "expref":
            yield from node["children"]
