"""Actions about the site itself, and those that answer a question with what every catalogue here has: nothing."""

from __future__ import annotations

from functions.data_access.ckan import licences
from functions.data_access.ckan.asked import Asked

CKAN_VERSION = "2.12.0"
"""Whose behaviour this is; clients choose by it what they may ask."""


def status_show(asked: Asked) -> object:
    """Tell what this site is, and which version of the Action API it speaks."""
    return {
        "ckan_version": CKAN_VERSION,
        "error_emails_to": None,
        "extensions": ["datastore"],
        "locale_default": "en",
        "site_description": "Registers and datasets of public services, each with its whole history and proofs that nobody changed it.",
        "site_title": "Commonweal",
        "site_url": asked.site,
    }


def site_read(asked: Asked) -> object:
    """Tell whether the site may be read. It always may."""
    return True


def license_list(asked: Asked) -> object:
    """List the licences that datasets may be under."""
    return licences.known()


def nothing(asked: Asked) -> object:
    """List what there is of this kind: nothing here. Groups, views, vocabularies and relationships are not kept."""
    return []
