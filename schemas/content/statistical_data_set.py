"""A statistical data set: figures that are brought up to date in one place."""

from __future__ import annotations

from typing import Literal, NotRequired

from schemas.content.attachments import Paper
from schemas.content.edition import PageEdition
from schemas.content.fields import Body, Closed
from schemas.content.government import Political
from schemas.content.parts import Header


@Closed
class StatisticalDataSetDetails(Political):
    """What the figures are, and the files that hold them."""

    body: Body
    attachments: NotRequired[list[Paper]]
    headers: NotRequired[list[Header]]


class StatisticalDataSet(PageEdition):
    """Figures that are brought up to date in one place."""

    link_set_links = frozenset({"emphasised_organisations", "government"})

    schema_name: Literal["statistical_data_set"]
    document_type: Literal["statistical_data_set"]
    details: StatisticalDataSetDetails
