"""The Publishing API as a plain model, written from the contract (publishing.md 1.1 to 1.9): no table, no functions of the platform's.

A command answers with the status and error code that the API should give, and changes the model only where that is 200. Who holds a path
is not kept anywhere: it follows from the documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SUBSTITUTABLE = {"gone", "redirect", "special_route"}
WAYS = {"withdrawal", "gone", "redirect", "vanish"}

type Answer = tuple[int, str | None]
OK: Answer = (200, None)
NOT_FOUND: Answer = (404, "not_found")
LOCKED: Answer = (409, "conflict")
PATH_TAKEN: Answer = (422, "base_path_already_in_use")


@dataclass(frozen=True)
class Edition:
    number: int
    path: str | None
    schema: str
    says: str = ""
    """The title of a page, or where a redirect leads."""
    update_type: str | None = "major"


@dataclass
class Document:
    """A content id in one locale. `taken` is how its live edition was taken away."""

    content_id: str
    locale: str
    owner: str
    lock_version: int = 0
    draft: Edition | None = None
    live: Edition | None = None
    taken: dict[str, Any] | None = None

    @property
    def shown(self) -> Edition | None:
        return self.draft or self.live

    @property
    def way(self) -> str | None:
        return self.taken["type"] if self.taken else None

    @property
    def live_path(self) -> str | None:
        return self.live.path if self.live and self.way != "substitute" else None

    @property
    def states(self) -> dict[str, str]:
        newest = self.shown.number if self.shown else 0
        states = dict.fromkeys(map(str, range(1, newest + 1)), "superseded")
        if self.live:
            states[str(self.live.number)] = "unpublished" if self.taken else "published"
        if self.draft:
            states[str(self.draft.number)] = "draft"
        return states


@dataclass
class Model:
    """Everything that two departments have written."""

    documents: dict[tuple[str, str], Document] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    link_sets: dict[str, tuple[int, dict[str, list[str]]]] = field(default_factory=dict)
    written: dict[str, list[str]] = field(default_factory=dict)
    left: tuple[Document, str, str] | None = None
    """What moved last, from where, and where to: a redirect of an id that the platform chooses is there now. Ask `remember` to know it."""

    def find(self, department: str, content_id: str, locale: str) -> Document | None:
        """The department's own document, if it has an edition."""
        found = self.documents.get((content_id, locale))
        return found if found and found.owner == department and found.shown else None

    def live_at(self, path: str | None) -> Document | None:
        return next((one for one in self.documents.values() if path and one.live_path == path), None)

    def draft_at(self, path: str | None) -> Document | None:
        return next((one for one in self.documents.values() if path and one.draft and one.draft.path == path), None)

    def put(self, department: str, content_id: str, locale: str, edition: Edition, previous: int | None) -> tuple[Answer, bool]:
        """Create or replace the draft; with the answer, whether it warns that it cannot be published as things are."""
        known = self.documents.get((content_id, locale))
        if known and known.owner != department:
            return NOT_FOUND, False
        mine = known or Document(content_id, locale, department)
        if mine.draft and previous not in {None, mine.lock_version}:
            return LOCKED, False
        drafted, live = self.draft_at(edition.path), self.live_at(edition.path)
        if any(one and one.owner != department for one in (drafted, live)):
            return PATH_TAKEN, False
        if drafted and drafted is not mine and not _gives_way(drafted.draft, None, drafted, edition, mine):
            return PATH_TAKEN, False
        if self.owners.get(content_id, department) != department:
            return NOT_FOUND, False
        if drafted and drafted is not mine:
            self._discard(drafted)
        number = mine.draft.number if mine.draft else mine.live.number + 1 if mine.live else 1
        mine.draft = Edition(number, edition.path, edition.schema, edition.says, edition.update_type)
        mine.lock_version += 1
        self.documents[content_id, locale] = mine
        self._note(mine, "PutContent")
        blocked = live is not None and live is not mine and not _gives_way(live.live, live.way, live, edition, mine)
        return OK, blocked

    def publish(self, department: str, content_id: str, locale: str, update_type: str | None, previous: int | None) -> Answer:
        mine = self.find(department, content_id, locale)
        if mine is None:
            return NOT_FOUND
        if mine.draft is None:
            return NOT_FOUND if mine.taken else LOCKED
        chosen = update_type or mine.draft.update_type
        if chosen is None:
            return 422, "update_type_missing"
        if chosen not in {"major", "minor", "republish", "links", "content_block"}:
            return 422, "update_type_invalid"
        if previous not in {None, mine.lock_version}:
            return LOCKED
        return self._go_live(mine, mine.draft, None, "Publish")

    def republish(self, department: str, content_id: str, locale: str, previous: int | None) -> Answer:
        mine = self.find(department, content_id, locale)
        if mine is None or mine.live is None:
            return NOT_FOUND
        if previous not in {None, mine.lock_version}:
            return LOCKED
        return self._go_live(mine, mine.live, None, "Republish")

    def unpublish(self, department: str, content_id: str, locale: str, order: dict[str, Any]) -> Answer:
        allows, discards = order.get("allow_draft"), order.get("discard_drafts")
        if allows and discards:
            return 422, "conflicting_unpublishing_flags"
        mine = self.find(department, content_id, locale)
        live = mine.live if mine and mine.way != "substitute" else None
        edition = mine.draft if mine and allows else live
        if mine is None or edition is None:
            return NOT_FOUND
        if order.get("previous_version") not in {None, mine.lock_version}:
            return LOCKED
        if mine.draft and not allows and not discards:
            return 422, "cannot_unpublish_with_draft"
        wrong = _wrong(order, edition)
        if wrong:
            return 422, wrong
        answer = self._go_live(mine, edition, order, "Unpublish")
        if answer == OK and discards:
            mine.draft = None
        return answer

    def discard(self, department: str, content_id: str, locale: str, previous: int | None) -> Answer:
        mine = self.find(department, content_id, locale)
        if mine is None:
            return NOT_FOUND
        if mine.draft is None:
            return 422, "no_draft_to_discard"
        if previous not in {None, mine.lock_version}:
            return LOCKED
        self._discard(mine)
        return OK

    def patch(self, department: str, content_id: str, links: dict[str, list[str]], previous: int | None) -> Answer:
        if self.owners.get(content_id, department) != department:
            return NOT_FOUND
        version, before = self.link_sets.get(content_id, (0, {}))
        if previous not in {None, version}:
            return LOCKED
        after = {name: targets for name, targets in {**before, **links}.items() if targets}
        self.owners[content_id] = department
        self.link_sets[content_id] = version + 1, after
        self.written.setdefault(content_id, []).append("PatchLinkSet")
        return OK

    def remember(self, content_id: str) -> None:
        """The id of the redirect that was left behind."""
        assert self.left
        (moved, old, new), self.left = self.left, None
        self.documents[content_id, moved.locale] = Document(content_id, moved.locale, moved.owner, 1, live=Edition(1, old, "redirect", new))
        self.owners[content_id] = moved.owner

    def _go_live(self, mine: Document, edition: Edition, taken: dict[str, Any] | None, action: str) -> Answer:
        blocking = self.live_at(edition.path)
        if blocking and blocking is not mine:
            if blocking.owner != mine.owner or not _gives_way(blocking.live, blocking.way, blocking, edition, mine):
                return PATH_TAKEN
            blocking.taken = {"type": "substitute"}
            self._note(blocking, "Substitute")
        old = mine.live_path
        vanishes = taken is not None and taken["type"] == "vanish"
        if old and edition.path and old != edition.path and not vanishes:
            self.left = mine, old, edition.path
        if edition is mine.draft:
            mine.draft = None
        mine.live, mine.taken = edition, taken
        self._note(mine, action)
        return OK

    def _discard(self, document: Document) -> None:
        document.draft = None
        document.lock_version += 1
        self._note(document, "DiscardDraft")

    def _note(self, document: Document, action: str) -> None:
        self.owners[document.content_id] = document.owner
        self.written.setdefault(document.content_id, []).append(action)


def _gives_way(theirs: Edition | None, way: str | None, holder: Document, wanted: Edition, mine: Document) -> bool:
    """Whether what stands at a path makes room (1.8): the same content in another locale, or either of them substitutable in one locale."""
    if holder.content_id == mine.content_id:
        return True
    kinds = {theirs.schema if theirs else None, wanted.schema}
    return holder.locale == mine.locale and (bool(kinds & SUBSTITUTABLE) or way in {"gone", "redirect", "vanish"})


def _wrong(order: dict[str, Any], edition: Edition) -> str | None:
    way, alternative = order.get("type"), order.get("alternative_path")
    if way not in WAYS:
        return "type_invalid"
    if way == "withdrawal" and not order.get("explanation"):
        return "explanation_missing_for_withdrawal"
    if alternative and way in {"gone", "redirect"} and alternative == edition.path:
        return "redirect_path_equals_destination"
    if way == "redirect" and (alternative is None or edition.path is None):
        return "redirects_must_include_base_path"
    return None
