"""The catalogue: every type of event with its contract, who says it, who hears it, and what follows.

Nothing in it is written for it. Contracts and samples are the files of `schemas/` and `events/`; who hears a type is found by trying its
samples on the rules of the templates; who may say it, by asking the roles of the templates; what follows, from the departments' files.
"""

from __future__ import annotations

import ast
import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.catalogue.fields import changes
from infra.catalogue.pattern import delivered
from infra.catalogue.templates import Deployed, Rule
from infra.plain_words import said
from infra.stages import Stage
from schemas import registry
from schemas.declaration import Department, Emits
from schemas.platform import EVENTS
from schemas.projection import covers
from schemas.sharing import Share, Subscription, queue_name

ROOT = Path(__file__).parents[2]
PLATFORM = "platform"
BAD = "bad-"
ROOMS = {
    "bus": "The bus",
    "departments": "Departments",
    "publishing": "Publishing",
    "notifications": "Notifications",
    "data-access": "Data access",
}


@dataclass(frozen=True)
class Sample:
    """An event that the tests send: a good one, or a bad one with what is wrong with it."""

    name: str
    event: Mapping[str, Any]
    file: Path
    problem: str | None


@dataclass(frozen=True)
class Version:
    """One version of a contract, and what it changed."""

    schema: registry.Schema
    changes: tuple[str, ...]

    @property
    def number(self) -> str:
        return ".".join(map(str, self.schema.version))


@dataclass(frozen=True)
class Producer:
    """Who says a type: a department or a room, from which source, and by which ways the templates let it."""

    name: str
    title: str
    source: str
    ways: tuple[str, ...]
    is_department: bool


@dataclass(frozen=True)
class Consumer:
    """An entry point that hears a type, what it does, and which of the type's samples its rule takes: none where it asks for others."""

    entry: str
    does: str
    takes: tuple[str, ...]
    all: bool

    @property
    def room(self) -> str:
        return self.entry.partition(".")[0].replace("_", "-")


@dataclass(frozen=True)
class Consequence:
    """What a department's file has follow: a page, a message, a record, or that the event is handed on."""

    kind: str
    condition: str | None
    text: str


@dataclass(frozen=True)
class Recipient:
    """A department that gets some of the fields of another's events, which consented to it; `until` is the last day of that.

    `way` is where it gets them: none where the templates lack the queue.
    """

    department: Department
    name: str
    asks: Subscription
    until: datetime.date | None
    way: str | None


@dataclass(frozen=True)
class EventType:
    """One type of event, whole."""

    type: str
    owner: str
    owner_title: str
    contact: str
    classification: str
    retention_days: int
    declared: Emits | None
    versions: tuple[Version, ...]
    samples: tuple[Sample, ...]
    producers: tuple[Producer, ...]
    consumers: tuple[Consumer, ...]
    consequences: tuple[Consequence, ...]
    recipients: tuple[Recipient, ...]

    @property
    def newest(self) -> Version:
        return self.versions[0]

    @property
    def description(self) -> str:
        return str(self.newest.schema.definition.get("description", ""))

    @property
    def sunset(self) -> datetime.date | None:
        """The last day of a type that is deprecated."""
        return self.declared.sunset if self.declared else None

    @property
    def replaced_by(self) -> str | None:
        """The whole type that takes its place."""
        return f"{self.owner}.{self.declared.replaced_by}" if self.declared and self.declared.replaced_by else None

    @property
    def subscribers(self) -> list[Department]:
        """The departments that get something of it, each once, whatever it asked for."""
        return list({one.department.department: one.department for one in self.recipients}.values())

    @cached_property
    def good(self) -> tuple[Sample, ...]:
        return tuple(sample for sample in self.samples if sample.problem is None)

    @cached_property
    def bad(self) -> tuple[Sample, ...]:
        return tuple(sample for sample in self.samples if sample.problem is not None)


@dataclass(frozen=True)
class Catalogue:
    """All of it, of one stage."""

    stage: Stage
    types: tuple[EventType, ...]
    departments: tuple[Department, ...]

    def of(self, department: Department) -> list[EventType]:
        """The types that a department owns."""
        return [found for found in self.types if found.owner == department.department]

    def about(self, department: Department) -> list[EventType]:
        """The types that a department owns, says or gets something of."""
        name = department.department
        return [
            found
            for found in self.types
            if name in (found.owner, *(one.name for one in found.producers), *(one.department for one in found.subscribers))
        ]

    def got_by(self, department: Department) -> set[str]:
        """The names of its subscriptions to which the owners consent."""
        return {one.name for found in self.types for one in found.recipients if one.department.department == department.department}

    def said_by(self, name: str) -> list[EventType]:
        """The types that a department or a room says."""
        return [found for found in self.types if any(producer.name == name for producer in found.producers)]


def catalogue(
    stage: Stage,
    deployed: Deployed,
    departments: Sequence[Department],
    *,
    schemas: Path = registry.ROOT,
    events: Path = ROOT / "events",
    functions: Path = ROOT / "functions",
    day: datetime.date | None = None,
) -> Catalogue:
    """Put everything together, as it is on a day: today where none is given.

    Raises UnknownType where a department may emit a type that has no schema.
    """
    day = day or datetime.datetime.now(datetime.UTC).date()
    known = {schema.type: schema for schema in registry.every_schema(schemas)}
    types = [_type(one, stage, deployed, departments, schemas, events, functions, day) for one in sorted(known)]
    return Catalogue(stage, tuple(types), tuple(departments))


