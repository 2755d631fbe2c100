"""Templates: the latest version of each beside its service, and every version by its number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import lru_cache
from uuid import UUID

from functions.common.recent import Recent
from functions.common.table import ConditionFailed, Delete, Item, Put, absent
from functions.notifications.notification import Template
from functions.notifications.store.table import attr, named, table
from schemas.platform import PlatformEvent, TemplateArchived, TemplateSaved

_latest: Recent[tuple[str, str], Template] = Recent()

MOST_VERSIONS = 99_999_999
"""Of one template, so that their numbers as text have the order of numbers."""


class Changed(Exception):
    """Somebody else has saved a version meanwhile."""


def latest(service_id: str, template_id: str) -> Template | None:
    """The latest version of a template of this service, or None: as it was at most two seconds ago."""
    key = _latest_key(service_id, template_id)
    return _latest.get(key, lambda: _read(table.get(*key)))


def version(service_id: str, template_id: str, number: int) -> Template | None:
    """One version of a template of this service, or None. It never changes, so that it is read once."""
    if number > MOST_VERSIONS:
        return None
    try:
        return _version(service_id, template_id, number)
    except LookupError:
        return None


def history(service_id: str, template_id: str) -> list[Template]:
    """Every version, the newest first."""
    return list(_templates(f"versions#{service_id}#{template_id}", descending=True))


def of_service(service_id: str) -> list[Template]:
    """The latest version of every template of a service, archived ones among them."""
    return list(_templates(f"service#{service_id}", prefix="template#"))


def save(template: Template, before: Template | None) -> None:
    """Keep a new version, which follows `before`. Raises Changed where something else does."""
    said: PlatformEvent
    about = {"service_id": UUID(template.service_id), "template_id": UUID(template.id), "version": template.version}
    said = TemplateArchived(**about) if template.is_archived else TemplateSaved(**about, channel=template.channel)
    expected = attr("version").eq(before.version) if before else absent()
    kept = {"template": json.dumps(asdict(template), ensure_ascii=False), "version": template.version}
    place = {"pk": "declared", "sk": f"{template.service_id}#{template.id}"}
    is_declared = template.declared and not template.is_archived
    try:
        table.transact(
            Put({**named(_latest_key(template.service_id, template.id)), **kept}, expect=expected, emits=[said]),
            Put({**named(_version_key(template.service_id, template.id, template.version)), **kept}, expect=absent()),
            Put(place) if is_declared else Delete(place["pk"], place["sk"]),
        )
    except ConditionFailed:
        raise Changed from None
    _latest.forget(_latest_key(template.service_id, template.id))


def redact(template: Template) -> Template:
    """Hide what callers filled into this template, for good: no version of its own, since not a word of it changes."""
    redacted = replace(template, redacted=True)
    changes = {"template": json.dumps(asdict(redacted), ensure_ascii=False)}
    try:
        table.update(*_latest_key(template.service_id, template.id), set=changes, expect=attr("version").eq(template.version))
    except ConditionFailed:
        raise Changed from None
    _latest.forget(_latest_key(template.service_id, template.id))
    return redacted


def declared() -> Iterator[tuple[str, str]]:
    """The templates that departments' files said at the last deployment: service and template."""
    after = None
    while True:
        found = table.query("declared", after=after, consistent=True)
        for item in found.items:
            service_id, _, template_id = item["sk"].partition("#")
            yield service_id, template_id
        if (after := found.after) is None:
            return


def forget() -> None:
    """Forget what was read."""
    _latest.clear()
    _version.cache_clear()


@lru_cache(maxsize=1_000)
def _version(service_id: str, template_id: str, number: int) -> Template:
    found = _read(table.get(*_version_key(service_id, template_id, number)))
    if found is None:
        raise LookupError(number)  # so that nothing is kept of what is not there
    return found


def _templates(partition: str, prefix: str = "", *, descending: bool = False) -> Iterator[Template]:
    after = None
    while True:
        found = table.query(partition, prefix=prefix, after=after, descending=descending)
        yield from filter(None, map(_read, found.items))
        if (after := found.after) is None:
            return


def _read(item: Item | None) -> Template | None:
    return Template(**json.loads(item["template"])) if item else None


def _latest_key(service_id: str, template_id: str) -> tuple[str, str]:
    return f"service#{service_id}", f"template#{template_id}"


def _version_key(service_id: str, template_id: str, number: int) -> tuple[str, str]:
    return f"versions#{service_id}#{template_id}", f"{number:0{len(str(MOST_VERSIONS))}}"
