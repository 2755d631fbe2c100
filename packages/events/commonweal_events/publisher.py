"""Publish events: each is checked, handed over, tried again where that may help, and has exactly one receipt."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache

from commonweal_events.checking import problems, twice
from commonweal_events.contract import Event, contract_of, written
from commonweal_events.doors import Answer, Door, chunks, unknown
from commonweal_events.envelope import Envelope, following_id, instant, new_id
from commonweal_events.receipt import Problem, Receipt

LONGEST_PAUSE = 20.0
"""Seconds between two tries, whatever is asked for: a function that publishes has its own time to keep."""


class Publisher:
    """Speaks for one source of a department's.

    The door is `EventBridge(role=…, bus=…)` or `Http(url=…, key=…)`; without one, the environment says which (`from_environment`).
    """

    def __init__(self, source: str, door: Door | None = None, *, tries: int = 5, pause: Callable[[float], None] = time.sleep) -> None:
        if tries < 1:
            raise ValueError(f"tries: {tries} is less than one")
        self.source = source
        self._door = door
        self._tries = tries
        self._pause = pause

    def envelop(
        self,
        event: Event,
        *,
        subject: str | None = None,
        sequence: str | None = None,
        at: datetime | None = None,
        caused_by: Envelope | None = None,
        step: str = "",
    ) -> Envelope:
        """An event in its envelope, with an id that it keeps. What follows from another event has an id that follows from that one's.

        `subject` says what it is about, `sequence` which version of that it tells, `at` when it happened: now, unless told. `step` tells
        events of one type about one subject apart that follow from the same event: without, the second is a duplicate of the first.
        """
        if isinstance(event, type):
            raise TypeError(f"{event.__name__} is a class: publish an object of it")
        contract = contract_of(event)
        return Envelope(
            id=following_id(caused_by, contract.type, subject, step) if caused_by else new_id(),
            source=self.source,
            type=contract.type,
            time=instant(at or datetime.now(UTC)),
            subject=subject,
            sequence=sequence,
            dataschema=contract.dataschema,
            correlationid=(caused_by.correlationid or caused_by.id) if caused_by else None,
            causationid=caused_by.id if caused_by else None,
            traceparent=caused_by.traceparent if caused_by else None,
            hops=caused_by.hops + 1 if caused_by else 0,
            data=written(event),
            contract=contract,
        )

    def publish(self, *events: Event | Envelope) -> list[Receipt]:
        """Publish these; one receipt for each, in their order. Nothing is raised for an event that is wrong or is not taken: it is logged.

        Raises TypeError for what is no event at all.
        """
        envelopes = [event if isinstance(event, Envelope) else self.envelop(event) for event in events]
        receipts: dict[int, Receipt] = {}
        waiting: list[tuple[int, Envelope]] = []
        said: dict[str, Envelope] = {}
        for place, envelope in enumerate(envelopes):
            if wrong := (*self._wrong_with(envelope), *twice(envelope, said)):
                receipts[place] = Receipt(envelope, "refused", wrong)
            else:
                waiting.append((place, envelope))
        receipts |= self._hand_over(waiting)
        for receipt in receipts.values():
            if not receipt.taken:
                _tell(receipt)
        return [receipts[place] for place in range(len(envelopes))]

    def _hand_over(self, waiting: list[tuple[int, Envelope]]) -> dict[int, Receipt]:
        receipts: dict[int, Receipt] = {}
        answers: list[Answer] = []
        for attempt in range(self._tries if waiting else 0):
            if attempt:
                self._pause(_pause(attempt, max(answer.after for answer in answers)))
            answers = self._try([envelope for _, envelope in waiting])
            again = []
            for (place, envelope), answer in zip(waiting, answers, strict=True):
                receipts[place] = _receipt(envelope, answer)
                if answer.status == "again":
                    again.append(((place, envelope), answer))
            if not again:
                break
            waiting, answers = [one for one, _ in again], [answer for _, answer in again]
        return receipts

    def _try(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        door = self._door = self._door or from_environment()
        answers: list[Answer] = []
        for chunk in chunks(envelopes, door):
            answers += _put(door, chunk)
        return answers

    def _wrong_with(self, envelope: Envelope) -> tuple[Problem, ...]:
        if envelope.source != self.source:
            return (Problem("source", f"this publisher speaks for {self.source}"),)
        return problems(envelope)


def from_environment() -> Door:
    """The way in that the environment names, as `EventPublisher` of commonweal_constructs sets it.

    `COMMONWEAL_ROLE`, `COMMONWEAL_BUS`: a role of the platform's. `COMMONWEAL_URL`, `COMMONWEAL_KEY`: over HTTP. Raises LookupError.
    """
    if role := os.environ.get("COMMONWEAL_ROLE"):
        from commonweal_events.eventbridge import EventBridge

        return EventBridge(role=role, bus=_setting("COMMONWEAL_BUS"))
    if url := os.environ.get("COMMONWEAL_URL"):
        from commonweal_events.http import Http

        return Http(url=url, key=_setting("COMMONWEAL_KEY"))
    raise LookupError("no way in is named: give a door, or set COMMONWEAL_ROLE and COMMONWEAL_BUS, or COMMONWEAL_URL and COMMONWEAL_KEY")


def _setting(name: str) -> str:
    if value := os.environ.get(name):
        return value
    raise LookupError(f"{name} is not set")


def _put(door: Door, chunk: Sequence[Envelope]) -> list[Answer]:
    try:
        answers = door.put(chunk)
    except ImportError:  # boto3, which is there on Lambda alone: no other try brings it
        raise
    except Exception as failure:  # the network, or what stands for it: each may still be taken
        return unknown(failure, chunk)
    if len(answers) != len(chunk):
        return [Answer("again", (Problem("", f"{len(answers)} answers came for {len(chunk)} events"),))] * len(chunk)
    return answers


def _receipt(envelope: Envelope, answer: Answer) -> Receipt:
    for warning in answer.warnings:
        _warn(str(warning))
    status = "failed" if answer.status == "again" else answer.status
    return Receipt(envelope, status, answer.problems, answer.trace, answer.warnings)


def _tell(receipt: Receipt) -> None:
    """Tell whoever reads the log of an event that is lost where nobody looks at its receipt.

    Of what is wrong with a field it says nothing: the field's name may be a member's own, and be somebody's.
    """
    import logging  # local: most are taken

    said = [problem.message for problem in receipt.problems if not problem.field] or ["its receipt says why"]
    logging.getLogger("commonweal_events").warning("%s %s %s: %s", receipt.status, receipt.envelope.type, receipt.id, "; ".join(said))


@cache
def _warn(warning: str) -> None:
    """Tell whoever reads the log, once: nobody looks at the receipts of what was taken."""
    import logging  # local: few types end

    logging.getLogger("commonweal_events").warning(warning)


def _pause(attempt: int, asked: float) -> float:
    """How long to wait: longer each time, with jitter, so that many do not come back at once, and no less than was asked for."""
    own = min(0.1 * (1 << attempt), 5) * random.uniform(0.5, 1)  # noqa: S311  # jitter, not a secret
    return min(max(own, asked), LONGEST_PAUSE)
