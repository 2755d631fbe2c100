"""All content types by their names, and what a payload must be to be an edition of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module

from pydantic import ValidationError

from schemas.content.edition import Edition
from schemas.content.failures import Failure, Unacceptable, failure, failures_of
from schemas.content.links import COMMON

# The bundler sees no import here: a type is imported when something of it is first asked for.
BUNDLED: tuple[str, ...] = ("schemas/content/*.py",)

TYPES = frozenset(
    {
        "answer",
        "calendar",
        "call_for_evidence",
        "case_study",
        "consultation",
        "contact",
        "detailed_guide",
        "document_collection",
        "generic",
        "gone",
        "guide",
        "help_page",
        "homepage",
        "html_publication",
        "mainstream_browse_page",
        "manual",
        "manual_section",
        "news_article",
        "organisation",
        "person",
        "publication",
        "redirect",
        "role",
        "special_route",
        "specialist_document",
        "speech",
        "statistical_data_set",
        "statistics_announcement",
        "step_by_step_nav",
        "taxon",
        "topical_event",
        "transaction",
        "travel_advice",
    }
)
"""The schema name of every content type: the module that holds it, and in CamelCase its class."""


def model(schema_name: str) -> type[Edition]:
    """What an edition of a content type may hold. Raises KeyError for a name of none."""
    if schema_name not in TYPES:
        raise KeyError(schema_name)
    found: type[Edition] = getattr(import_module(f"schemas.content.{schema_name}"), schema_name.title().replace("_", ""))
    return found


def accept(payload: Mapping[str, object]) -> Edition:
    """The edition that a payload describes, of the type its `schema_name` says. Raises Unacceptable with every failure."""
    name = payload.get("schema_name")
    if not isinstance(name, str) or name not in TYPES:
        message = "is required" if name is None else f"is not one of {', '.join(sorted(TYPES))}"
        raise Unacceptable([failure(str(name), ["schema_name"], message, "Enum")])
    try:
        return model(name).model_validate(payload)
    except ValidationError as refused:
        raise Unacceptable(failures_of(name, refused)) from None


def check_links(schema_name: str, link_types: Iterable[str]) -> list[Failure]:
    """Which of the link types of a link set its document's content type does not have: one failure each, at `#/links/<type>`.

    Nothing is refused here: such links are kept, and the breach is for the caller to log (publishing.md 1.9). That the types are well
    named and the targets are content ids is for `fields.Links` to say. Raises KeyError for a name of no content type.
    """
    foreign = set(link_types) - COMMON - model(schema_name).link_set_links
    message = "is not a link that the link set of this content type may have"
    return [failure(schema_name, ["links", name], message, "AdditionalProperties") for name in sorted(foreign)]
