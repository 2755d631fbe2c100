"""A step by step: all that has to be done for one end, in order, with the pages where it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Discriminator, Tag

from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed, Url


@Closed
class StepParagraph(TypedDict):
    """Words inside a step."""

    type: str
    text: str


@Closed
class StepLink(TypedDict):
    """Something to read or do; `context` says what it costs, or for whom it is."""

    text: str
    href: NotRequired[Url]
    context: NotRequired[str]


@Closed
class StepList(TypedDict):
    """What is to be done, one by one, or by choice."""

    type: str
    contents: list[StepLink]
    style: NotRequired[Literal["choice", "required", "optional"]]


def _kind(content: object) -> str:
    if not isinstance(content, Mapping) or "text" in content:
        return "(paragraph)"
    return "(list)" if "contents" in content or content.get("type") == "list" else "(paragraph)"


StepContent = Annotated[Annotated[StepParagraph, Tag("(paragraph)")] | Annotated[StepList, Tag("(list)")], Discriminator(_kind)]


@Closed
class Step(TypedDict):
    """One step: done after (`and`) or instead of (`or`) the one before."""

    title: str
    contents: list[StepContent]
    logic: NotRequired[Literal["and", "or"]]


@Closed
class StepByStep(TypedDict):
    """The steps in order."""

    title: str
    introduction: Body
    steps: list[Step]


@Closed
class StepByStepNavDetails(TypedDict):
    """The steps, and what is said of them all."""

    step_by_step_nav: StepByStep
    body: NotRequired[Body]


class StepByStepNav(PageEdition):
    """All that has to be done for one end, in order, with the pages where it is done."""

    # content-types.md leaves the three kinds of page out; publishing.md 1.9 has them, and pages know their step by step by nothing else.
    edition_links = frozenset({"embed", "pages_part_of_step_nav", "pages_related_to_step_nav", "pages_secondary_to_step_nav"})
    link_set_links = frozenset()

    schema_name: Literal["step_by_step_nav"]
    document_type: Literal["step_by_step_nav"]
    details: StepByStepNavDetails
