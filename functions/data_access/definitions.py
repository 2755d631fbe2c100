"""Which registers there are: those that departments' files declare, and those that CKAN's `datastore_create` made.

A declared name outranks one that was made: a department's file is the word of the department.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from functions.common import declarations
from functions.common.recent import Recent
from functions.data_access.store import definitions as made

NAME = re.compile(r"[a-z][a-z0-9-]{1,62}", re.ASCII)
"""What a register that is made by a call may be called."""

type Definition = Mapping[str, Any]
"""What a register is: department, title, description, key, fields, licence; `made` beside them where a call made it."""

_found: Recent[str, Definition] = Recent()
_all: Recent[str, Mapping[str, Definition]] = Recent()


def find(name: str) -> Definition | None:
    """What a register is, at most two seconds old. One read for one that is not declared."""
    if declared := declarations.register(name):
        return declared
    return _found.get(name, lambda: made.read(name)) if NAME.fullmatch(name) else None


def every() -> Mapping[str, Definition]:
    """All registers by name, at most two seconds old. One query."""
    return {**(_all.get("", made.every) or {}), **declarations.compiled()["registers"]}


def forget() -> None:
    """Something may have changed: whoever asks next in this process is told what is there now."""
    _found.clear()
    _all.clear()
