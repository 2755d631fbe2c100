"""What becomes of a department that is removed, in plain words, and the files that stay of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra import removed, retention
from infra.declared import newest_schema
from infra.plain_words import listed
from infra.register_fields import fields_of
from infra.removed import Removed
from infra.stages import Stage
from infra.tools.differences import State, differences
from infra.tools.failures import Failed
from schemas.declaration import Department, Register
from schemas.registry import Schema

FOLDER = Path("infra/departments")
REMEMBERED_DAYS, LARGE_DAYS = 90, 400
"""For how long the bus remembers an event, and data over 200 KB is kept, where the event's type says nothing."""


def plan(one: Department, state: State, stage: Stage) -> Iterator[tuple[str, list[str]]]:
    """What removing it does, step by step, and what stays: headings, each with its lines."""
    keys = [f"{key} of {name}" for name, service in one.services.items() for key in service.keys]
    kept = "keeps its registers readable" if one.registers else "says that it was here"
    yield (
        "At once",
        [
            f"it is suspended: within two seconds no key opens anything, not {listed(keys) or 'one'}, and none that was made by hand",
            "nothing that it says is acted on any more, its own AWS accounts' events after five seconds",
            "what was taken in before is finished: pages, messages, records, and what is handed on",
        ],
    )
    yield (
        "Then, once nothing of it is under way",
        [
            "its keys are revoked, which cannot be undone",
            f"{FOLDER}/{one.department}.yaml is deleted; the next deployment takes its role and its own queue away",
            f"{FOLDER}/{removed.FOLDER}/{one.department}.yaml {kept}",
        ],
    )
    without = State({slug: other for slug, other in state.departments.items() if slug != one.department}, _without(one, state))
    broken = [f"{each.what}: {listed(list(each.breaks))}" for each in differences(one.department, state, without) if each.breaks]
    yield "Who loses something", broken or ["nobody else"]
    yield "What stays, and for how long", list(_stays(one, stage))


def closed(one: Department, root: Path, day: datetime.date) -> Removed:
    """What stays of its file, and of what stayed of it when it went before. Raises Failed where that cannot be read."""
    registers = {name: _whole(one, register, root) for name, register in one.registers.items()}
    gone, problems = removed.read(root / FOLDER)
    if problems:
        raise Failed("\n".join(map(str, problems)))
    before = next((other.registers for other in gone if other.department == one.department), {})
    return Removed(department=one.department, title=one.title, removed=day, registers={**before, **registers})


def put_away(one: Department, root: Path, day: datetime.date) -> list[Path]:
    """Write what stays of its file, and delete it; gives the files that changed."""
    file, kept = FOLDER / f"{one.department}.yaml", FOLDER / removed.FOLDER / f"{one.department}.yaml"
    text = removed.written(closed(one, root, day))
    (root / kept).parent.mkdir(exist_ok=True)
    (root / kept).write_text(text, encoding="utf-8")
    (root / file).unlink()
    return [file, kept]


def to_bring_back(slug: str, root: Path, *, keys_revoked: bool) -> Iterator[str]:
    """What is still to be done for a department that was restored, a step a line: the files that went or came, and its keys."""
    file, kept = FOLDER / f"{slug}.yaml", FOLDER / removed.FOLDER / f"{slug}.yaml"
    if not (root / file).exists():
        yield f"bring {file} back (git restore {file}, before it is committed): without it the next deployment takes the department away"
    if (root / kept).exists():
        yield f"delete {kept}, or where it was there before the department went, bring back what it said"
    if keys_revoked:
        yield "make the revoked keys anew, as docs/operations.md says under Keys; on a laptop the next start (make run) makes them"


def _without(one: Department, state: State) -> dict[str, dict[str, object]]:
    """The registers as they are once it is gone."""
    return {
        name: {**register, **({"closed": True} if register["department"] == one.department else {})}
        for name, register in state.registers.items()
    }


def _stays(one: Department, stage: Stage) -> Iterator[str]:
    for name in one.registers:
        yield f"register {name}: every entry, for good; it can be read, checked and downloaded, and takes no more"
    pages = [action.path for reaction in one.reactions for action in (reaction.publish,) if action]
    for path in dict.fromkeys(pages):
        yield f"pages at {path}: for good; unpublish what should not stay before, for nobody else may"
    lists = [action.subscribers for reaction in one.reactions for action in (reaction.notify,) if action and action.subscribers]
    for name in dict.fromkeys(lists):
        yield f"who subscribes to {name}: for good, but for whoever unsubscribes; take off before whom nobody should keep"
    for name, service in one.services.items():
        days = service.retention_days
        if service.permissions:
            yield f"messages of {name}: emails {days.email} days, texts {days.sms}, letters {days.letter}, from when each was sent"
    asked = retention.asked([one])
    yield f"the journal of its events, and what was quarantined: {_days(REMEMBERED_DAYS, asked)}"
    yield f"its events in the archive: {_days(stage.archive_days, asked)}; schemas/ and events/ stay, by which they are read"
    yield f"data of its events over 200 KB: {_days(LARGE_DAYS, {type_: days + 1 for type_, days in asked.items()})}"
    yield "its revoked keys, by name: a year"
    yield "who suspended, removed or restored it, and when: for good"


def _days(otherwise: int, asked: Mapping[str, int]) -> str:
    """So many days, and how many of each type that asks for a time of its own."""
    return ", ".join([f"{otherwise} days", *(f"but {days} of {type_}" for type_, days in sorted(asked.items()))])


def _whole(one: Department, register: Register, root: Path) -> Register:
    schema = newest_schema(root / "schemas", one.department, register.schema_type) if register.schema_type else None
    fields = fields_of(register, Schema("", "", (0, 0, 0), schema).definition if schema else {})
    return register.model_copy(update={"fields": fields, "schema_type": None, "index": [], "references": {}})
