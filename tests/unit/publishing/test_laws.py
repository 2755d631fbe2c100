"""Whatever two departments write in whatever order, the Publishing API answers as its contract says, and the content API shows it.

The API runs on a table of moto's; `model` is the contract in plain Python. Every step asks both and compares all that can be seen.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT

from functions.common.log import logger
from tests.laws import examples
from tests.unit.publishing.ground import MINE, THEIRS, answer, everything, http, read_content
from tests.unit.publishing.model import OK, Answer, Document, Edition, Model

pytestmark = pytest.mark.usefixtures("aws")

STEPS = 25
type Step = tuple[str, dict[str, Any]]

PATHS = ("/a", "/b", "/c")
EXPLANATION, ELSEWHERE = "It is over.", "/elsewhere"

whom = st.integers(0, 40)
"""Which of the documents that there are, taken modulo how many; now and then one that is not there yet, or as another department."""
links_to = st.lists(st.integers(0, 5), max_size=2)
paths = st.sampled_from(PATHS)
schemas = st.sampled_from(["answer", "answer", "answer", "taxon", "redirect", "gone", "gone, of no path"])
update_types = st.sampled_from(["major", "major", "minor", "republish", None])
ways = st.sampled_from(["withdrawal", "gone", "redirect", "vanish", "withdrawal", "gone", "redirect", "vanish", "sleep"])
explanations = st.sampled_from([EXPLANATION, EXPLANATION, EXPLANATION, None])
alternatives = st.sampled_from([ELSEWHERE, ELSEWHERE, ELSEWHERE, "/a", None])
drafts = st.sampled_from([None, None, "allow_draft", "allow_draft", "discard_drafts", "both"])
locks = st.sampled_from([None, None, None, None, "right", "right", "wrong"])


class Laws(RuleBasedStateMachine):
    """The API and the model, side by side. The table is emptied for each run: moto copies all of it for each transaction."""

    def __init__(self) -> None:
        super().__init__()
        empty()
        self.before: list[dict[str, Any]] = []
        self.changed = False
        self.ids = [str(uuid4()) for _ in range(3)]
        self.model = Model()

    # What can happen

    @rule(whom=whom, path=paths, schema=schemas, update_type=update_types, lock=locks)
    def put(self, whom: int, path: str, schema: str, update_type: str | None, lock: str | None) -> None:
        who, content_id, locale = self.pick(whom)
        schema, _, pathless = schema.partition(", ")
        says = ELSEWHERE if schema == "redirect" else f"Title {uuid4()}"
        edition = Edition(0, None if pathless else path, schema, says, update_type)
        previous = self.previous(content_id, locale, lock)
        expected, blocked = self.model.put(who, content_id, locale, edition, previous)
        sent = {**payload(edition), "locale": locale, "previous_version": previous and str(previous)}
        said = self.agree(expected, http("PUT", f"/v2/content/{content_id}", without_nothing(sent), who))
        if expected == OK:
            assert bool(said["warnings"]) == blocked
            self.compare(self.model.documents[content_id, locale], said)

    @rule(whom=whom, update_type=st.sampled_from([None, None, None, "minor", "wrong"]), lock=locks)
    def publish(self, whom: int, update_type: str | None, lock: str | None) -> None:
        who, content_id, locale = self.pick(whom)
        previous = self.previous(content_id, locale, lock)
        expected = self.model.publish(who, content_id, locale, update_type, previous)
        self.order(who, content_id, "publish", expected, locale=locale, update_type=update_type, previous_version=previous)

    @rule(whom=whom, lock=locks)
    def republish(self, whom: int, lock: str | None) -> None:
        who, content_id, locale = self.pick(whom)
        previous = self.previous(content_id, locale, lock)
        expected = self.model.republish(who, content_id, locale, previous)
        self.order(who, content_id, "republish", expected, locale=locale, previous_version=previous)

    @rule(whom=whom, way=ways, explanation=explanations, alternative=alternatives, draft=drafts, lock=locks)
    def unpublish(self, whom: int, way: str, explanation: str | None, alternative: str | None, draft: str | None, lock: str | None) -> None:
        who, content_id, locale = self.pick(whom)
        order = {
            "type": way,
            "explanation": explanation,
            "alternative_path": alternative,
            "previous_version": self.previous(content_id, locale, lock),
            **{flag: True for flag in ("allow_draft", "discard_drafts") if draft in {flag, "both"}},
        }
        order = without_nothing(order)
        expected = self.model.unpublish(who, content_id, locale, order)
        self.order(who, content_id, "unpublish", expected, **order, locale=locale)

    @rule(whom=whom, lock=locks)
    def discard(self, whom: int, lock: str | None) -> None:
        who, content_id, locale = self.pick(whom)
        previous = self.previous(content_id, locale, lock)
        expected = self.model.discard(who, content_id, locale, previous)
        self.order(who, content_id, "discard-draft", expected, locale=locale, previous_version=previous)

    @rule(whom=whom, link_type=st.sampled_from(["taxons", "organisations"]), to=links_to, lock=locks)
    def patch_links(self, whom: int, link_type: str, to: list[int], lock: str | None) -> None:
        who, content_id, _ = self.pick(whom)
        links = {link_type: [self.ids[target % len(self.ids)] for target in to]}
        version = self.model.link_sets.get(content_id, (0, {}))[0]
        previous = {"right": version, "wrong": version + 7}.get(lock or "")
        expected = self.model.patch(who, content_id, links, previous)
        body = without_nothing({"links": links, "previous_version": previous})
        said = self.agree(expected, http("PATCH", f"/v2/links/{content_id}", body, who))
        if expected == OK:
            assert (said["version"], said["links"]) == self.model.link_sets[content_id]

    # What must hold

    @precondition(lambda self: not self.changed)
    @invariant()
    def what_is_refused_changes_nothing(self) -> None:
        assert everything() == self.before

    @precondition(lambda self: self.changed)
    @invariant()
    def each_document_is_as_the_model_says(self) -> None:
        for (content_id, locale), document in self.model.documents.items():
            status, said = http("GET", f"/v2/content/{content_id}", department=document.owner, locale=locale)
            assert status == (200 if document.shown else 404)
            if document.shown:
                self.compare(document, said)

    @precondition(lambda self: self.changed)
    @invariant()
    def each_path_answers_as_the_model_says(self) -> None:
        for path in PATHS:
            holder = self.model.live_at(path)
            status, item, _ = read_content(path)
            assert (status, shown(item, status)) == expected_item(holder), (path, holder)

    @precondition(lambda self: self.changed)
    @invariant()
    def each_path_is_held_by_whom_the_model_says(self) -> None:
        body = {"base_paths": PATHS, "exclude_document_types": [], "exclude_unpublishing_types": [], "with_drafts": True}
        holders = {path: self.model.live_at(path) or self.model.draft_at(path) for path in PATHS}
        for who in (MINE, THEIRS):
            expected = {path: holder.content_id for path, holder in holders.items() if holder and holder.owner == who}
            assert http("POST", "/lookup-by-base-path", body, who) == (200, expected)

    def teardown(self) -> None:
        """Each write stands in the history of its content id, and nothing else does; and link sets are whole."""
        for content_id, owner in self.model.owners.items():
            actions = [event["action"] for event in http("GET", f"/v2/content/{content_id}/events", department=owner)[1]]
            assert sorted(actions) == sorted(self.model.written.get(content_id, []))
            version, links = self.model.link_sets.get(content_id, (0, {}))
            said = {"content_id": content_id, "links": links, "version": version}
            assert http("GET", f"/v2/links/{content_id}", department=owner) == (200, said)

    # How it happens

    def order(self, who: str, content_id: str, command: str, expected: Answer, **order: Any) -> None:
        self.agree(expected, http("POST", f"/v2/content/{content_id}/{command}", without_nothing(order), who))
        if self.model.left:
            left = read_content(self.model.left[1])[1]["content_id"]
            self.model.remember(left)
            self.ids.append(left)

    def agree(self, expected: Answer, answered: tuple[int, Any]) -> Any:
        status, said = answered
        assert (status, said.get("error", {}).get("error_code")) == expected, said
        self.changed = status == 200
        self.before = everything() if self.changed else self.before
        if status != 200:
            assert said["error"]["code"] == status
            assert said["error"]["message"]
        return said

    def compare(self, document: Document, said: dict[str, Any]) -> None:
        edition = document.shown
        assert edition
        is_draft = edition is document.draft
        assert said["lock_version"] == document.lock_version
        assert said["user_facing_version"] == edition.number
        assert said["state_history"] == document.states
        assert said["publication_state"] == document.states[str(edition.number)]
        assert said.get("base_path") == edition.path
        assert said["schema_name"] == edition.schema
        store = "draft" if is_draft else None if document.way == "substitute" else "live"
        assert said.get("content_store") == store
        assert said.get("unpublishing", {}).get("type") == (None if is_draft else document.way)

    def pick(self, whom: int) -> tuple[str, str, str]:
        """Who acts, on which content id, in which locale."""
        documents = list(self.model.documents.values())
        if not documents or whom > 32:
            return THEIRS if whom % 4 == 3 else MINE, self.ids[whom % len(self.ids)], "cy" if whom % 2 else "en"
        document = documents[whom % len(documents)]
        other = {MINE: THEIRS, THEIRS: MINE}[document.owner]
        return other if whom > 28 else document.owner, document.content_id, document.locale

    def previous(self, content_id: str, locale: str, lock: str | None) -> int | None:
        document = self.model.documents.get((content_id, locale))
        version = document.lock_version if document else 0
        return {"right": version, "wrong": version + 7}.get(lock or "")


def payload(edition: Edition) -> dict[str, Any]:
    """What a PUT sends."""
    routes = [{"path": edition.path, "type": "exact"}] if edition.path else []
    kind = {"base_path": edition.path, "schema_name": edition.schema, "document_type": edition.schema, "publishing_app": "desk"}
    kind["update_type"] = edition.update_type
    if edition.schema == "redirect":
        return {**kind, "redirects": [{**routes[0], "destination": edition.says}]}
    if edition.schema == "gone":
        return {**kind, "routes": routes}
    details: dict[str, Any] = {} if edition.schema == "taxon" else {"body": "<p>Hello</p>"}
    return {**answer(str(edition.path), title=edition.says), **kind, "details": details}


def shown(item: Any, status: int) -> Any:
    """What the model knows of an item."""
    if status == 404:
        return None
    redirects = [rule["destination"] for rule in item.get("redirects", ())]
    return {
        "document": (item["content_id"], item["locale"]),
        "is": item["schema_name"],
        "says": item.get("title") or next(iter(redirects), ""),
        "notice": (item.get("withdrawn_notice") or {}).get("explanation"),
        "instead": (item["details"] or {}).get("alternative_path") if item["schema_name"] == "gone" else None,
    }


def expected_item(holder: Document | None) -> tuple[int, Any]:
    """The same, by the contract (1.7)."""
    if holder is None or holder.live is None or holder.way == "vanish":
        return 404, None
    taken, edition = holder.taken or {}, holder.live
    item = {"document": (holder.content_id, holder.locale), "is": edition.schema, "says": edition.says, "notice": None, "instead": None}
    if edition.schema == "gone":
        item["says"] = ""
    match holder.way:
        case "gone":
            item |= {"is": "gone", "says": "", "instead": taken.get("alternative_path")}
            return (200 if taken.get("explanation") or taken.get("alternative_path") else 410), item
        case "redirect":
            return 200, item | {"is": "redirect", "says": taken["alternative_path"]}
        case "withdrawal":
            item["notice"] = EXPLANATION
    return (410 if edition.schema == "gone" else 200), item


def without_nothing(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def empty() -> None:
    """Nobody has written anything."""
    get_backend("dynamodb")[ACCOUNT]["eu-west-2"].get_table(os.environ["TABLE"]).items.clear()


@contextmanager
def quiet() -> Iterator[None]:
    """Without the lines that thousands of requests log."""
    with patch.multiple(logger, info=lambda *_, **__: None, warning=lambda *_, **__: None), patch("functions.common.http.count"):
        yield


def test_whatever_is_written_the_api_answers_as_its_contract_says() -> None:
    with quiet():
        run_state_machine_as_test(Laws, settings=settings(max_examples=examples(8), stateful_step_count=STEPS))


def put(path: str, whom: int = 0, schema: str = "answer") -> Step:
    return "put", {"whom": whom, "path": path, "schema": schema, "update_type": "major", "lock": None}


def publish(whom: int = 0) -> Step:
    return "publish", {"whom": whom, "update_type": None, "lock": None}


def unpublish(way: str, draft: str | None = None, whom: int = 0, alternative: str | None = ELSEWHERE) -> Step:
    said = {"explanation": EXPLANATION, "alternative": alternative, "draft": draft, "lock": None}
    return "unpublish", {"whom": whom, "way": way, **said}


def republish(whom: int = 0) -> Step:
    return "republish", {"whom": whom, "lock": None}


ANOTHER, TRANSLATION, THEIR_OWN = 40, 33, 35
"""A document that is not there yet: in English; the first one in Welsh; another department's."""
RARE: dict[str, list[Step]] = {
    "a draft elsewhere is discarded by unpublishing, and its path is free": [
        *(put("/a"), publish(), put("/b"), unpublish("gone", "discard_drafts"), put("/b", THEIR_OWN), publish(1))
    ],
    "a draft that moved vanishes, and so does where it was": [put("/a"), publish(), put("/b"), unpublish("vanish", "allow_draft")],
    "a draft that moved is gone, and where it was leads there": [put("/a"), publish(), put("/b"), unpublish("gone", "allow_draft")],
    "what was gone comes back elsewhere, and where it was leads there": [put("/a"), publish(), unpublish("gone"), put("/b"), publish()],
    "what loses its path leaves nothing": [put("/a"), publish(), put("/a", schema="gone, of no path"), publish(), put("/a", ANOTHER)],
    "what was substituted is not to be taken away": [
        *(
            put("/a"),
            publish(),
            unpublish("gone"),
            put("/a", ANOTHER),
            publish(1),
            unpublish("vanish"),
            unpublish("gone", whom=1),
            republish(),
        )
    ],
    "what was substituted comes back elsewhere, and leaves nothing": [
        *(put("/a"), publish(), unpublish("gone"), put("/a", ANOTHER), publish(1), put("/b"), publish(), put("/c", 1), publish(1))
    ],
    "a redirect takes the place of a page, and a page the place of a redirect": [
        *(put("/a"), publish(), put("/a", ANOTHER, "redirect"), publish(1), republish(), republish(1), put("/b"), publish())
    ],
    "a page goes to and fro": [put("/a"), publish(), put("/b"), publish(), put("/a"), publish(), put("/b"), publish()],
    "republishing leaves the draft alone": [put("/a"), publish(), put("/b"), republish(), publish()],
    "a translation takes the path over": [put("/a"), publish(), put("/a", TRANSLATION), publish(1), republish()],
    "a draft makes room for a redirect": [put("/a"), put("/a", ANOTHER, "redirect"), publish(1), put("/a"), publish()],
}


@pytest.mark.parametrize("steps", RARE.values(), ids=RARE.keys())
def test_what_happens_rarely(steps: list[Step]) -> None:
    laws = Laws()
    for name, how in steps:
        getattr(laws, name)(**how)
        if laws.changed:
            laws.each_document_is_as_the_model_says()
            laws.each_path_answers_as_the_model_says()
            laws.each_path_is_held_by_whom_the_model_says()
        else:
            laws.what_is_refused_changes_nothing()
    laws.teardown()
