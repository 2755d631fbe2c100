"""What the tests of this room are given."""

from tests.unit.common.conftest import ground, printed

__all__ = ["ground", "printed"]
