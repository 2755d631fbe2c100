"""The reader's rules about one value by itself: its kind, its size, its form.

Each takes a case of what the writer may say and what the reader's keyword demands, and returns how the writer may
break it, as the end of a sentence that begins with the field ("severityLevel …"); or None when it cannot.
"""

from collections.abc import Callable
from typing import Any

from schemas.compatibility.cases import Bound, Case, impossible, kinds_of, lower_bound, upper_bound

type Limit = Callable[[Case, Any], str | None]

NOUNS = {"null": "null", "boolean": "true or false", "integer": "an integer", "fraction": "a fraction", "string": "a text"}
NOUNS |= {"array": "a list", "object": "an object"}


def _type(case: Case, demanded: str | list[str]) -> str | None:
    if case.kind in kinds_of(demanded):
        return None
    listed = demanded if isinstance(demanded, str) else " or ".join(demanded)
    return f"may be {NOUNS[case.kind]}; the reader takes only {listed}"


def _listed(case: Case, demanded: Any) -> str | None:
    known = f"the {len(demanded)} values" if isinstance(demanded, list) and len(demanded) != 1 else "the one value"
    return f"may be {NOUNS[case.kind]} other than {known} the reader knows"


def _least_number(keyword: str) -> Limit:
    def limit(case: Case, demanded: float) -> str | None:
        if case.lower >= lower_bound(case.kind, keyword, demanded):
            return None
        return f"may be {_from(case.lower)}; the reader takes nothing {'at or ' if keyword.startswith('exclusive') else ''}below {demanded}"

    return limit


def _greatest_number(keyword: str) -> Limit:
    def limit(case: Case, demanded: float) -> str | None:
        (end, excluded), (allowed, allowed_excluded) = case.upper, upper_bound(case.kind, keyword, demanded)
        if end < allowed or (end == allowed and excluded >= allowed_excluded):
            return None
        return f"may be {_to(case.upper)}; the reader takes nothing {'at or ' if keyword.startswith('exclusive') else ''}above {demanded}"

    return limit


def _from(bound: Bound) -> str:
    return "any number however low" if bound[0] == float("-inf") else f"{'more than' if bound[1] else 'as low as'} {bound[0]}"


def _to(bound: Bound) -> str:
    return "any number however high" if bound[0] == float("inf") else f"{'less than' if bound[1] else 'as high as'} {bound[0]}"


def _multiple(case: Case, demanded: float) -> str | None:
    # Multiples of fractions are compared by a validator in floating point, where 0.3 may be no multiple of 0.1: only equal ones are sure.
    divides = any(factor == demanded or _divides(demanded, factor) for factor in case.all_of("multipleOf"))
    if divides or (case.kind == "integer" and demanded == 1):
        return None
    return f"need not be a multiple of {demanded}, which the reader wants"


def _divides(divisor: float, factor: float) -> bool:
    return float(divisor).is_integer() and float(factor).is_integer() and int(factor) % int(divisor) == 0


def _least_count(keyword: str, noun: str) -> Limit:
    def limit(case: Case, demanded: int) -> str | None:
        said = max(case.least(keyword), len(case.required) if keyword == "minProperties" else 0)
        return None if said >= demanded else f"may have only {said} {noun}; the reader wants at least {demanded}"

    return limit


def _greatest_count(noun: str, most: Callable[[Case], float]) -> Limit:
    def limit(case: Case, demanded: int) -> str | None:
        said = most(case)
        if said <= demanded:
            return None
        return f"may have {'any number of' if said == float('inf') else said} {noun}; the reader takes at most {demanded}"

    return limit


def _pattern(case: Case, demanded: str) -> str | None:
    return None if demanded in case.all_of("pattern") else f"need not match the pattern {demanded} of the reader"


def _format(case: Case, demanded: str) -> str | None:
    return None if demanded in case.all_of("format") else f"need not be a {demanded}, which the reader wants"


def _unique(case: Case, demanded: bool) -> str | None:
    if not demanded or True in case.all_of("uniqueItems") or case.most_items <= 1:
        return None
    return "may hold the same item twice, which the reader refuses"


def _dependent_required(case: Case, demanded: dict[str, list[str]]) -> str | None:
    for name, others in demanded.items():
        also = case.required.union(*(said.get(name, []) for said in case.all_of("dependentRequired")))
        if not set(others) <= also and not impossible(case.document, case.field(name)):
            return f"may have {name} without {', '.join(sorted(set(others) - also))}, which the reader then requires"
    return None


ON_ANY_KIND: dict[str, Limit] = {"type": _type, "enum": _listed, "const": _listed}

ON_KIND: dict[str, dict[str, Limit]] = {
    "number": {
        "minimum": _least_number("minimum"),
        "exclusiveMinimum": _least_number("exclusiveMinimum"),
        "maximum": _greatest_number("maximum"),
        "exclusiveMaximum": _greatest_number("exclusiveMaximum"),
        "multipleOf": _multiple,
    },
    "string": {
        "minLength": _least_count("minLength", "characters"),
        "maxLength": _greatest_count("characters", lambda case: case.most("maxLength")),
        "pattern": _pattern,
        "format": _format,
    },
    "array": {
        "minItems": _least_count("minItems", "items"),
        "maxItems": _greatest_count("items", lambda case: case.most_items),
        "uniqueItems": _unique,
    },
    "object": {
        "minProperties": _least_count("minProperties", "fields"),
        "maxProperties": _greatest_count("fields", lambda case: case.most_fields),
        "dependentRequired": _dependent_required,
    },
}
"""The rules by the kind of value they are about; JSON Schema lets them pass for every other kind."""


def rules_about(kind: str) -> dict[str, Limit]:
    """Return the rules, by keyword, that can refuse a value of this kind."""
    return {**ON_ANY_KIND, **ON_KIND.get("number" if kind in ("integer", "fraction") else kind, {})}


EVERY_LIMIT = frozenset(ON_ANY_KIND).union(*ON_KIND.values())
