"""A function's bundle holds all that the function imports, and nothing else."""

import importlib.machinery
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.bundling import SHELF, CannotBundle, NotSelfContained, Platform, bundle, entries, fingerprint, prove, reach, with_shelf

ROOT = Path(__file__).parents[2]

type Write = Callable[[str, str], Path]

SAMPLE = {
    "functions/__init__.py": "",
    "functions/common/__init__.py": "",
    "functions/common/log.py": "import logging\nimport boto3\n",
    "functions/common/unused.py": "",
    "functions/letters/__init__.py": "",
    "functions/letters/page.py": "",
    "functions/letters/stamps.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from functions.letters import page\n",
    "functions/letters/post.py": (
        "from functions.common import log\n"
        "from schemas.letter import Letter\n"
        "def post(event, context):\n"
        "    from . import stamps\n"
        "    from jinja2 import Template\n"
        "    return Template('{{ name }}').render(name=Letter)\n"
    ),
    "schemas/__init__.py": "",
    "schemas/letter.py": "BUNDLED: tuple[str, ...] = ('schemas/*/*.json',)\nLetter = 'Letter'\n",
    "schemas/royal-mail/letter.json": "{}",
    "schemas/royal-mail/README.md": "",
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(file: str, text: str) -> Path:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    for file, text in SAMPLE.items():
        write(file, text)
    return write


@pytest.fixture
def root(tmp_path: Path, write: Write) -> Path:
    return tmp_path


def files(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


def test_a_bundle_holds_the_modules_that_its_handler_reaches_and_their_files(root: Path) -> None:
    home = bundle("letters.post", Platform.HOST, root)
    assert {file for file in files(home) if file.startswith(("functions", "schemas")) and "__pycache__" not in file} == {
        "functions/__init__.py",
        "functions/common/__init__.py",
        "functions/common/log.py",
        "functions/letters/__init__.py",
        "functions/letters/post.py",
        "functions/letters/stamps.py",
        "schemas/__init__.py",
        "schemas/letter.py",
        "schemas/royal-mail/letter.json",
    }


def test_what_a_pattern_brings_is_followed_as_if_it_were_imported(root: Path, write: Write) -> None:
    write("schemas/letter.py", "import schemas.kinds.first\nBUNDLED = ('schemas/kinds/*.py',)\nLetter = 'Letter'\n")
    for name, imports in {"first": "stamps", "second": "seals"}.items():
        write(f"schemas/kinds/{name}.py", f"import schemas.{imports}\n")
        write(f"schemas/{imports}.py", "")
    assert {"schemas/stamps.py", "schemas/seals.py"} <= reach("letters.post", root).files


def test_a_bundle_holds_the_distributions_that_it_imports_and_what_they_require_but_not_what_the_runtime_has(root: Path) -> None:
    home = bundle("letters.post", Platform.HOST, root)
    assert {path.name for path in home.iterdir() if not path.name.endswith(".dist-info")} == {
        "functions",
        "schemas",
        "jinja2",
        "markupsafe",
    }


def test_papers_commands_tests_and_stubs_stay_out_but_the_metadata_that_code_reads_is_there(root: Path, write: Write) -> None:
    write("functions/letters/post.py", "import govuk_frontend_jinja, markupsafe\ndef post(event, context): ...\n")
    held = files(bundle("letters.post", Platform.HOST, root))
    assert {file.rpartition("/")[2] for file in held if ".dist-info/" in file} == {"METADATA"}
    assert not [file for file in held if file.startswith(("bin/", "tests/", ".lock")) or file.endswith(".pyi")]


def test_names_of_carriers_and_places_are_left_out_of_phonenumbers(root: Path, write: Write) -> None:
    write("functions/letters/post.py", "import phonenumbers\ndef post(event, context): ...\n")
    home = bundle("letters.post", Platform.HOST, root)
    assert not (home / "phonenumbers/geodata").exists()
    prove(home, "letters.post")


def test_every_module_comes_with_bytecode_that_stands_whatever_its_files_say_of_their_age(root: Path) -> None:
    home = bundle("letters.post", Platform.HOST, root)
    compiled = list(home.rglob("*.pyc"))
    assert len(compiled) == len(list(home.rglob("*.py")))
    hash_based_and_unchecked = 0b01  # PEP 552
    assert {int.from_bytes(path.read_bytes()[4:8], "little") for path in compiled} == {hash_based_and_unchecked}


def test_wheels_are_those_of_the_platform(root: Path) -> None:
    host, graviton = (bundle("letters.post", platform, root) / "markupsafe" for platform in Platform)
    assert (graviton / "_speedups.cpython-313-aarch64-linux-gnu.so").is_file()
    assert any((host / f"_speedups{suffix}").is_file() for suffix in importlib.machinery.EXTENSION_SUFFIXES)


def test_the_local_stage_runs_here_and_the_others_on_lambda() -> None:
    assert [Platform.of(stage) for stage in ("local", "dev", "prod")] == [Platform.HOST, Platform.LAMBDA, Platform.LAMBDA]


def test_a_bundle_is_made_again_only_when_something_in_it_has_changed(root: Path, write: Write) -> None:
    def made() -> int:
        return bundle("letters.post", Platform.HOST, root).stat().st_ino

    first = made()
    write("functions/common/unused.py", "CHANGED = True\n")
    write("schemas/royal-mail/README.md", "changed")
    assert made() == first
    write("functions/letters/stamps.py", "CHANGED = True\n")
    second = made()
    assert second != first
    write("schemas/royal-mail/letter.json", '{"changed": true}')
    assert made() != second


def test_a_bundle_that_was_never_finished_is_made_again(root: Path) -> None:
    home = bundle("letters.post", Platform.HOST, root)
    (home / "functions/letters/post.py").unlink()
    home.with_name("letters.post.fingerprint").unlink()
    assert fingerprint(home) == ""
    assert (bundle("letters.post", Platform.HOST, root) / "functions/letters/post.py").is_file()


def test_the_same_source_gives_the_same_fingerprint_anywhere(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for file, text in SAMPLE.items():
        (elsewhere / file).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / file).write_text(text)
    here, there = (bundle("letters.post", Platform.LAMBDA, where) for where in (root, elsewhere))
    assert fingerprint(here) == fingerprint(there) != ""
    assert {file: (here / file).read_bytes() for file in files(here)} == {file: (there / file).read_bytes() for file in files(there)}


def test_an_import_that_nobody_ships_is_refused_by_name(root: Path, write: Write) -> None:
    write("functions/common/log.py", "import infra.bundling\n")
    with pytest.raises(CannotBundle, match=r"functions/common/log\.py: imports infra,"):
        reach("letters.post", root)


def test_a_pattern_that_finds_no_file_is_refused(root: Path, write: Write) -> None:
    write("schemas/letter.py", "BUNDLED = ('schemas/*.xml',)\nLetter = 'Letter'\n")
    with pytest.raises(CannotBundle, match=r"schemas/letter\.py: BUNDLED names 'schemas/\*\.xml'"):
        reach("letters.post", root)


def test_an_entry_point_that_does_not_exist_is_refused(root: Path) -> None:
    with pytest.raises(CannotBundle, match=r"there is no entry point letters\.burn"):
        reach("letters.burn", root)


def test_an_entry_point_is_a_module_that_gives_its_name_to_an_api_or_to_a_function_of_an_event(root: Path, write: Write) -> None:
    write("functions/letters/api.py", "from functions.common import log\napi = log.Api()\n")
    write("functions/letters/fold.py", "def fold(letter): ...\n")
    write("functions/letters/seal.py", "def seal(envelope): ...\n")
    write("functions/common/answer.py", "def answer(event, context): ...\n")
    assert entries(root) == ["letters.api", "letters.post", "letters.seal"]


def test_a_proof_fails_where_anything_is_missing(root: Path) -> None:
    home = bundle("letters.post", Platform.HOST, root)
    prove(home, "letters.post")
    (home / "schemas/letter.py").unlink()
    with pytest.raises(NotSelfContained, match=r"letters\.post: .*schemas\.letter"):
        prove(home, "letters.post")


def test_a_proof_wants_a_handler_with_the_name_of_its_module(root: Path, write: Write) -> None:
    write("functions/letters/post.py", "")
    with pytest.raises(NotSelfContained, match="has no handler named post"):
        prove(bundle("letters.post", Platform.HOST, root), "letters.post")


@pytest.mark.parametrize("entry", entries())
def test_every_function_imports_from_its_bundle_alone(entry: str) -> None:
    prove(bundle(entry, Platform.HOST), entry)


def test_duckdb_is_in_the_bundle_of_the_builder_of_snapshots_alone() -> None:
    assert [entry for entry in entries() if "duckdb" in reach(entry, ROOT).distributions] == ["data_access.snapshot"]


def test_a_shelf_is_an_empty_folder_in_a_copy_that_stays_while_nothing_changes(root: Path) -> None:
    home = bundle("letters.post", Platform.HOST, root)
    copy = with_shelf(home, "local", "one")
    assert files(copy) == files(home)
    (copy / SHELF / "page.html").write_text("made later")
    assert with_shelf(home, "local", "one") == copy
    assert files(copy) - files(home) == {f"{SHELF}/page.html"}
    assert not (home / SHELF).exists()


def test_a_shelf_for_something_else_is_empty_again_and_has_another_fingerprint(root: Path) -> None:
    home = bundle("letters.post", Platform.HOST, root)
    copy = with_shelf(home, "local", "one")
    before = fingerprint(copy)
    (copy / SHELF / "page.html").write_text("made later")
    assert files(with_shelf(home, "local", "another")) == files(home)
    assert fingerprint(copy) != before
    assert fingerprint(copy) != fingerprint(home)
