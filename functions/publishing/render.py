"""Make the pages of a path whose content has changed."""

from __future__ import annotations

from functions.common import clock
from functions.common.consumer import consumes_any
from functions.common.failures import Stale
from functions.publishing import refreshing, rendering
from functions.publishing.heard import read
from functions.publishing.store import history
from schemas.envelope import CloudEvent
from schemas.platform import ContentPublished, ContentUnpublished


@consumes_any
def render(envelope: CloudEvent) -> None:
    """What is rendered is what the path answers with now, whichever event said that it changed. Stale where that is rendered already."""
    event = read(envelope, ContentPublished, ContentUnpublished)
    try:
        _render(event.base_path)
    except Stale:
        # Another event of the same path was quicker: its rendering holds this write as well.
        history.note(str(event.content_id), str(event.write_id), rendered_at=clock.stamp())
        raise
    history.note(str(event.content_id), str(event.write_id), rendered_at=clock.stamp())


def _render(path: str | None) -> None:
    if path is None:
        raise Stale("what has no path has no page")
    refreshing.ask(rendering.render(path), clock.stamp())
