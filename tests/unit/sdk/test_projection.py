"""The class of some fields of an event: whatever the schema and the fields are, what the platform leaves of an event can be read."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from commonweal_events import Invalid, read
from commonweal_events.generate.projection import projected
from commonweal_events.generate.python import files
from commonweal_events.generate.versions import Unusable, Version
from schemas.opening import opened
from schemas.projection import CannotProject, project, projected_schema
from schemas.registry import compiled
from tests.contracts.drawn_schemas import NAMES, schemas, small_world
from tests.laws import examples
from tests.unit.sdk.classes import imported

WORLD = [value for value in small_world(400) if isinstance(value, dict)]
FEW = [HealthCheck.filter_too_much, HealthCheck.too_slow]


def paths(node: Any, root: dict[str, Any], deep: int = 3) -> Iterator[str]:
    """Paths that a schema speaks of, at whatever place it says so."""
    if not isinstance(node, dict) or not deep:
        return
    if node.get("$ref", "").startswith("#/$defs/"):
        yield from paths(root["$defs"][node["$ref"].rpartition("/")[2]], root, deep - 1)
    for part in [node.get("items"), *(part for keyword in ("allOf", "anyOf", "oneOf") for part in node.get(keyword, ()))]:
        yield from paths(part, root, deep)
    for name, part in node.get("properties", {}).items():
        yield from (name, *(f"{name}.{inner}" for inner in paths(part, root, deep - 1)))


@st.composite
def asked(draw: st.DrawFn) -> tuple[dict[str, Any], list[str]]:
    """Draw a schema and fields to be had of it: those that lead inwards where there are any, and sometimes one that leads nowhere."""
    schema = draw(schemas())
    within = draw(schemas())
    # What is within is what matters here, and seldom drawn: an object, a list of them, or one way of several.
    part = draw(st.sampled_from([within, {"type": "array", "items": within}, {"anyOf": [within, {"type": "null"}]}, {"allOf": [within]}]))
    schema["properties"] = {**schema.get("properties", {}), "a": part}
    known = sorted(set(paths(schema, schema)))
    inwards = [path for path in known if "." in path]
    chosen: list[str] = draw(st.lists(st.sampled_from(inwards or known), min_size=1, max_size=3, unique=True))
    return schema, [*chosen, *draw(st.lists(st.sampled_from(NAMES).filter(lambda name: name not in chosen), max_size=1))]


def given_class(schema: dict[str, Any], fields: list[str]) -> Any:
    """The class that a subscriber to these fields generates."""
    version = Version("parks", "GateClosed", "1.0.0", json.dumps(projected(schema, fields)))
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "gate_closed.py"
        file.write_text(files(version, tuple(fields))[file.name], encoding="utf-8")
        return imported(file).GateClosed


@settings(max_examples=examples(60), suppress_health_check=FEW)
@given(asked=asked())
def test_the_class_of_some_fields_reads_whatever_the_platform_leaves_of_an_event(asked: tuple[dict[str, Any], list[str]]) -> None:
    schema, fields = asked
    try:
        left = projected(schema, fields)
    except Unusable:
        assume(False)
    model, sent, arrives = given_class(schema, fields), compiled(schema).is_valid, compiled(left).is_valid
    for data in filter(sent, WORLD):
        assert arrives(project(data, fields)), (data, left)
        read(model, project(data, fields))


@settings(max_examples=examples(100), suppress_health_check=FEW)
@given(asked=asked())
def test_it_takes_the_fields_that_the_platform_takes_and_requires_what_the_platform_promises(
    asked: tuple[dict[str, Any], list[str]],
) -> None:
    schema, fields = asked
    try:
        promised: dict[str, Any] | None = projected_schema(schema, fields)
    except CannotProject:
        promised = None
    try:
        left: dict[str, Any] | None = projected(schema, fields)
    except Unusable:
        left = None
    assert (left is None) == (promised is None)
    if left and promised:
        assert demanded(left) == demanded(opened(promised))


def demanded(node: Any) -> Any:
    """What is required of the objects that are given in part, as deep as they lie in each other."""
    if not isinstance(node, dict) or node.get("type") != "object":
        return None
    inner = node.get("properties", {})
    return sorted(node.get("required", [])), {name: demanded(part) for name, part in inner.items()}


ADDRESS = {"type": "object", "properties": {"postcode": {"type": "string"}, "line": {"type": "string"}}}


@pytest.mark.parametrize(
    "home",
    [
        pytest.param(ADDRESS, id="an object with nothing that is required"),
        pytest.param({"type": "array", "items": {**ADDRESS, "required": ["postcode"]}}, id="a list that may be empty"),
        pytest.param({**ADDRESS, "type": ["object", "null"], "required": ["postcode"]}, id="null"),
        pytest.param({"anyOf": [{**ADDRESS, "required": ["postcode"]}, {"type": "string"}]}, id="an object or a text"),
        pytest.param({"allOf": [ADDRESS, {"type": "object", "required": ["line"]}]}, id="all of several"),
    ],
)
def test_what_the_platform_may_leave_out_is_not_missing(home: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"home": home}, "required": ["home"]}
    model = given_class(schema, ["home.postcode"])
    assert read(model, project({"home": {}}, ["home.postcode"])).home is None


@pytest.mark.parametrize(
    "home", [{**ADDRESS, "required": ["postcode"]}, {"allOf": [ADDRESS, {"type": "object", "required": ["postcode"]}]}]
)
def test_what_is_always_there_is_required(home: dict[str, Any]) -> None:
    model = given_class({"type": "object", "properties": {"home": home}, "required": ["home"]}, ["home.postcode"])
    with pytest.raises(Invalid, match=r"home\.postcode: is missing"):
        read(model, {"home": {}})
    with pytest.raises(Invalid, match="is missing"):
        read(model, {})


def test_a_part_that_would_mean_another_thing_alone_is_refused() -> None:
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}, "name": {"type": "string"}}}
    with pytest.raises(Unusable, match="refers to #, which would be another thing"):
        projected(schema, ["next"])
