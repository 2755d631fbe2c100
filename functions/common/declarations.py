"""What the departments declared, as compiled into this bundle: a lookup reads what it is asked for and nothing else.

The shape is that of `infra/declarations.py`, which makes the file at synthesis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

BUNDLED = ("schemas/declarations.json",)

type Declared = Mapping[str, Any]

_COMPILED = Path(__file__).parents[2] / "schemas" / "declarations.json"


@cache
def compiled() -> Declared:
    """All of it, by its members."""
    from functions.common import compiled as file  # not every call that comes asks what is declared

    return file.read(_COMPILED)


def department(slug: str) -> Declared | None:
    """A department: title, contact, accounts, services, registers, sources, and whether the home page is its own."""
    return _member("departments", slug)


def removed(slug: str) -> Declared | None:
    """A department that is no more: its title, and the day on which it was removed."""
    found: Declared | None = compiled().get("removed", {}).get(slug)
    return found


def title_of(slug: str) -> str:
    """What people call a department, also one that is no more; its slug where nobody has heard of it."""
    return str((department(slug) or removed(slug) or {}).get("title", slug))


def department_of(source: str) -> str | None:
    """The department that a source of events belongs to."""
    owner: str | None = compiled()["sources"].get(source)
    return owner


def may_emit(source: str, type_: str) -> bool:
    """Whether this type of event is declared from this source: a fact of the department's own, or a request to the platform."""
    emitted = compiled()["emits"].get(type_)
    return (emitted is not None and emitted["source"] == source) or source in compiled()["requests"].get(type_, {})


def kept_for(type_: str) -> timedelta | None:
    """How long a type of event is kept, where it is for a time of its own."""
    days = compiled().get("retention", {}).get(type_)
    return timedelta(days=days) if days else None


def emitted(type_: str) -> Declared | None:
    """A department's own type: department, source, owner, classification, and when and for what it ends, where that is declared."""
    return _member("emits", type_)


def reactions(type_: str) -> Sequence[Declared]:
    """What should follow from a type of event, each with its stable name."""
    steps: Sequence[Declared] = compiled()["reactions"].get(type_, ())
    return steps


def classification(type_: str) -> str | None:
    """How a department's type of event is classified, as its file says."""
    found: str | None = compiled()["emits"].get(type_, {}).get("classification")
    return found


def subscriptions(type_: str) -> Sequence[Declared]:
    """Who else has what of a type of event: department, name, fields; subject, if, webhook and until where they are said."""
    found: Sequence[Declared] = compiled()["subscriptions"].get(type_, ())
    return found


def register(name: str) -> Declared | None:
    """A register: department, title, description, key, fields, licence."""
    return _member("registers", name)


def service(service_id: str) -> Declared | None:
    """A declared service: department, name, title, keys, and all that it sends with."""
    return _member("services", service_id)


def number(number: str) -> str | None:
    """The service that texts to a number are for; the number as networks write it, without the plus."""
    found: str | None = compiled()["numbers"].get(number)
    return found


def template(template_id: str) -> Declared | None:
    """A declared template: department, service, name, title, channel, subject, body, defaults, redact, and what its channel adds."""
    return _member("templates", template_id)


def webhook(department_slug: str, name: str) -> Declared | None:
    """A department's webhook: its url."""
    found: Declared | None = compiled()["webhooks"].get(department_slug, {}).get(name)
    return found


def queue(department_slug: str, name: str) -> Declared | None:
    """A department's queue: its arn."""
    found: Declared | None = compiled()["queues"].get(department_slug, {}).get(name)
    return found


def _member(kind: str, name: str) -> Declared | None:
    found: Declared | None = compiled()[kind].get(name)
    return found
