"""The history of a document: each write to it, who asked for it, and what it was before. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from functions.publishing.expansion.graph import Candidate, Links

type Action = Literal["PutContent", "Publish", "Republish", "Unpublish", "DiscardDraft", "PatchLinkSet", "Substitute"]
"""What was done, in the Publishing API's words (contract 1.2)."""


@dataclass(frozen=True)
class Moment:
    """When, by whom, and on whose request something is done. `write_id` is the id of the write in the document's history."""

    at: str
    request: str
    write_id: str
    user: str | None = None


@dataclass(frozen=True)
class Event:
    """A write. Of what is live, and of the link set, it keeps what stood before: those who showed that are to be found by it."""

    action: Action
    moment: Moment
    locale: str | None = None
    payload: dict[str, Any] | None = None
    live_before: Candidate | None = None
    links_before: Links | None = None
