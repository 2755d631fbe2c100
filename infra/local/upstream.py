"""How the gaps of the emulator are reached: every private name of MiniStack that we touch is looked up here, and must be there."""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any


class UpstreamChanged(RuntimeError):
    """MiniStack no longer has a name that one of our gap fillers needs."""

    def __init__(self, module: str, name: str) -> None:
        super().__init__(
            f"ministack {version('ministack')} has no {module}.{name}: the gap that infra/local fills there must be looked at again"
        )


def upstream(module: str, name: str) -> Any:
    """The object called `name` (dots allowed) in `ministack.<module>`. Raises UpstreamChanged when it is gone."""
    found: Any = import_module(f"ministack.{module}")
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise UpstreamChanged(module, name) from None
    return found


def replace(module: str, name: str, new: Any) -> Any:
    """Put `new` in the place of `ministack.<module>.<name>`; the old object is returned. Raises UpstreamChanged when it is gone."""
    old = upstream(module, name)
    *path, last = name.split(".")
    owner = upstream(module, ".".join(path)) if path else import_module(f"ministack.{module}")
    setattr(owner, last, new)
    return old


def wrap(module: str, name: str, around: Callable[..., Any]) -> None:
    """Replace a function by `around(original, *arguments)`. Raises UpstreamChanged when it is gone."""
    original = upstream(module, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        return around(original, *arguments, **named)

    replace(module, name, wrapped)
