"""A contact: how to reach somebody. It may have no page."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Discriminator, Tag

from schemas.content.edition import PathlessEdition, Phase, Title
from schemas.content.fields import App, Closed


@Closed
class ContactFormLink(TypedDict):
    """A form on the web."""

    title: NotRequired[str]
    link: NotRequired[str]
    description: NotRequired[str]


@Closed
class ContactGroup(TypedDict):
    """What the contact is filed under."""

    slug: str
    title: str


@Closed
class EmailAddress(TypedDict):
    """An address for email."""

    email: str
    title: NotRequired[str]
    description: NotRequired[str]


@Closed
class PhoneNumber(TypedDict):
    """A number to call, and when."""

    title: str
    number: str
    best_time_to_call: NotRequired[str]
    description: NotRequired[str]
    fax: NotRequired[str]
    international_phone: NotRequired[str]
    open_hours: NotRequired[str]
    textphone: NotRequired[str]


@Closed
class PostAddress(TypedDict):
    """An address for letters."""

    street_address: str
    world_location: str
    description: NotRequired[str]
    iso2_country_code: NotRequired[str]
    locality: NotRequired[str]
    postal_code: NotRequired[str]
    region: NotRequired[str]
    title: NotRequired[str]


@Closed
class QuickLink(TypedDict):
    """A page that may make the contact unnecessary."""

    title: str
    url: str


def _answered(value: object) -> str:
    return "(whether)" if isinstance(value, bool) else "(when)"


ResponseTime = Annotated[Annotated[str, Tag("(when)")] | Annotated[bool, Tag("(whether)")], Discriminator(_answered)]
"""When an answer may be expected, or only whether that is said."""


@Closed
class ContactDetails(TypedDict):
    """Every way to reach them, and what to know of each."""

    contact_form_links: NotRequired[list[ContactFormLink]]
    contact_groups: NotRequired[list[ContactGroup]]
    contact_type: NotRequired[str]
    description: NotRequired[str | None]
    email_addresses: NotRequired[list[EmailAddress]]
    feature_on_homepage: NotRequired[bool]
    language: NotRequired[str]
    more_info_contact_form: NotRequired[str | None]
    more_info_email_address: NotRequired[str | None]
    more_info_phone_number: NotRequired[str | None]
    more_info_post_address: NotRequired[str | None]
    more_info_webchat: NotRequired[str | None]
    phone_numbers: NotRequired[list[PhoneNumber]]
    post_addresses: NotRequired[list[PostAddress]]
    query_response_time: NotRequired[ResponseTime]
    quick_links: NotRequired[list[QuickLink]]
    slug: NotRequired[str]
    title: NotRequired[str]


class Contact(PathlessEdition):
    """How to reach somebody. It may have no page."""

    link_set_links = frozenset({"emphasised_organisations", "related", "world_locations"})

    schema_name: Literal["contact"]
    document_type: Literal["contact"]
    title: Title
    description: str | None = None
    rendering_app: App | None = None
    phase: Phase = "live"
    details: ContactDetails
