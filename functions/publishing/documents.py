"""Documents and their editions: what stands, what may become of it, and how it is shown. No AWS in here.

A document is a content id in one locale. Its editions are numbered 1, 2, 3 …; at most one is a draft and at most one is live (published,
or unpublished in one of the ways of the contract, 1.7); all others are superseded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from functions.publishing.bodies import Kept
from functions.publishing.expansion.rules import EMBED
from functions.publishing.history import Moment

type Fields = dict[str, Any]

_SHOWN = (
    "analytics_identifier", "auth_bypass_ids", "base_path", "change_note", "description", "document_type", "first_published_at",
    "last_edited_at", "last_edited_by_editor_id", "links", "locale", "major_published_at", "phase", "public_updated_at", "published_at",
    "publishing_api_first_published_at", "publishing_api_last_edited_at", "publishing_app", "redirects", "rendering_app", "routes",
    "schema_name", "title", "update_type", "updated_at",
)  # fmt: skip
EDITION_FIELDS = frozenset(_SHOWN)
"""The fields of an edition that lists may be asked for."""
_ITEM = (
    "analytics_identifier", "base_path", "description", "document_type", "first_published_at", "locale", "phase", "public_updated_at",
    "publishing_app", "publishing_request_id", "rendering_app", "schema_name", "title", "updated_at",
)  # fmt: skip

_DRAFT_ONLY = frozenset({"access_limited", "auth_bypass_ids"})

_TIMES = ("public_updated_at", "first_published_at", "last_edited_at")
"""What a caller may say in its own time zone."""
LONGEST_HISTORY = 20_000
"""Characters of change notes that an edition carries on from those before it."""
_NOTE_AROUND = 60
"""Characters around each note: names and time."""
GONE_WITHOUT_TRACE = frozenset({"gone", "redirect", "vanish", "substitute"})
"""Ways of unpublishing after which another document may take the path."""
SUBSTITUTABLE = frozenset({"gone", "redirect", "special_route"})
"""Schemas whose documents give way to another at the same path, and may take its place (contract 1.8)."""


@dataclass(frozen=True)
class Edition:
    """One version of a document: its fields without the details, which may be long and are kept apart."""

    number: int
    fields: Fields
    details: Kept

    @property
    def base_path(self) -> str | None:
        """Where it stands. None of a content type that may be without a page of its own."""
        path: str | None = self.fields.get("base_path")
        return path

    @property
    def gives_way(self) -> bool:
        """Whether it is of a kind that gives way to another at its path."""
        return self.fields["schema_name"] in SUBSTITUTABLE


@dataclass(frozen=True)
class Document:
    """A content id in one locale, as it stands. `written` is the token of its last write: who changes it names what it saw."""

    content_id: str
    locale: str
    owner: str
    lock_version: int = 0
    draft: Edition | None = None
    live: Edition | None = None
    unpublishing: Fields | None = None
    event_version: str | None = None
    aliases: frozenset[str] = frozenset()
    written: str | None = None

    @property
    def name(self) -> str:
        """What other items call it."""
        return f"{self.content_id}#{self.locale}"

    @property
    def known(self) -> bool:
        """Whether there is an edition to show. A tombstone, or a document whose only draft was discarded, has none."""
        return self.draft is not None or self.live is not None

    @property
    def next_number(self) -> int:
        """The number of the draft that a PUT would write."""
        if self.draft:
            return self.draft.number
        return self.live.number + 1 if self.live else 1

    @property
    def state(self) -> str:
        """The state of the live edition."""
        return "unpublished" if self.unpublishing else "published"

    @property
    def way(self) -> str | None:
        """In which way the live edition was taken away. None where it was not."""
        return self.unpublishing["type"] if self.unpublishing else None

    @property
    def left_to_others(self) -> bool:
        """Whether another document is live in this one's place."""
        return self.way == "substitute"


