"""What the tests of this room stand on."""

from collections.abc import Iterator

import pytest

from tests.unit.departments.ground import Ground, ground


@pytest.fixture
def aws() -> Iterator[Ground]:
    with ground() as made:
        yield made
