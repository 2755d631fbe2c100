"""`commonweal department new`: what it writes is whole, works as it stands, and writes nothing over."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from infra import declarations
from infra.tools import department_new
from infra.tools.cli import app
from infra.tools.founding import fields, files
from infra.tools.founding.texts import Founding
from schemas import department, register_versions, registry
from schemas.compatibility import check_tree

HERE = Path(__file__).parents[3]
OPTIONS = ("--yes", "--contact", "harbours@example.gov.uk", "--fact", "HarbourClosed", "--field", "harbour", "--field", "reason:text")

type New = Callable[..., Result]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The departments of this project and their schemas, by themselves."""
    root = tmp_path_factory.mktemp("ground")
    shutil.copytree(HERE / "infra/departments", root / "infra/departments")
    for name in ("registers", *(file.stem for file in (HERE / "infra/departments").glob("*.yaml"))):
        if (HERE / "schemas" / name).is_dir():
            shutil.copytree(HERE / "schemas" / name, root / "schemas" / name)
    return root


@pytest.fixture
def root(ground: Path, tmp_path: Path) -> Path:
    shutil.copytree(ground, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def new(root: Path, monkeypatch: pytest.MonkeyPatch) -> New:
    monkeypatch.setattr(department_new, "ROOT", root)
    return lambda *options, **more: CliRunner().invoke(app, ["department", "new", "harbour-board", *options], **more)


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def faults(root: Path) -> list[str]:
    """All that any check says of what stands there."""
    declared = declarations.load(root / "infra/departments", root / "schemas")
    compiled = declarations.compile(declared, root / "schemas")
    found = [str(finding) for finding in check_tree(root / "schemas")] + register_versions.check(
        compiled["registers"], root / "schemas/registers"
    )
    for sample in (root / "events/harbour-board").glob("*/*.json"):
        event = read(sample)
        problems = registry.by_uri(event["dataschema"], root / "schemas").check_written(event["data"])
        if sample.name.startswith("bad-") != (len(problems) == 1):
            found.append(f"{sample.name}: {problems}")
    return found


def test_what_it_writes_has_no_mistake_and_does_all_three(new: New, root: Path) -> None:
    result = new(*OPTIONS)
    assert result.exit_code == 0, result.output
    assert faults(root) == []
    declared = declarations.load(root / "infra/departments", root / "schemas")
    steps = declarations.compile(declared, root / "schemas")["reactions"]["harbour-board.HarbourClosed.v1"]
    assert [step["kind"] for step in steps] == ["publish", "notify", "record"]


def test_it_names_what_it_wrote_and_what_comes_next(new: New, root: Path) -> None:
    lines = new(*OPTIONS).stdout.splitlines()
    assert all((root / line).is_file() for line in lines[:5])
    assert "commonweal emit events/harbour-board/HarbourClosed/example.json" in lines[-1]


def test_the_file_is_completed_by_editors(new: New, root: Path) -> None:
    from jsonschema_rs import Draft202012Validator

    new(*OPTIONS)
    text = (root / "infra/departments/harbour-board.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../../schemas/department.json\n")
    assert list(Draft202012Validator(department.definition()).iter_errors(yaml.safe_load(text))) == []


def test_it_asks_for_what_is_not_given(new: New, root: Path) -> None:
    result = new(input="The Harbour Board\nharbours@example.gov.uk\nHarbourClosed\nharbour, reason:text, tidal:yes-no?\n")
    assert result.exit_code == 0, result.output
    assert read(root / "schemas/harbour-board/HarbourClosed/1.0.0.json")["required"] == ["harbour", "reason"]
    assert 'title: "The Harbour Board"' in (root / "infra/departments/harbour-board.yaml").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--yes", "--fact", "HarbourClosed"), "With --yes nothing is asked: give --contact."),
        ((*OPTIONS, "--field", "reason"), 'The field "reason" is there twice.'),
        ((*OPTIONS, "--field", "depth:nubmer"), '"nubmer" is no kind of field: there are text, number,'),
        ((*OPTIONS, "--field", "1st"), '"1st" is no field: it reads name, name:kind or name:kind?'),
        ((*OPTIONS, "--field", "depth:number=deep"), '"deep" is no number, which the field depth is.'),
        (
            (*OPTIONS[:-4], "--field", "harbour:number"),
            'The first field is the key, which is always there, and is a text: "harbour" is a number.',
        ),
        ((*OPTIONS[:-4], "--field", "harbour?"), '"harbour" is optional.'),
        ((*OPTIONS[:-4], "--field", "harbour=North Quay"), '"North Quay" cannot stand in an address'),
        ((*OPTIONS, "--field", "until:date=someday"), '"someday" is no date, which the field until is.'),
        ((*OPTIONS, "--field", "at:time=noon"), '"noon" is no time, which the field at is.'),
        ((*OPTIONS, "--field", "depth:number=nan"), '"nan" is no number, which the field depth is.'),
        ((*OPTIONS, "--field", "tidal:yes-no=maybe"), '"maybe" is no yes-no, which the field tidal is.'),
        ((*OPTIONS, "--field", "status:open|closed=ajar"), '"ajar" is none of open, closed, which the field status is.'),
        ((*OPTIONS, "--field", "status:open|"), '"open|" are no choices: each is a text, and another one'),
        ((*OPTIONS, "--field", "status:open|open"), '"open|open" are no choices'),
        ((*OPTIONS, "--fact", "harbour closed"), '"harbour closed" is no fact: it reads as HarbourClosed'),
        ((*OPTIONS, "--fact", "HarbourClosed.v2"), '"HarbourClosed.v2" is no fact'),
        ((*OPTIONS, "--fact", "../../../HarbourClosed"), '"../../../HarbourClosed" is no fact'),
        ((*OPTIONS, "--contact", "nobody"), '"nobody" is not an email address'),
        ((*OPTIONS, "--account", "12"), '"12" is not an AWS account number of twelve digits'),
        ((*OPTIONS, "--title", "Harbour\nBoard"), '"Harbour\nBoard" is not one line of text'),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(new: New, root: Path, options: tuple[str, ...], said: str) -> None:
    result = new(*options)
    assert result.exit_code == 1
    assert said in result.stderr
    assert not (root / "infra/departments/harbour-board.yaml").exists()
    assert not (root / "schemas/harbour-board").exists()


@pytest.mark.parametrize("slug", ["../harbour-board", "../../../../outside", "/outside", "Harbour Board", "", "a" * 33])
def test_a_name_that_is_none_is_no_path_either(new: New, root: Path, slug: str) -> None:
    before = sorted(root.parent.rglob("*"))
    result = CliRunner().invoke(app, ["department", "new", slug, *OPTIONS])
    assert result.exit_code == 1
    assert result.stderr == f'"{slug}" is not a name of at most 32 lower-case letters, digits and hyphens that begins with a letter.\n'
    assert sorted(root.parent.rglob("*")) == before


def test_what_is_answered_wrongly_is_asked_again(new: New) -> None:
    result = new(input="\nnobody\nharbours@example.gov.uk\nclosed\nHarbourClosed\nharbour, harbour\nharbour\n")
    assert result.exit_code == 0, result.output
    for wrong in ('"nobody" is not an email address.', '"closed" is no fact', 'The field "harbour" is there twice.'):
        assert f"Error: {wrong}" in result.output


@pytest.mark.parametrize("contact", ["desk#1@example.gov.uk", "{desk}@example.gov.uk", "*desk@example.gov.uk", "'desk'@example.gov.uk"])
def test_an_address_may_hold_what_yaml_takes_for_its_own(new: New, root: Path, contact: str) -> None:
    assert new(*OPTIONS, "--contact", contact).exit_code == 0
    (harbours,) = [one for one in declarations.load(root / "infra/departments", root / "schemas") if one.department == "harbour-board"]
    assert (harbours.contact, harbours.emits["HarbourClosed.v1"].owner) == (contact, contact)


def test_somebody_elses_mistake_is_not_told_as_the_new_ones(new: New, root: Path) -> None:
    file = root / "infra/departments/communities.yaml"
    file.write_text(file.read_text().replace("title: Communities and Local Government\n", ""))
    result = new(*OPTIONS)
    assert result.stderr == "infra/departments/communities.yaml:2: title: is missing\nMend this first: nothing was written.\n"
    assert not (root / "infra/departments/harbour-board.yaml").exists()


@pytest.mark.parametrize("slug", ["alpha", "zeta"])
def test_a_fact_whose_name_another_has_is_told_with_the_way_out(new: New, root: Path, slug: str) -> None:
    new(*OPTIONS)
    result = CliRunner().invoke(app, ["department", "new", slug, *OPTIONS])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{slug} would have mistakes, and nothing was written:\n")
    way_out = "Its register and its pages are called harbour-closed, after its fact, as another's are: choose another --fact.\n"
    assert result.stderr.endswith(way_out)
    assert not (root / f"infra/departments/{slug}.yaml").exists()


def test_what_is_wrong_with_something_else_is_not_put_on_the_fact(new: New) -> None:
    new(*OPTIONS, "--account", "555566667777")
    other = ("--fact", "PierClosed", "--account", "555566667777")
    result = CliRunner().invoke(app, ["department", "new", "alpha", *OPTIONS, *other])
    assert (result.exit_code, "would have mistakes" in result.stderr, "--fact" in result.stderr) == (1, True, False)


def test_what_is_there_is_not_written_over(new: New, root: Path) -> None:
    new(*OPTIONS)
    file = root / "infra/departments/harbour-board.yaml"
    file.write_text("mine")
    result = new(*OPTIONS)
    assert result.exit_code == 1
    assert "harbour-board is there already, and nothing was written: infra/departments/harbour-board.yaml" in result.stderr
    assert file.read_text() == "mine"


kinds = st.sampled_from(["text", "number", "integer", "yes-no", "date", "time", "open|closed"])
names = st.from_regex(r"[a-z][A-Za-z0-9]{0,8}([-_][a-z]{1,4})?", fullmatch=True)
others = st.lists(
    st.tuples(names, kinds, st.sampled_from(["", "?"])), max_size=5, unique_by=lambda field: re.sub("[-_]", "", field[0].lower())
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(others=others)
def test_whatever_its_fields_are_all_checks_pass(
    ground: Path, tmp_path_factory: pytest.TempPathFactory, others: list[tuple[str, ...]]
) -> None:
    root = tmp_path_factory.mktemp("drawn")
    shutil.copytree(ground, root, dirs_exist_ok=True)
    asked = ["key_0", *(f"{name}:{kind}{optional}" for name, kind, optional in others if re.sub("[-_]", "", name.lower()) != "key0")]
    founding = Founding("harbour-board", 'The "Harbour" Board: all', "a@example.gov.uk", "HarbourClosed", fields.read(asked))
    files.write(files.of(founding, root, identities=("1", "2"), time="2026-11-26T09:30:00Z"), root)
    assert faults(root) == []
