"""Patterns to compare texts with: `%` and `_` for `like`, `*`, `?` and `[a-z]` for `glob`."""

from __future__ import annotations

import re

from functions.data_access.queries.query import Operator

MOST_WILDCARDS = 6
"""That match text of any length, in one pattern: each more multiplies the time that a hostile one takes."""

MEMBERS = re.compile(r"\[(?P<without>\^?)(?P<members>\]?[^\]]*)\]", re.DOTALL)
"""What one character may be: `[abc]`, `[a-z]`, `[^0-9]`; a `]` is among them where it comes first."""

_PLAIN_MEMBERS = re.compile(r"-?([^-](-[^-])?)*-?", re.DOTALL)


def check(operator: Operator, pattern: str) -> None:
    """Raise ValueError for a pattern that would take too long, or that the engines would not read alike."""
    if pattern.count("*" if operator is Operator.GLOB else "%") > MOST_WILDCARDS:
        raise ValueError(f"has more than {MOST_WILDCARDS} wildcards")
    if operator is not Operator.GLOB:
        return
    for found in MEMBERS.finditer(pattern):
        members = found["members"]
        ranges = re.findall(r"(?s)([^-])-([^-])", members)
        if not members or not _PLAIN_MEMBERS.fullmatch(members) or any(first > last for first, last in ranges):
            raise ValueError(f"has {found[0]}, which is no set of characters such as [abc], [a-z] or [^0-9]")
    if "[" in MEMBERS.sub("", pattern):
        raise ValueError("has a [ without its ]")
