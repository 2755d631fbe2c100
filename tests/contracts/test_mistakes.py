"""Every mistake that a department's file can hold has a file here, beside the very message that it gets.

`mistakes/<name>.yaml` is read instead of the harbour board's sound file, next to the departments and schemas in `mistakes/around/`;
`mistakes/<name>.txt` is all that `commonweal department check` says of it on one day.
"""

from __future__ import annotations

import ast
import datetime
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
import yaml

from infra import declarations
from infra.declarations import DeclarationError
from infra.lined_yaml import LARGEST
from schemas import department
from schemas.grammar import GRAMMARS

ROOT = Path(__file__).parents[2]
MISTAKES = Path(__file__).parent / "mistakes"
AROUND = MISTAKES / "around"
DAY = datetime.date(2026, 4, 1)
"""The day of the check: the beacon board has shared one of its events until the day before."""
NAMES = sorted(file.stem for file in MISTAKES.glob("*.yaml"))

CHECKS = sorted(
    [
        *(ROOT / "infra").glob("*_checks.py"),
        ROOT / "infra/declaration_source.py",
        ROOT / "infra/declarations.py",
        ROOT / "infra/lined_yaml.py",
        *(ROOT / "schemas" / f"{name}.py" for name in ("declaration", "declared_messages", "declared_registers", "sharing", "sending")),
        ROOT / "schemas/expression_checks.py",
    ]
)
"""Where a department's file is checked."""

COMPLAINS = {"problem", "Problem", "ValueError", "_refused", "_report", "_wrong"}
"""What is called to say that something is wrong."""

