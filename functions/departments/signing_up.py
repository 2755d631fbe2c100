"""What somebody says who asks for a key, read strictly. What is wrong is said as api.data.gov's clients know it (data contract, 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from functions.common.failures import Problem, Refusal
from schemas.grammar import GRAMMARS

LONGEST_USE, LONGEST_NAME, LONGEST_ADDRESS, LONGEST_WEBSITE = 2_000, 80, 254, 255

_EMAIL = re.compile(next(pattern for pattern, meaning in GRAMMARS.items() if meaning == "an email address"))
_WEBSITE = re.compile(r"https?://[^\s/@?#<>\"]+(/[^\s<>\"]*)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_YES = frozenset({"1", "true", "on", "yes"})
_LABELS = {
    "email": "Email address",
    "first_name": "First name",
    "last_name": "Last name",
    "terms_and_conditions": "Terms and conditions",
    "use_description": "Use",
    "website": "Website",
}


@dataclass(frozen=True)
class Asked:
    """Somebody who asks for a key. Names are read where a client gives them, repeated to it, and not kept: nothing here needs a name."""

    email: str
    use: str | None = None
    website: str | None = None
    first_name: str | None = None
    last_name: str | None = None


def read(said: Mapping[str, object], *required: str) -> Asked:
    """Who asks, with these fields besides the address and the terms. Raises Refusal 422 with everything that is wrong."""
    problems = tuple(_problems(said, required))
    if problems:
        raise Refusal(422, "; ".join(problem.message for problem in problems), code="INVALID_INPUT", problems=problems)
    texts = {name: _text(said, name) or None for name in ("use_description", "website", "first_name", "last_name")}
    return Asked(email(said), texts["use_description"], texts["website"], texts["first_name"], texts["last_name"])


def email(said: Mapping[str, object]) -> str:
    """The address alone, as it is compared. Raises Refusal 422."""
    address = _text(said, "email")
    if not _is_email(address):
        raise Refusal(422, _EMAIL_WANTED, code="INVALID_INPUT", problems=(Problem(("email",), "email", _EMAIL_WANTED),))
    return address.lower()


def days(said: Mapping[str, object], name: str, *, otherwise: int | None, most: int) -> int | None:
    """A number of days. Raises Refusal 422."""
    text = _text(said, name)
    if not text:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) > most:
        message = f"Enter a whole number of days from 0 to {most}."
        raise Refusal(422, message, code="INVALID_INPUT", problems=(Problem((name,), "days", message),))
    return int(text)


def agrees(said: Mapping[str, object], name: str) -> bool:
    """Whether a box is checked."""
    return said.get(name) is True or str(said.get(name, "")).strip().lower() in _YES


def errors(refusal: Refusal) -> object:
    """What is wrong, as API Umbrella says it: a list, field by field."""
    return {
        "errors": [
            {
                "code": "INVALID_INPUT",
                "message": problem.message,
                "field": problem.field,
                "full_message": f"{_LABELS.get(problem.field, problem.field)}: {problem.message}",
            }
            for problem in refusal.problems
        ]
    }


_EMAIL_WANTED = "Provide a valid email address."


def _problems(said: Mapping[str, object], required: tuple[str, ...]) -> Iterator[Problem]:
    if not _is_email(_text(said, "email")):
        yield Problem(("email",), "email", _EMAIL_WANTED)
    for name, most in (("first_name", LONGEST_NAME), ("last_name", LONGEST_NAME), ("use_description", LONGEST_USE)):
        text = _text(said, name)
        label = _LABELS[name].lower()
        if name in required and not text:
            yield Problem((name,), "missing", f"Provide your {label}.")
        if len(text) > most:
            yield Problem((name,), "too_long", f"Your {label} may have {most} characters.")
        # A text of several lines has ends of lines, and nothing else that is not seen.
        if _CONTROL.search(re.sub(r"[\r\n\t]", "", text) if name == "use_description" else text):
            yield Problem((name,), "characters", f"Your {label} holds characters that are no text.")
    website = _text(said, "website")
    if website and (len(website) > LONGEST_WEBSITE or not _WEBSITE.fullmatch(website)):
        yield Problem(("website",), "website", "Provide a web address that begins with https:// or http://, or none.")
    if not agrees(said, "terms_and_conditions"):
        yield Problem(("terms_and_conditions",), "terms", "Agree to the terms and conditions.")


def _is_email(text: str) -> bool:
    return bool(len(text) <= LONGEST_ADDRESS and text.isascii() and not _CONTROL.search(text) and _EMAIL.fullmatch(text)) and not re.search(
        r"[<>(),;:\\\"\[\]]", text
    )


def _text(said: Mapping[str, object], name: str) -> str:
    given = said.get(name)
    return "" if given is None or isinstance(given, dict | list) else str(given).strip(" \t\r\n")
