"""How schemas are found, and how a problem with an event's data is told."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schemas import registry

WARNING = "environment-agency.FloodWarningIssued.v1"


@pytest.fixture
def valid() -> dict[str, Any]:
    sample = Path(__file__).parents[2] / "events/environment-agency/FloodWarningIssued/severe.json"
    event: dict[str, Any] = json.loads(sample.read_bytes())["data"]
    return event


def told(data: object, *, read: bool = False) -> list[str]:
    schema = registry.latest(WARNING)
    return [str(problem) for problem in (schema.check_read(data) if read else schema.check_written(data))]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A department of our own with three versions of one type, and files that are not versions."""
    folder = tmp_path / "town" / "BinEmptied"
    folder.mkdir(parents=True)
    for version in ("1.2.0", "1.10.0", "2.0.0"):
        (folder / f"{version}.json").write_text(json.dumps({"title": version}))
    (folder / "latest.json").write_text("{}")
    return tmp_path


def test_the_latest_version_of_a_major_is_the_highest_by_number_and_not_by_letter(town: Path) -> None:
    assert registry.latest("town.BinEmptied.v1", town).id == "town/BinEmptied/1.10.0"
    assert registry.latest("town.BinEmptied.v2", town).id == "town/BinEmptied/2.0.0"


def test_every_version_is_listed_in_order_and_nothing_else(town: Path) -> None:
    assert [schema.id for schema in registry.every_schema(town)] == [
        "town/BinEmptied/1.2.0",
        "town/BinEmptied/1.10.0",
        "town/BinEmptied/2.0.0",
    ]


def test_a_dataschema_names_one_version_whatever_host_serves_it(town: Path) -> None:
    for uri in ("/schemas/town/BinEmptied/1.2.0.json", "https://example.gov/x/schemas/town/BinEmptied/1.2.0.json"):
        schema = registry.by_uri(uri, town)
        assert (schema.id, schema.type, schema.path) == (
            "town/BinEmptied/1.2.0",
            "town.BinEmptied.v1",
            "/schemas/town/BinEmptied/1.2.0.json",
        )


@pytest.mark.parametrize(
    "type_", ["town.BinEmptied.v3", "town.BinLost.v1", "BinEmptied", "../town.BinEmptied.v1", "town.BinEmptied.v1\n", ""]
)
def test_an_unknown_type_is_refused_in_a_clear_sentence(town: Path, type_: str) -> None:
    with pytest.raises(registry.UnknownType, match="is not a type of event with a schema here"):
        registry.latest(type_, town)


@pytest.mark.parametrize(
    "uri", ["town/BinEmptied/1.2.0.json", "/schemas/town/BinEmptied/1.3.0.json", "/schemas/../town/BinEmptied/1.2.0.json", ""]
)
def test_an_unknown_dataschema_is_refused_in_a_clear_sentence(town: Path, uri: str) -> None:
    with pytest.raises(registry.UnknownType, match="names no schema here"):
        registry.by_uri(uri, town)


def test_valid_data_has_no_problem(valid: dict[str, Any]) -> None:
    assert told(valid) == []
    assert told(valid, read=True) == []


def test_a_problem_names_the_field_the_rule_the_schema_and_the_line(valid: dict[str, Any]) -> None:
    assert told({**valid, "severityLevel": 9}) == [
        "severityLevel: 9 is greater than the maximum of 4 (schema environment-agency/FloodWarningIssued/1.0.0, /properties/severityLevel)"
    ]


def test_a_missing_field_is_named_as_the_field(valid: dict[str, Any]) -> None:
    del valid["floodAreaID"]
    assert told(valid) == ["floodAreaID: is missing (schema environment-agency/FloodWarningIssued/1.0.0, /required)"]


def test_a_value_that_is_not_listed_is_told_with_all_that_are(valid: dict[str, Any]) -> None:
    (problem,) = told({**valid, "severity": "Flood"})
    expected = '"Severe flood warning", "Flood warning", "Flood alert", "Warning no longer in force"'
    assert problem.startswith(f'severity: "Flood" is not one of {expected} (')


def test_every_unknown_field_is_told_to_a_writer_and_none_to_a_reader(valid: dict[str, Any]) -> None:
    more = {**valid, "colour": "red", "depth": 2}
    assert [problem.partition(" (")[0] for problem in told(more)] == [
        "colour: is not a field of this schema",
        "depth: is not a field of this schema",
    ]
    assert told(more, read=True) == []


def test_a_reader_still_refuses_what_its_own_fields_forbid(valid: dict[str, Any]) -> None:
    assert len(told({**valid, "severityLevel": "1"}, read=True)) == 1


def test_formats_are_held_to(valid: dict[str, Any]) -> None:
    assert told({**valid, "timeRaised": "2026-11-23 09:30"})[0].startswith('timeRaised: "2026-11-23 09:30" is not a "date-time"')


def test_a_long_text_is_never_repeated(valid: dict[str, Any]) -> None:
    secret = "Jo Bloggs, 1 High Street " * 3
    (problem,) = told({**valid, "county": secret * 10})
    assert problem.startswith("county: the text is longer than 200 characters")
    assert "Bloggs" not in problem


def test_the_discreet_form_shows_no_value_at_all(valid: dict[str, Any]) -> None:
    (problem,) = registry.latest(WARNING).check_written({**valid, "severity": "Jo Bloggs"})
    assert problem.message.startswith('"Jo Bloggs" is not one of')
    assert problem.discreet.startswith("the value is not one of")
    assert "Bloggs" not in problem.discreet


def test_a_name_that_the_schema_does_not_list_is_data_and_not_told_where_it_is_discreet(tmp_path: Path) -> None:
    people = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object", "required": ["age"]}}}
    (tmp_path / "1.0.0.json").write_text(json.dumps({"type": "object", "properties": {"people": people}}))
    schema = registry.Schema("agency", "Counted", (1, 0, 0), tmp_path / "1.0.0.json")
    (problem,) = schema.check_read({"people": {"Jo Bloggs": [{}]}})
    assert (problem.field, problem.place) == ("people.Jo Bloggs.0.age", "people.….0.…")
    assert schema.check_read({"people": []})[0].place == "people"


def test_data_of_another_kind_is_told_as_a_whole() -> None:
    assert told(None) == ['null is not of type "object" (schema environment-agency/FloodWarningIssued/1.0.0, /type)']
    assert told(["x"])[0].startswith('the list is not of type "object" (')


def test_a_hostile_text_cannot_make_a_pattern_slow(valid: dict[str, Any]) -> None:
    assert told({**valid, "floodAreaID": "0" * 1_000_000})


def test_an_endless_list_of_problems_is_cut_short(valid: dict[str, Any]) -> None:
    assert len(told({**valid, **{f"field{number}": 1 for number in range(1000)}})) == registry.MOST_PROBLEMS


def test_only_the_alternative_that_fits_the_kind_of_value_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "town" / "BinEmptied"
    folder.mkdir(parents=True)
    parts = {"type": "object", "properties": {"at": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}}}
    (folder / "1.0.0.json").write_text(json.dumps(parts))
    (problem,) = registry.latest("town.BinEmptied.v1", tmp_path).check_written({"at": "noon"})
    assert (problem.field, problem.message) == ("at", '"noon" is longer than 3 characters')


def test_knowing_the_schemas_costs_no_validator_until_something_is_checked() -> None:
    source = f"import sys; from schemas import registry; registry.latest({WARNING!r}).id; sys.exit('jsonschema_rs' in sys.modules)"
    subprocess.run([sys.executable, "-c", source], check=True, cwd=Path(__file__).parents[2])
