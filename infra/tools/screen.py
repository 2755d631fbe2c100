"""What commands print with: colours and columns on a terminal, plain text down a pipe."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console

PIPED_WIDTH = 300
"""Columns where nobody looks at them: wide enough that nothing is cut or folded."""


def screen() -> Console:
    """The console of standard output as it is now."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines whose columns stand under each other, with nothing after the last."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def as_json(found: Any) -> None:
    """Print a value as JSON, for programs."""
    print(json.dumps(found, indent=2, ensure_ascii=False))


def amount(number: int, noun: str) -> str:
    """`1 message`, `3 messages`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
