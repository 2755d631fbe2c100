"""Generating classes: whatever a schema says, what it accepts can be read, and what it is called can harm nobody."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from commonweal_events import Invalid, read, written
from commonweal_events.generate.__main__ import main
from schemas.registry import compiled, every_schema
from tests.contracts.drawn_schemas import schemas, small_world
from tests.laws import examples
from tests.unit.sdk.classes import ROOT, class_of, flood_warning, imported, sample

WORLD = small_world(400)
OBJECT = {"type": "object", "additionalProperties": False}


def kept(value: Any, result: Any, *, known: frozenset[str] | None = None) -> bool:
    """Whether a result is a value, but for what a reader may leave out: nulls, and fields that the class does not have."""
    if isinstance(value, dict) and isinstance(result, dict):
        lost = {name for name in value.keys() - result.keys() if value[name] is not None and (known is None or name in known)}
        return not (known and lost) and all(name in value and kept(value[name], inner) for name, inner in result.items())
    if isinstance(value, list) and isinstance(result, list):
        return len(value) == len(result) and all(map(kept, value, result))
    return bool(value == result)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(schema=schemas())
def test_what_a_schema_accepts_can_be_read_and_is_written_as_it_came(schema: dict[str, Any]) -> None:
    assume(isinstance(schema.get("properties"), dict))
    model, accepts = class_of(schema), compiled(schema).is_valid
    for value in filter(accepts, WORLD):
        if isinstance(value, dict):
            result = written(read(model, value))
            assert kept(value, result, known=frozenset(schema["properties"])), (value, result)


@pytest.mark.parametrize("version", every_schema(), ids=lambda version: version.id)
def test_each_schema_of_the_tree_gives_a_class_that_its_samples_fit(version: Any, tmp_path: Path) -> None:
    assert main([str(version.file), "--to", str(tmp_path)]) == 0
    (module,) = tmp_path.glob("[!_]*.py")
    model = getattr(imported(module), version.name)
    samples = [path for path in (ROOT / "events" / version.owner / version.name).glob("*.json") if not path.name.startswith("bad-")]
    assert samples
    for path in samples:
        data = json.loads(path.read_text())["data"]
        result = written(read(model, data))
        assert result == {name: value for name, value in data.items() if value is not None}
        assert version.check_written(result) == []
    assert model.__contract__.type == version.type
    assert model.__contract__.schema() == version.definition


def test_a_class_cannot_be_changed_and_says_what_its_schema_says() -> None:
    warning = read(flood_warning(), sample("severe"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        warning.severityLevel = 4
    assert "flood warning was issued" in flood_warning().__doc__


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"severityLevel": None}, "severityLevel: is not a whole number"),
        ({"severityLevel": True}, "severityLevel: is not a whole number"),
        ({"severityLevel": 1.5}, "severityLevel: is not a whole number"),
        ({"isTidal": "yes"}, "isTidal: is not true or false"),
        ({"severity": "Rosalind"}, 'severity: is not one of "Severe flood warning", "Flood warning", '),
        ({"floodAreaID": ["Rosalind"]}, "floodAreaID: is not a text"),
    ],
)
def test_what_does_not_fit_is_told_by_its_field_and_without_its_value(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid) as invalid:
        read(flood_warning(), {**sample("severe"), **changes})
    assert str(invalid.value).startswith(said)
    assert "Rosalind" not in str(invalid.value)


def test_places_inside_lists_and_objects_are_named() -> None:
    part = {**OBJECT, "properties": {"post-code": {"type": "string"}}, "required": ["post-code"]}
    model = class_of({**OBJECT, "properties": {"addresses": {"type": "array", "items": part}}, "required": ["addresses"]})
    assert read(model, {"addresses": [{"post-code": "YO1"}]}).addresses[0].post_code == "YO1"
    with pytest.raises(Invalid, match=r"^addresses\.1\.post-code: is missing$"):
        read(model, {"addresses": [{"post-code": "YO1"}, {}]})


AWKWARD = [
    *("str", "int", "tuple", "field", "Literal", "class", "from"),
    *("a-b", "a_b", "a b", "1st", "", "__x", "é", "data", "read", "self", '"', "\\", "\n"),
]


def test_no_name_of_a_field_is_in_anothers_way() -> None:
    kinds: list[dict[str, Any]] = [{"type": "string"}, {"type": "integer"}, {"enum": ["a"]}, {"type": "array", "items": {"type": "string"}}]
    properties = {name: kinds[number % len(kinds)] for number, name in enumerate(AWKWARD)}
    model = class_of({**OBJECT, "properties": properties})
    values: list[Any] = ["text", 1, "a", ["text"]]
    data = {name: values[number % len(values)] for number, name in enumerate(AWKWARD)}
    assert written(read(model, data)) == data


@settings(max_examples=examples(40))
@given(text=st.text(alphabet=st.sampled_from("\"'\\\n\r\t#{}; abc\x00\u2028"), max_size=12))
def test_no_description_or_value_gets_out_of_its_quotes(text: str) -> None:
    evil = f'{text}"""\nraise SystemExit("ran")\n"""'
    values = {"type": "string", "enum": [evil, text + "\\"], "description": evil}
    model = class_of({**OBJECT, "description": evil, "properties": {evil: values}, "required": [evil]})
    assert written(read(model, {evil: evil})) == {evil: evil}


def test_a_second_major_stands_beside_the_first_and_the_newest_minor_is_taken(tmp_path: Path) -> None:
    for version in ("1.2.0", "1.10.0", "2.0.0"):
        file = tmp_path / "schemas" / "parks" / "GateClosed" / f"{version}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({**OBJECT, "properties": {f"v{version.replace('.', '_')}": {"type": "string"}}}))
    assert main([str(tmp_path / "schemas"), "--to", str(tmp_path / "events")]) == 0
    assert sorted(path.name for path in (tmp_path / "events").glob("*.py")) == ["__init__.py", "gate_closed.py", "gate_closed_v2.py"]
    assert "v1_10_0" in (tmp_path / "events" / "gate_closed.py").read_text()


def test_it_can_be_checked_that_what_is_there_is_what_the_schemas_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [str(ROOT / "schemas" / "communities"), "--to", str(tmp_path)]
    assert main([*asked, "--check"]) == 1
    assert main(asked) == main([*asked, "--check"]) == 0
    (module,) = tmp_path.glob("[!_]*.py")
    module.write_text(module.read_text().replace("str", "int"))
    capsys.readouterr()
    assert main([*asked, "--check"]) == 1
    assert capsys.readouterr().err.strip() == f"{module} is not what the schemas say: generate it again"


def test_the_folder_is_a_package_and_one_that_is_there_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked, package = [str(ROOT / "schemas" / "communities"), "--to", str(tmp_path)], tmp_path / "__init__.py"
    assert main(asked) == 0
    package.unlink()
    assert main([*asked, "--check"]) == 1
    assert f"{package} is not what the schemas say" in capsys.readouterr().err
    package.write_text('"""Ours."""')
    assert main([*asked, "--check"]) == main(asked) == 0
    assert package.read_text() == '"""Ours."""'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere is not there"),
        (["http://commonweal.example/schemas/parks/GateClosed/1.0.0.json"], "a schema is fetched over https://"),
        ([f"{ROOT}/schemas/environment-agency", "--fields", "floodArea"], "floodArea is not a field: there are floodAreaID, "),
        ([f"{ROOT}/pyproject.toml"], "is not the file of a schema: it reads <owner>/<Fact>/<major>.<minor>.<patch>.json"),
        ([f"{ROOT}/functions"], "holds no schema"),
    ],
)
def test_what_cannot_be_generated_is_said_in_a_line(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--to", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_fields_go_inwards_as_a_subscription_names_them(tmp_path: Path) -> None:
    address = {**OBJECT, "properties": {"line": {"type": "string"}, "postcode": {"type": "string"}}, "required": ["line", "postcode"]}
    schema = {
        **OBJECT,
        "$defs": {"Address": address},
        "properties": {"home": {"$ref": "#/$defs/Address"}, "others": {"type": "array", "items": {"$ref": "#/$defs/Address"}}, "name": {}},
        "required": ["home", "name"],
    }
    file = tmp_path / "parks" / "PersonMoved" / "1.0.0.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(schema))
    assert main([str(file), "--fields", "home.postcode", "others.postcode", "--to", str(tmp_path)]) == 0
    model = imported(tmp_path / "person_moved.py").PersonMoved
    assert [field.name for field in dataclasses.fields(model)] == ["home", "others"]
    moved = read(model, {"home": {"postcode": "YO1", "line": "1 Street"}, "others": [{"postcode": "YO2"}]})
    assert written(moved) == {"home": {"postcode": "YO1"}, "others": [{"postcode": "YO2"}]}
    assert not (tmp_path / "person_moved.json").exists()
