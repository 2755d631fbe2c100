"""What a text may be rendered with: its language, whose site it is on, and the things that it may name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Thing = Mapping[str, Any]
"""An attachment, image, link or contact, as it stands in an edition's details."""


@dataclass(frozen=True)
class Options:
    """Links that leave the `document_domains` are external. Without `allowed_image_hosts` an image may come from anywhere."""

    locale: str = "en"
    document_domains: Collection[str] = ("www.gov.uk",)
    allowed_image_hosts: Collection[str] = ()
    auto_numbered_headers: bool = False
    attachments: Collection[Thing] = ()
    images: Collection[Thing] = ()
    links: Collection[Thing] = ()
    contacts: Collection[Thing] = ()

    @cached_property
    def attachment_by_id(self) -> Mapping[str, Thing]:
        """The attachments, as `[Attachment:…]` names them."""
        return _by("id", self.attachments)

    @cached_property
    def attachment_by_content_id(self) -> Mapping[str, Thing]:
        """The attachments, as `[embed:attachments:…]` names them."""
        return _by("content_id", self.attachments)

    @cached_property
    def image_by_id(self) -> Mapping[str, Thing]:
        """The images, as `[Image:…]` names them."""
        return _by("id", self.images)

    @cached_property
    def image_by_number(self) -> Mapping[str, Thing]:
        """The images, as `!!1` names them."""
        return {str(number): image for number, image in enumerate(self.images, start=1)}

    @cached_property
    def link_by_content_id(self) -> Mapping[str, Thing]:
        """The links, as `[embed:link:…]` names them."""
        return _by("content_id", self.links)

    @cached_property
    def contact_by_content_id(self) -> Mapping[str, Thing]:
        """The contacts, as `[Contact:…]` names them."""
        return _by("content_id", self.contacts)


def _by(name: str, things: Iterable[Thing]) -> dict[str, Thing]:
    # Of two with one name the first is meant.
    return {str(thing[name]): thing for thing in reversed([*things]) if thing.get(name)}
