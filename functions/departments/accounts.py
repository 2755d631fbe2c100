"""How an outside developer comes to a key, and what they can do with it: the steps, each one write.

Nobody learns here whether an address has an account: signing up looks for none, and asking for a link does and answers the same either way.
The difference is told in the email alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from functions.common import clock, keys, limits, quota, visitors
from functions.common.failures import Refusal
from functions.departments import links, mail
from functions.departments.developing import Account, AccountView, DayView, KeyView, NewKeyView, SignUp, UsageView
from functions.departments.links import Link
from functions.departments.services import Key
from functions.departments.signing_up import Asked
from functions.departments.store import developers as store
from schemas.envelope import instant

SIGN_UP, ACCOUNT = "/developers", "/developers/account"
EMAILS_A_DAY = 3
"""To one address."""
WAITING_FROM_AN_ORIGIN, WAITING_IN_A_DOMAIN, A_FEW = 20, 50, 3
"""Sign-ups of one day that may wait to be confirmed. Who confirms gives the place back: an office behind one address, whose people do,
never comes to the end, while somebody who types in others' addresses does. A domain that is full is closed to those origins alone of which
a few wait: so nobody locks the people of a domain out."""
LINKS_A_DAY = 200
"""From one origin."""
OVERLAP, LONGEST_OVERLAP, LONGEST_LIFE = 7, 30, 1_095
"""Days: for which a key works on beside the one that replaces it, by default and at the most; after which one may be made to expire."""


@dataclass(frozen=True)
class Begun:
    """A sign-up was written down; `key` is the whole key where it was asked for at once."""

    sign_up: SignUp
    key: str | None


def begin(asked: Asked, address: str, *, at_once: bool = False) -> Begun:
    """Write a sign-up down, and have the link sent that confirms it. A key `at_once` opens nothing before. Raises Refusal 429."""
    person, origin = _person(asked.email), visitors.pseudonym(address, "sign-up")
    domain = visitors.pseudonym(asked.email.rpartition("@")[2], "domain")
    _check_waiting(origin, domain)
    _take_email(person)
    waits = SignUp(
        id=str(uuid4()),
        service_id=str(uuid4()),
        person=person,
        email=asked.email,
        origin=origin,
        domain=domain,
        day=clock.stamp()[:10],
        terms_accepted_at=clock.stamp(),
        use=asked.use,
        website=asked.website,
    )
    key = keys.make("data", waits.service_id) if at_once else None
    link = links.make("confirm", waits.id)
    kept = store.keep_sign_up(waits, key, mail.about("developer-confirm", waits.email, f"{SIGN_UP}/confirm/{link.token}"))
    return Begun(kept, str(key) if key else None)


def waits(token: str) -> SignUp | None:
    """The sign-up that a link confirms, if it still waits."""
    link = links.read("confirm", token)
    return store.sign_up(link.about) if link else None


def confirm(token: str) -> NewKeyView:
    """The address is theirs: the key works. It is shown now, unless it was given out before. Raises Refusal 410."""
    asked = waits(token)
    if asked is None:
        raise Refusal(410, "This link was used already, or is older than a day.", code="LINK_EXPIRED")
    key = None if asked.key_id else keys.make("data", asked.service_id)
    account = store.confirm(asked, key)
    return NewKeyView(api_key=str(key) if key else "", account=open_account(account))


def send_link(email: str, address: str) -> None:
    """Have a link to the account of an address sent to it, or word that there is none. Raises Refusal 429."""
    person = _person(email)
    _take(f"developers-links#{visitors.pseudonym(address, 'links')}", LINKS_A_DAY)
    _take_email(person)
    # The same reads and writes either way: how long it takes tells nothing either.
    known, link = store.has_account(person), links.make("account", person)
    told = mail.about("developer-account", email, f"{ACCOUNT}/{link.token}") if known else mail.about("developer-unknown", email, SIGN_UP)
    store.keep_link(person, link.id, link.expires, told)


def open_account(account: Account) -> str:
    """The path of the account, good for an hour."""
    link = links.make("account", account.person)
    store.keep_link(account.person, link.id, link.expires)
    return f"{ACCOUNT}/{link.token}"


def behind(token: str) -> tuple[Account, Link]:
    """The account that a link opens. Raises Refusal 410; what was never ours is refused in the same words."""
    link = links.read("account", token)
    account = store.account(link.about) if link and store.link_stands(link.about, link.id) else None
    if link is None or account is None:
        raise Refusal(410, "This link was closed, or is older than an hour.", code="LINK_EXPIRED")
    return account, link


def show(account: Account) -> AccountView:
    """All that is kept of a developer."""
    kept = [_key(key, replaced_by) for key, replaced_by in store.keys_of(account)]
    used = usage(account.holder, account.per_hour)
    return AccountView(
        email=account.email,
        use=account.use,
        created_at=account.created_at,
        terms_accepted_at=account.terms_accepted_at,
        keys=kept,
        usage=used,
    )


def usage(holder: str, per_hour: int | None) -> UsageView:
    """What a holder has left, and asked for."""
    standing = quota.standing(holder, quota.hour(per_hour))
    days = [DayView(date=day.date, requests=day.requests, refusals=day.refusals) for day in quota.days(holder)]
    window = standing.window
    return UsageView(
        limit=window.limit, window_seconds=window.seconds, remaining=standing.left, resets_in_seconds=standing.resets, days=days
    )


def add_key(account: Account, lasts: int | None) -> str:
    """Another key, whole."""
    if sum(_key(key, replaced).works for key, replaced in store.keys_of(account)) >= store.MOST_SERVICES:
        raise Refusal(409, "This account has as many keys as one may have.", code="TOO_MANY_KEYS")
    return str(store.add_key(account, _in_days(lasts)))


def rotate(account: Account, key_id: str, overlap: int, lasts: int | None) -> str:
    """A key in the place of one that works on for some days, whole. Raises Refusal 404 or 409."""
    key = store.rotate(account, key_id, _in_days(overlap) or clock.stamp(), _in_days(lasts))
    if key is None:
        raise _no_such_key()
    return str(key)


def revoke(account: Account, key_id: str) -> None:
    """A key opens nothing any more, everywhere within two seconds. Raises Refusal 404."""
    if not store.revoke(account, key_id):
        raise _no_such_key()


def _person(email: str) -> str:
    return visitors.pseudonym(email, "developer")


def _check_waiting(origin: str, domain: str) -> None:
    from_there, in_domain = store.waiting(origin, domain)
    if from_there >= WAITING_FROM_AN_ORIGIN or (in_domain >= WAITING_IN_A_DOMAIN and from_there >= A_FEW):
        message = "Too many sign-ups from where you are wait to be confirmed. Follow the links in the emails, or try again tomorrow."
        raise Refusal(429, message, code="OVER_RATE_LIMIT", headers={"Retry-After": "3600"})


def _take_email(person: str) -> None:
    _take(f"developers-email#{person}", EMAILS_A_DAY)


def _take(name: str, limit: int) -> None:
    try:
        limits.take_daily(name, limit=limit)
    except limits.Exceeded as used_up:
        message = "This was asked too often today. Look for an email that came already, or try again tomorrow."
        raise Refusal(429, message, code="OVER_RATE_LIMIT", headers=limits.headers(used_up)) from None


def _key(key: Key, replaced_by: str | None) -> KeyView:
    works = not key.revoked_at and (key.expires_at is None or key.expires_at > clock.stamp())
    known = key.model_dump(mode="json", include={"id", "name", "scopes", "created_at", "expires_at", "revoked_at"})
    return KeyView(**known, replaced_by=replaced_by, works=works)


def _in_days(days: int | None) -> str | None:
    return instant(clock.now() + timedelta(days=days)) if days else None


def _no_such_key() -> Refusal:
    return Refusal(404, "This account has no such key.", code="NOT_FOUND")
