"""May this version of a schema stand beside the others? (design: writers are strict, readers are tolerant.)

Events of one major version are written by whoever has the newer file and read by whoever still has the older one, and
they are replayed from the archive years later to readers of the newer one. So every two versions are compared both ways.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations_with_replacement, groupby
from pathlib import Path

from schemas.compatibility.comparison import Comparison
from schemas.compatibility.documents import CannotProve, Document
from schemas.compatibility.examples import example_for, examples
from schemas.compatibility.findings import Direction, Incompatibility
from schemas.opening import Node
from schemas.registry import ROOT, Schema, every_schema

__all__ = ["Direction", "Incompatibility", "check_tree", "check_version", "problems"]


def problems(writer: Node, reader: Node, direction: Direction = "forward") -> list[Incompatibility]:
    """Return all that the closed writer may say and the open reader may refuse; an empty list is a proof that there is nothing."""
    try:
        writes, reads = Document(writer), Document(reader)
    except CannotProve as reason:
        return [Incompatibility((), "", "$schema", f"cannot be compared: {reason}", direction)]
    findings = Comparison(writes, reads).findings()
    refused = examples(writes, reads) if findings else []
    return [replace(finding, direction=direction, example=example_for(finding, refused)) for finding in findings]


def check_version(old: Node, new: Node) -> list[Incompatibility]:
    """Return what stops `new` from standing beside `old`: readers of the old must take what is now written, and the reverse in a replay."""
    return [*problems(new, old, "forward"), *problems(old, new, "replay")]


def check_tree(root: Path = ROOT) -> list[Incompatibility]:
    """Return what is wrong between any two versions of the same major under a folder of schemas, and of any version with itself."""
    by_type = groupby(every_schema(root), key=lambda schema: schema.type)
    return [finding for _, versions in by_type for finding in _between_all(list(versions))]


def _between_all(versions: list[Schema]) -> Iterator[Incompatibility]:
    """Compare versions given oldest first."""
    for old, new in combinations_with_replacement(versions, 2):
        for finding in problems(new.definition, old.definition, "forward"):
            yield replace(finding, writer=new.id, reader=old.id)
        if old != new:
            for finding in problems(old.definition, new.definition, "replay"):
                yield replace(finding, writer=old.id, reader=new.id)
