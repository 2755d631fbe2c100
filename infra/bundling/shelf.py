"""A bundle with an empty folder in it, for what can be made only when the templates are there, of which the bundle's own hash is a part."""

import hashlib
import os
import shutil
from pathlib import Path

from infra.bundling.bundle import fingerprint, stamp
from infra.bundling.folders import alone, emptied

SHELF = "site"


def with_shelf(home: Path, name: str, made_of: str) -> Path:
    """A finished bundle's copy, under a name that tells it from others of the same entry point, with the folder to be filled.

    `made_of` is the hash of all that will follow in what is put there: it is part of the copy's fingerprint, which is known before.
    """
    copy = home.with_name(f"{home.name}-{name}")
    wanted = hashlib.sha256(f"{fingerprint(home)} {name} {made_of}".encode()).hexdigest()
    with alone(home.parent):
        if not copy.is_dir() or fingerprint(copy) != wanted:
            stamp(copy).unlink(missing_ok=True)
            partial = emptied(copy.with_name(f"{copy.name}.partial"))
            shutil.copytree(home, partial, copy_function=os.link, dirs_exist_ok=True)
            (partial / SHELF).mkdir()
            shutil.rmtree(copy, ignore_errors=True)
            partial.rename(copy)
            stamp(copy).write_text(wanted)
    return copy
