"""What the tests of the shared parts are given."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest

from functions.common.log import logger
from tests.unit.common import ground as made
from tests.unit.common.town import Town, found


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Iterator[made.Ground]:
    """A table, queues, a bucket, and what the departments declare."""
    # Tries again at once: what is proven is that it tries.
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    with made.ground() as ground:
        yield ground


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """All that the function printed: its log lines and its metrics."""
    stream = io.StringIO()
    handlers = [handler for handler in logger._logger.handlers if hasattr(handler, "setStream")]
    before = [handler.setStream(stream) for handler in handlers]
    yield lambda: stream.getvalue() + "".join(capsys.readouterr())
    for handler, original in zip(handlers, before, strict=True):
        handler.setStream(original or stream)


@pytest.fixture
def town(ground: made.Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Some processes on one clock, over the table, with one service."""
    yield from found(monkeypatch)
