"""A replica: a SQLite file in the running function's own folder that follows a register's log, and that everything reads from.

It begins as the newest snapshot has it, and takes the entries since from segments and the tail. A read is one read of the head, and local
SQL; what was appended before that read is in what it sees.
"""

from __future__ import annotations

from functions.common.failures import Invalid
from functions.data_access import dictionary
from functions.data_access.dictionary import Dictionary
from functions.data_access.registers import Head, Origin
from functions.data_access.replica import kept
from functions.data_access.replica.replica import Replica
from functions.data_access.store import log

__all__ = ["Replica", "at", "at_head", "latest"]


def at_head(register: str, head: Head | None = None, known: Dictionary | None = None) -> Replica:
    """The register as it stands at its head: the one given, where it was read already.

    Raises Invalid where there is no such register, Transient when the log does not give all entries now.
    """
    head = head or log.head(register)
    return at(register, head.size if head else 0, known)


def at(register: str, number: int, known: Dictionary | None = None) -> Replica:
    """The register with its first `number` entries at least; `known` is its dictionary, the declared one unless it is given."""
    known = known or dictionary.named(register)
    if known is None:
        raise Invalid("is not a register", "register_name")
    return kept.at(register, known, number)


def latest(register: str, key: str) -> Origin | None:
    """What the newest entry of a key is owed to, or None where there is none."""
    with at_head(register) as current:
        [*found] = current.trail(key, current.revisions(key), 1)
    return found[0].origin if found else None
