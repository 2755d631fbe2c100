"""What a search asks for: words, all of which a record must hold somewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

from functions.common.failures import Invalid
from functions.data_access.queries.columns import checked_text

MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other, as `mid-Suffolk` is two; `begins` where the last is only the beginning of one, written `Suff*`."""

    text: str
    begins: bool

    @property
    def words(self) -> list[str]:
        """Each of them."""
        return self.text.split()


def phrases(search: str) -> list[Phrase]:
    """The phrases of a search. Raises Invalid for one without any, and for too many."""
    try:
        parts = checked_text(search).split()
    except ValueError as wrong:
        raise Invalid(str(wrong), "_search") from None
    found = [Phrase(" ".join(words), part.endswith("*")) for part in parts if (words := re.findall(r"[^\W_]+", part))]
    if not 1 <= len(found) <= MOST_WORDS:
        raise Invalid(f"needs from 1 to {MOST_WORDS} words to look for", "_search")
    return found
