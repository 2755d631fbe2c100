"""Make the templates what the departments' files say, at each deployment: CloudFormation's custom resource.

A text that has changed is a new version; one that is declared no more is archived, and comes back as a new version when it is declared
again. So every version that was ever deployed can be looked at, and pinned.
"""

from __future__ import annotations

from dataclasses import replace

from functions.common import clock, declarations
from functions.common.cloudformation import applies
from functions.notifications.notification import Template
from functions.notifications.store import template_versions

RESOURCE = "templates"
_WORDS = ("name", "channel", "body", "subject", "defaults", "unsubscribe", "postage", "contact_block")
"""What of a template makes another version of it when it changes."""


def apply() -> None:
    """Bring every declared template up to date. Doing it again changes nothing."""
    declared = declarations.compiled()["templates"]
    for template_id, said in declared.items():
        _keep(_template(template_id, said))
    for service_id, template_id in list(template_versions.declared()):
        if template_id not in declared or declared[template_id]["service"] != service_id:
            _archive(service_id, template_id)


def _keep(wanted: Template) -> None:
    standing = template_versions.latest(wanted.service_id, wanted.id)
    if standing is None:
        template_versions.save(wanted, None)
        return
    # What was hidden stays hidden, whatever the file says later.
    redacted = wanted.redacted or standing.redacted
    if not standing.is_archived and standing.declared and all(getattr(standing, word) == getattr(wanted, word) for word in _WORDS):
        if redacted and not standing.redacted:
            template_versions.redact(standing)
        return
    following = replace(
        wanted, version=standing.version + 1, created_at=standing.created_at, updated_at=wanted.created_at, redacted=redacted
    )
    template_versions.save(following, standing)


def _archive(service_id: str, template_id: str) -> None:
    standing = template_versions.latest(service_id, template_id)
    if standing and not standing.is_archived:
        archived = replace(standing, version=standing.version + 1, is_archived=True, updated_at=clock.stamp())
        template_versions.save(archived, standing)


def _template(template_id: str, said: declarations.Declared) -> Template:
    return Template(
        id=template_id,
        service_id=said["service"],
        name=said["title"],
        channel=said["channel"],
        version=1,
        body=said["body"],
        subject=said.get("subject"),
        created_at=clock.stamp(),
        created_by=str((declarations.department(said["department"]) or {}).get("contact", "")),
        defaults=said["defaults"],
        unsubscribe=said.get("unsubscribe", False),
        postage=said.get("postage"),
        contact_block=said.get("contact_block"),
        redacted=said["redact"],
        declared=True,
    )


declare = applies(apply, RESOURCE)