type Line = tuple[str, int]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The harbour board without a mistake, and the departments around it."""
    folder = tmp_path_factory.mktemp("world") / "departments"
    shutil.copytree(AROUND / "departments", folder)
    return folder


def said(world: Path, name: str) -> str:
    """All that is said of a mistake, a line for each thing."""
    file = world / "harbour-board.yaml"
    sound = file.read_bytes()
    file.write_bytes((MISTAKES / f"{name}.yaml").read_bytes())
    try:
        declarations.load(world, AROUND / "schemas", day=DAY)
    except DeclarationError as mistakes:
        return f"{mistakes}\n".replace(f"{world}/", "")
    finally:
        file.write_bytes(sound)
    return ""


def test_what_stands_around_has_nothing_wrong(world: Path) -> None:
    sound = declarations.load(world, AROUND / "schemas", day=DAY)
    assert [one.department for one in sound] == sorted(file.stem for file in world.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_gets_its_message(world: Path, name: str) -> None:
    expected = (MISTAKES / f"{name}.txt").read_text(encoding="utf-8")
    assert expected
    assert said(world, name) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("department: [", "removed/pier-board.yaml:2: is not YAML: did not find expected node content, while parsing a flow node"),
        (
            "department: pier-board\ntitle: Pier\nremoved: 2026-02-30\n",
            'removed/pier-board.yaml:3: removed: "2026-02-30" is not a date',
        ),
        (
            "department: pier-board\ntitle: Pier Board\nremoved: 2026-03-01\nregisters: {piers: {title: Piers}}\n",
            "removed/pier-board.yaml:4: registers.piers.description: is missing",
        ),
    ],
)
def test_what_stays_of_a_department_is_held_to_its_form_too(world: Path, text: str, why: str) -> None:
    file = world / "removed/pier-board.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        told = said(world, "register-of-a-department-that-was-removed")
    finally:
        file.unlink()
    assert why in told


def test_no_file_is_passed_over_in_silence(world: Path) -> None:
    with files_of_no_department(world):
        told = said(world, "text-is-empty")
    assert told == (
        "harbour-board.yaml:3: title: is empty\n"
        "pier-board.yml:1: is not read: a department's file ends in .yaml, as pier-board.yaml\n"
        "quay-board.yaml:1: cannot be read: Is a directory\n"
        "tide-board.yaml:1: has 1,000,001 bytes, and may have 1,000,000\n"
    )


def test_every_message_has_its_mistake() -> None:
    assert {file.stem for file in MISTAKES.glob("*.txt")} == set(NAMES)


def test_every_check_is_hit_by_a_mistake(world: Path) -> None:
    with watched() as seen:
        for name in NAMES:
            said(world, name)
        with files_of_no_department(world):
            said(world, "text-is-empty")
    missed = [f"{Path(file).relative_to(ROOT)}:{line}" for file, line in sorted(complaints() - seen)]
    assert missed == []


def test_every_form_of_a_word_is_explained_by_a_mistake() -> None:
    messages = "".join((MISTAKES / f"{name}.txt").read_text(encoding="utf-8") for name in NAMES)
    assert [form for form in GRAMMARS.values() if f" is not {form}" not in messages] == []


class TestTheSchema:
    """What editors know of a mistake before anything is run."""

    @pytest.mark.parametrize("file", sorted((ROOT / "infra/departments").glob("*.yaml")), ids=lambda file: file.stem)
    def test_it_takes_every_real_file(self, file: Path) -> None:
        assert complaints_of_the_schema(file) == []
        assert file.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=../../schemas/department.json\n")

    def test_it_refuses_what_a_schema_can_tell(self) -> None:
        """All that stands in one file alone, and needs neither another part of it nor the schema of an event."""
        taken = {name for name in NAMES if name not in NOT_EVEN_YAML and not complaints_of_the_schema(MISTAKES / f"{name}.yaml")}
        refused = set(NAMES) - taken - NOT_EVEN_YAML
        assert len(refused) > 50
        # Whatever the models alone refuse the schema refuses, but for what only code can count or compare.
        assert {name for name in taken if by_the_models_alone(name)} == ONLY_CODE_CAN_TELL
        # And it refuses nothing that the models take.
        assert {name for name in refused if not by_the_models_alone(name)} == set()

    def test_it_says_what_every_field_means(self) -> None:
        silent = [
            f"{name}.{field}"
            for name, part in {"Department": department.definition(), **department.definition()["$defs"]}.items()
            for field, said in part.get("properties", {}).items()
            if not said.get("description", "").endswith((".", "…"))
        ]
        assert silent == []


NOT_EVEN_YAML = {
    "aliases-of-aliases",
    "character-that-nobody-sees",
    "date-that-there-is-not",
    "empty",
    "list-that-holds-itself",
    "merge",
    "name-that-is-a-list",
    "not-utf-8",
    "not-yaml",
    "not-yaml-at-all",
    "stands-twice",
    "tag-that-is-not-known",
    "too-deep",
}
"""What has no values that could be held to a schema, or other ones to whoever reads it less strictly."""
ONLY_CODE_CAN_TELL = {
    "contact-block-with-too-many-lines",
    "inbound-number-that-is-none",
    "inbound-number-that-networks-do-not-know",
    "inbound-number-without-permission",
    "one-id-twice",
    "permission-twice",
    "register-with-a-value-that-is-none",
    "register-with-an-index-of-a-listed-field",
    "reply-to-that-nobody-can-write-to",
    "subscription-to-a-field-twice",
    "team-member-that-is-none",
    "text-is-a-date",
    "text-sender-that-is-none",
    "too-many-guests",
    "two-defaults",
}


def complaints_of_the_schema(file: Path) -> list[str]:
    return [error.message for error in validator().iter_errors(plain(yaml.safe_load(file.read_text(encoding="utf-8"))))]


@cache
def validator() -> Any:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(department.definition(), validate_formats=True)


def plain(value: object) -> object:
    """Without what JSON does not have: a date is a text there."""
    match value:
        case dict():
            return {str(name): plain(inner) for name, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
        case None | bool() | int() | float():
            return value
    return str(value)


def by_the_models_alone(name: str) -> bool:
    from infra.declaration_source import read

    return bool(read(MISTAKES / f"{name}.yaml", name)[2])


@cache
def complaints() -> frozenset[Line]:
    """The line of every call that says what is wrong, and of every sentence that a check gives, in the files that check."""
    return frozenset((str(file), line) for file in CHECKS for line in _complaints(ast.parse(file.read_text(encoding="utf-8"))))


def _complaints(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in COMPLAINS:
            yield node.lineno
        if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) == "Iterator[str]":
            yield from (inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.Yield))


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


@contextmanager
def files_of_no_department(world: Path) -> Iterator[None]:
    """A name that nobody looks for, a folder, and a file of more bytes than one may have, while this lasts."""
    misnamed, folder, large = world / "pier-board.yml", world / "quay-board.yaml", world / "tide-board.yaml"
    misnamed.touch()
    folder.mkdir()
    large.write_bytes(b"#" * (LARGEST + 1))
    try:
        yield
    finally:
        misnamed.unlink()
        folder.rmdir()
        large.unlink()


@contextmanager
def watched() -> Iterator[set[Line]]:
    """The lines of the files that check, as far as they are run while this lasts."""
    seen: set[Line] = set()
    files = {str(file) for file in CHECKS}
    monitoring, tool = sys.monitoring, sys.monitoring.PROFILER_ID

    def note(code: CodeType, line: int) -> object:
        if code.co_filename in files:
            seen.add((code.co_filename, line))
        return monitoring.DISABLE

    monitoring.use_tool_id(tool, "mistakes")
    monitoring.register_callback(tool, monitoring.events.LINE, note)
    monitoring.set_events(tool, monitoring.events.LINE)
    monitoring.restart_events()
    try:
        yield seen
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
