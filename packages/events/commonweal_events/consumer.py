"""Consume what a department subscribes to: a Lambda handler of the queue that the platform fills for it.

The message is the event itself, a CloudEvent in JSON with no more data than both departments' files say. Its outcome is one of applied,
duplicate, stale, invalid or, where it may work later, transient: then it is named in the partial batch response and comes back, after a
pause that grows with each try.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from commonweal_events import queues
from commonweal_events.contract import Event, contract_of, read
from commonweal_events.envelope import Envelope
from commonweal_events.failures import Invalid, Stale
from commonweal_events.memory import Memory
from commonweal_events.queues import BatchAnswer

type Consumer[E: Event] = Callable[[E, Envelope], None]
type OnInvalid = Callable[[str, Invalid], None]
type Consume = Callable[[Envelope, float], None]
"""Consume one event within so many seconds."""
LONGEST_RUN = 900.0
"""Seconds that a Lambda function may take at the most: what is left where nobody says."""
FRAMES_TOLD = 6

logger = logging.getLogger("commonweal_events")


class Handler:
    """A Lambda handler of one queue: each type of event goes to its own function."""

    def __init__(self, consumers: dict[str, Consume], on_invalid: OnInvalid | None = None) -> None:
        self.consumers = consumers
        self.on_invalid = on_invalid

    def __call__(self, event: dict[str, Any], context: object = None) -> BatchAnswer:
        return queues.settle(event["Records"], lambda record: self._settle(record["body"], context))

    def _settle(self, body: str, context: object) -> bool:
        """Whether a message is done with. Whatever is logged of it holds its id and its type, never its data."""
        envelope: Envelope | None = None
        try:
            envelope = Envelope.parse(body)
            outcome = self.consume(envelope, _seconds_left(context))
        except Stale:
            outcome = "stale"
        except Invalid as invalid:
            return self._put_aside(body, envelope, invalid)
        except Exception as failure:  # whatever it was: the message comes back, and after its tries goes to the dead-letter queue
            _say("transient", envelope, **_trouble(failure))
            return False
        _say(outcome, envelope)
        return True

    def consume(self, envelope: Envelope, seconds: float = LONGEST_RUN) -> str:
        """Consume one event: applied, or a duplicate. Raises whatever its function raises, which a call of the handler logs instead."""
        consumer = self.consumers.get(envelope.type)
        if consumer is None:
            raise Invalid("nobody here consumes it", "type")
        try:
            consumer(envelope, seconds)
        except AlreadyDone:
            return "duplicate"
        return "applied"

    def _put_aside(self, body: str, envelope: Envelope | None, invalid: Invalid) -> bool:
        """Trying it again is no use. It is kept for people to look at; where that is not possible, the queue keeps it."""
        try:
            (self.on_invalid or send_to_invalid)(body, invalid)
        except queues.Unnamed as unnamed:
            _say("transient", envelope, reason=str(invalid), kept=f"not put aside: {unnamed}")
            return False
        except Exception as failure:
            trouble = _trouble(failure)
            _say("transient", envelope, reason=str(invalid), kept=f"not put aside: {trouble['reason']}", at=trouble["at"])
            return False
        _say("invalid", envelope, reason=str(invalid))
        return True


class AlreadyDone(Exception):
    """This event was handled before: nothing is done again."""


def consumes[E: Event](
    model: type[E], *, once: Memory | None = None, on_invalid: OnInvalid | None = None
) -> Callable[[Consumer[E]], Handler]:
    """Make a Lambda handler of a function that takes one event of this type, and its envelope.

    The function raises Invalid, Stale or anything else (transient); it returns where the event is applied. `once` remembers events by
    source and id, so that a second delivery does nothing. `on_invalid` is given the message and what is wrong with it; without, the
    message goes to the queue that `INVALID_QUEUE` names, and where there is none it comes back until it is a dead letter.
    """
    contract = contract_of(model)

    def decorate(consumer: Consumer[E]) -> Handler:
        def consume(envelope: Envelope, seconds: float) -> None:
            event = read(model, envelope.data)
            if once is None:
                consumer(event, envelope)
            else:
                _consume_once(once, envelope.key, seconds, lambda: consumer(event, envelope))

        return Handler({contract.type: consume}, on_invalid)

    return decorate


def together(*handlers: Handler) -> Handler:
    """One handler for a queue to which several types of event come.

    Raises ValueError where two are of the same type, or name different places for what is invalid.
    """
    consumers: dict[str, Consume] = {}
    for handler in handlers:
        if twice := consumers.keys() & handler.consumers.keys():
            raise ValueError(f"{', '.join(sorted(twice))} has two consumers")
        consumers |= handler.consumers
    places = {handler.on_invalid for handler in handlers if handler.on_invalid}
    if len(places) > 1:
        raise ValueError("one queue has one place for what is invalid in it: name the same `on_invalid` for all")
    return Handler(consumers, next(iter(places), None))


def send_to_invalid(body: str, invalid: Invalid) -> None:
    """Send a message as it came, with what is wrong with it, to the queue `INVALID_QUEUE`. Raises LookupError where none is named."""
    queues.keep("INVALID_QUEUE", body, str(invalid))


def _consume_once(memory: Memory, key: str, seconds: float, consume: Callable[[], None]) -> None:
    claim = memory.claim(key, seconds)
    if claim is None:
        raise AlreadyDone
    try:
        consume()
    except BaseException:
        # A claim that cannot be given back ends by itself; what went wrong first is what is told.
        with suppress(Exception):
            claim.release()
        raise
    claim.done()


def _seconds_left(context: Any) -> float:
    """For how long this call may still run: a claim that held longer would outlive a function that was cut off."""
    return float(context.get_remaining_time_in_millis()) / 1000 if hasattr(context, "get_remaining_time_in_millis") else LONGEST_RUN


def _trouble(failure: Exception) -> dict[str, str]:
    """What failed, and where, innermost last. Its message is not told: it may hold what the event holds."""
    from traceback import walk_tb  # local: most messages go well

    kind = type(failure).__name__
    frames = [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in walk_tb(failure.__traceback__)]
    missing = f" {failure.name}" if isinstance(failure, ModuleNotFoundError) else ""
    return {"reason": f"{kind}{missing}", "at": " > ".join(frames[-FRAMES_TOLD:])}


def _say(outcome: str, envelope: Envelope | None, **more: str) -> None:
    told = {"outcome": outcome, **more}
    if envelope:
        told |= {"event_id": envelope.id, "event_type": envelope.type, "correlation_id": envelope.correlationid or envelope.id}
    logger.log(logging.WARNING if outcome in ("transient", "invalid") else logging.INFO, json.dumps(told))
