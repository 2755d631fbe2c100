"""One platform for all integration tests: it is started once, and each test brings areas and recipients of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.outage import Outage
from tests.integration.stack import Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is an integration test; what tries the emulator itself enforces IAM where it is about that."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.integration)
        if here / "local" in item.path.parents:
            item.add_marker(pytest.mark.without_iam)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The platform, seeded."""
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def outage(stack: Stack) -> Outage:
    """A provider that is away for a minute, from whenever this is first asked for."""
    return Outage(stack)


@pytest.fixture(scope="session", autouse=True)
def outage_begins_early(request: pytest.FixtureRequest) -> None:
    """Where its test is among those that run, the outage begins before them all."""
    if any("outage" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("outage")
