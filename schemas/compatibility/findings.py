"""What the checker answers with: one sentence for each way in which a reader may refuse a writer."""

import json
from dataclasses import dataclass
from typing import Any, Literal

type Direction = Literal["forward", "replay"]
"""`forward`: who still reads with the older version hears the newer. `replay`: who reads with the newer hears the older again."""

type Path = tuple[str, ...]
"""Where in an event's data, step by step; `*` stands for the items of a list and for fields without a name of their own."""


@dataclass(frozen=True)
class Incompatibility:
    """Something the closed writer may say and the open reader refuses, or of which the opposite cannot be proved.

    `pointer` and `rule` are the place and the keyword in the reader's schema; `example`, where one was found, is data that
    the writer may say and the reader refuses; without one the checker may only have been unable to tell.
    """

    path: Path
    pointer: str
    rule: str
    sentence: str
    direction: Direction = "forward"
    example: Any = None
    writer: str = ""
    reader: str = ""

    @property
    def field(self) -> str:
        """Name the field as a problem with an event's data does."""
        return ".".join(self.path)

    def __str__(self) -> str:
        """Return the whole finding as one line for whoever changes the schema."""
        between = f"{self.writer} is written and {self.reader} read ({self.direction}): " if self.writer else ""
        shown = f"; for example {json.dumps(self.example, ensure_ascii=False)}" if self.example is not None else ""
        return f"{between}{self.field or 'the data'} {self.sentence} ({self.pointer or '/'}){shown}"
