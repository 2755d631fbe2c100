"""AWS clients: one of each, and what is not safe to do twice is not tried twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.common import clients, settings
from tests.unit.common.ground import Ground

EVERY = [clients.dynamodb, clients.events, clients.kms, clients.s3, clients.secrets, clients.ses, clients.sns, clients.sqs]
ONCE = [clients.ses, clients.sns]


@pytest.mark.parametrize("client", EVERY, ids=lambda client: client.__name__)
def test_there_is_one_of_each_and_it_does_not_wait_for_ever(ground: Ground, client: Callable[[], Any]) -> None:
    assert client() is client()
    assert (client().meta.config.connect_timeout, client().meta.config.read_timeout) == (2, 10)


@pytest.mark.parametrize("client", EVERY, ids=lambda client: client.__name__)
def test_only_those_that_send_to_people_never_try_again(ground: Ground, client: Callable[[], Any]) -> None:
    assert client().meta.config.retries["total_max_attempts"] == (1 if client in ONCE else 5)


def test_a_setting_that_is_missing_is_named() -> None:
    with pytest.raises(LookupError, match="NO_SUCH_SETTING is not set for this function"):
        settings.setting("NO_SUCH_SETTING")
