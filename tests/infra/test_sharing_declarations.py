"""What one department shares and another asks for: whose mistake it is, and what is compiled as agreed."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from infra import declarations
from infra.declarations import DeclarationError
from infra.plain_words import told
from tests.infra import agency
from tests.infra.agency import AGENCY, OTHER

OWNER = AGENCY.replace(
    "  FloodWarned.v1: {from: uk.gov.agency.floods, owner: rivers@example.gov.uk, classification: official}\n",
    """\
  FloodWarned.v1:
    from: uk.gov.agency.floods
    owner: rivers@example.gov.uk
    classification: official
    shares:
      other:
        fields: [floodAreaID, severityLevel, rivers]
        purpose: To plan for shelter.
        subject: true
        until: 2027-03-31
""",
)
ASKER = f"""\
{OTHER}\
accounts: ["999999999999"]
subscriptions:
  warnings:
    to: agency.FloodWarned.v1
    fields: [floodAreaID, severityLevel]
    purpose: To plan for shelter.
    subject: true
    if: severityLevel < `3`
    webhook: desk
webhooks:
  desk: {{url: "https://desk.example.gov.uk/hook"}}
"""
TYPE = "agency.FloodWarned.v1"

type Loads = Callable[..., list[str]]


@pytest.fixture
def complaints(tmp_path: Path) -> Loads:
    """Load these files and give the complaints, each without the folder it is in."""

    def without_folder(**files: str) -> list[str]:
        return [line.replace(f"{tmp_path / 'departments'}/", "") for line in agency.complaints(tmp_path, **files)]

    return without_folder


@pytest.fixture
def subscriptions(tmp_path: Path) -> Callable[..., Any]:
    """What the functions read of who has what, of these files."""

    def compiled(**files: str) -> Any:
        folder, schemas_root = agency.written(tmp_path, **files)
        return declarations.compile(declarations.load(folder, schemas_root), schemas_root)["subscriptions"]

    return compiled


def test_what_both_agree_on_has_nothing_wrong(complaints: Loads) -> None:
    assert complaints(agency=OWNER, other=ASKER) == []


def test_an_owners_file_that_cannot_be_read_is_not_the_mistake_of_who_asks(complaints: Loads) -> None:
    [found] = complaints(agency=OWNER.replace("title: Rivers Agency", "title: Rivers Agency\nextra: yes"), other=ASKER)
    assert found.startswith("agency.yaml:3: extra: is not known here")


def test_who_gets_an_event_in_two_places_may_ask_for_other_fields_in_each(complaints: Loads) -> None:
    another = "subscriptions:\n  queued: {to: agency.FloodWarned.v1, fields: [rivers], purpose: To count.}\n"
    assert complaints(agency=OWNER, other=ASKER.replace("subscriptions:\n", another)) == []


def test_consent_holds_on_its_last_day_and_a_day_that_passes_stops_no_deployment(tmp_path: Path) -> None:
    load = partial(declarations.load, *agency.written(tmp_path, agency=OWNER, other=ASKER))
    load()
    load(day=datetime.date(2027, 3, 31))
    with pytest.raises(DeclarationError, match=r"other\.yaml:6: subscriptions\.warnings: "):
        load(day=datetime.date(2027, 4, 1))


def test_consent_that_ran_out_and_that_nobody_asks_for_is_nobodys_mistake(tmp_path: Path) -> None:
    folder, schemas_root = agency.written(tmp_path, agency=OWNER, other=OTHER)
    assert len(declarations.load(folder, schemas_root, day=datetime.date(2030, 1, 1))) == 2


class TestCompiled:
    def test_each_type_has_its_subscribers_with_what_was_agreed(self, subscriptions: Callable[..., Any]) -> None:
        assert subscriptions(agency=OWNER, other=ASKER) == {
            TYPE: [
                {
                    "department": "other",
                    "name": "warnings",
                    "fields": ["floodAreaID", "severityLevel"],
                    "subject": True,
                    "if": "severityLevel < `3`",
                    "webhook": "desk",
                    "until": "2027-03-31",
                }
            ]
        }

    def test_what_is_not_said_is_not_there(self, subscriptions: Callable[..., Any]) -> None:
        owner = OWNER.replace("        until: 2027-03-31\n", "")
        asker = f'{OTHER}accounts: ["999999999999"]\nsubscriptions: {{all: {{to: {TYPE}, fields: [rivers], purpose: To know.}}}}\n'
        assert subscriptions(agency=owner, other=asker) == {TYPE: [{"department": "other", "name": "all", "fields": ["rivers"]}]}

    def test_the_owners_consent_is_not_among_what_functions_read(self, tmp_path: Path) -> None:
        folder, schemas_root = agency.written(tmp_path, agency=OWNER, other=ASKER)
        compiled = declarations.compile(declarations.load(folder, schemas_root), schemas_root)
        assert "shares" not in compiled["emits"][TYPE]

    def test_without_the_checks_nothing_is_granted_that_the_owner_does_not_share(self, tmp_path: Path) -> None:
        folder, schemas_root = agency.written(tmp_path, agency=OWNER, other=ASKER)
        owner, asker = declarations.load(folder, schemas_root)
        bold = asker.subscriptions["warnings"].model_copy(update={"fields": ["severity", "rivers.name", "isTidal"]})
        asker = asker.model_copy(update={"subscriptions": {"warnings": bold}})
        [granted] = declarations.compile([owner, asker], schemas_root)["subscriptions"][TYPE]
        assert granted["fields"] == ["rivers.name"]
        shy = owner.model_copy(update={"emits": {"FloodWarned.v1": owner.emits["FloodWarned.v1"].model_copy(update={"shares": {}})}})
        assert declarations.compile([shy, asker], schemas_root)["subscriptions"] == {}


def test_both_files_say_it_in_plain_words(tmp_path: Path) -> None:
    owner, asker = declarations.load(*agency.written(tmp_path, agency=OWNER, other=ASKER))
    assert "    shares with other, until 2027-03-31: floodAreaID, severityLevel, rivers and the subject" in told(owner)
    asked = [line for line in told(asker) if "for" in line and "contact" not in line.lower()]
    assert asked == [
        "  asks for: floodAreaID, severityLevel and the subject",
        "  if severityLevel < `3`, for: To plan for shelter.",
    ]
