"""A help page: how to use the site itself, and what it does with its visitors' data."""

from __future__ import annotations

from typing import Literal

from schemas.content.answer import AnswerDetails
from schemas.content.edition import PageEdition


class HelpPage(PageEdition):
    """How to use the site itself, and what it does with its visitors' data."""

    schema_name: Literal["help_page"]
    document_type: Literal["help_page"]
    details: AnswerDetails
