"""What one department shares and another asks for: each mistake is told where it stands, and what is sound is compiled as agreed."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from infra import declarations
from infra.declarations import DeclarationError
from infra.tools.plain_words import told
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


OWNERS_MISTAKES = [
    (
        "      other:\n",
        "      othr:\n",
        'agency.yaml:11: emits.FloodWarned.v1.shares.othr: is not a declared department (did you mean "other"?)',
    ),
    ("      other:\n", "      agency:\n", "shares.agency: is the department itself, which has all of its own events"),
    (
        "[floodAreaID, severityLevel, rivers]",
        "[floodAreaID, severtyLevel]",
        'agency.yaml:12: emits.FloodWarned.v1.shares.other.fields[1]: "severtyLevel" is not a field of agency.FloodWarned.v1 (did you',
    ),
    ("rivers]", "rivers.name]", 'fields[2]: "rivers" has no fields that could be named: it is had whole or not at all'),
    ("rivers]", "severity.]", 'fields[2]: "severity." is not the name of a field, or names with dots between'),
    ("        purpose: To plan for shelter.\n", "", "agency.yaml:11: emits.FloodWarned.v1.shares.other.purpose: is missing"),
    ("  desk: {arn", "  subscriptions: {arn", "queues.subscriptions: is the name of the queue that the platform keeps"),
]

ASKERS_MISTAKES = [
    ("to: agency.", "to: agncy.", 'other.yaml:6: subscriptions.warnings.to: "agncy" is not a declared department (did you mean "agency"?)'),
    ("to: agency.", "to: platform.", '"platform" is not a declared department'),
    ("to: agency.", "to: other.", "other.FloodWarned.v1 is its own event: a reaction hands that on, with forward"),
    ("FloodWarned.v1", "FloodWarnd.v1", '"FloodWarnd.v1" is not an event of agency (did you mean "FloodWarned.v1"?)'),
    (
        "fields: [floodAreaID, severityLevel]",
        "fields: [floodAreaID, severityLevel, severity]",
        'other.yaml:7: subscriptions.warnings.fields[2]: "severity" is not shared: agency.yaml shares floodAreaID, severityLevel, rivers',
    ),
    (
        "fields: [floodAreaID,",
        "fields: [floodAreaId,",
        'fields[0]: "floodAreaId" is not a field of agency.FloodWarned.v1 (did you mean "floodAreaID"?)',
    ),
    ("fields: [floodAreaID, severityLevel]", "fields: [rivers, rivers]", "subscriptions.warnings: names a field twice"),
    (
        "if: severityLevel",
        "if: severtyLevel",
        'other.yaml:10: subscriptions.warnings.if: "severtyLevel" is not a field of what subscriptions.warnings asks for (did you',
    ),
    ("if: severityLevel < `3`", "if: isTidal", '"isTidal" is not a field of what subscriptions.warnings asks for'),
    ("if: severityLevel < `3`", "if: severityLevel < '3'", "'3' is a string: only numbers can be put in order"),
    ("webhook: desk", "webhook: dsk", 'subscriptions.warnings.webhook: "dsk" is not a declared webhook (did you mean "desk"?)'),
    (
        "subscriptions:\n",
        "subscriptions:\n  first: {to: agency.FloodWarned.v1, fields: [rivers], purpose: Too., webhook: desk}\n",
        "subscriptions.warnings: would bring agency.FloodWarned.v1 to the webhook desk again, as first does",
    ),
]


@pytest.mark.parametrize(("written", "instead", "complaint"), OWNERS_MISTAKES)
def test_each_mistake_of_the_owner_is_named_with_its_line(written: str, instead: str, complaint: str, complaints: Loads) -> None:
    assert written in OWNER
    found = complaints(agency=OWNER.replace(written, instead, 1), other=ASKER)
    assert any(complaint in line and line.startswith("agency.yaml:") for line in found), found


@pytest.mark.parametrize(("written", "instead", "complaint"), ASKERS_MISTAKES)
def test_each_mistake_of_who_asks_is_named_with_its_line(written: str, instead: str, complaint: str, complaints: Loads) -> None:
    assert written in ASKER
    found = complaints(agency=OWNER, other=ASKER.replace(written, instead, 1))
    assert any(complaint in line and line.startswith("other.yaml:") for line in found), found


def test_who_asks_without_consent_is_told_where_it_would_stand(complaints: Loads) -> None:
    [found] = complaints(agency=AGENCY, other=ASKER)
    assert found.startswith("other.yaml:5: subscriptions.warnings: agency shares nothing of FloodWarned.v1 with other: ")
    assert found.endswith("agency.yaml would say so, in emits.FloodWarned.v1.shares.other")


def test_a_subject_that_is_not_shared_is_not_had(complaints: Loads) -> None:
    [found] = complaints(agency=OWNER.replace("        subject: true\n", ""), other=ASKER)
    assert found.startswith("other.yaml:9: subscriptions.warnings.subject: is not shared: agency.yaml shares ")
    assert found.endswith("floodAreaID, severityLevel, rivers without the subject")


def test_an_owners_file_that_cannot_be_read_is_not_the_mistake_of_who_asks(complaints: Loads) -> None:
    [found] = complaints(agency=OWNER.replace("title: Rivers Agency", "title: Rivers Agency\nextra: yes"), other=ASKER)
    assert found.startswith("agency.yaml:3: extra: is not known here")


def test_who_gets_an_event_in_two_places_may_ask_for_other_fields_in_each(complaints: Loads) -> None:
    another = "subscriptions:\n  queued: {to: agency.FloodWarned.v1, fields: [rivers], purpose: To count.}\n"
    assert complaints(agency=OWNER, other=ASKER.replace("subscriptions:\n", another)) == []


@pytest.mark.parametrize(("day", "lapsed"), [("2027-03-31", False), ("2027-04-01", True)])
def test_consent_that_ran_out_is_told_to_who_still_asks_and_stops_no_deployment(tmp_path: Path, day: str, lapsed: bool) -> None:
    folder, schemas_root = agency.written(tmp_path, agency=OWNER, other=ASKER)
    load = partial(declarations.load, folder, schemas_root)
    load()
    try:
        load(day=datetime.date.fromisoformat(day))
        found = []
    except DeclarationError as error:
        found = [problem.what for problem in error.problems]
    assert found == ([f"{folder}/agency.yaml shared this until 2027-03-31: nothing comes any more"] if lapsed else [])


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
        asker = f"{OTHER}subscriptions: {{all: {{to: {TYPE}, fields: [rivers], purpose: To know.}}}}\n"
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
