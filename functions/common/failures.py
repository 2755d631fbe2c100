"""The kinds of failure, by type: they decide what happens to an event, and what a caller is told."""

from __future__ import annotations

from dataclasses import dataclass


class Invalid(Exception):
    """It cannot be understood and never will be: an event goes to quarantine, a caller gets a 4xx. `field` says where."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.message = message
        self.field = field


class Stale(Exception):
    """Something newer is already there: counted and dropped."""


class Transient(Exception):
    """It may work later: retried. `longest_pause` is how many seconds may lie between two tries."""

    longest_pause: int = 300


class Busy(Transient):
    """Somebody else holds a live claim; whoever finds it must not acknowledge."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a request: where (`path`, outermost first), which rule (pydantic's error type) and what to do about it."""

    path: tuple[str | int, ...]
    rule: str
    message: str

    @property
    def field(self) -> str:
        """The place as people write it: `personalisation.name`."""
        return ".".join(str(part) for part in self.path)

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


def nothing_here() -> Refusal:
    """There is nothing here, or nothing of the caller's."""
    return Refusal(404, "There is nothing here.", code="not_found")


class Refusal(Exception):
    """A request is refused: an HTTP status, a code for programs and a message for people, with the `field` or `problems` at fault."""

    def __init__(  # each is a part of the one answer
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        problems: tuple[Problem, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.field = field
        self.problems = problems
        self.headers = headers or {}
