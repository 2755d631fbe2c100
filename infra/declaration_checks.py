"""What must hold within a department's file, and between departments: every name has its other end, every expression its field.

Each check gives `Problem`s; none stops at the first.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from infra import account_checks as accounts
from infra import ending_checks as endings
from infra import message_checks as messages
from infra import queue_checks as queues
from infra import register_checks as registers
from infra import sharing_checks as sharing
from infra.declared import Declared
from infra.lined_yaml import Place, Problem
from infra.removed import Removed
from schemas.declaration import RECIPIENTS, REQUESTS, Action, Forward, Notify, Publish, Reaction, Record, Unpublish
from schemas.envelope import PLATFORM_SOURCES
from schemas.expression_checks import check, check_text, suggestion
from schemas.expressions import ExpressionError, parts
from schemas.paths import RESERVED

PLATFORMS_OWN = ("developers", "platform")
"""Who owns outside developers' keys; and the platform's own events and its administration."""

DEAD = "-dead"
"""How the name of a dead-letter queue ends, after that of its queue, which a department's own is called by."""

_STATIC = re.compile(r"/[a-z0-9.-]+(/|$)")
_PATH = re.compile(r"(/[a-z0-9.-]+)+")
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "publish": ("path", "title", "description", "body", "change_note"),
    "unpublish": ("path", "explanation", "alternative_path"),
    "notify": RECIPIENTS,
    "record": ("key",),
    "forward": (),
}


def within(one: Declared) -> Iterator[Problem]:
    """Everything that can be wrong in one file alone."""
    department, problem = one.department, one.source.problem
    if (stem := Path(one.source.file).stem) != department.department:
        yield problem(("department",), f'"{department.department}" is not the name of the file, which is {stem}.yaml')
    if department.department in PLATFORMS_OWN:
        yield problem(("department",), f'"{department.department}" is the platform\'s own name')
    if department.department.endswith(DEAD):
        yield problem(("department",), f'"{department.department}" ends as dead-letter queues do: leave out {DEAD}')
    for kind, declarations in (("emits", department.emits), ("requests", department.requests)):
        for fact, declaration in declarations.items():
            if declaration.source.startswith(PLATFORM_SOURCES):
                yield problem((kind, fact, "from"), f"{declaration.source} is a source of the platform itself")
    for fact in department.requests.keys() - REQUESTS:
        yield problem(("requests", fact), f"is not a request to the platform{suggestion(fact, REQUESTS)}")
    yield from accounts.within(one)
    yield from endings.within(one)
    yield from messages.templates(one)
    yield from queues.within(one)
    yield from registers.within(one)
    yield from sharing.within(one)
    for index, reaction in enumerate(department.reactions):
        yield from _reaction(one, reaction, ("reactions", index))
    yield from _step_names(one)


def between(all_of_them: Iterable[Declared], unread: Collection[str] = (), gone: Sequence[Removed] = ()) -> Iterator[Problem]:
    """What two departments cannot both have: a source, a register, the same pages, the home page, a number or a mailbox.

    And what one asks of another without its consent. `unread` are the names of files whose department is not known, `gone` what stays of
    departments that were removed: what is shared with one of these, or asked of it, is for nobody, and stops no deployment.
    """
    all_of_them = list(all_of_them)
    yield from messages.shared(all_of_them)
    yield from registers.between(all_of_them, {name for one in gone for name in one.registers}, all_read=not unread)
    yield from accounts.between(all_of_them)
    yield from queues.between(all_of_them)
    yield from sharing.between(all_of_them, {*unread, *(one.department for one in gone)})
    sources: dict[str, str] = {}
    pages: dict[str, str] = {}
    home: str | None = None
    for one in all_of_them:
        slug, problem = one.department.department, one.source.problem
        if one.department.home_page:
            if home:
                yield problem(("home_page",), f"the home page is already {home}'s")
            home = home or slug
        for kind, declarations in (("emits", one.department.emits), ("requests", one.department.requests)):
            for fact, declaration in declarations.items():
                if (owner := sources.setdefault(declaration.source, slug)) != slug:
                    yield problem((kind, fact, "from"), f"{declaration.source} is already a source of {owner}")
        for place, page in _published(one):
            if clash := next((known for known in pages if pages[known] != slug and _overlap(known, page)), None):
                yield problem(place, f"{page} may be a page of {pages[clash]}, which publishes at {clash}")
            pages.setdefault(page, slug)


