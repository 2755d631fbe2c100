"""Bad weather: every moment something else between the functions and AWS or a provider breaks, the same things in each run."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.integration.faults import Fault, FaultProxy, Kind

SECONDS = 1.5
SEED = 20261123

KINDS: tuple[tuple[Kind, str, int], ...] = (
    ("throttle", "DynamoDB_20120810.", 4),
    ("delay", "DynamoDB_20120810.", 4),
    ("drop answer", "DynamoDB_20120810.PutItem", 2),
    ("drop answer", "DynamoDB_20120810.UpdateItem", 2),
    ("throttle", "AWSEvents.PutEvents", 3),
    ("drop answer", "AWSEvents.PutEvents", 1),
    ("duplicate", "AWSEvents.PutEvents", 2),
    ("duplicate", "AmazonSQS.SendMessage", 3),
    ("throttle", "AmazonSQS.SendMessage", 2),
    ("unavailable", "SES.SendEmail", 5),
    ("drop answer", "SES.SendEmail", 1),
    ("drop answer", "SNS.Publish", 1),
)
"""What may break, how, and how many calls at once."""


@dataclass
class Weather:
    """How many calls were broken, by how and which."""

    met: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def broken(self) -> int:
        """How many calls were broken."""
        return self.met.total()


@contextmanager
def bad_weather(proxy: FaultProxy) -> Iterator[Weather]:
    """While this lasts, a fault at a time, for a moment each."""
    weather, over, chance = Weather(), threading.Event(), random.Random(SEED)

    def blow() -> None:
        while not over.is_set():
            kind, call, times = chance.choice(KINDS)
            fault = Fault(kind, call, times=times, seconds=0.3)
            with proxy.broken(fault):
                over.wait(SECONDS)
            weather.met[kind, call] += fault.met

    blowing = threading.Thread(target=blow)
    blowing.start()
    try:
        yield weather
    finally:
        over.set()
        blowing.join()
