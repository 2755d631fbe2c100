"""Hearing by a webhook: what a sender by the same standard signed is taken, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from commonweal_events import Envelope, Invalid, Publisher, read, verified
from tests.unit.sdk.classes import SOURCE, flood_warning, flood_warning_as_given, sample

SECRET = "whsec_nXxNzIR47agGLXqtW+1dGWq8zydVbyBWW8yR04PTzZg="
OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = 1_795_685_400.0


def sent() -> Envelope:
    return Publisher(SOURCE).envelop(read(flood_warning(), sample("severe")))


def signed(body: bytes, secret: str = SECRET, at: float = NOW) -> dict[str, str]:
    """The headers with which it is posted."""
    signature = Webhook(secret).sign("1", datetime.fromtimestamp(at, UTC), body.decode())
    return {"Webhook-Id": "1", "Webhook-Timestamp": str(int(at)), "Webhook-Signature": signature}


def heard(headers: dict[str, str], body: bytes, *secrets: str) -> Envelope:
    return verified(headers, body, *(secrets or (SECRET,)), clock=lambda: NOW)


def test_what_was_signed_is_the_event() -> None:
    event = sent()
    body = event.text().encode()
    envelope = heard(signed(body), body)
    assert (envelope.key, envelope.type) == (event.key, event.type)
    assert read(flood_warning_as_given(), envelope.data).floodAreaID == sample("severe")["floodAreaID"]


def test_one_of_several_secrets_or_signatures_is_enough() -> None:
    body = sent().text().encode()
    headers = signed(body)
    assert heard(headers, body, OTHER, SECRET)
    assert heard({**headers, "Webhook-Signature": f"v1a,x {signed(body, OTHER)['Webhook-Signature']} {headers['Webhook-Signature']}"}, body)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_is_old_or_from_the_future_is_refused(seconds: int) -> None:
    body = sent().text().encode()
    with pytest.raises(Invalid, match="webhook-timestamp: is not a time of the last five minutes"):
        heard(signed(body, at=NOW + seconds), body)
    assert heard(signed(body, at=NOW + seconds * 0.9), body)


@given(
    changes=st.dictionaries(st.sampled_from(["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"]), st.text(max_size=8), min_size=1),
    left_out=st.booleans(),
)
def test_nothing_that_was_changed_is_taken(changes: dict[str, str], left_out: bool) -> None:
    body = sent().text().encode()
    headers = signed(body)
    changed = {name: value for name, value in headers.items() if name not in changes} if left_out else {**headers, **changes}
    with pytest.raises(Invalid):
        heard(changed, body)


def test_another_secret_opens_nothing() -> None:
    body = sent().text().encode()
    with pytest.raises(Invalid, match="webhook-signature: is of none of the secrets"):
        heard(signed(body), body, OTHER)


@pytest.mark.parametrize("secret", ["", "whsec_", "not set", "whsec_é"])
def test_a_secret_that_is_none_is_refused_rather_than_guessed(secret: str) -> None:
    body = sent().text().encode()
    with pytest.raises(ValueError, match=r"^a secret is (empty|none: it is whsec_ and base64)"):
        heard(signed(body), body, SECRET, secret)


def test_a_line_break_after_a_secret_is_not_part_of_it() -> None:
    body = sent().text().encode()
    assert heard(signed(body), body, f"{SECRET}\n")


def test_without_a_secret_or_the_bytes_nobody_is_blamed_but_the_caller() -> None:
    body = sent().text().encode()
    with pytest.raises(ValueError, match="no secret is given"):
        verified(signed(body), body, clock=lambda: NOW)
    with pytest.raises(TypeError, match="the body is of the type str"):
        heard(signed(body), body.decode())  # type: ignore[arg-type]


def test_another_body_is_not_the_one_that_was_signed() -> None:
    body = sent().text().encode()
    with pytest.raises(Invalid, match="webhook-signature"):
        heard(signed(body), body.replace(b"severityLevel", b"severityLevle"))
    with pytest.raises(Invalid, match="body: is not JSON"):
        heard(signed(b"{"), b"{")
