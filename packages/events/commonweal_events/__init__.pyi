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
