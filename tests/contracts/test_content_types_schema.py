"""The content types as JSON Schema: any validator says of a payload what the platform would say of it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from schemas.content.failures import Unacceptable
from schemas.content.json_schema import DIALECT, schema
from schemas.content.registry import TYPES, accept
from tests.contracts.content.samples import BAD, GOOD, Json, changed, whole, without

OPEN = (
    "/details/images/0/sources",
    "/details/ordered_promotional_features/0/items/0",
    "/details/promoted",
)
"""Objects in the samples that may have members which nobody named."""

WRONG = {"nobody": "expects this"}
"""What no field holds."""


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(name), validate_formats=True)


def refused_at(payload: Json) -> list[str]:
    """Where the platform and the schema both say that a payload is wrong; nowhere, if both accept it."""
    try:
        accept(payload)
        pointers = []
    except Unacceptable as refused:
        pointers = [failure["fragment"].removeprefix("#") for failure in refused.failures]
    assert validator(payload["schema_name"]).is_valid(payload) == (not pointers), pointers
    return pointers


def places(part: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Everything inside a part of a payload, and where it stands; what is open is left out."""
    members = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in members:
        if (place := f"{pointer}/{name}") not in OPEN:
            yield place, value
            yield from places(value, place)


@pytest.mark.parametrize("name", sorted(TYPES))
class TestEveryType:
    def test_its_schema_says_what_it_is(self, name: str) -> None:
        described = schema(name)
        assert described["$schema"] == DIALECT
        assert described["title"].lower().replace(" ", "_") == name
        assert described["description"].endswith(".")

    def test_its_sample_is_good_and_has_every_field(self, name: str) -> None:
        assert refused_at(GOOD[name]) == refused_at(whole(name)) == []
        described = schema(name)
        details = described["properties"]["details"]
        details = described["$defs"][details["$ref"].rpartition("/")[2]] if "$ref" in details else details
        assert set(whole(name)) == set(described["properties"])
        assert set(GOOD[name]["details"]) >= set(details.get("properties", {}))

    def test_an_unknown_field_is_refused_wherever_it_stands(self, name: str) -> None:
        payload = whole(name)
        for place in ["", *(place for place, value in places(payload) if isinstance(value, dict))]:
            if (name, place) != ("homepage", "/details"):
                assert f"{place}/colour" in refused_at(changed(payload, f"{place}/colour", "red"))

    def test_another_type_is_refused_wherever_it_stands(self, name: str) -> None:
        payload = whole(name)
        for place, value in places(payload):
            if place != "/schema_name":
                assert place in refused_at(changed(payload, place, 5 if isinstance(value, (dict, list)) else WRONG))

    def test_what_is_missing_is_named_or_not_missed(self, name: str) -> None:
        payload = whole(name)
        for place, _ in places(payload):
            if place != "/schema_name" and not place.rpartition("/")[2].isdigit():
                pointers = refused_at(without(payload, place))
                assert not pointers or place in pointers


@pytest.mark.parametrize(("name", "place", "value"), BAD)
def test_both_refuse_what_is_bad(name: str, place: str, value: object) -> None:
    assert place in refused_at(changed(GOOD[name], place, value))


def test_a_name_of_no_type_has_no_schema() -> None:
    with pytest.raises(KeyError):
        schema("placeholder")
