"""All content types by their names, and what a payload must be to be an edition of one."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from schemas.content.answer import Answer
from schemas.content.edition import Edition
from schemas.content.failures import Failure, Unacceptable, failures_of
from schemas.content.gone import Gone
from schemas.content.guide import Guide
from schemas.content.news_article import NewsArticle
from schemas.content.redirect import Redirect

TYPES: Mapping[str, type[Edition]] = {
    "answer": Answer,
    "gone": Gone,
    "guide": Guide,
    "news_article": NewsArticle,
    "redirect": Redirect,
}
"""Every content type by its schema name."""


def accept(payload: Mapping[str, object]) -> Edition:
    """The edition that a payload describes, of the type its `schema_name` says. Raises Unacceptable with every failure."""
    name = payload.get("schema_name")
    model = TYPES.get(name) if isinstance(name, str) else None
    if model is None:
        message = "is required" if name is None else f"is not one of {', '.join(sorted(TYPES))}"
        raise Unacceptable(
            [Failure(schema=str(name), fragment="#/schema_name", message=f"#/schema_name: {message}", failed_attribute="Enum")]
        )
    try:
        return model.model_validate(payload)
    except ValidationError as refused:
        raise Unacceptable(failures_of(str(name), refused)) from None
