"""What was read a moment ago and need not be read again: of no more than a bounded number of things, and for two seconds.

So what is revoked or changed is so everywhere within two seconds. That something is not there is never remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic

SECONDS = 2.0
"""For which something that was read is taken for current."""
MOST = 1_000
"""Things of one kind that one process holds at once."""


class Recent[Key: Hashable, Value]:
    """Things of one kind, by their keys."""

    def __init__(self) -> None:
        self._kept: dict[Key, tuple[float, Value]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key, read: Callable[[], Value | None]) -> Value | None:
        """What was read a moment ago, else what is read now."""
        kept = self._kept.get(key)
        return kept[1] if kept and monotonic() - kept[0] < SECONDS else self.renew(key, read)

    def renew(self, key: Key, read: Callable[[], Value | None]) -> Value | None:
        """What is read now."""
        # The age counts from before the reading: what changes while it runs may be missed.
        began = monotonic()
        found = read()
        self.forget(key)
        if found is not None:
            if len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (began, found)
        return found

    def forget(self, key: Key) -> None:
        """It has changed."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget everything, as a new process begins."""
        self._kept.clear()
