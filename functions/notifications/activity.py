"""What those who manage a service see of what became of its messages and callbacks."""

from __future__ import annotations

from dataclasses import replace

from functions.notifications import templates, views
from functions.notifications.notification import Notification
from functions.notifications.store import template_versions
from functions.notifications.store.callbacks import Telling
from functions.notifications.store.counts import Count
from functions.notifications.store.unsubscribes import Unsubscribe

HIDDEN = "hidden"
"""What stands where a redacted template had a value."""


def notification(shown: Notification, base: str) -> views.Shape:
    """A notification as the Notify API shows it, with the reason of its status; where its template is redacted, without its values."""
    return {**views.notification(_redacted(shown), base), "reason": shown.reason, "pages": shown.pages}


def telling(shown: Telling) -> views.Shape:
    """What a callback was to be told, and how that fared. It names nobody."""
    return {
        "id": shown.id,
        "kind": shown.kind,
        "happened_at": shown.event_at,
        **shown.about,
        "state": shown.state,
        "tries": shown.tries,
        "reason": shown.reason,
        "told_at": shown.told_at,
    }


def count(shown: Count) -> views.Shape:
    """The counts of one kind of notification on one day."""
    return {
        "day": shown.day,
        "channel": shown.channel,
        "key_type": shown.key_type,
        "template_id": shown.template_id,
        "statuses": shown.statuses,
    }


def unsubscribe(shown: Unsubscribe) -> views.Shape:
    """Somebody who asked not to be sent more."""
    return {
        "notification_id": shown.notification_id,
        "requested_at": shown.requested_at,
        "email_address": shown.email_address,
        "template_id": shown.template_id,
        "reference": shown.reference,
    }


def _redacted(shown: Notification) -> Notification:
    template = template_versions.latest(shown.service_id, shown.template_id) if shown.template_id else None
    if template is None or not template.redacted:
        return shown
    used = template_versions.version(shown.service_id, template.id, shown.template_version) or template
    values = dict.fromkeys(templates.placeholders(used.subject or "", used.body), HIDDEN)
    subject = templates.fill(used.subject, values, templates.prose) if used.subject else None
    return replace(shown, subject=subject, body=templates.fill(used.body, values, templates.prose))
