"""Identifiers that follow from names, so that a declaration and a redeployment mean the same thing everywhere.

Each is a version 5 UUID (RFC 9562 §5.5) of a name in one namespace; nothing is stored and nothing is random.
"""

from typing import Literal
from uuid import UUID, uuid5

NAMESPACE = UUID("6f1f3e0a-6a0c-5d0e-9d51-1f0c5c7f2a77")

SenderKind = Literal["reply_to", "text_sender", "contact_block"]


def service_id(slug: str, name: str) -> str:
    """The id of a department's declared service, as in `services: {floods: …}`."""
    return str(uuid5(NAMESPACE, f"service:{slug}/{name}"))


def template_id(slug: str, name: str, channel: str) -> str:
    """The id of a declared message template for one channel: `email`, `sms` or `letter`."""
    return str(uuid5(NAMESPACE, f"template:{slug}/{name}/{channel}"))


def content_id(path: str) -> str:
    """The content id of the page that reactions keep at a base path; paths that differ in case alone are one page."""
    return str(uuid5(NAMESPACE, f"content:{path.lower()}"))


def sender_id(service: str, kind: SenderKind, name: str) -> str:
    """The id of one of the things that a service sends as, by the service's id, what it is and its name."""
    return str(uuid5(NAMESPACE, f"{kind}:{service}/{name}"))
