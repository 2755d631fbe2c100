"""Whose the home page is: the department's whose declaration says so, and nobody's else."""

from __future__ import annotations

from functions.common import declarations
from functions.common.failures import Refusal
from functions.publishing.ownership import department

HOME = "/"


def check(base_path: str | None) -> None:
    """Raises Refusal 422 where the acting department would publish at / and no declaration gives it the home page."""
    if base_path != HOME:
        return
    declared = declarations.department(department())
    if not (declared and declared.get("home_page")):
        message = "/ is the home page, which belongs to the department whose declaration says home_page: true"
        raise Refusal(422, message, code="absolute_path_invalid", field="base_path")
