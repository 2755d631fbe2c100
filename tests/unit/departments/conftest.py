"""What the tests of this room stand on."""

from collections.abc import Iterator

import pytest

from tests.unit.departments.ground import Ground, ground
from tests.unit.departments.visiting import Visitor, visit


@pytest.fixture
def aws() -> Iterator[Ground]:
    with ground() as made:
        yield made


@pytest.fixture
def visitor(aws: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    yield from visit(aws, monkeypatch)
