"""A document collection: documents on one subject, in groups."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed
from schemas.content.government import Political
from schemas.content.parts import Header, TitledLink

_LINKS = frozenset(
    {"documents", "emphasised_organisations", "government", "related_policies", "taxonomy_topic_email_override", "topical_events"}
)


@Closed
class CollectionGroup(TypedDict):
    """Documents that belong together, by content id, in the order they are shown."""

    title: str
    documents: list[str]
    body: NotRequired[Body]


@Closed
class DocumentCollectionDetails(Political):
    """The groups, and what is said of them all."""

    collection_groups: list[CollectionGroup]
    body: NotRequired[Body]
    brexit_no_deal_notice: NotRequired[list[TitledLink]]
    headers: NotRequired[list[Header]]


class DocumentCollection(PageEdition):
    """Documents on one subject, in groups."""

    edition_links = _LINKS | {"embed"}
    link_set_links = _LINKS | {"related_guides", "related_mainstream_content"}

    schema_name: Literal["document_collection"]
    document_type: Literal["document_collection"]
    details: DocumentCollectionDetails
