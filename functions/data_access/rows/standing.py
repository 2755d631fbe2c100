"""What the registers hold while a file is read, from their replicas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from functions.data_access import replica
from functions.data_access.dictionary import Dictionary
from functions.data_access.replica import Replica


class Standing:
    """The records of one register as they were when its file was first asked about, and of those that it refers to."""

    def __init__(self, register: str, known: Dictionary) -> None:
        self._known = {register: known}
        self._register = register

    def hashes(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The hash of the item of each key that has a record."""
        with self._at_head(self._register) as own:
            return own.hashes(keys)

    def keys(self) -> Iterator[str]:
        """The keys of all records."""
        with self._at_head(self._register) as own:
            yield from own.keys()

    def absent(self, register: str, keys: Sequence[str]) -> set[str]:
        """Which of these keys have no record in a register."""
        with self._at_head(register) as other:
            return set(keys) - other.hashes(keys).keys()

    def _at_head(self, register: str) -> Replica:
        return replica.at_head(register, known=self._known.get(register))
