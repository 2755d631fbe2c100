"""How often in any hour, minute or second, told from two counters: this window's, and so much of the last one's as it still covers.

The algorithm of API Umbrella (data contract, 3): `current + floor(previous × the part of the window that the last one still covers)`.
Windows begin at whole multiples of their length since 1970. Pure: counters, and times in whole microseconds, come from whoever keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000_000


@dataclass(frozen=True)
class Window:
    """So many in so many seconds. `kept` is for how many seconds a counter is of use when its window is long over: to show it."""

    name: str
    limit: int
    seconds: int
    kept: int = 0

    @property
    def span(self) -> int:
        """Its length."""
        return self.seconds * SECOND

    def number(self, now: int) -> int:
        """Which window this is, counted from 1970."""
        return now // self.span

    def begins(self, now: int) -> int:
        """When the present window began, in seconds since 1970."""
        return self.number(now) * self.seconds

    def carried(self, previous: int, now: int) -> int:
        """What of the last window still counts."""
        return previous * (self.span - now % self.span) // self.span

    def left(self, previous: int, current: int, now: int) -> int:
        """How many more are let through now."""
        return max(0, self.limit - current - self.carried(previous, now))

    def wait(self, previous: int, current: int, now: int) -> int:
        """The whole seconds until one more is let through, if nobody else takes it; 0 where one is now."""
        if self.left(previous, current, now):
            return 0
        if self.limit < 1:
            return self.seconds
        room = self.limit - current
        if room > 0:
            # previous × (span − into) must be less than room × span.
            until = self.span - -(-room * self.span // previous) + 1
        else:
            until = self.span + self.span - -(-self.limit * self.span // current) + 1
        return max(1, -(-(until - now % self.span) // SECOND))


@dataclass
class Counter:
    """Both counters of one window, in one process."""

    number: int = 0
    previous: int = 0
    current: int = 0

    def at(self, number: int) -> Counter:
        """Moved on to the window of this number."""
        if number != self.number:
            self.previous = self.current if number == self.number + 1 else 0
            self.number, self.current = number, 0
        return self
