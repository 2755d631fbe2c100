"""The OpenAPI document of the Notify API says what its routes take, field by field."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import jsonschema_rs
import pytest

from functions.notifications import requests
from functions.notifications.requests import Unacceptable
from tests.contracts import notify_requests

ID = str(uuid4())
GOOD: dict[str, list[dict[str, Any]]] = {
    "Email": [
        {"email_address": "jo@example.com", "template_id": ID},
        {
            "email_address": "jo@example.com",
            "template_id": ID,
            "template_version": 2,
            "personalisation": {"name": "Jo"},
            "reference": "r",
            "email_reply_to_id": ID,
            "one_click_unsubscribe_url": "https://example.com/u",
            "sanitise_content_for": ["name"],
            "scheduled_for": None,
        },
    ],
    "Text": [
        {
            "phone_number": "07723456789",
            "template_id": ID,
            "template_version": 1,
            "sms_sender_id": ID,
            "personalisation": {},
            "reference": "r",
            "scheduled_for": None,
        }
    ],
    "Letter": [{"template_id": ID, "personalisation": {"address_line_1": "A Person"}, "reference": "r", "template_version": 1}],
    "PrecompiledLetter": [{"reference": "r", "content": "JVBERg==", "postage": "first"}, {"reference": "r", "content": ""}],
    "Preview": [{}, {"personalisation": {"name": "Jo"}}],
}
READERS = {
    "Email": requests.email,
    "Text": requests.sms,
    "Letter": requests.letter,
    "PrecompiledLetter": requests.letter,
    "Preview": requests.preview,
}


@pytest.mark.parametrize(("name", "body"), [(name, body) for name, bodies in GOOD.items() for body in bodies])
def test_what_the_document_allows_is_read(name: str, body: dict[str, Any]) -> None:
    assert jsonschema_rs.is_valid(notify_requests.SCHEMAS[name], body)
    READERS[name](body)


@pytest.mark.parametrize("name", GOOD)
def test_every_field_of_the_document_is_tried_and_no_other_is_read(name: str) -> None:
    assert set().union(*GOOD[name]) >= set(notify_requests.SCHEMAS[name]["properties"])
    assert not jsonschema_rs.is_valid(notify_requests.SCHEMAS[name], {**GOOD[name][0], "more": 1})
    with pytest.raises(Unacceptable, match="Additional properties are not allowed"):
        READERS[name]({**GOOD[name][0], "more": 1})


@pytest.mark.parametrize("name", ["Email", "Text", "Letter", "PrecompiledLetter"])
def test_what_the_document_demands_is_demanded(name: str) -> None:
    for field in notify_requests.SCHEMAS[name]["required"]:
        without = {key: value for key, value in GOOD[name][0].items() if key != field}
        assert not jsonschema_rs.is_valid(notify_requests.SCHEMAS[name], without)
        with pytest.raises(Unacceptable):
            READERS[name](without)
