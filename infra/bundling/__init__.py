"""What a function runs, put into one folder without Docker: its own modules, their files, the distributions they import, nothing else."""

from infra.bundling.bundle import bundle, entries, fingerprint
from infra.bundling.failures import CannotBundle, NotSelfContained
from infra.bundling.pinned import Platform
from infra.bundling.proof import prove
from infra.bundling.reach import Reach, reach
from infra.bundling.shelf import SHELF, with_shelf

__all__ = [
    "SHELF",
    "CannotBundle",
    "NotSelfContained",
    "Platform",
    "Reach",
    "bundle",
    "entries",
    "fingerprint",
    "prove",
    "reach",
    "with_shelf",
]
