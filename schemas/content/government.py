"""What the details of departments' news, publications and consultations have in common."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from schemas.content.fields import Closed, Timestamp
from schemas.content.parts import ChangeNote


@Closed
class Government(TypedDict):
    """The government that said it."""

    current: bool
    slug: str
    title: str


@Closed
class Tags(TypedDict):
    """What the page is filed under."""

    browse_pages: NotRequired[list[str]]
    policies: NotRequired[list[str]]


class Dated(TypedDict):
    """Its history, and how it is filed."""

    change_history: NotRequired[list[ChangeNote]]
    emphasised_organisations: NotRequired[list[str]]
    first_public_at: NotRequired[Timestamp]
    tags: NotRequired[Tags]


class OfGovernment(Dated):
    """What says which government published it."""

    government: NotRequired[Government]


class Political(OfGovernment):
    """What must say whether it is political: then it is marked as history once that government has gone."""

    political: bool
