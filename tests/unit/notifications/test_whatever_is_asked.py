"""Whatever is asked, the answer says what is wrong with it, and what was accepted can be shown and sent: nothing fails on our side."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.notifications.public import public
from tests.unit.notifications.asking import EMAIL, LETTER, TEXT, ask, send
from tests.unit.notifications.ground import Ground, deliver, handle

pytestmark = pytest.mark.usefixtures("live")

BODIES: dict[str, dict[str, Any]] = {"email": EMAIL, "sms": TEXT, "letter": LETTER}
NAMES = ("severity", "area", "name", "address_line_1", "address_line_2", "address_line_3", "address_line_7", "postcode", "Address Line 1")
FIELDS = (
    *("email_address", "phone_number", "template_id", "template_version", "personalisation", "reference", "sms_sender_id"),
    *("email_reply_to_id", "scheduled_for", "sanitise_content_for", "one_click_unsubscribe_url", "content", "postage"),
)
TRAPS = ("qr: x", "((a))", "---", "* a\n\n* b", "\x00", "\u2028", "N1 4WQ", "BFPO 5", "France", "<b>", "[a](b)", "^ x", "https://a.b", " ")

kinds = st.sampled_from(sorted(BODIES))
texts = st.text(max_size=30) | st.sampled_from(TRAPS)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
each = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _allowed_everything(ground: Ground) -> None:
    permissions = ["email", "sms", "letter", "international_sms", "sms_to_uk_landlines", "international_letters", "inbound_sms"]
    ground.sends(permissions=permissions, limits={"requests_per_minute": 1_000_000})


@settings(each, max_examples=25)
@given(kind=kinds, given_values=st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, values)))
def test_whatever_a_template_is_filled_with(ground: Ground, kind: str, given_values: dict[str, object]) -> None:
    body = BODIES[kind]
    answer = send(kind, {**body, "personalisation": {**body["personalisation"], **given_values}})
    assert answer.status in (201, 400)
    if answer.status == 201:
        assert ask("GET", f"/v2/notifications/{answer.json['id']}").status == 200
        assert all(handle(deliver, *ground.new()))


@each
@given(kind=kinds, fields=st.dictionaries(st.sampled_from(FIELDS) | texts, values, max_size=4), is_whole=st.booleans())
def test_whatever_a_body_holds(ground: Ground, kind: str, fields: dict[str, object], is_whole: bool) -> None:
    assert send(kind, {**(BODIES[kind] if is_whole else {}), **fields}).status in (201, 400)


@each
@given(body=texts)
def test_whatever_is_in_the_place_of_a_body(ground: Ground, body: str) -> None:
    assert send("email", body).status == 400


@each
@given(name=st.sampled_from(("reference", "status", "older_than", "template_type", "include_jobs")) | texts, value=texts)
def test_whatever_a_list_is_asked_for(ground: Ground, name: str, value: str) -> None:
    assert ask("GET", "/v2/notifications", query=[(name, value)]).status in (200, 400)


@each
@given(notification_id=texts, token=texts)
def test_whatever_a_link_to_unsubscribe_holds(ground: Ground, notification_id: str, token: str) -> None:
    for path in (f"/unsubscribe/{notification_id}/{token}", f"/unsubscribe/{quote(notification_id)}/{quote(token)}"):
        assert ask("POST", path, of=public).status == 404
        assert ask("GET", path, of=public).status == 404
