"""Is everything a closed writer may say accepted by an open reader?

The writer's schema is read as a list of cases (`cases.py`), and every keyword of the reader's schema is held against each
of them. Whatever cannot be decided is refused: an empty answer is a proof.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from schemas.compatibility.cases import Case, cases, impossible, matches
from schemas.compatibility.documents import CannotProve, Conjuncts, Document, text
from schemas.compatibility.findings import Incompatibility, Path
from schemas.compatibility.limits import EVERY_LIMIT, NOUNS, rules_about
from schemas.opening import Node, opened, walk

ANNOTATIONS = frozenset({"$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples", "deprecated"})
ANNOTATIONS |= {"discriminator", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema"}
STRUCTURE = frozenset({"$ref", "allOf", "anyOf", "oneOf", "required", "properties", "patternProperties", "prefixItems", "items"})
CLOSURES = frozenset({"additionalProperties", "unevaluatedProperties", "unevaluatedItems"})

# Keywords that belong together and are only compared as they are written: the same in the writer means the same.
TAKEN_WHOLE = {
    "not": ("not",),
    "contains": ("contains", "minContains", "maxContains"),
    "propertyNames": ("propertyNames",),
    "dependentSchemas": ("dependentSchemas",),
}
KINDS_TAKEN_WHOLE = {"contains": "array", "propertyNames": "object", "dependentSchemas": "object"}
CONDITION = frozenset({"if", "then", "else"})
KNOWN = ANNOTATIONS | STRUCTURE | CONDITION | EVERY_LIMIT | CLOSURES | frozenset[str]().union(*TAKEN_WHOLE.values())

MOST_STEPS = 5000
MOST_FINDINGS = 30  # of one part of a schema: the first few say what is wrong


@dataclass(frozen=True)
class Place:
    """Where the comparison stands: in the data, in the reader's schema, and which questions led there.

    A question that comes up again below itself, deeper in the data, may be taken as answered: data is finite. (At the same
    place in the data it cannot come up again: a document whose references lead back there is not compared.)
    """

    path: Path = ()
    pointer: str = ""
    asked: frozenset[str] = frozenset()

    def at(self, *steps: str | int) -> "Place":
        """Return the place of a part of the reader's schema that speaks of the same value."""
        return replace(self, pointer=self.pointer + "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps))

    def inside(self, name: str, *steps: str | int) -> "Place":
        """Return the place of a part that speaks of what is one level deeper in the data."""
        return replace(self, path=(*self.path, name)).at(*steps)

    def of(self, schema_path: list[str | int]) -> "Place":
        """Return the place of a validator's error, which reports its path from the schema in which the part was compiled."""
        match schema_path:
            case ["$defs", "#", *rest]:
                return Place().at(*rest)
            case ["$defs", *_]:
                return Place().at(*schema_path)
        return self.at(*schema_path[2:])

    def asking(self, question: str) -> "Place":
        """Return the place with one more question under way."""
        return replace(self, asked=self.asked | {question})

    def refuses(self, rule: str, sentence: str) -> Incompatibility:
        """Return the finding that the reader's rule at this place may refuse the writer."""
        return Incompatibility(self.path, (self.at(rule) if rule in KNOWN else self).pointer, rule, sentence)

    def cannot_tell(self, rule: str) -> Incompatibility:
        """Return the finding that the checker does not see through the reader's rule at this place."""
        sentence = f"cannot be proved to fulfil the reader's rule {rule}, which only the same rule in the writer would settle"
        return Incompatibility(self.path, self.at(rule).pointer, rule, sentence)


class Comparison:
    """A writer's schema, as it is written, against a reader's, as it is read when opened."""

    def __init__(self, writer: Document, reader: Document) -> None:
        """Take both schemas as they are written."""
        self._writer, self._reader = writer, reader
        self._opened = Document(opened(reader.root))
        self._settled: dict[str, list[Incompatibility]] = {}
        self._leaned_on: set[str] = set()  # the questions still open on whose expected answer the current one rests
        self._steps = 0

    def findings(self) -> list[Incompatibility]:
        """Return everything in which the reader may refuse the writer."""
        return self._of((self._writer.root,), self._reader.root, Place())

    def _of(self, said: Conjuncts, node: Node, place: Place) -> list[Incompatibility]:
        """Return how what is said under some of the writer's schemas may be refused by a part of the reader's."""
        question = text([said, place.pointer])
        if question in place.asked:
            self._leaned_on.add(question)
            return []
        if question not in self._settled:
            outer, self._leaned_on = self._leaned_on, set()
            found = self._answer(said, node, replace(place.asking(question), path=()))
            self._leaned_on.discard(question)
            if not found and self._leaned_on:  # true only if what it leans on proves true: asked again when it comes up again
                self._leaned_on |= outer
                return []
            self._settled[question] = found
            self._leaned_on = outer
        return [replace(finding, path=place.path + finding.path) for finding in self._settled[question]]

    def _answer(self, said: Conjuncts, node: Node, place: Place) -> list[Incompatibility]:
        try:
            found = (finding for case in cases(self._writer, said) for finding in self._of_case(case, node, place))
            return list(islice(dict.fromkeys(islice(found, MOST_FINDINGS**2)), MOST_FINDINGS))
        except CannotProve as reason:
            return [place.refuses("unproved", f"cannot be compared: {reason}")]

    def _of_case(self, case: Case, node: Node, place: Place) -> Iterator[Incompatibility]:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise CannotProve(f"the comparison takes more than {MOST_STEPS} steps")
        if isinstance(node, bool):
            if not node:
                yield place.refuses("false", f"may be {NOUNS[case.kind]}; the reader allows nothing here")
        elif case.values is not None:
            yield from self._of_values(case.values, node, place)
        elif not (_is_self_contained(node) and text(node) in map(text, case.parts)):
            yield from _of_limits(case, node, place)
            if case.kind == "object":
                yield from self._of_fields(case, node, place)
            if case.kind == "array":
                yield from self._of_items(case, node, place)
            yield from self._of_applied_in_place(case, node, place)
            yield from self._of_taken_whole(case, node, place)

    def _of_values(self, values: tuple[Any, ...], node: dict[str, Any], place: Place) -> Iterator[Incompatibility]:
        for value in values:
            error = self._opened.first_error(opened(node), value)
            if error is None:
                continue
            path = place.path + tuple(str(step) for step in error.instance_path)
            rule = error.kind.name
            sentence = f"may be {text(value)}, which the reader refuses by its rule {rule}"
            yield Incompatibility(path, place.of(error.schema_path).pointer, rule, sentence)

    def _of_fields(self, case: Case, node: dict[str, Any], place: Place) -> Iterator[Incompatibility]:
        for name in node.get("required", []):
            if name not in case.required:
                missing = replace(place, path=(*place.path, name))
                yield missing.refuses("required", "may be left out by the writer; the reader requires it")
        for name, schema in node.get("properties", {}).items():
            yield from self._of(case.field(name), schema, place.inside(name, "properties", name))
        for pattern, schema in node.get("patternProperties", {}).items():
            steps = ("patternProperties", pattern)
            for name in sorted(case.named):
                if matches(self._writer, pattern, name):
                    yield from self._of(case.field(name), schema, place.inside(name, *steps))
            yield from self._of(case.fields_like(pattern), schema, place.inside("*", *steps))
        if node.get("additionalProperties", False) is not False:
            yield from self._of_additional_fields(case, node, place)

    def _of_additional_fields(self, case: Case, node: dict[str, Any], place: Place) -> Iterator[Incompatibility]:
        schema, patterns = node["additionalProperties"], node.get("patternProperties", {}).keys()
        for name in sorted(case.named - node.get("properties", {}).keys()):
            if not any(matches(self._writer, pattern, name) for pattern in patterns):
                yield from self._of(case.field(name), schema, place.inside(name, "additionalProperties"))
        yield from self._of(case.fields_unlike(patterns), schema, place.inside("*", "additionalProperties"))

    def _of_items(self, case: Case, node: dict[str, Any], place: Place) -> Iterator[Incompatibility]:
        prefix = node.get("prefixItems", [])
        horizon = max(len(prefix), case.places)
        for index in range(horizon + 1):
            if index >= case.most_items:
                return
            name = str(index) if index < horizon else "*"
            if index < len(prefix):
                yield from self._of(case.item(index), prefix[index], place.inside(name, "prefixItems", index))
            elif "items" in node:
                yield from self._of(case.item(index), node["items"], place.inside(name, "items"))

    def _of_applied_in_place(self, case: Case, node: dict[str, Any], place: Place) -> Iterator[Incompatibility]:
        if "$ref" in node:
            target = replace(place, pointer=node["$ref"].removeprefix("#"))
            yield from self._of_case(case, self._reader.target(node["$ref"]), target)
        for index, schema in enumerate(node.get("allOf", [])):
            yield from self._of_case(case, schema, place.at("allOf", index))
        for keyword in ("anyOf", "oneOf"):
            if keyword in node:
                yield from self._of_alternatives(case, keyword, node[keyword], place)
        if "if" in node:
            yield from self._of_condition(case, node, place)

    def _of_alternatives(self, case: Case, keyword: str, branches: list[Node], place: Place) -> Iterator[Incompatibility]:
        """Look for one alternative that takes the whole case; `oneOf` is read open, so more than one may."""
        answers = [list(self._of_case(case, branch, place.at(keyword, index))) for index, branch in enumerate(branches)]
        if not all(answers):
            return
        near = [found for found in answers if not any(one.path == place.path and one.rule in ("type", "false") for one in found)]
        if len(near) == 1:
            yield from near[0]
        else:
            yield place.refuses(keyword, f"may be {NOUNS[case.kind]} that fits none of the reader's alternatives")

    def _of_condition(self, case: Case, node: dict[str, Any], place: Place) -> Iterator[Incompatibility]:
        """Compare both outcomes; under the writer's own, where its condition is the reader's, else under neither."""
        shared = [part for part in case.parts if "if" in part and text(part["if"]) == text(node["if"]) and _is_self_contained(node["if"])]
        found = [
            finding
            for outcome in ("then", "else")
            for narrower in case.narrowed([part.get(outcome, True) for part in shared])
            for finding in self._of_case(narrower, node.get(outcome, True), place.at(outcome))
        ]
        if found and not shared:
            yield place.cannot_tell("if")
        else:
            yield from found

    def _of_taken_whole(self, case: Case, node: dict[str, Any], place: Place) -> Iterator[Incompatibility]:
        for keyword, group in TAKEN_WHOLE.items():
            if keyword not in node or KINDS_TAKEN_WHOLE.get(keyword, case.kind) != case.kind:
                continue
            if keyword == "propertyNames" and self._names_are_allowed(case, node[keyword]):
                continue
            demanded = {word: node[word] for word in group if word in node}
            same = any(text(demanded) == text({word: part[word] for word in group if word in part}) for part in case.parts)
            if not (same and _is_self_contained(demanded)):
                yield place.cannot_tell(keyword)
        if case.kind == "object" and not isinstance(node.get("unevaluatedProperties", True), bool):
            yield place.cannot_tell("unevaluatedProperties")
        if case.kind == "array" and node.get("unevaluatedItems", True) is not True:
            yield place.cannot_tell("unevaluatedItems")
        for keyword in sorted(node.keys() - KNOWN):
            if not keyword.startswith("x-"):
                yield place.cannot_tell(keyword)

    def _names_are_allowed(self, case: Case, demanded: Node) -> bool:
        names = [name for name in case.named if not impossible(self._writer, case.field(name))]
        return impossible(self._writer, case.any_other_field) and all(self._opened.accepts((demanded,), name) for name in names)


def _of_limits(case: Case, node: dict[str, Any], place: Place) -> Iterator[Incompatibility]:
    for keyword, rule in rules_about(case.kind).items():
        sentence = rule(case, node[keyword]) if keyword in node else None
        if sentence:
            yield place.refuses(keyword, sentence)


def _is_self_contained(node: Node) -> bool:
    """Say whether a part means the same wherever it stands: it refers to nothing outside itself."""
    return not any("$ref" in part for part in walk(node))
