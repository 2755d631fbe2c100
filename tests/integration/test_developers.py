"""An outside developer comes to a key by email, uses it, sees what was used, replaces it, and loses it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.integration.stack import Stack, within

TERMS = {"terms_and_conditions": True}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}

type Json = dict[str, Any]


def link(stack: Stack, to: str, number: int = 1) -> str:
    """The path of the link in the newest email to an address, of which there are so many by now."""
    assert within(60, lambda: len(stack.emails(to)) == number), stack.emails(to)
    [found] = re.findall(r"https?://\S+/developers\S*", stack.emails(to)[0].body)
    # The emulator's functions know the door of `make run`; the one of the tests has another port.
    return urlsplit(str(found)).path


def asked(stack: Stack, method: str, path: str, body: Json | None = None, status: int = 200, **headers: str) -> Json:
    answer = stack.http.request(method, path, json=body, headers=headers)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


def developer(stack: Stack, email: str) -> tuple[str, str]:
    """Somebody who has signed up: their key, whole, and the path of their account."""
    asked(stack, "POST", "/developers", {"email": email, **TERMS}, 202)
    confirmed = asked(stack, "POST", link(stack, email))
    return str(confirmed["api_key"]), str(confirmed["account"])


def test_from_the_form_to_a_key_that_is_used_replaced_and_revoked(stack: Stack) -> None:
    email = "cartographer@example.com"
    key, account = developer(stack, email)
    [sent] = stack.emails(email)
    assert (sent.subject, key in sent.body) == ("Confirm your email address to use our data", False)

    first = stack.http.get("/developers/usage", headers={"X-Api-Key": key})
    assert (first.status_code, first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == (200, "1000", "999")
    assert first.headers["RateLimit"].startswith('"hour";r=999;t=')
    in_the_query = stack.http.get("/developers/usage", params={"api_key": key})
    as_user_name = stack.http.get("/developers/usage", auth=(key, ""))
    assert [one.headers["X-RateLimit-Remaining"] for one in (in_the_query, as_user_name)] == ["998", "997"]

    shown = asked(stack, "GET", account)
    assert (shown["email"], shown["usage"]["limit"]) == (email, 1_000)
    assert 3 <= sum(day["requests"] for day in shown["usage"]["days"]) <= 5
    [known] = shown["keys"]

    replaced = asked(stack, "POST", f"{account}/keys/{known['id']}/rotate", {"overlap_days": 1}, 201)["api_key"]
    assert [stack.http.get("/developers/usage", headers={"X-Api-Key": one}).status_code for one in (key, replaced)] == [200, 200]
    asked(stack, "POST", f"{account}/keys/{known['id']}/revoke", {})
    # Between one page and the next: within two seconds it opens nothing.
    assert within(5, lambda: stack.http.get("/developers/usage", headers={"X-Api-Key": key}).status_code == 403)
    refused = stack.http.get("/developers/usage", headers={"X-Api-Key": key})
    assert (refused.json()["error"]["code"], refused.headers["Access-Control-Allow-Origin"]) == ("API_KEY_DISABLED", "*")
    assert stack.http.get("/developers/usage", headers={"X-Api-Key": replaced}).status_code == 200


def test_the_same_with_forms_alone(stack: Stack) -> None:
    email = "walker@example.com"
    page = stack.http.post("/developers", content=f"email={email}&terms_and_conditions=true", headers=FORM)
    assert "Check your email" in page.text
    confirm = link(stack, email)
    assert '<form method="post">' in stack.http.get(confirm, headers={"Accept": "text/html"}).text
    shown = stack.http.post(confirm, content="", headers=FORM).text
    [key] = re.findall(r"data-[0-9a-f-]{73}", shown)
    assert stack.http.get("/developers/usage", headers={"X-Api-Key": key}).status_code == 200
    style = re.search(r'href="(/assets/[^"]+\.css)"', shown)
    assert style
    assert stack.http.get(style[1]).status_code == 200


def test_a_link_is_mailed_whoever_asks_and_says_only_there_whether_there_is_an_account(stack: Stack) -> None:
    known, unknown = "known-developer@example.com", "unknown-developer@example.com"
    developer(stack, known)
    answers = [stack.http.post("/developers/links", json={"email": email}) for email in (known, unknown)]
    assert answers[0].text == answers[1].text
    assert asked(stack, "GET", link(stack, known, 2))["email"] == known
    assert link(stack, unknown) == "/developers"


def test_a_key_as_api_data_govs_forms_ask_for_it_works_when_the_address_is_confirmed(stack: Stack) -> None:
    email = "form@example.com"
    user = {"first_name": "Jo", "last_name": "Bloggs", "email": email, **TERMS}
    body = {"user": user, "options": {"verify_email": False}}
    key = asked(stack, "POST", "/api-umbrella/v1/users.json", body, 201)["user"]["api_key"]
    assert stack.http.get("/developers/usage", headers={"X-Api-Key": key}).json()["error"]["code"] == "API_KEY_UNVERIFIED"
    asked(stack, "POST", link(stack, email))
    assert within(5, lambda: stack.http.get("/developers/usage", headers={"X-Api-Key": key}).status_code == 200)


@pytest.mark.parametrize("kind", ["live", "team"])
def test_a_developers_key_does_nothing_that_a_departments_does(stack: Stack, kind: str) -> None:
    key, _ = developer(stack, f"curious-{kind}@example.com")
    headers = {"X-Api-Key": key, "Content-Type": "application/json"}
    for method, path in (
        ("POST", "/events"),
        ("GET", "/v2/content"),
        ("GET", "/departments"),
        ("GET", f"/services/{stack.service()}/keys"),
    ):
        assert stack.http.request(method, path, headers=headers, content="{}" if method == "POST" else None).status_code == 403
    departments = stack.http.get("/developers/usage", headers={"X-Api-Key": stack.key(kind)})
    assert departments.status_code == 200


def test_an_account_is_deleted_whole(stack: Stack) -> None:
    key, account = developer(stack, "leaver@example.com")
    asked(stack, "POST", f"{account}/delete", {"sure": True})
    assert stack.http.get(account).status_code == 410
    assert within(5, lambda: stack.http.get("/developers/usage", headers={"X-Api-Key": key}).status_code == 403)
