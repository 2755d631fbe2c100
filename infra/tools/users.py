"""Who says a type of event and who reads it, by name: departments from their files, the platform's functions from the rules they hear by.

A file that is not sound is read as far as it goes: what a changed schema breaks in it is what is asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.catalogue.templates import Rule
from infra.declaration_source import read
from infra.message_checks import needs
from schemas.declaration import RECIPIENTS, Action, Department, Forward, Notify, Reaction, Record
from schemas.expression_fields import EVERYTHING, of_expression, of_tree, touches
from schemas.expression_fields import Path as Field
from schemas.expressions import Expression, ExpressionError, parts
from schemas.placeholders import same
from schemas.platform import EVENTS


@dataclass(frozen=True)
class User:
    """Somebody who says or reads a type: who, what they do with it, the place and the text in which its fields stand, and those fields."""

    who: str
    does: str
    written: str
    fields: frozenset[Field]
    place: str = ""
    produces: bool = False

    def uses(self, field: Iterable[str]) -> bool:
        """Whether a change of this field concerns them."""
        return any(touches(field, own) for own in self.fields)

    def __str__(self) -> str:
        return ", ".join(filter(None, (f"{self.who}: {self.does}", self.place, self.written)))


_WHOLE = frozenset({EVERYTHING})


def departments(folder: Path) -> list[Department]:
    """Every file that can be read, whatever else may be wrong with it."""
    found = (read(path, path.name)[1] for path in sorted(folder.glob("*.yaml")))
    return [department for department in found if department]


def users(type_: str, everybody: Iterable[Department], rules: Iterable[Rule] = (), known: Iterable[str] = ()) -> list[User]:
    """Who says it, then who reads it. `known` are the names of its fields, which placeholders of templates are told by."""
    everybody = list(everybody)
    read_by = [user for one in everybody for user in _readers(type_, one, {same(name): name for name in known})]
    return [*_producers(type_, everybody), *read_by, *_functions(type_, rules)]


def told(found: Iterable[User]) -> Iterator[str]:
    """A line for each who says it, and for each reaction, subscription, register or function that reads it, with all that it reads."""
    lines: dict[str, set[str]] = {}
    for user in found:
        lines.setdefault(f"{user.who}: {user.does}", set()).update(".".join(field) for field in user.fields if field)
    for line, fields in lines.items():
        yield f"{line}{f', reads {", ".join(sorted(fields))}' if fields else ''}"


def _producers(type_: str, everybody: Iterable[Department]) -> Iterator[User]:
    if model := EVENTS.get(type_):
        yield User("the platform", f"says it, from {model.source_name()}", "", _WHOLE, produces=True)
    for one in everybody:
        said = {one.type_of(fact): emits.source for fact, emits in one.emits.items()}
        said |= {f"platform.{fact}": request.source for fact, request in one.requests.items()}
        if type_ in said:
            services = [name for name, service in one.services.items() if any("events:emit" in key.scopes for key in service.keys.values())]
            by = [*(f"service {name}" for name in services), *(f"account {account}" for account in one.accounts)]
            yield User(one.department, f"says it, from {said[type_]}{f' ({", ".join(by)})' if by else ''}", "", _WHOLE, produces=True)


def _readers(type_: str, one: Department, known: Mapping[str, str]) -> Iterator[User]:
    for reaction in one.reactions:
        if one.type_of(reaction.when) == type_:
            yield from _reaction(one, reaction, known)
    for name, register in one.registers.items():
        if register.schema_type and one.type_of(register.schema_type) == type_:
            yield User(one.department, f"register {name} has its fields", "", _WHOLE)
    for name, subscription in one.subscriptions.items():
        if subscription.to != type_:
            continue
        for path in subscription.fields:
            yield User(one.department, f"subscription {name}", path, frozenset({tuple(path.split("."))}))
        if subscription.if_:
            yield User(one.department, f"subscription {name}", subscription.if_, _fields_of(subscription.if_), "if")


def _reaction(one: Department, reaction: Reaction, known: Mapping[str, str]) -> Iterator[User]:
    for action in reaction.actions():
        step = f"reaction {reaction.step(action)}"
        if reaction.if_:
            yield User(one.department, step, reaction.if_, _fields_of(reaction.if_), "if")
        for place, text in _texts(action):
            for written, fields in _expressions(text).items():
                yield User(one.department, step, written, fields, place)
        if isinstance(action, Notify):
            yield from _placeholders(one, action, step, known)
        if isinstance(action, Forward) or (isinstance(action, Record) and action.item is None):
            yield User(one.department, f"{step} takes the whole event", "", _WHOLE)


def _texts(action: Action) -> Iterator[tuple[str, str]]:
    """Every text of an action that may hold expressions, with its place."""
    if isinstance(action, Forward):
        return
    given: dict[str, Any] = action.model_dump(by_alias=True, exclude_none=True)
    plain = {"schema", "document_type", "locale", "update_type", "as", "template", "service", "register"} - set(RECIPIENTS)
    for name, value in given.items():
        if isinstance(value, str) and name not in plain:
            yield name, value
        if name in ("personalisation", "item"):
            yield from ((f"{name}.{member}", text) for member, text in value.items())


def _placeholders(one: Department, action: Notify, step: str, known: Mapping[str, str]) -> Iterator[User]:
    given = {same(name) for name in action.personalisation}
    for template, key, spelling in needs(one, action):
        if key in known and key not in given:
            yield User(one.department, step, f"(({spelling}))", frozenset({(known[key],)}), f"template {template}")


def _functions(type_: str, rules: Iterable[Rule]) -> Iterator[User]:
    for rule in rules:
        # Those that hear every type read what is in none of them, or what departments declare, who are named themselves.
        for entry in rule.consumers if rule.asks_for(type_) else ():
            yield User("the platform", f"function {entry} hears it", "", _WHOLE)


def _fields_of(written: str) -> frozenset[Field]:
    try:
        return of_expression(written)
    except ExpressionError:
        return _WHOLE


def _expressions(text: str) -> dict[str, frozenset[Field]]:
    """Each expression of a text, as it is written there, with the fields that it reads."""
    try:
        found = [part for part in parts(text) if isinstance(part, Expression)]
    except ExpressionError:
        return {text: _WHOLE}
    return {f"(({part.written}))": of_tree(part.tree) for part in found}
