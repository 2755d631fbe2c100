"""A home page: where a site begins. The only type that may stand at /."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from schemas.content.edition import PageEdition
from schemas.content.fields import HomePath


class Homepage(PageEdition):
    """Where a site begins. Its details are open: they are its renderer's own."""

    link_set_links = frozenset({"popular_links"})

    base_path: HomePath
    schema_name: Literal["homepage"]
    document_type: Literal["homepage", "service_manual_homepage"]
    details: dict[str, JsonValue]
