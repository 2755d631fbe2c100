"""What must hold of a type that is to end: what follows it is there, and is taken for longer."""

from collections.abc import Iterator, Mapping

from infra.declared import Declared
from infra.lined_yaml import Problem
from schemas.declaration import Emits
from schemas.expression_checks import suggestion


def within(one: Declared) -> Iterator[Problem]:
    """Everything that can be wrong with the ends of a department's types."""
    emits, problem = one.department.emits, one.source.problem
    for fact, declaration in emits.items():
        place = ("emits", fact)
        if declaration.sunset is None:
            for name in ("replaced_by", "deprecated"):
                if getattr(declaration, name) is not None:
                    yield problem((*place, name), f"goes with a sunset, and {fact} has none: say when it ends, or leave this out")
            continue
        if declaration.deprecated and declaration.deprecated > declaration.sunset:
            late = f"{declaration.deprecated} is after the sunset, {declaration.sunset}: say the day on which the end was announced"
            yield problem((*place, "deprecated"), late)
        if wrong := _successor(fact, declaration, emits):
            yield problem((*place, "replaced_by"), wrong)


def _successor(fact: str, declaration: Emits, emits: Mapping[str, Emits]) -> str | None:
    name = declaration.replaced_by
    if name is None:
        return None
    if name == fact:
        return f"{fact} cannot follow itself: name what is to be emitted instead"
    if name not in emits:
        return f'"{name}" is not declared in emits{suggestion(name, emits)}'
    ends = emits[name].sunset
    if ends and declaration.sunset and ends <= declaration.sunset:
        return f"{name} ends on {ends}, before producers of {fact} have moved to it: let it end later, or not at all"
    return None