def _type(  # each is one place that the catalogue is read from
    type_: str,
    stage: Stage,
    deployed: Deployed,
    departments: Sequence[Department],
    schemas: Path,
    events: Path,
    functions: Path,
    day: datetime.date,
) -> EventType:
    owner, fact = type_.split(".", 1)
    department = next((one for one in departments if one.department == owner), None)
    declared = department.emits.get(fact) if department else None
    platform = EVENTS.get(type_)
    versions = registry.versions(type_, schemas)
    samples = tuple(_samples(type_, versions[0], events))
    return EventType(
        type=type_,
        owner=owner,
        owner_title=department.title if department else "Commonweal",
        contact=declared.owner if declared else _platform_contact(departments),
        classification=declared.classification if declared else platform.classification if platform else "official",
        retention_days=(declared.retention_days if declared else None) or stage.archive_days,
        declared=declared,
        versions=tuple(_versions(versions)),
        samples=samples,
        producers=tuple(_producers(type_, deployed, departments)),
        consumers=tuple(_consumers(type_, samples, deployed.rules, stage, functions)),
        consequences=tuple(_consequences(department, fact)),
        recipients=tuple(_recipients(type_, declared.shares if declared else {}, departments, day, stage, deployed)),
    )


def _platform_contact(departments: Sequence[Department]) -> str:
    return next((one.contact for one in departments if one.department == "commonweal"), "")


def _versions(schemas: Sequence[registry.Schema]) -> Iterator[Version]:
    """The newest first, each compared with the one before it."""
    for place, schema in enumerate(schemas):
        older = schemas[place + 1] if place + 1 < len(schemas) else None
        yield Version(schema, tuple(changes(older.definition, schema.definition)) if older else ())


def _samples(type_: str, newest: registry.Schema, events: Path) -> Iterator[Sample]:
    for file in sorted((events / newest.owner / newest.name).glob("*.json")):
        event = json.loads(file.read_bytes())
        if event.get("type") == type_:
            problems = newest.check_written(event.get("data")) if file.name.startswith(BAD) else []
            yield Sample(file.stem, event, file, "; ".join(map(str, problems)) or None)


def _producers(type_: str, deployed: Deployed, departments: Sequence[Department]) -> Iterator[Producer]:
    owner, fact = type_.split(".", 1)
    if event := EVENTS.get(type_):
        ways = [speaker.role for speaker in deployed.speakers if speaker.may_say(event.source_name(), type_)]
        yield Producer(
            event.room,
            ROOMS.get(event.room, event.room.capitalize()),
            event.source_name(),
            tuple(f"the role {role}" for role in ways),
            is_department=False,
        )
    for one in departments:
        found = one.emits.get(fact) if owner == one.department else one.requests.get(fact) if owner == PLATFORM else None
        if found:
            yield Producer(one.department, one.title, found.source, tuple(_ways(found.source, type_, deployed)), is_department=True)


def _ways(source: str, type_: str, deployed: Deployed) -> Iterator[str]:
    for speaker in deployed.speakers:
        if speaker.may_say(source, type_):
            yield "POST /events" if speaker.types is None else f"its own AWS account, through the role {speaker.role}"


def _consumers(type_: str, samples: Sequence[Sample], rules: Sequence[Rule], stage: Stage, functions: Path) -> Iterator[Consumer]:
    good = [sample for sample in samples if sample.problem is None]
    for rule in rules:
        takes = tuple(sample.name for sample in good if rule.takes(delivered(sample.event, stage.account, stage.region)))
        for entry in rule.consumers if takes or rule.asks_for(type_) else ():
            yield Consumer(entry, does(entry, functions), takes, all=len(takes) == len(good))


def _recipients(
    type_: str, shares: Mapping[str, Share], departments: Sequence[Department], day: datetime.date, stage: Stage, deployed: Deployed
) -> Iterator[Recipient]:
    """Who gets something of a type: whoever asks for it, and has the owner's consent on this day."""
    for one in departments:
        share = shares.get(one.department)
        if share is None or (share.until and share.until < day):
            continue
        for name, asks in sorted(one.subscriptions.items()):
            if asks.to == type_ and all(covers(share.fields, path) for path in asks.fields):
                yield Recipient(one, name, asks, share.until, _way(one, asks, stage, deployed))


def _way(department: Department, asks: Subscription, stage: Stage, deployed: Deployed) -> str | None:
    if asks.webhook:
        return f"its webhook {asks.webhook}"
    queue = queue_name(stage.prefix, department.department)
    return f"its queue {queue}" if queue in deployed.queues else None


def does(entry: str, functions: Path = ROOT / "functions") -> str:
    """What an entry point does, as its module says in its first sentence."""
    room, module = entry.split(".")
    text = ast.get_docstring(ast.parse((functions / room / f"{module}.py").read_text(encoding="utf-8"))) or ""
    return " ".join(text.partition("\n\n")[0].split())


def _consequences(department: Department | None, fact: str) -> Iterator[Consequence]:
    for reaction in department.reactions if department else ():
        for action in reaction.actions() if reaction.when == fact else ():
            text = said(action)
            yield Consequence(action.kind, reaction.if_, f"{text[0].upper()}{text[1:]}.")
