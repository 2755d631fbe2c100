"""How the Action API says no: an error with its `__type` and HTTP status, or a bare string (contract 1.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Refused(Exception):
    """An action refuses: `status` and the members of `error`, `__type` among them."""

    def __init__(self, status: int, type_: str, members: Mapping[str, object]) -> None:
        super().__init__(type_)
        self.status = status
        self.error: dict[str, object] = {**members, "__type": type_}


class BadRequest(Exception):
    """A request that reaches no action: its body is a JSON string and no envelope."""


def invalid(**problems: Sequence[str] | str) -> Refused:
    """Parameters at fault, each with its messages."""
    return invalid_fields(dict(problems))


def invalid_fields(problems: Mapping[str, object]) -> Refused:
    """The same, where a name is none that Python could write, or where the whole is not of texts."""
    members = {name: [told] if isinstance(told, str) else told for name, told in problems.items()}
    return Refused(409, "Validation Error", members)


def missing(name: str) -> Refused:
    """A parameter that must be given."""
    return invalid_fields({name: "Missing value"})


def not_found(detail: str = "") -> Refused:
    """There is no such thing, or none that the caller may know of."""
    return Refused(404, "Not Found Error", {"message": f"Not found: {detail}" if detail else "Not found"})


def not_authorised(user: str, what: str) -> Refused:
    """The caller may not do `what`, e.g. `to update resource x`. Nobody has an empty name."""
    return Refused(403, "Authorization Error", {"message": f"Access denied: User {user} not authorized {what}"})


def unreadable_query(message: str) -> Refused:
    """A search that cannot be parsed."""
    return Refused(400, "Search Query Error", {"message": message})


def failed() -> Refused:
    """It is our fault."""
    return Refused(500, "Internal Server Error", {"message": "Internal Server Error"})
