"""What a function is told by its environment."""

from __future__ import annotations

import os


def setting(name: str) -> str:
    """An environment variable that the stack sets. Raises LookupError naming it when it does not."""
    try:
        return os.environ[name]
    except KeyError:
        raise LookupError(f"{name} is not set for this function") from None


def stage() -> str:
    """`local`, `dev` or `prod`."""
    return os.environ.get("STAGE", "local")


def function() -> str:
    """The entry point, e.g. `notifications.dispatch`."""
    return os.environ.get("FUNCTION", "unnamed")
