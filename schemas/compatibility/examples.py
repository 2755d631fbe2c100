"""Search for data that a writer may say and a reader refuses, so that a refusal can be seen and not only believed.

The search walks along the edges of the writer's schema: the fewest fields and all of them, the shortest and the longest
text, the lowest and the highest number, each listed value, and what lies beside the reader's own limits. What it finds is
tried on both validators.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from schemas.compatibility.cases import Case, cases, impossible
from schemas.compatibility.documents import CannotProve, Conjuncts, Document, text
from schemas.compatibility.findings import Incompatibility, Path
from schemas.opening import opened, walk

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

MOST_TRIED = 2000
MOST_FOUND = 100
MOST_OF_A_PART = 30
LONGEST = 20_000
LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems")
ABOUT_WHOLES = ("if", "anyOf", "oneOf", "dependentSchemas", "false", "propertyNames")
FORMATTED = {
    "date-time": ["2026-11-23T09:30:00Z", "2024-02-29T23:59:59.999+01:00"],
    "date": ["2026-11-23", "2024-02-29"],
    "uuid": ["01920000-0000-7000-8000-000000000000"],
    "uri": ["https://example.gov/a", "urn:example:a"],
    "email": ["a@example.gov"],
}
WORDS = ["", "a", "A", "1", "ab", "abc", "word", "Ab1", "123", "123ABC", "a b", "é"]


@dataclass(frozen=True)
class Example:
    """Data that the writer may say, where and by which rules the reader refuses it, and how long it is when written out."""

    data: Any
    refusals: tuple[tuple[Path, str], ...]
    length: int


def examples(writer: Document, reader: Document) -> list[Example]:
    """Return data that the writer may say and the open reader refuses."""
    tolerant = Document(opened(reader.root))
    whole = (writer.root,)
    try:
        candidates = islice(Edges(writer, reader).allowed(whole), MOST_TRIED)
        refused = ((value, tolerant.errors(tolerant.root, value)) for value in candidates)
        found = islice(((value, errors) for value, errors in refused if errors), MOST_FOUND)
        return [Example(value, tuple(_refusals(errors)), len(text(value))) for value, errors in found]
    except CannotProve:
        return []  # too many alternatives to walk


def example_for(finding: Incompatibility, found: list[Example]) -> Any:
    """Return the smallest example of a finding, or None."""
    about = [one for one in found if any(_is_about(finding, path, rule) for path, rule in one.refusals)]
    return min(about, key=lambda one: one.length).data if about else None


class Edges:
    """The values along the edges of what a writer may say, chosen with a reader's limits in mind."""

    def __init__(self, writer: Document, reader: Document) -> None:
        """Take the writer whose values are wanted and the reader beside whose limits some should lie."""
        self._writer, self._reader = writer, reader
        self._known: dict[str, list[Any]] = {}

    def allowed(self, conjuncts: Conjuncts) -> Iterator[Any]:
        """Yield different values that fulfil all of some schemas."""
        seen = set()
        for value in islice(self._near(conjuncts), MOST_TRIED * 2):
            key = text(value)
            if key not in seen and self._writer.accepts(conjuncts, value):
                yield value
            seen.add(key)

    def _near(self, conjuncts: Conjuncts) -> Iterator[Any]:
        """Yield values under all of some schemas, each kind in turn; not every one need be valid, nor new."""
        return _in_turn(self._of_case(case) for case in cases(self._writer, conjuncts))

    def _of_case(self, case: Case) -> Iterable[Any]:
        if case.values is not None:
            return case.values
        match case.kind:
            case "integer" | "fraction":
                return self._numbers(case)
            case "string":
                return self._texts(case)
            case "array":
                return self._lists(case)
        return self._objects(case)

    @cached_property
    def _readers_names(self) -> set[str]:
        return {name for part in walk(self._reader.root) for name in part.get("properties", {})}

    @cached_property
    def _readers_limits(self) -> list[float]:
        return sorted({part[keyword] for part in walk(self._reader.root) for keyword in LIMITS if keyword in part})

    def _part(self, conjuncts: Conjuncts) -> list[Any]:
        """Return a few different values for one field or item; none for a part that is inside itself."""
        key = text(conjuncts)
        if key not in self._known:
            self._known[key] = []
            self._known[key] = list(islice(self.allowed(conjuncts), MOST_OF_A_PART))
        return self._known[key]

    def _numbers(self, case: Case) -> Iterator[float]:
        ends = [end for end, _ in (case.lower, case.upper) if math.isfinite(end)]
        steps = (0, 1, -1) if case.kind == "integer" else (0.5, -0.5, 0.25, -0.25)
        for edge in (*ends, *self._readers_limits, 0):
            yield from (math.floor(edge) + step for step in steps)
            for factor in case.all_of("multipleOf"):
                nearest = math.floor(edge / factor) * factor
                yield from (nearest, nearest + factor)

    def _texts(self, case: Case) -> Iterator[str]:
        yield from (example for listed in case.all_of("examples") for example in listed if isinstance(example, str))
        for name in case.all_of("format"):
            yield from FORMATTED.get(name, [])
        for length in self._lengths(case.least("minLength"), case.most("maxLength")):
            yield from (letter * length for letter in "a1")
        yield from WORDS

    def _lengths(self, least: int, most: float) -> list[int]:
        near = {least, least + 1, most} | {limit + step for limit in self._readers_limits for step in (-1, 1)}
        return sorted(int(length) for length in near if least <= length <= min(most, LONGEST))

    def _lists(self, case: Case) -> Iterator[list[Any]]:
        choices = [self._part(case.item(index)) for index in range(case.places + 1)]
        for length in {*self._lengths(case.least("minItems"), case.most_items), case.places}:
            offered = [choices[min(index, case.places)] for index in range(length)]
            if all(offered):
                yield [values[0] for values in offered]
                yield [values[index % len(values)] for index, values in enumerate(offered)]
        for index, values in enumerate(choices):
            if all(choices[:index]):
                before = [earlier[0] for earlier in choices[:index]]
                yield from ([*before, value] for value in values)

    def _objects(self, case: Case) -> Iterator[dict[str, Any]]:
        known = {name: values for name in sorted(case.named) if (values := self._part(case.field(name)))}
        if not impossible(self._writer, case.any_other_field):
            more = self._part(case.any_other_field)
            known |= {name: more for name in sorted(self._readers_names | {"another", "x", "A1"}) if name not in case.named and more}
        if not case.required <= known.keys():
            return
        fewest = {name: known[name][0] for name in sorted(case.required)}
        everything = {name: values[0] for name, values in known.items()}
        yield fewest
        yield everything
        yield from ({name: value for name, value in everything.items() if name != out} for out in known if out not in case.required)
        for name, value in _in_turn([(name, value) for value in values] for name, values in known.items()):
            yield {**fewest, name: value}
            yield {**everything, name: value}


def _in_turn[Value](several: Iterable[Iterable[Value]]) -> Iterator[Value]:
    """Yield the first of each, then the second of each, and so on."""
    left = deque(map(iter, several))
    while left:
        one = left.popleft()
        for value in islice(one, 1):
            yield value
            left.append(one)


def _refusals(errors: Iterable["ValidationError"]) -> Iterator[tuple[Path, str]]:
    """Yield where and by which rule data was refused; what is wrong with each of some alternatives counts too."""
    for error in errors:
        rule = str(error.schema_path[-1])
        missing = [error.kind.value] if rule == "required" else []
        yield tuple(str(step) for step in [*error.instance_path, *missing]), rule
        if rule == "anyOf":
            yield from _refusals(inner for branch in error.kind.value for inner in branch)


def _is_about(finding: Incompatibility, path: Path, rule: str) -> bool:
    """Say whether a refusal is the finding's: at its place and by its rule, or below it where that rule is about a whole."""
    begins = len(finding.path) <= len(path) and all(ours in ("*", theirs) for ours, theirs in zip(finding.path, path, strict=False))
    return begins and (finding.rule in ABOUT_WHOLES or (len(finding.path) == len(path) and rule == finding.rule))