def makes_room(holder: Document, theirs: Edition | None, document: Document, wanted: Edition) -> bool:
    """Whether what stands at a path goes where an edition is to stand there (contract 1.8): a tombstone, the same content in another
    locale; and in the same locale, where one of the two is of a kind that gives way, or what is live was taken away without a trace.
    """
    if theirs is None or holder.content_id == document.content_id:
        return True
    gone = theirs is holder.live and holder.way in GONE_WITHOUT_TRACE
    return holder.locale == document.locale and (theirs.gives_way or wanted.gives_way or gone)


def drafted(document: Document, sent: Fields, details: Kept, moment: Moment) -> Edition:
    """The draft that a PUT makes. Every field not sent is back at its default; only the first publication's time stays."""
    before = document.draft or document.live
    fields = {
        "last_edited_at": moment.at,
        **sent,
        **{name: in_utc(sent[name]) for name in _TIMES if name in sent},
        "updated_at": moment.at,
        "publishing_api_last_edited_at": moment.at,
        "publishing_request_id": moment.request,
        "created_at": document.draft.fields["created_at"] if document.draft else moment.at,
    }
    if before and "first_published_at" not in sent:
        fields["first_published_at"] = before.fields.get("first_published_at")
    return Edition(document.next_number, fields, details)


def saved(document: Document, draft: Edition) -> Document:
    """The document once the draft is saved."""
    alias = draft.fields.get("content_id_alias")
    aliases = document.aliases | ({alias} if alias else frozenset())
    return replace(document, lock_version=document.lock_version + 1, draft=draft, aliases=aliases)


def change_note(sent: Mapping[str, Any], details: object) -> str | None:
    """The note of a major update: what was sent as such, else the note in the details, else the newest of the history in there."""
    if sent.get("update_type") in {"minor", "republish"}:
        return None
    held = details if isinstance(details, Mapping) else {}
    newest: Mapping[str, Any] = max(held.get("change_history") or [], key=lambda entry: str(entry["public_timestamp"]), default={})
    return sent.get("change_note") or held.get("change_note") or newest.get("note")


def in_utc(timestamp: str) -> str:
    """A moment as the API says it, whatever time zone it was said in."""
    try:
        return f"{datetime.fromisoformat(timestamp).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}".zfill(20)
    except OverflowError:
        # The first and the last day of the calendar, in a time zone where it is another.
        return timestamp


def published(document: Document, draft: Edition, update_type: str, moment: Moment) -> Edition:
    """The edition that a draft becomes: a major update is told to readers, with its note and a new date; others keep those of before."""
    previous = document.live.fields if document.live else {}
    fields = {**draft.fields, "update_type": update_type, "published_at": moment.at, "updated_at": moment.at}
    fields["publishing_request_id"] = moment.request
    fields["first_published_at"] = fields.get("first_published_at") or previous.get("first_published_at") or moment.at
    fields["publishing_api_first_published_at"] = previous.get("publishing_api_first_published_at") or moment.at
    if update_type == "major":
        fields["major_published_at"] = moment.at
        fields["public_updated_at"] = fields.get("public_updated_at") or moment.at
    else:
        fields["major_published_at"] = previous.get("major_published_at")
        fields["public_updated_at"] = previous.get("public_updated_at") or fields["first_published_at"]
        fields.pop("change_note", None)
    fields["change_history"] = _history(fields, previous)
    # Who might see the draft is of no account once everybody may.
    return ended(replace(draft, fields=fields))


def ended(edition: Edition) -> Edition:
    """An edition that is taken away: who might see it as a draft is of no account any more."""
    return replace(edition, fields={name: value for name, value in edition.fields.items() if name not in _DRAFT_ONLY})


def republished(document: Document, live: Edition, moment: Moment) -> Edition:
    """The live edition, sent on its way once more: nothing of what it says is changed."""
    return replace(
        live, fields={**live.fields, "update_type": "republish", "publishing_request_id": moment.request, "updated_at": moment.at}
    )


def _history(fields: Mapping[str, Any], previous: Mapping[str, Any]) -> list[Fields]:
    notes = list(previous.get("change_history", []))
    if note := fields.get("change_note"):
        notes.insert(0, {"note": note, "public_timestamp": fields["public_updated_at"]})
    # A page that is replaced every hour would outgrow its item; older notes stay with their editions.
    lengths = accumulate(len(note["note"]) + _NOTE_AROUND for note in notes)
    return [note for note, length in zip(notes, lengths, strict=True) if length <= LONGEST_HISTORY]


