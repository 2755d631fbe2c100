"""What the tests of this room are given."""

from collections.abc import Iterator
from contextlib import ExitStack
from unittest.mock import patch

import pytest

from functions.common import clock, recent, webhooks
from functions.notifications.api import api
from functions.notifications.configure import configure
from functions.notifications.manage import manage
from tests.unit.notifications import ground as made
from tests.unit.notifications.asking import as_caller
from tests.unit.notifications.receiver import Receiver


@pytest.fixture
def ground() -> Iterator[made.Ground]:
    """A notifications table and what is around it."""
    with made.ground() as ground:
        yield ground


@pytest.fixture
def live() -> Iterator[None]:
    """Whoever asks over HTTP has the service's live key, which may also manage it."""
    with ExitStack() as stack:
        for api_ in (api, manage, configure):
            stack.enter_context(as_caller(api_))
        yield


@pytest.fixture
def receiver(ground: made.Ground, live: None) -> Iterator[Receiver]:
    """Whoever the service's callbacks tell; no test opens a socket."""
    receiver = Receiver()
    with patch.object(webhooks, "post", receiver.post):
        yield receiver


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> made.Clock:
    """A clock that stands at noon on a Monday in November."""
    standing = made.Clock()
    monkeypatch.setattr(clock, "now", lambda: standing.now)
    monkeypatch.setattr(recent, "monotonic", lambda: standing.now.timestamp())  # noqa: PLW0108  # `now` is another one whenever time has passed
    return standing
