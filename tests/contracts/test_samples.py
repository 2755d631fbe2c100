"""Every type of event has a good and a bad sample; the good ones are accepted and the bad ones refused by the field that is wrong."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from schemas import registry
from schemas.envelope import CloudEvent
from schemas.opening import walk

ROOT = Path(__file__).parents[2]
SCHEMAS = registry.every_schema()
SAMPLES = sorted((ROOT / "events").glob("*/*/*.json"))
GOOD = [sample for sample in SAMPLES if not sample.name.startswith("bad-")]
BAD = [sample for sample in SAMPLES if sample.name.startswith("bad-")]


def name(path: Path) -> str:
    return "/".join(path.parts[-3:])


def read(path: Path) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(path.read_bytes())
    return event


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.id)
def test_every_schema_is_valid_closed_and_named_by_its_file(schema: registry.Schema) -> None:
    assert schema.definition["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema.definition["$id"] == schema.path
    assert schema.definition["type"] == "object"
    assert schema.definition["additionalProperties"] is False
    assert schema.check_written({}) is not None


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.id)
def test_every_schema_asks_only_for_formats_that_are_asserted(schema: registry.Schema) -> None:
    assert {part["format"] for part in walk(schema.definition) if "format" in part} <= registry.FORMATS


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.id)
def test_every_type_has_a_good_and_a_bad_sample(schema: registry.Schema) -> None:
    cases = {sample.name.startswith("bad-") for sample in SAMPLES if sample.parts[-3:-1] == (schema.owner, schema.name)}
    assert cases == {True, False}


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_every_sample_is_a_whole_event_of_the_type_its_folder_says(sample: Path) -> None:
    event = CloudEvent.model_validate(read(sample))
    owner, fact = sample.parts[-3:-1]
    assert event.type == f"{owner}.{fact}.v{registry.latest(event.type).version[0]}"
    if event.dataschema:
        assert registry.by_uri(event.dataschema).type == event.type


@pytest.mark.parametrize("sample", GOOD, ids=name)
def test_a_good_sample_may_be_written_and_read(sample: Path) -> None:
    event = read(sample)
    schema = registry.latest(event["type"])
    assert schema.check_written(event["data"]) == []
    assert schema.check_read(event["data"]) == []


@pytest.mark.parametrize("sample", BAD, ids=name)
def test_a_bad_sample_is_refused_by_the_field_its_name_says(sample: Path) -> None:
    event = read(sample)
    (problem,) = registry.latest(event["type"]).check_written(event["data"])
    assert str(problem).startswith(f"{problem.field}: ")
    assert problem.field in BLAMED.get(sample.stem, event["data"])


BLAMED = {"bad-flood-area-missing": ["floodAreaID"]}
"""The fields that are wrong where they are not in the data."""


def test_every_sample_has_an_id_of_its_own_in_its_source() -> None:
    departments = [read(sample) for sample in SAMPLES if sample.parts[-3] != "platform"]
    assert len({(event["source"], event["id"]) for event in departments}) == len(departments)


def test_every_row_of_the_register_of_local_authorities_is_an_event_of_its_type() -> None:
    schema = registry.latest("communities.LocalAuthorityRecorded.v1")
    with (ROOT / "infra/departments/registers/local-authority-eng.tsv").open(encoding="utf-8", newline="") as file:
        rows = [{column: value for column, value in row.items() if value} for row in csv.DictReader(file, delimiter="\t")]
    assert len(rows) == 354
    assert [problem for row in rows for problem in schema.check_written(row)] == []
    assert read(ROOT / "events/communities/LocalAuthorityRecorded/basildon.json")["data"] in rows
