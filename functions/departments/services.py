"""Departments, their services and the services' keys, as they are asked for and shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from schemas.envelope import instant
from schemas.grammar import KeyType

PLATFORM = "platform"
"""The pseudo department that administers the platform itself."""

DEVELOPERS = "developers"
"""The pseudo department that outside developers' keys belong to: it owns nothing else."""

ADMINISTRATION = "administration"
"""The platform's one service; keys that administer belong to it."""

ADMIN = "departments:admin"
"""The scope to manage departments, services and keys."""

RECEIPTS = "notifications:receipts"
"""The scope to say what became of messages, as providers do that AWS does not know: of letters, and of texts that come in."""

PLATFORMS_OWN = frozenset({ADMIN, RECEIPTS})
"""Scopes that only keys of the platform's own services may have. No declaration can ask for them."""

Scope = Literal[
    "events:emit",
    "content:write",
    "notifications:send",
    "notifications:manage",
    "notifications:receipts",
    "data:write",
    "data:read",
    "departments:admin",
]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
KeyName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$")]


def _still_to_come(moment: datetime) -> datetime:
    if moment <= datetime.now(UTC):
        raise ValueError("is in the past: this key would never open anything")
    return moment


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class NewService(_Asked):
    """A service to be made."""

    name: Slug
    title: Annotated[str, Field(min_length=1, max_length=255)]


class NewKey(_Asked):
    """A key to be made. To rotate one, make a second beside it under another name, move over to it, and revoke the first."""

    name: KeyName
    type: KeyType
    scopes: Annotated[list[Scope], Field(min_length=1)]
    expires_at: Annotated[AwareDatetime, AfterValidator(_still_to_come)] | None = None

    @property
    def not_after(self) -> str | None:
        """When it stops working, as text that compares as time."""
        return instant(self.expires_at) if self.expires_at else None


class ServiceLine(_Shown):
    """A service in its department's list."""

    id: UUID
    name: str
    title: str


class DepartmentLine(_Shown):
    """A department in the list of all."""

    slug: str
    title: str
    contact: str | None = None
    suspended_at: str | None = None
    removing_since: str | None = Field(default=None, description="Since when it is being removed, though its file is deployed still.")
    removed_at: str | None = None


class Department(DepartmentLine):
    """A department and its services."""

    services: list[ServiceLine]


class Departments(_Shown):
    """Every department there is or was."""

    departments: list[DepartmentLine]


class Service(ServiceLine):
    """A service. Declared ones follow their department's file; suspended ones are refused everywhere."""

    department: str
    declared: bool
    created_at: str
    suspended_at: str | None = None


class Key(_Shown):
    """A key, without what it opens with."""

    id: UUID
    name: str
    type: KeyType
    scopes: list[Scope]
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None


class Keys(_Shown):
    """The keys of a service, revoked ones for a year."""

    keys: list[Key]


class MadeKey(Key):
    """A new key, whole: the only time that it is shown."""

    key: str


class WebhookSecret(BaseModel):
    """What a receiver checks signatures with: `whsec_…`."""

    secret: str
