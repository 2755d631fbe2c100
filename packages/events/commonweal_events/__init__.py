"""Publish events to Commonweal, and consume those that a department subscribes to.

Importing this costs next to nothing: each name below brings its module when it is first asked for.
`__init__.pyi` says the same to type checkers and editors, which run nothing.
"""

_HOMES = {
    "Busy": "failures",
    "Contract": "contract",
    "Envelope": "envelope",
    "EventBridge": "eventbridge",
    "Http": "http",
    "Invalid": "failures",
    "Problem": "receipt",
    "Publisher": "publisher",
    "Receipt": "receipt",
    "Stale": "failures",
    "TableMemory": "memory",
    "consumes": "consumer",
    "outbox": "relay",
    "read": "contract",
    "together": "consumer",
    "verified": "webhook",
    "written": "contract",
}

__all__ = list(_HOMES)


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
