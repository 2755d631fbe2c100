"""The files as they were published, which git knows: those of where this branch left main; on main itself, those committed last."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.tools.failures import Failed

MAIN = ("origin/HEAD", "origin/main", "main")
"""What is published, by the names that git may know it by: what was pushed comes before what was only committed."""


@dataclass(frozen=True)
class Published:
    """A folder with the files, while it lasts, and in words of which commit they are."""

    folder: Path
    of: str


@contextmanager
def published(checkout: Path, *parts: str, against: str = "") -> Iterator[Published | None]:
    """These folders of a commit, or of where this branch left main; None where no commit is named and git knows none that has them.

    Raises Failed where git does not know a commit that is named: nothing would be compared, and all would seem well.
    """
    commit, of = (against, against) if against else _base(checkout)
    # What begins with a hyphen would be an option of git's.
    asked = _git(checkout, "archive", "--format=tar", "--end-of-options", commit, *parts)
    if asked.returncode:
        if against:
            said = asked.stderr.decode(errors="replace").strip().splitlines()
            raise Failed(f"git has no {parts[0]} at {against}: {said[0] if said else 'it gives no reason'}.")
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(asked.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Published(Path(folder), of)


def _base(checkout: Path) -> tuple[str, str]:
    """The commit at which the branch that is checked out left main, and how that is said."""
    head = _commit(checkout, "rev-parse", "--verify", "HEAD")
    for main in MAIN:
        base = _commit(checkout, "merge-base", "HEAD", main)
        if base and base != head:
            return base, f"{base[:9]}, where this branch left {main}"
        if base:
            return base, f"{base[:9]}, what was committed last"
    return "HEAD", f"{head[:9]}, what was committed last, for git knows no main here"


def _commit(checkout: Path, *arguments: str) -> str:
    """A commit that git finds; empty where it finds none."""
    asked = _git(checkout, *arguments)
    return "" if asked.returncode else asked.stdout.decode().strip()


def _git(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, check=False)
