"""Somebody who visits the developers' pages, and every email that is asked for: what the tests of them stand on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.common import auth, clients, clock, keyring, limits, quota
from functions.common.failures import Refusal
from functions.departments import mail
from functions.departments.developers import FORM, developers
from tests.unit.departments.ground import Ground, request

JO = "jo.bloggs@example.com"
WANTED = {"email": JO, "use_description": "A map of rivers", "terms_and_conditions": True}
NAMED = {**WANTED, "first_name": "Jo", "last_name": "Bloggs"}
SITE = "https://commonweal.example"
HOME = "192.0.2.7"

type Answer = dict[str, Any]


@dataclass
class Visitor:
    """Somebody at an address, and every email that was asked for."""

    aws: Ground
    address: str = HOME
    mailed: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None, *, page: bool = False, **headers: str) -> Answer:
        """One request, as a program makes it, or as the form of a page."""
        text = None if body is None else urlencode(body) if page else json.dumps(body)  # type: ignore[arg-type]
        event = request(method, path, "", text)
        kind = {"content-type": FORM, "accept": "text/html,*/*"} if page else {"content-type": "application/json"}
        event["headers"] = {
            **kind,
            "host": "forged.example",
            **self.headers,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        event["requestContext"]["http"]["sourceIp"] = self.address
        answer = developers(event, None)  # type: ignore[arg-type]
        answer["headers"] |= {name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()}
        return answer

    def json(self, method: str, path: str, body: object = None, status: int = 200, **headers: str) -> Any:
        """The same, and what it answers, which has this status."""
        answer = self.ask(method, path, body, page=False, **headers)
        assert answer["statusCode"] == status, answer["body"]
        return json.loads(answer["body"])

    def link(self, to: str = JO) -> str:
        """The path of the link in the last email to somebody."""
        return str([one for one in self.mailed if one["email_address"] == to][-1]["personalisation"]["link"]).removeprefix(SITE)

    def signs_up(self, email: str = JO, **said: Any) -> str:
        """Ask for a key, and confirm it; answers the whole key."""
        self.json("POST", "/developers", {**WANTED, "email": email, **said}, 202)
        made = self.json("POST", self.link(email), status=200)
        self.account = made["account"]
        return str(made["api_key"])


def visit(aws: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """A visitor, in a new process."""
    made = Visitor(aws)
    monkeypatch.setenv("PUBLIC_URL", SITE)
    monkeypatch.setenv("CLAIMS", "claims")
    about = mail.about

    def heard(template: Any, email: str, path: str) -> Any:
        said = about(template, email, path)
        made.mailed.append({**said.data, "template": template, "envelope": said})  # type: ignore[dict-item]
        return said

    monkeypatch.setattr(mail, "about", heard)
    limits.forget()
    quota.forget()
    yield made
    limits.forget()
    quota.forget()


def later(monkeypatch: pytest.MonkeyPatch, **span: float) -> None:
    """Let time pass."""
    moment = clock.now() + timedelta(**span)
    monkeypatch.setattr(clock, "now", lambda: moment)
    keyring._kept.clear()


def opens(key: str) -> bool:
    """Whether a key opens anything now."""
    keyring._kept.clear()
    try:
        auth.whole_key({"x-api-key": key})
    except Refusal:
        return False
    return True


def calls() -> list[str]:
    """The names of the operations that the table and KMS are asked from now on."""
    made: list[str] = []
    for client in (clients.dynamodb(), clients.kms()):
        client.meta.events.register("before-call", lambda model, **_: made.append(model.name))
    return made
