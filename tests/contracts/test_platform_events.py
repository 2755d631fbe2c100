"""The platform's own events: said in Python, published as JSON Schema, and the same in both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from schemas import export, registry
from schemas.envelope import MAXIMUM_HOPS, PLATFORM_SOURCES, CloudEvent
from schemas.platform import EVENTS, PlatformEvent

ROOT = Path(__file__).parents[2]
PERSONAL = {"NotificationRequested", "ForwardRequested"}


def samples(event: type[PlatformEvent]) -> list[tuple[str, dict[str, Any]]]:
    folder = ROOT / "events" / "platform" / event.__name__
    return [(path.stem, json.loads(path.read_bytes())) for path in sorted(folder.glob("*.json"))]


GOOD = [(event, members) for event in EVENTS.values() for name, members in samples(event) if not name.startswith("bad-")]
BAD = [(event, members) for event in EVENTS.values() for name, members in samples(event) if name.startswith("bad-")]


def name(part: object) -> str | None:
    return part.__name__ if isinstance(part, type) else None


@pytest.mark.parametrize("path", export.exported(), ids=lambda path: "/".join(path.parts[-2:]))
def test_the_file_says_what_the_model_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == export.exported()[path]


def test_the_newest_version_of_each_contract_is_the_models() -> None:
    folders = {path.parent for path in (export.ROOT / "platform").glob("*/*.json")}
    assert folders == {path.parent for path in export.exported()}
    assert {registry.latest(event).file for event in EVENTS} == set(export.exported())


@pytest.mark.parametrize("event", EVENTS.values(), ids=name)
class TestEach:
    def test_it_is_named_for_its_room_and_its_contract(self, event: type[PlatformEvent]) -> None:
        assert event.source_name().startswith(PLATFORM_SOURCES)
        schema = registry.latest(event.type_name())
        assert (schema.path, schema.type) == (event.schema_uri(), event.type_name())
        assert schema.definition["$id"] == event.schema_uri()

    def test_its_schema_is_closed_and_says_what_it_is(self, event: type[PlatformEvent]) -> None:
        definition = registry.latest(event.type_name()).definition
        assert definition["additionalProperties"] is False
        assert definition["description"].endswith(".")

    def test_it_is_classified_as_personal_where_it_may_name_somebody(self, event: type[PlatformEvent]) -> None:
        assert (event.classification == "personal") == (event.__name__ in PERSONAL)

    def test_its_envelope_names_what_it_is_about(self, event: type[PlatformEvent]) -> None:
        for sampled, members in GOOD:
            if sampled is event:
                read = event.read(CloudEvent.model_validate(members))
                assert (read.subject, bool(read.step)) == (members["subject"], True)


@pytest.mark.parametrize(("event", "members"), GOOD, ids=name)
class TestGoodSamples:
    def test_model_and_schema_both_take_it(self, event: type[PlatformEvent], members: dict[str, Any]) -> None:
        assert registry.latest(event.type_name()).check_written(members["data"]) == []
        event.model_validate(members["data"])

    def test_its_envelope_is_the_one_the_platform_writes(self, event: type[PlatformEvent], members: dict[str, Any]) -> None:
        envelope = CloudEvent.model_validate(members)
        assert (envelope.type, envelope.source, envelope.dataschema) == (event.type_name(), event.source_name(), event.schema_uri())
        assert envelope.dataclassification == event.classification
        assert envelope.hops <= MAXIMUM_HOPS

    def test_what_is_read_is_written_back_as_it_was(self, event: type[PlatformEvent], members: dict[str, Any]) -> None:
        read = event.read(CloudEvent.model_validate(members))
        written = read.model_dump(mode="json", exclude_none=True)
        assert {**written, **members["data"]} == written

    def test_a_writer_is_strict_and_a_reader_tolerant(self, event: type[PlatformEvent], members: dict[str, Any]) -> None:
        later = {**members["data"], "a_field_of_a_later_version": 1}
        with pytest.raises(ValidationError):
            event.model_validate(later)
        schema = registry.latest(event.type_name())
        assert schema.check_written(later)
        assert schema.check_read(later) == []
        assert event.read(CloudEvent.model_validate({**members, "data": later}))


@pytest.mark.parametrize(("event", "members"), BAD, ids=name)
def test_model_and_schema_both_refuse_a_bad_sample(event: type[PlatformEvent], members: dict[str, Any]) -> None:
    assert registry.latest(event.type_name()).check_written(members["data"])
    with pytest.raises(ValidationError):
        event.model_validate(members["data"])


def test_an_event_that_was_made_here_has_no_envelope_yet() -> None:
    event, members = GOOD[0]
    with pytest.raises(LookupError, match=f"{event.__name__} was made here"):
        _ = event.model_validate(members["data"]).envelope
