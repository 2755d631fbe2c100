"""A template with its values: what a message says before it is made into an email, a text or a letter."""

from __future__ import annotations

from collections.abc import Mapping

from functions.notifications import sms, templates, typography
from functions.notifications.notification import Template
from functions.notifications.requests import bad_request


def filled(template: Template, values: Mapping[str, object]) -> tuple[str | None, str]:
    """The subject (none of a text) and the body, where every placeholder has a value or a default. Raises Unacceptable."""
    personalisation = templates.with_defaults(values, template.defaults)
    missing = templates.missing(personalisation, template.subject or "", template.body)
    if missing:
        raise bad_request(f"Missing personalisation: {', '.join(missing)}")
    if template.channel == "sms":
        return None, sms.render(templates.fill(template.body, personalisation, templates.prose))
    subject = typography.polish(templates.one_line(templates.fill(template.subject or "", personalisation, templates.prose)))
    return subject, templates.fill(template.body, personalisation, templates.bullets).strip()
