"""What is sealed for one purpose opens for no other, and is opened once."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.common import clients
from functions.common.sealing import seal, unseal
from tests.unit.common.ground import Ground
from tests.unit.mocked import REGION

CALLBACK = {"service": "floods", "purpose": "callback"}


@pytest.fixture(autouse=True)
def key(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key that everything is sealed with."""
    identity = boto3.client("kms", region_name=REGION).create_key()["KeyMetadata"]["KeyId"]
    monkeypatch.setenv("SEALING_KEY", identity)


def test_what_is_sealed_is_had_again() -> None:
    sealed = seal("Überflutung", CALLBACK)
    assert "Überflutung".encode() not in sealed
    assert unseal(sealed, CALLBACK) == "Überflutung"


@pytest.mark.parametrize("context", [{}, {"service": "floods"}, {**CALLBACK, "service": "another"}, {**CALLBACK, "more": "of it"}])
def test_it_opens_with_its_own_context_alone(context: dict[str, str]) -> None:
    sealed = seal("a bearer token", CALLBACK)
    unseal(sealed, CALLBACK)
    with pytest.raises(ClientError):
        unseal(sealed, context)


def test_it_is_opened_once_in_whatever_order_the_context_is_said(ground: Ground) -> None:
    sealed = seal("a bearer token", CALLBACK)
    calls = ground.calls(clients.kms())
    assert unseal(sealed, CALLBACK) == unseal(sealed, dict(reversed(CALLBACK.items()))) == "a bearer token"
    assert [name for name, _ in calls] == ["Decrypt"]
