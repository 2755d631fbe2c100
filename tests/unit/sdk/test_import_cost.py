"""What importing the library costs: counted, not timed, so that it holds on any machine."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = frozenset(
    {"asyncio", "boto3", "botocore", "email", "http.client", "jsonschema_rs", "pydantic", "ssl", "urllib.request", "uuid_utils"}
)


def added(statement: str) -> frozenset[str]:
    """The modules that a statement brings into an interpreter of its own."""
    told = subprocess.run(
        [sys.executable, "-c", f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(told.stdout.split())


def test_importing_it_brings_itself_alone() -> None:
    assert added("import commonweal_events") == {"commonweal_events"}


@pytest.mark.parametrize(
    ("statement", "most"),
    [
        ("from commonweal_events import consumes", 68),
        ("from commonweal_events import Publisher", 68),
        ("import commonweal_events.relay", 68),
    ],
)
def test_what_is_used_brings_the_standard_library_and_nothing_that_few_calls_need(statement: str, most: int) -> None:
    modules = added(statement)
    assert modules & HEAVY == frozenset()
    assert len(modules) <= most, sorted(modules)


def test_editors_are_told_the_names_that_are_there_and_where_each_comes_from() -> None:
    import commonweal_events

    stub = ast.parse(Path(commonweal_events.__file__).with_suffix(".pyi").read_text())
    told = {alias.name: str(node.module) for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert sorted(told) == commonweal_events.__all__
    assert all(getattr(commonweal_events, name).__module__ == module for name, module in told.items())


def test_a_name_that_is_not_there_is_told() -> None:
    import commonweal_events

    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = commonweal_events.Nothing  # type: ignore[attr-defined]
    assert dir(commonweal_events) == commonweal_events.__all__
    assert all(hasattr(commonweal_events, name) for name in commonweal_events.__all__)
