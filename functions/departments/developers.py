"""Outside developers help themselves: a key to public data, what was used of it, and another in its place. As pages, and as JSON.

There is no session: whoever has a link that was sent to an address may do what its account's holder may. So another site has nothing to
make a browser send along, and forms need no token beside the one in their address.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import Response

from functions.common import browsers, clock, developer_keys, pages, quota, wire
from functions.common.developer_keys import ALWAYS, SIGN_UP
from functions.common.failures import Refusal
from functions.common.http import Api
from functions.common.visitors import address
from functions.departments import accounts, signing_up
from functions.departments.developing import Account, AccountView, NewKeyView, UsageView
from functions.departments.links import Link
from functions.departments.store import developers as store

BUNDLED: tuple[str, ...] = ("functions/departments/views/*.html",)

VIEWS = Path(__file__).parent / "views"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
MOST_FIELDS = 50
_ACCOUNT = f"{accounts.ACCOUNT}/<token>"


def _shape(refusal: Refusal) -> object:
    return signing_up.errors(refusal) if refusal.problems else developer_keys.shape(refusal)


developers = Api("Developers", shape=_shape, media_types=(), raw=True, largest_body=20_000, always=browsers.SECRET)


@developers.get(SIGN_UP)
def show_sign_up() -> Response[str]:
    """The page on which somebody asks for a key."""
    return _page("sign_up.html", asked={}, problems={})


@developers.post(SIGN_UP)
def sign_up() -> Response[Any]:
    """Ask for a key. What comes next is in an email, whoever has an account already."""
    _check_own_form()
    said = _said()
    try:
        accounts.begin(signing_up.read(said), _address())
    except Refusal as refusal:
        if not (_wants_page() and refusal.problems):
            raise
        problems = {problem.field: problem.message for problem in refusal.problems}
        return _page("sign_up.html", refusal.status, asked=said, problems=problems)
    if _wants_page():
        return _page("said.html", heading="Check your email", sentences=_CHECK_EMAIL)
    return _json(202, {"message": " ".join(_CHECK_EMAIL)})


@developers.post("/api-umbrella/v1/users.json", status_code=201)
def create_user() -> Response[Any]:
    """Ask for a key, as the sign-up forms of api.data.gov do: `user`, and `options`.

    The key is in the answer only with `verify_email: false`, and opens nothing until the link in the email is followed.
    """
    said = _said()
    user, options = _part(said, "user"), _part(said, "options")
    asked = signing_up.read(user, "first_name", "last_name")
    verify = "verify_email" not in options or signing_up.agrees(options, "verify_email")
    begun = accounts.begin(asked, _address(), at_once=not verify)
    made = {
        "id": begun.sign_up.id,
        **({"api_key": begun.key} if begun.key else {}),
        "first_name": asked.first_name,
        "last_name": asked.last_name,
        "email": asked.email,
        "website": asked.website,
        "use_description": asked.use,
        "terms_and_conditions": True,
        "email_verified": False,
        "created_at": begun.sign_up.terms_accepted_at,
    }
    return _json(201, {"user": made, "options": {"verify_email": verify, "send_welcome_email": True}}, ALWAYS)


@developers.get(f"{SIGN_UP}/confirm/<token>")
def show_confirm(token: str) -> Response[Any]:
    """The page on which somebody says that they asked for it: mail programs follow links by themselves."""
    waits = accounts.waits(token)
    if waits is None:
        raise Refusal(410, "This link was used already, or is older than a day.", code="LINK_EXPIRED")
    return _page("confirm.html", given_out=bool(waits.key_id))


@developers.post(f"{SIGN_UP}/confirm/<token>")
def confirm(token: str) -> Response[Any]:
    """Confirm an address. The key is shown now, once, unless it was given out before."""
    _check_own_form()
    return _new_key(accounts.confirm(token))


@developers.post(f"{SIGN_UP}/links")
def send_link() -> Response[Any]:
    """Ask for a link to the account of an email address. The answer is the same whether there is one."""
    _check_own_form()
    accounts.send_link(signing_up.email(_said()), _address())
    if _wants_page():
        return _page("said.html", heading="Check your email", sentences=_CHECK_EMAIL)
    return _json(202, {"message": " ".join(_CHECK_EMAIL)})


@developers.get(f"{SIGN_UP}/usage")
def get_usage() -> Response[UsageView]:
    """What the holder of a key has left, and asked for each day; told to whoever has the key. It counts as a request itself."""
    admitted = quota.admit(developers.resolver.current_event.raw_event)
    if admitted.caller is None:
        raise Refusal(403, "DEMO_KEY is everybody's: get a key of your own to see its usage.", code="API_KEY_UNAUTHORIZED")
    view = accounts.usage(admitted.holder, int(admitted.headers["X-RateLimit-Limit"]))
    return Response(200, JSON, view, headers={**ALWAYS, **admitted.headers})


@developers.get(_ACCOUNT)
def show_account(token: str) -> Response[Any]:
    """All that is kept of a developer: their keys, what they used, and the address. For an hour."""
    account, _ = accounts.behind(token)
    view = accounts.show(account)
    return _account_page(view, token) if _wants_page() else Response(200, JSON, view)


@developers.post(f"{_ACCOUNT}/keys", status_code=201)
def add_key(token: str) -> Response[Any]:
    """Make another key. Requests with it count with those of the others."""
    account, _ = _acting(token)
    lasts = signing_up.days(_said(), "expires_in_days", otherwise=None, most=accounts.LONGEST_LIFE)
    return _new_key(NewKeyView(api_key=accounts.add_key(account, lasts), account=f"{accounts.ACCOUNT}/{token}"), 201)


@developers.post(f"{_ACCOUNT}/keys/<key_id>/rotate", status_code=201)
def rotate_key(token: str, key_id: str) -> Response[Any]:
    """Make a key in the place of one, which works on for `overlap_days`: seven, unless told otherwise."""
    account, _ = _acting(token)
    said = _said()
    overlap = signing_up.days(said, "overlap_days", otherwise=accounts.OVERLAP, most=accounts.LONGEST_OVERLAP)
    lasts = signing_up.days(said, "expires_in_days", otherwise=None, most=accounts.LONGEST_LIFE)
    key = accounts.rotate(account, key_id, accounts.OVERLAP if overlap is None else overlap, lasts)
    return _new_key(NewKeyView(api_key=key, account=f"{accounts.ACCOUNT}/{token}"), 201)


@developers.post(f"{_ACCOUNT}/keys/<key_id>/revoke")
def revoke_key(token: str, key_id: str) -> Response[Any]:
    """Revoke a key: within two seconds it opens nothing anywhere."""
    account, _ = _acting(token)
    accounts.revoke(account, key_id)
    return _back(token) if _wants_page() else Response(200, JSON, accounts.show(account))


@developers.post(f"{_ACCOUNT}/close")
def close(token: str) -> Response[Any]:
    """Close the link, before its hour is over."""
    account, link = _acting(token)
    store.close_link(account.person, link.id)
    return _done("The link is closed", "Ask for another when you want to come back.")


@developers.post(f"{_ACCOUNT}/delete")
def delete_account(token: str) -> Response[Any]:
    """Delete an account: its keys are revoked, and its address is forgotten. Needs `sure`."""
    account, _ = _acting(token)
    if not signing_up.agrees(_said(), "sure"):
        raise Refusal(422, "sure: say that you are, for it cannot be undone.", code="NOT_SURE", field="sure")
    store.delete(account)
    return _done("Your account is deleted", "Your keys are revoked, and your email address is forgotten here.")


_CHECK_EMAIL = (
    "We have sent you an email with a link. Follow it to go on.",
    "It may take a few minutes. Look among unwanted emails, too, before you ask again: we send three a day to one address.",
)


def _acting(token: str) -> tuple[Account, Link]:
    _check_own_form()
    return accounts.behind(token)


def _check_own_form() -> None:
    """Another site's page must not have its visitors, each from an address of their own, ask for emails here."""
    if developers.headers.get("sec-fetch-site") == "cross-site":
        raise Refusal(403, "Send this form from its own page.", code="CROSS_SITE")


