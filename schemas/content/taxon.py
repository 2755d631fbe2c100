"""A taxon: a topic in the tree of topics."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Closed


@Closed
class TaxonDetails(TypedDict):
    """What editors know the topic by, and who of them sees it."""

    internal_name: NotRequired[str]
    notes_for_editors: NotRequired[str]
    url_override: NotRequired[str]
    visible_to_departmental_editors: NotRequired[bool]


class Taxon(PageEdition):
    """A topic in the tree of topics."""

    edition_links = frozenset({"associated_taxons", "embed", "parent_taxons"})
    link_set_links = frozenset({"emphasised_organisations", "parent_taxons", "root_taxon"})

    schema_name: Literal["taxon"]
    document_type: Literal["taxon"]
    details: TaxonDetails
