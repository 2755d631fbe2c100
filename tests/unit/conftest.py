"""Unit tests prove the subject alone: one that opens a socket fails."""

import pytest


@pytest.fixture(autouse=True)
def no_sockets(socket_disabled: None) -> None:
    """Holds for each test of this folder."""
