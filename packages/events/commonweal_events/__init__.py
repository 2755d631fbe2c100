"""Publish events to Commonweal, and consume those that a department subscribes to.

Importing this costs next to nothing: each name below brings its module when it is first asked for.
"""

TYPE_CHECKING = False  # what type checkers take for true, without importing `typing`
if TYPE_CHECKING:
    from commonweal_events.consumer import consumes, together
    from commonweal_events.contract import Contract, read, written
    from commonweal_events.envelope import Envelope
    from commonweal_events.eventbridge import EventBridge
    from commonweal_events.failures import Busy, Invalid, Stale
    from commonweal_events.http import Http
    from commonweal_events.memory import TableMemory
    from commonweal_events.publisher import Publisher
    from commonweal_events.receipt import Problem, Receipt
    from commonweal_events.relay import outbox
    from commonweal_events.webhook import verified

__all__ = [
    "Busy",
    "Contract",
    "Envelope",
    "EventBridge",
    "Http",
    "Invalid",
    "Problem",
    "Publisher",
    "Receipt",
    "Stale",
    "TableMemory",
    "consumes",
    "outbox",
    "read",
    "together",
    "verified",
    "written",
]

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


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