def _reaction(one: Declared, reaction: Reaction, place: Place) -> Iterator[Problem]:
    problem = one.source.problem
    if reaction.when not in one.department.emits:
        hint = suggestion(reaction.when, one.department.emits)
        yield problem((*place, "when"), f'"{reaction.when}" is not declared in emits{hint}')
        return
    emits = one.department.emits[reaction.when]
    if emits.classification in ("personal", "official-sensitive"):
        for action in reaction.actions():
            if isinstance(action, Publish | Record):
                yield problem((*place, action.kind), f"would make public what {reaction.when} holds, which is {emits.classification}")
    schema = one.schemas.get(reaction.when)
    if schema is None:
        return
    of = one.department.type_of(reaction.when)
    if reaction.if_ is not None:
        for found in check(reaction.if_, schema, "condition", of=of):
            yield problem((*place, "if"), found)
    for action in reaction.actions():
        yield from _texts(one, action, (*place, action.kind), schema, of)
        yield from _targets(one, action, (*place, action.kind), schema)


def _texts(one: Declared, action: Action, place: Place, schema: Mapping[str, Any], of: str) -> Iterator[Problem]:
    texts: list[tuple[Place, str, Literal["text", "value"]]] = [
        ((*place, name), text, "text") for name in _TEXTS[action.kind] if (text := getattr(action, name)) is not None
    ]
    if isinstance(action, Notify):
        texts += [((*place, "personalisation", name), text, "value") for name, text in action.personalisation.items()]
    if isinstance(action, Record):
        texts += [((*place, "item", name), text, "value") for name, text in (action.item or {}).items()]
    for where, text, expects in texts:
        for found in check_text(text, schema, expects, of=of):
            yield one.source.problem(where, found)


def _targets(one: Declared, action: Action, place: Place, schema: Mapping[str, Any]) -> Iterator[Problem]:
    match action:
        case Publish() | Unpublish():
            yield from _path(one, action.path, (*place, "path"))
        case Notify():
            yield from messages.notify(one, action, place, schema)
        case Record():
            yield from _record(one, action, place, schema)
        case Forward():
            for kind, name, known in (
                ("webhook", action.webhook, set(one.department.webhooks)),
                ("queue", action.queue, set(one.department.queues)),
            ):
                if name and name not in known:
                    yield one.source.problem((*place, kind), f'"{name}" is not a declared {kind}{suggestion(name, known)}')


def _path(one: Declared, path: str, place: Place) -> Iterator[Problem]:
    page = _page(path)
    if page is None:
        return
    if not _STATIC.match(page):
        yield one.source.problem(place, f'"{path}" must begin with a segment of its own, as /flood-warnings/…')
        return
    if (first := page.split("/")[1]) in RESERVED:
        yield one.source.problem(place, f"/{first} is the platform's own")
    filled = "".join(part.lower() if isinstance(part, str) else "x" for part in parts(path))
    if not _PATH.fullmatch(filled):
        yield one.source.problem(place, f'"{path}" is not a path: segments of letters, digits, dots and hyphens, with no slash at the end')


def _record(one: Declared, action: Record, place: Place, schema: Mapping[str, Any]) -> Iterator[Problem]:
    problem, declared = one.source.problem, one.department.registers
    if action.register_name not in declared:
        hint = suggestion(action.register_name, declared)
        yield problem((*place, "register"), f'"{action.register_name}" is not a register of this department{hint}')
        return
    register = declared[action.register_name]
    known = {field.field for field in one.fields(register)}
    given = set(action.item) if action.item else set(schema.get("properties", {}))
    if not known:
        return
    where = (*place, "item") if action.item else place
    for field in sorted(given - known):
        yield problem(where, f'"{field}" is not a field of register {action.register_name}{suggestion(field, known)}')
    if register.key in known and register.key not in given:
        yield problem(where, f'has no "{register.key}", which is the key of register {action.register_name}')
    for field in one.fields(register):
        if field.required and field.field not in given | {register.key}:
            yield problem(where, f'has no "{field.field}", which register {action.register_name} requires')


def _step_names(one: Declared) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    for index, reaction in enumerate(one.department.reactions):
        for action in reaction.actions():
            step = reaction.step(action)
            if (first := seen.setdefault((reaction.when, step), index)) != index:
                where: Place = ("reactions", index, "name") if reaction.name else ("reactions", index, action.kind)
                yield one.source.problem(where, f'"{step}" is also the name of reactions[{first}]: give each its own name')


def _published(one: Declared) -> Iterator[tuple[Place, str]]:
    for index, reaction in enumerate(one.department.reactions):
        for action in (reaction.publish, reaction.unpublish):
            if action and (page := _page(action.path)):
                yield ("reactions", index, action.kind, "path"), page


def _page(path: str) -> str | None:
    """What a path begins with whatever the event, in lower case, and … where an expression goes on; None where it cannot be read."""
    try:
        found = parts(path)
    except ExpressionError:
        return None
    prefix = found[0].lower() if isinstance(found[0], str) else ""
    return prefix if len(found) == 1 and prefix else f"{prefix}…"


def _overlap(one: str, other: str) -> bool:
    """Whether two paths, of which those that end in … go on with anything, may be the same one."""
    return one == other or any(open_.endswith("…") and page.startswith(open_[:-1]) for open_, page in ((one, other), (other, one)))
