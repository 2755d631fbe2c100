"""What is declared of the end of a type reaches the functions."""

from pathlib import Path

from tests.infra import agency
from tests.infra.agency import AGENCY

EMITS = "classification: official}"


def ending(**declared: str) -> str:
    members = "".join(f", {name}: {value}" for name, value in declared.items())
    return AGENCY.replace(EMITS, f"classification: official{members}}}", 1)


def test_what_is_declared_is_what_functions_read(tmp_path: Path) -> None:
    emits = agency.compiled(tmp_path, ending(sunset="2026-11-30", deprecated="2026-11-01"))["emits"]["agency.FloodWarned.v1"]
    assert (emits["sunset"], emits["deprecated"]) == ("2026-11-30", "2026-11-01")
