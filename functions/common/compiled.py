"""Read a compiled file entry by entry: with hundreds of departments it is megabytes, and a function needs a line or two of it.

`infra/declarations.py` writes it: JSON whose members are objects, each of their entries on a line of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_DECODER = json.JSONDecoder()


class Entries(Mapping[str, Any]):
    """One member: what stands between two places of the file. An entry is parsed when it is asked for, and once."""

    def __init__(self, text: bytes, start: int, end: int) -> None:
        self._text, self._start, self._end = text, start, end
        self._parsed: dict[str, Any] = {}
        self._lines: dict[str, str] | None = None

    def __getitem__(self, name: str) -> Any:
        if name not in self._parsed:
            line = self._found(name) if self._lines is None else self._lines[name]
            # A comma may follow.
            self._parsed[name] = _DECODER.raw_decode(line)[0]
        return self._parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _found(self, name: str) -> str:
        begins = b"\n" + json.dumps(name, ensure_ascii=False).encode() + b": "
        found = self._text.find(begins, self._start, self._end)
        if found < 0:
            raise KeyError(name)
        start = found + len(begins)
        end = self._text.find(b"\n", start, self._end)
        return self._text[start : end if end >= 0 else self._end].decode()

    def _all(self) -> dict[str, str]:
        """What stands behind each name: looked for once, when all are asked for."""
        if self._lines is None:
            lines = self._text[self._start : self._end].decode().split("\n")
            named = ((line, *_DECODER.raw_decode(line)) for line in lines if line)
            self._lines = {name: line[end + len(": ") :] for line, name, end in named}
        return self._lines


def read(file: Path) -> Mapping[str, Entries]:
    """The members of a compiled file, none of them parsed yet."""
    text = file.read_bytes()
    members: dict[str, Entries] = {}
    opened = text.find(b'\n"')
    while opened >= 0:
        start = text.index(b": {", opened)
        end = text.index(b"\n}", start)
        members[text[opened + 2 : start - 1].decode()] = Entries(text, start + len(b": {"), end)
        opened = text.find(b'\n"', end)
    return members
