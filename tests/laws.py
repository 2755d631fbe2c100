"""How long laws are tried on examples that nobody wrote: a little each time; `LAWS=50` tries fifty times as many, for a night."""

import os


def examples(few: int) -> int:
    """How many examples to try, where a run that is waited for tries a few."""
    return few * int(os.environ.get("LAWS", "1"))
