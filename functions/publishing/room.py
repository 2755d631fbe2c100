"""Making room for a draft at a path that others hold: their draft goes where it gives way; what is live stays, and is warned of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from functions.common import ids
from functions.publishing import documents
from functions.publishing.documents import Document, Edition
from functions.publishing.history import Event, Moment
from functions.publishing.ownership import in_use
from functions.publishing.store import documents as store
from functions.publishing.store import paths
from functions.publishing.store.documents import Ended
from functions.publishing.store.table import PathTaken

_BLOCKED = "There is already a published document at this path: {holder}. This draft cannot be published while it is there."


@dataclass(frozen=True)
class Room:
    """Who is at a draft's path: a document that is live there, and one whose draft goes."""

    over: Document | None = None
    instead_of: Document | None = None

    def ends(self, now: Moment) -> Ended | None:
        """The document whose draft goes, and what its history says of that."""
        gone = self.instead_of
        if gone is None:
            return None
        its_own = replace(now, write_id=ids.derived(now.write_id, f"instead of {gone.name}"))
        return Ended(gone, Event("DiscardDraft", its_own, gone.locale))

    def with_more(self, taken: PathTaken, document: Document, draft: Edition) -> Room:
        """The same, with whom the path turned out to be held by. Raises Refusal 422 where they do not make room (contract 1.5, 1.8)."""
        app = draft.fields["publishing_app"]
        if (taken.owner, taken.app) != (document.owner, app):
            raise in_use(taken, document.owner, app)
        if taken.draft not in {None, document.name, self.instead_of.name if self.instead_of else None}:
            holder = store.document(*str(taken.draft).split("#"))
            if holder is None or not documents.makes_room(holder, holder.draft, document, draft):
                raise in_use(taken, document.owner)
            return replace(self, instead_of=holder)
        live = store.document(*taken.live.split("#")) if taken.live else None
        if live is None or (self.over and live.name == self.over.name):
            raise in_use(taken, document.owner)
        return replace(self, over=live)

    def warnings(self, document: Document, draft: Edition) -> Mapping[str, str]:
        """What keeps the draft from being published as things are."""
        if self.over is None or documents.makes_room(self.over, self.over.live, document, draft):
            return {}
        return {"content_item_blocking_publish": _BLOCKED.format(holder=self.over.content_id)}


def blocking(document: Document, draft: Edition) -> Mapping[str, str]:
    """What keeps a draft that was saved before from being published as things are now."""
    held = paths.reservation(draft.base_path) if draft.base_path else None
    name = (held or {}).get("live", document.name)
    over = None if name == document.name else store.document(*name.split("#"))
    return Room(over).warnings(document, draft)