def view(document: Document, edition: Edition, details: object, warnings: Mapping[str, str] | None = None) -> Fields:
    """An edition as the Publishing API answers with it: every field that is not null."""
    states = _states(document)
    state = states[str(edition.number)]
    shown = {name: edition.fields.get(name) for name in _SHOWN}
    answer = {
        **shown,
        "details": details,
        "content_id": document.content_id,
        "content_id_aliases": sorted(document.aliases) or None,
        "content_store": {"draft": "draft", "superseded": None}.get(state, None if document.left_to_others else "live"),
        "lock_version": document.lock_version,
        "publication_state": state,
        "state_history": states,
        "user_facing_version": edition.number,
        "unpublishing": document.unpublishing if state == "unpublished" else None,
        "warnings": warnings,
    }
    return {name: value for name, value in answer.items() if value is not None}


def _states(document: Document) -> dict[str, str]:
    newest = max(edition.number for edition in (document.draft, document.live) if edition)
    states = {str(number): "superseded" for number in range(1, newest + 1)}
    if document.live:
        states[str(document.live.number)] = document.state
    if document.draft:
        states[str(document.draft.number)] = "draft"
    return states


@dataclass(frozen=True)
class Item:
    """What a path answers with in the content API, and the routes by which it is also found."""

    status: int
    fields: Fields = field(default_factory=dict)
    routes: Sequence[Fields] = ()
    embeds: bool = False
    """Whether its texts ask for content blocks: they are made again whenever its page is."""


def content_item(document: Document, edition: Edition, details: Any) -> Item:
    """The content item of a live edition. `details` are as readers get them."""
    fields = {name: edition.fields.get(name) for name in _ITEM}
    history = edition.fields.get("change_history")
    if history and isinstance(details, dict) and not details.get("change_history"):
        details = {**details, "change_history": history}
    fields |= {"content_id": document.content_id, "details": details, "links": {}, "withdrawn_notice": {}}
    if edition.fields.get("redirects"):
        fields["redirects"] = edition.fields["redirects"]
    status = 410 if fields["schema_name"] == "gone" and not any((details or {}).values()) else 200
    embeds = bool(edition.fields.get("links", {}).get(EMBED))
    return Item(status, fields, edition.fields.get("routes") or edition.fields.get("redirects") or (), embeds)


def withdrawn(item: Item, unpublishing: Mapping[str, Any]) -> Item:
    """A content item that is still shown, with a notice that it holds no more."""
    notice = {"explanation": unpublishing.get("explanation"), "withdrawn_at": unpublishing["unpublished_at"]}
    return replace(item, fields={**item.fields, "withdrawn_notice": notice})


def taken_away(document: Document, edition: Edition, unpublishing: Mapping[str, Any], moment: Moment) -> Item:
    """The content item that stands at a path after its document is gone, redirected or vanished."""
    kind = unpublishing["type"]
    if kind == "vanish":
        return Item(404)
    fields: Fields = {
        "base_path": edition.base_path,
        "content_id": document.content_id,
        "document_type": kind,
        "locale": document.locale,
        "public_updated_at": unpublishing["unpublished_at"],
        "publishing_app": edition.fields["publishing_app"],
        "publishing_request_id": moment.request,
        "schema_name": kind,
        "updated_at": moment.at,
    }
    if kind == "redirect":
        return Item(200, {**fields, "redirects": unpublishing["redirects"]}, unpublishing["redirects"])
    details = {name: unpublishing.get(name) for name in ("explanation", "alternative_path")}
    return Item(200 if any(details.values()) else 410, {**fields, "details": details}, edition.fields.get("routes", ()))


def redirects_of(edition: Edition, alternative: str) -> list[Fields]:
    """The rules that lead from every route of an edition to one place."""
    routes = edition.fields.get("routes") or [{"path": edition.base_path, "type": "exact"}]
    return [{"path": route["path"], "type": route["type"], "destination": alternative} for route in routes if route["path"]]
