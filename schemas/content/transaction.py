"""A transaction: the page before a service starts."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed, RelatedLink, Slug, Url


class _Start(TypedDict):
    introductory_paragraph: NotRequired[Body]
    more_information: NotRequired[Body]
    other_ways_to_apply: NotRequired[Body]
    transaction_start_link: NotRequired[Url]


@Closed
class Variant(_Start):
    """Another way into the service, at an address under the page's."""

    title: str
    slug: Slug


@Closed
class TransactionDetails(_Start):
    """Where the service starts, and what to know before."""

    department_analytics_profile: NotRequired[str]
    downtime_message: NotRequired[str]
    external_related_links: NotRequired[list[RelatedLink]]
    hidden_search_terms: NotRequired[list[str]]
    start_button_text: NotRequired[str]
    variants: NotRequired[list[Variant]]
    what_you_need_to_know: NotRequired[Body]
    will_continue_on: NotRequired[str]


class Transaction(PageEdition):
    """The page before a service starts."""

    schema_name: Literal["transaction"]
    document_type: Literal["transaction"]
    details: TransactionDetails
