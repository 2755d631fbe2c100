"""A department is told in plain words as its file declares it, nothing that it may do left out."""

from __future__ import annotations

from typing import Any

import pytest

from infra.plain_words import told
from schemas.declaration import Department

ORGANISATION, ACCOUNT = "o-a1b2c3d4e5", "111122223333"


def lines(**more: Any) -> list[str]:
    return list(told(Department.model_validate({"department": "parks", "title": "Parks", "contact": "parks@example.gov.uk", **more})))


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({}, "none, it sends events over HTTP alone"),
        ({"accounts": [ACCOUNT]}, ACCOUNT),
        ({"aws_organisation": ORGANISATION}, f"all that are in the organisation {ORGANISATION}"),
        (
            {"accounts": [ACCOUNT], "aws_organisation": ORGANISATION},
            f"{ACCOUNT}, each while it is in the organisation {ORGANISATION}",
        ),
    ],
)
def test_whose_events_the_bus_takes_straight_from_aws(declared: dict[str, Any], said: str) -> None:
    assert f"  AWS accounts: {said}" in lines(**declared)


def test_everybody_who_answers_for_something_is_named() -> None:
    found = lines(contacts={"on_call": "night@example.gov.uk", "data_protection": "data@example.gov.uk"})
    assert [line for line in found if "@" in line] == [
        "  Contact: parks@example.gov.uk",
        "  Contact for on call: night@example.gov.uk",
        "  Contact for data protection: data@example.gov.uk",
    ]


def test_the_page_of_its_organisation_is_named() -> None:
    page = "5d3ccc1f-27cb-4b5b-8b8f-6a4f1a3fbd45"
    assert f"  The page of its organisation: {page}" in lines(organisation=page)


def test_how_long_events_are_kept_and_how_a_type_ends() -> None:
    emits = {"from": "uk.gov.parks.gates", "owner": "gates@example.gov.uk", "classification": "official"}
    ends = {"retention_days": 30, "sunset": "2027-06-01", "deprecated": "2026-12-01", "replaced_by": "GateShut.v1"}
    found = lines(emits={"GateClosed.v1": {**emits, **ends}, "GateShut.v1": emits})
    assert "  parks.GateClosed.v1 from uk.gov.parks.gates (official, kept 30 days, until 2027-06-01; gates@example.gov.uk)" in found
    assert "    its end was announced on 2026-12-01" in found
    assert "    it is replaced by parks.GateShut.v1" in found
    assert "  parks.GateShut.v1 from uk.gov.parks.gates (official; gates@example.gov.uk)" in found