def _said() -> dict[str, object]:
    """The fields of a form, or the members of a JSON object. Raises Refusal 400 or 415."""
    body = developers.body()
    given = developers.headers.get("content-type", "").split(";")[0].strip().lower()
    if not body:
        return {}
    wire.check_media_type(developers.headers, (FORM, JSON))
    if given == JSON:
        parsed = wire.parse_json(body)
        if not isinstance(parsed, dict):
            raise Refusal(400, "The body is no JSON object.", code="INVALID_JSON")
        return parsed
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Refusal(400, "The form cannot be read.", code="INVALID_FORM") from None


def _part(said: dict[str, object], name: str) -> dict[str, object]:
    """A part of a body: a member that is an object, or the fields of a form that are called `user[email]`."""
    member = said.get(name)
    fields = {field[len(name) + 1 : -1]: value for field, value in said.items() if field.startswith(f"{name}[") and field.endswith("]")}
    return member if isinstance(member, dict) else fields


def _address() -> str:
    return address(developers.resolver.current_event.raw_event)


def _wants_page() -> bool:
    return "text/html" in developers.headers.get("accept", "")


def _new_key(view: NewKeyView, status: int = 200) -> Response[Any]:
    return _page("key.html", status, key=view.api_key, account=view.account) if _wants_page() else Response(status, JSON, view)


def _account_page(view: AccountView, token: str) -> Response[str]:
    now = clock.in_london(clock.now()).strftime("%H:%M")
    choices = {"overlap": accounts.OVERLAP, "longest": accounts.LONGEST_OVERLAP}
    return _page("account.html", account=view, here=f"{accounts.ACCOUNT}/{token}", now=now, **choices)


def _done(heading: str, sentence: str) -> Response[Any]:
    return _page("said.html", heading=heading, sentences=(sentence,)) if _wants_page() else _json(200, {"message": heading})


def _back(token: str) -> Response[str]:
    return Response(303, "text/plain", "", headers={"Location": f"{accounts.ACCOUNT}/{token}"})


def _page(template: str, status: int = 200, **given: object) -> Response[str]:
    return Response(status, pages.MEDIA_TYPE, pages.render(VIEWS, template, sign_up=SIGN_UP, **given))


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> Response[Any]:
    return Response(status, JSON, body, headers=dict(headers or {}))


def _refused(refusal: Refusal) -> Response[str]:
    """A refusal, as a page for whoever looks at pages."""
    if not _wants_page():
        told = developers.refuse(refusal)
        if developers.path.startswith(("/api-umbrella/", f"{SIGN_UP}/usage")):
            told.headers.update(ALWAYS)
        return told
    heading = {404: "Page not found", 410: "This link does not work", 429: "Try again later"}.get(refusal.status, "That did not work")
    page = _page("said.html", refusal.status, heading=heading, sentences=(refusal.message,), again=True)
    page.headers.update(refusal.headers)
    return page


developers.resolver.exception_handler(Refusal)(_refused)
