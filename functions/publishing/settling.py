"""Deciding anew when another writer came first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from functions.common.failures import Transient
from functions.publishing.store.table import Overtaken

TRIES = 5


def settled[Done](attempt: Callable[[], Done]) -> Done:
    """What an attempt comes to that no other writer overtakes or meets. Transient where others come first every time."""
    for tried in range(TRIES):
        try:
            return attempt()
        except (Overtaken, Transient):
            time.sleep(random.uniform(0, 0.02 * tried))  # noqa: S311  # jitter, not a secret
    raise Transient("other writers came first every time")
