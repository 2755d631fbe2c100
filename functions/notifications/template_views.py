"""Templates as the Notify API shows them, and as its requests mean them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from functions.notifications import requests, views
from functions.notifications.filling import filled
from functions.notifications.notification import Service, Template, chosen
from functions.notifications.refusals import not_found
from functions.notifications.store import template_versions


def wanted(service_id: str, template_id: str, version: int | None) -> Template | None:
    """The version of a template that a request means: its latest, unless one is pinned. What is archived is so in every version."""
    latest = template_versions.latest(service_id, template_id)
    if latest is None or version is None or version == latest.version:
        return latest
    pinned = template_versions.version(service_id, template_id, version)
    return _as(latest, pinned) if pinned else None


def versions(latest: Template) -> list[Template]:
    """Every version of a template, the newest first, each as it is where it is pinned."""
    return [_as(latest, one) for one in template_versions.history(latest.service_id, latest.id)]


def shown(service: Service, given: str, version: int | None) -> views.Shape:
    """A template of this service. Raises Unacceptable (404) where it has none of this id and version."""
    return _view(service, _found(service, given, version))


def all_of(service: Service, channel: str | None) -> list[views.Shape]:
    """The latest version of each template of this service that is in use, perhaps of one channel alone."""
    found = template_versions.of_service(service.id)
    return [_view(service, one) for one in found if not one.is_archived and channel in (None, one.channel)]


def history(service: Service, given: str) -> list[views.Shape]:
    """Every version of a template of this service, the newest first. Raises Unacceptable (404) where it has no such template."""
    return [_view(service, one) for one in versions(_found(service, given, None))]


def preview(service: Service, given: str, values: Mapping[str, object]) -> views.Shape:
    """What a template says with these values. Raises Unacceptable."""
    return previewed(service, _found(service, given, None), values)


def previewed(service: Service, template: Template, values: Mapping[str, object]) -> views.Shape:
    """What this version of a template says with these values. Raises Unacceptable where some are missing."""
    subject, body = filled(template, values)
    html = _html(service, subject or "", body) if template.channel == "email" else None
    return views.preview(template, subject, body, html)


def _as(latest: Template, version: Template) -> Template:
    """A version, archived and hidden as its template is now."""
    return replace(version, is_archived=latest.is_archived, redacted=latest.redacted)


def _html(service: Service, subject: str, body: str) -> str:
    from functions.notifications import email  # here, for only previews of emails need the Markdown parser

    return email.html_part(subject, body, service.name)


def _found(service: Service, given: str, version: int | None) -> Template:
    found = wanted(service.id, str(requests.uuid_of("id", given)), version)
    if found is None:
        raise not_found()
    return found


def _view(service: Service, template: Template) -> views.Shape:
    if template.channel != "letter":
        return views.template(template)
    return views.template(template, chosen(service.contact_blocks, template.contact_block))
