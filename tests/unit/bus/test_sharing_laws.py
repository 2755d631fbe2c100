"""Minimisation, whatever the schema, the data, the consents and the wishes are: nothing outside what both files say reaches a subscriber.

Every value of every event drawn here is a word of its own. What is real: the checks of declarations, their compilation, the consumers that
share, forward, quarantine and remember, their table, their queues, what they answer and what they print. What is not: the bus between them,
which is one loop, a webhook, and the clock.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from uuid import NAMESPACE_URL, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.bus import forward, ingress, journal, quarantine, share
from functions.common import clients, clock, webhooks
from functions.common.auth import Caller
from functions.common.log import logger
from functions.common.webhooks import Unreached
from infra import declarations, sharing_checks
from infra.declared import Declared
from infra.lined_yaml import Source
from schemas import registry
from schemas.declaration import Department
from schemas.envelope import CloudEvent
from schemas.platform import ForwardRequested
from schemas.sharing import Share, Subscription
from tests.laws import examples
from tests.unit.bus.ground import request
from tests.unit.common import ground as common
from tests.unit.common.ground import Ground, deliver, delivered

OWNER, ASKERS = "owner", ("first", "second")
FACT = "ThingDone.v1"
TYPE = f"{OWNER}.{FACT}"
LAST_DAY, DAY_AFTER = "2026-11-30", "2026-12-01"
NAMES = ("a", "b", "c")
SUBJECT, ELSEWHERE = "(the subject)", "(elsewhere in the envelope, or a field that no version knows yet)"
CONDITIONS = ("a", "a || b || c", "contains(to_string(@), 'word')", "length(@) > `0`", "a < `4`", "sort(@)", "abs(to_string(@))")
"""Some hold, some do not, and the last three fail on what is a word or an object, as most is."""

type Members = dict[str, Any]
type Shape = str | dict[str, Shape] | list[Shape]
"""What data looks like: a word, an object of named shapes, or a list of one shape."""

_shapes: st.SearchStrategy[dict[str, Shape]] = st.dictionaries(
    st.sampled_from(NAMES),
    st.recursive(
        st.just("word"),
        lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=3) | inner.map(lambda shape: [shape]),
        max_leaves=5,
    ),
    min_size=1,
)
_words = (f"word{number:06}x" for number in count())
_moments = (f"2026-11-23T09:30:00.{number:06}Z" for number in count(1))


@dataclass(frozen=True)
class Case:
    """An event, at what place each of its words stands, and what the departments declare of it."""

    event: Members
    schema: Members
    places: Mapping[str, str]
    departments: Mapping[str, Department]
    day: str
    is_broken: bool
    webhook_fails: bool

    def consent(self, asker: str) -> Share | None:
        return self.departments[OWNER].emits[FACT].shares.get(asker)

    def wish(self, asker: str) -> Subscription:
        return self.departments[asker].subscriptions["all"]

    def entitled(self, asker: str) -> set[str]:
        """The words that it may have: each is looked for in both files by itself."""
        consent, wish = self.consent(asker), self.wish(asker)
        if consent is None or self.is_broken or (consent.until and consent.until.isoformat() < self.day):
            return set()
        agreed = [path for path in wish.fields if any(_leads_to(given, path) for given in consent.fields)]
        found = {word for word, place in self.places.items() if any(_leads_to(path, place) for path in agreed)}
        return found | {word for word, place in self.places.items() if place == SUBJECT and consent.subject and wish.subject}


def _leads_to(path: str, place: str) -> bool:
    return place.split(".")[: path.count(".") + 1] == path.split(".")


def _schema_of(shape: Shape) -> Members:
    match shape:
        case dict():
            properties = {name: _schema_of(inner) for name, inner in shape.items()}
            return {"type": "object", "properties": properties, "additionalProperties": False}
        case list():
            return {"type": "array", "items": _schema_of(shape[0])}
    return {"type": "string"}


def _paths_of(shape: Shape, place: str = "") -> Iterator[str]:
    if isinstance(shape, list):
        yield from _paths_of(shape[0], place)
    if isinstance(shape, dict):
        for name, inner in shape.items():
            there = f"{place}.{name}".lstrip(".")
            yield there
            yield from _paths_of(inner, there)


@st.composite
def _data(draw: st.DrawFn, shape: Shape, place: str, places: dict[str, str]) -> Any:
    match shape:
        case dict():
            there = [name for name in shape if draw(st.integers(0, 4))]
            data = {name: draw(_data(shape[name], f"{place}.{name}".lstrip("."), places)) for name in there}
            if draw(st.booleans()):
                # Whoever puts events past ingress may write what nobody declared.
                data["undeclared"] = word = next(_words)
                places[word] = ELSEWHERE
            return data
        case list():
            return [draw(_data(shape[0], place, places)) for _ in range(draw(st.integers(0, 2)))]
    word = next(_words)
    places[word] = place
    return word


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    shape = draw(_shapes)
    paths = st.lists(st.sampled_from(sorted(set(_paths_of(shape)))), min_size=1, max_size=3, unique=True)
    places: dict[str, str] = {}
    data = draw(_data(shape, "", places))
    is_broken = draw(st.sampled_from([False, False, False, True]))
    subject, later, identity, *made_up = (next(_words) for _ in range(10))
    places |= {subject: SUBJECT, **dict.fromkeys([later, identity, *made_up], ELSEWHERE)}
    event = {
        "specversion": "1.0",
        "id": draw(st.sampled_from([str(uuid5(NAMESPACE_URL, subject)), identity])),
        "source": "uk.gov.owner.things",
        "type": TYPE,
        "subject": subject,
        # By which what follows from one case is told from what the others left behind.
        "time": next(_moments),
        "dataschema": f"https://{made_up[0]}/schemas/owner/ThingDone/1.0.0.json",
        "dataclassification": made_up[1],
        "traceparent": made_up[2],
        "causationid": made_up[3],
        "casefile": made_up[4],
        "correlationid": made_up[5],
        "sequence": made_up[6],
        "data": data | {"later": later} | ({min(shape): 7} if is_broken else {}),
    }
    consents = {asker: draw(_consents(paths)) for asker in ASKERS if draw(st.integers(0, 3))}
    emits = {"from": "uk.gov.owner.things", "owner": "a@example.gov.uk", "classification": "official", "shares": consents}
    departments = {OWNER: _department(OWNER, emits={FACT: emits})}
    for asker in ASKERS:
        desk = {"desk": {"url": f"https://{asker}.example.gov.uk"}}
        departments[asker] = _department(asker, subscriptions={"all": draw(_wishes(paths))}, webhooks=desk)
    day = draw(st.sampled_from([LAST_DAY, DAY_AFTER]))
    return Case(event, _schema_of(shape), places, departments, day, is_broken, draw(st.booleans()))


def _consents(paths: st.SearchStrategy[list[str]]) -> st.SearchStrategy[Members]:
    said = {"fields": paths, "purpose": st.just("To try."), "subject": st.booleans()}
    return st.fixed_dictionaries(said, optional={"until": st.just(LAST_DAY)})


def _wishes(paths: st.SearchStrategy[list[str]]) -> st.SearchStrategy[Members]:
    said = {"to": st.just(TYPE), "fields": paths, "purpose": st.just("To try."), "subject": st.booleans()}
    return st.fixed_dictionaries(said, optional={"if": st.sampled_from(CONDITIONS), "webhook": st.just("desk")})


def _department(slug: str, **declared: object) -> Department:
    return Department.model_validate({"department": slug, "title": slug, "contact": "a@example.gov.uk", **declared})


@dataclass
class World:
    """The consumers over a table, what they reach, and what they print."""

    aws: Ground
    folder: Path
    printed: io.StringIO
    posted: list[tuple[str, str]]
    said: list[CloudEvent]
    webhook_fails: bool = False

    def live(self, case: Case) -> None:
        """Let the event come twice, and everything follow from it that does."""
        self._begin(case)
        contract = registry.Schema(OWNER, "ThingDone", (1, 0, 0), self.folder / "1.0.0.json")
        now = datetime.fromisoformat(f"{case.day}T12:00:00").replace(tzinfo=UTC)
        with patch.object(registry, "latest", lambda _: contract), patch.object(clock, "now", lambda: now):
            assert deliver(journal.journal, delivered(case.event)) == [True]
            assert deliver(share.share, delivered(case.event), delivered(case.event)) == [True, True]
            assert all(deliver(quarantine.quarantine, *self._waiting("quarantine", case)))
            while following := self._following():
                for event in following:
                    deliver(journal.journal, delivered(event.wire()))
                    if event.type == ForwardRequested.type_name():
                        # A webhook may be away the first time; the last time is once too often.
                        tries = [deliver(forward.forward, delivered(event.wire())) for _ in range(3)]
                        assert tries[1:] == [[True], [True]]

    def arrived(self, case: Case, asker: str) -> list[Members]:
        """What its queue and its webhook got."""
        posted = [json.loads(body) for url, body in self.posted if url == f"https://{asker}.example.gov.uk"]
        return [*posted, *self._waiting(f"commonweal-local-to-{asker}", case)]

    def seen(self, case: Case, asker: str) -> str:
        """Whatever else is kept for it, said to it, or answered when it asks after the event and all that it was told of."""
        told = [event.wire() for event in self.said if event.department == asker]
        theirs = [item for item in self.aws.items() if asker in item["sk"]["S"] or item.get("department") == {"S": asker}]
        # By its partition the platform alone finds an item again.
        kept = [{name: value for name, value in item.items() if name != "pk"} for item in theirs]
        caller = Caller(asker, "service", "key", "live", frozenset({"events:emit"}))
        with patch.object(ingress.api, "_scheme", lambda _: caller):
            answers = [request(ingress.api, "GET", f"/events/{one}").text for one in (case.event["id"], *(event["id"] for event in told))]
        return json.dumps([told, kept, answers])

    def post(self, url: str, body: bytes, _: Mapping[str, str]) -> None:
        if self.webhook_fails:
            self.webhook_fails = False
            raise Unreached("the receiver answered 503")
        self.posted.append((url, body.decode()))

    def _waiting(self, queue: str, case: Case) -> list[Members]:
        """What waits in a queue of this case: what was read once becomes visible again."""
        return [message for message in self.aws.waiting(queue) if case.event["time"] in json.dumps(message)]

    def _following(self) -> list[CloudEvent]:
        """What was said since this was last asked: from the items, for the stream keeps what all cases said."""
        said = [json.loads(item["outbox"]["S"]) for item in self.aws.items() if "outbox" in item]
        known = {event.id for event in self.said}
        news = [event for event in map(CloudEvent.model_validate, (one for outbox in said for one in outbox)) if event.id not in known]
        self.said += news
        return news

    def _begin(self, case: Case) -> None:
        self.webhook_fails = case.webhook_fails
        self.posted.clear()
        self.said.clear()
        self.printed.seek(self.printed.truncate(0))
        for item in self.aws.items():
            clients.dynamodb().delete_item(TableName="bus", Key={"pk": item["pk"], "sk": item["sk"]})
        (self.folder / "1.0.0.json").write_text(json.dumps(case.schema))
        self.aws.declared |= declarations.compile(case.departments.values(), self.folder)


@contextmanager
def _world() -> Iterator[World]:
    stream = io.StringIO()
    handlers = [handler for handler in logger._logger.handlers if hasattr(handler, "setStream")]
    with common.ground() as aws, TemporaryDirectory() as folder, redirect_stdout(stream):
        before = [handler.setStream(stream) for handler in handlers]
        for asker in ASKERS:
            clients.sqs().create_queue(QueueName=f"commonweal-local-to-{asker}")
        world = World(aws, Path(folder), stream, [], [])
        with patch.object(webhooks, "post", world.post), patch("functions.common.consumer._pause"):
            yield world
        for handler, original in zip(handlers, before, strict=True):
            handler.setStream(original or stream)


def _words_in(text: str, case: Case) -> set[str]:
    return {word for word in case.places if word in text}


def _tried(law: Callable[[World, Case], None], few: int) -> None:
    with _world() as world:

        @settings(max_examples=examples(few))
        @given(case=_cases())
        def hold(case: Case) -> None:
            world.live(case)
            law(world, case)

        hold()


def test_nothing_outside_what_both_files_say_reaches_a_subscriber_and_nothing_at_all_a_log() -> None:
    def law(world: World, case: Case) -> None:
        # It ties the tree together wherever that is looked at or logged; what is handed on has it no more.
        tie = {str(case.event["correlationid"])}
        for asker in ASKERS:
            arrived = world.arrived(case, asker)
            assert _words_in(json.dumps(arrived), case) <= case.entitled(asker)
            assert _words_in(world.seen(case, asker), case) - tie <= case.entitled(asker)
            assert len(arrived) <= 1
            if case.wish(asker).if_ is None and case.consent(asker) and case.entitled(asker):
                assert _words_in(json.dumps(arrived), case) == case.entitled(asker)
        assert _words_in(world.printed.getvalue(), case) <= tie | {str(case.event["id"])}

    _tried(law, 15)


@settings(max_examples=examples(40))
@given(case=_cases())
def test_what_the_checks_let_through_is_granted_as_it_was_asked_for(case: Case) -> None:
    files = [
        Declared(one, Source(f"{slug}.yaml", {}), {FACT: case.schema} if slug == OWNER else {}) for slug, one in case.departments.items()
    ]
    wrong = {problem.file for problem in [*sharing_checks.between(files), *(one for file in files for one in sharing_checks.within(file))]}
    granted = declarations.compile(case.departments.values(), Path("nowhere"))["subscriptions"].get(TYPE, [])
    assert f"{OWNER}.yaml" not in wrong
    for asker in ASKERS:
        found = [one for one in granted if one["department"] == asker]
        consent, wish = case.consent(asker), case.wish(asker)
        if f"{asker}.yaml" not in wrong:
            assert [(one["fields"], one.get("subject", False)) for one in found] == [(wish.fields, wish.subject)]
        if consent is None or not all(any(_leads_to(given, path) for given in consent.fields) for path in wish.fields):
            assert f"{asker}.yaml" in wrong
