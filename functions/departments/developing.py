"""Outside developers as they are known here: who waits to confirm an address, who has an account, and the keys of it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

TITLE = "Outside developer"
SCOPES = ("data:read",)
"""All that a developer's key may do."""


@dataclass(frozen=True)
class SignUp:
    """Somebody asked for a key, and has yet to show that the address is theirs.

    `person` stands for the address; `origin` and `domain` for where the request came from and where the address is, on that `day`.
    `key_id` is of a key that was given out already, and opens nothing yet.
    """

    id: str
    service_id: str
    person: str
    email: str
    origin: str
    domain: str
    day: str
    terms_accepted_at: str
    use: str | None = None
    website: str | None = None
    key_id: str | None = None


@dataclass(frozen=True)
class Account:
    """A developer whose address is confirmed. `holder` is what requests are counted under, `services` are where the keys stand."""

    person: str
    holder: str
    email: str
    services: tuple[str, ...]
    created_at: str
    terms_accepted_at: str
    use: str | None = None
    per_hour: int | None = None


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class KeyView(_Shown):
    """A key as its holder sees it, without its secret. One that was replaced works until `expires_at`."""

    id: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    replaced_by: str | None = None
    works: bool = Field(description="Whether it opens anything now.")


class DayView(_Shown):
    """What was asked for in a day of UTC."""

    date: str
    requests: int
    refusals: int


class UsageView(_Shown):
    """How much of the hour's requests is left, and what was asked for each day. Counted in blocks: it may be a few more than were made."""

    limit: int
    window_seconds: int
    remaining: int
    resets_in_seconds: int = Field(description="After so many seconds there are more.")
    days: list[DayView]


class AccountView(_Shown):
    """All that is kept of a developer."""

    email: str
    use: str | None = None
    created_at: str
    terms_accepted_at: str
    keys: list[KeyView]
    usage: UsageView


class NewKeyView(_Shown):
    """A new key, whole: the only time that it is shown."""

    api_key: str
    account: str = Field(description="The address, good for an hour, of the account.")
