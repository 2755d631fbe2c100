"""What the tests of this room are given."""

from collections.abc import Iterator

import pytest

from tests.unit.notifications import ground as made


@pytest.fixture
def ground() -> Iterator[made.Ground]:
    """A notifications table and what is around it."""
    with made.ground() as ground:
        yield ground
