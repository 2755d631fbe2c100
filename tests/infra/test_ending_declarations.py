"""A type that is to end: each mistake in saying so has its message, and what is declared reaches the functions."""

from pathlib import Path

import pytest

from tests.infra import agency
from tests.infra.agency import AGENCY

EMITS = "classification: official}"
PLACE = "agency.yaml:6: emits.FloodWarned.v1"


def ending(**declared: str) -> str:
    members = "".join(f", {name}: {value}" for name, value in declared.items())
    return AGENCY.replace(EMITS, f"classification: official{members}}}", 1)


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        ({"replaced_by": "FloodWarned.v2"}, f"{PLACE}.replaced_by: goes with a sunset, and FloodWarned.v1 has none"),
        ({"deprecated": "2026-11-01"}, f"{PLACE}.deprecated: goes with a sunset, and FloodWarned.v1 has none"),
        ({"sunset": "2026-11-30", "deprecated": "2026-12-01"}, f"{PLACE}.deprecated: 2026-12-01 is after the sunset, 2026-11-30"),
        ({"sunset": "2026-11-30", "replaced_by": "FloodWarned.v1"}, f"{PLACE}.replaced_by: FloodWarned.v1 cannot follow itself"),
        (
            {"sunset": "2026-11-30", "replaced_by": "FloodWarnde.v1"},
            f'{PLACE}.replaced_by: "FloodWarnde.v1" is not declared in emits (did you mean "FloodWarned.v1"?)',
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, declared: dict[str, str], complaint: str) -> None:
    assert agency.complaints(tmp_path, agency=ending(**declared)) == [complaint]


def test_what_follows_a_type_is_taken_for_longer(tmp_path: Path) -> None:
    text = ending(sunset="2026-11-30", replaced_by="FloodWarned.v2").replace(
        "reactions:\n",
        "  FloodWarned.v2: {from: uk.gov.agency.floods, owner: rivers@example.gov.uk, classification: official, sunset: 2026-11-29}\n"
        "reactions:\n",
        1,
    )
    complaint = f"{PLACE}.replaced_by: FloodWarned.v2 ends on 2026-11-29, before producers of FloodWarned.v1 have moved to it"
    assert complaint in agency.complaints(tmp_path, agency=text)


def test_what_is_declared_is_what_functions_read(tmp_path: Path) -> None:
    emits = agency.compiled(tmp_path, ending(sunset="2026-11-30", deprecated="2026-11-01"))["emits"]["agency.FloodWarned.v1"]
    assert (emits["sunset"], emits["deprecated"]) == ("2026-11-30", "2026-11-01")
