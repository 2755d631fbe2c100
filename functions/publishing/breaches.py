"""Links that a link set may not have by its document's content type: they are kept, and the breach is logged (contract 1.9)."""

from __future__ import annotations

from collections.abc import Collection

from functions.common.log import count, logger
from functions.publishing.store.graph import StoredGraph
from schemas.content import registry
from schemas.content.links import COMMON


def log(content_id: str, link_types: Collection[str], viewer: str) -> None:
    """Log each content type of a content id that does not have all of these types of links. What has no edition yet has no type."""
    foreign = sorted(set(link_types) - COMMON)
    if not foreign:
        return
    editions = StoredGraph(viewer).editions([content_id], "draft", None).get(content_id, ())
    for schema in sorted({edition.fields["schema_name"] for edition in editions if "schema_name" in edition.fields}):
        for failure in registry.check_links(schema, foreign):
            logger.warning("a link set breaks its schema", content_id=content_id, schema=schema, link=failure["fragment"])
            count("LinkSetBreach", Schema=schema)
