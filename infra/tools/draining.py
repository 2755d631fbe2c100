"""Wait until nothing that was under way when a department was suspended is left."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from infra.tools.queue_names import NOT_WORK

if TYPE_CHECKING:
    from infra.tools.target import Target

SETTLES = 6.0
"""Seconds after which what was taken in before a suspension has come to its queue."""


def work_queues(stage: "Target") -> dict[str, str]:
    """The address of each queue that is worked off, by its name; queues that departments read themselves are not among them."""
    pages = stage.sqs.get_paginator("list_queues").paginate(QueueNamePrefix=f"{stage.prefix}-")
    urls = [url for page in pages for url in page.get("QueueUrls", [])]
    named = {url.rsplit("/", 1)[1]: url for url in urls}
    return {name: url for name, url in named.items() if not name.endswith(NOT_WORK) and not name.startswith(f"{stage.prefix}-to-")}


def waiting(stage: "Target", url: str) -> int:
    """How many messages a queue holds: to be had, in somebody's hands, and put off."""
    found = stage.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return sum(int(found.get(name, 0)) for name in _HELD)


_HELD: tuple[Any, ...] = tuple(f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed"))


def drain(stage: "Target", seconds: float, say: Callable[[str], None], sleep: Callable[[float], None] = time.sleep) -> Mapping[str, int]:
    """Wait until each queue was seen empty once: what was in it is done. Gives what the others hold when time is out.

    Queues are shared: what is left may be other departments', of whom some are always at work.
    """
    sleep(min(SETTLES, seconds))
    queues = work_queues(stage)
    left = dict.fromkeys(queues, 1)
    end = time.monotonic() + seconds
    while left:
        left = {name: number for name in left if (number := waiting(stage, queues[name]))}
        if not left or time.monotonic() > end:
            break
        say(", ".join(f"{name.removeprefix(f'{stage.prefix}-')}: {number}" for name, number in left.items()))
        sleep(1.0)
    return left
