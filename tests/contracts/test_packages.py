"""What departments install: each package by itself, built as pip builds it and put into an environment where nothing else is."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "events": {"jsonschema-rs>=0.60", "uuid-utils>=0.11 ; python_full_version < '3.14'"},
    "constructs": {"aws-cdk-lib>=2.257,<3", "constructs>=10.4,<11"},
}
"""By the folder that each is installed from, what it brings along."""
EXAMPLE = ROOT / "docs" / "examples" / "department-app"

type Install = Callable[..., Path]


def uv(*arguments: str | Path) -> None:
    """As pip does it, in less than a second: uv builds these packages itself, so that nothing is fetched."""
    command = [Path(sys.executable).parent / "uv", *arguments, "--offline", "--no-cache", "--quiet"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Put a package into a new environment, without what it needs; the environment's interpreter."""

    def installed(what: str) -> Path:
        uv("venv", "--python", sys.executable, tmp_path / "venv")
        python = tmp_path / "venv" / "bin" / "python"
        uv("pip", "install", "--no-deps", "--python", python, what)
        return python

    return installed


def answer(python: Path, *arguments: str, at: Path) -> str:
    """What an interpreter prints that knows nothing of this repository."""
    finished = subprocess.run([python, "-I", *arguments], cwd=at, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


@pytest.mark.parametrize("name", PACKAGES)
def test_a_wheel_holds_the_package_its_types_its_licence_and_its_readme_and_nothing_else(name: str, tmp_path: Path) -> None:
    uv("build", "--wheel", "--out-dir", tmp_path, ROOT / "packages" / name)
    (file,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(file) as wheel:
        held = {entry for entry in wheel.namelist() if not entry.endswith("/")}
        (about,) = [entry for entry in held if entry.endswith(".dist-info/METADATA")]
        (licence,) = [entry for entry in held if entry.endswith("/LICENSE")]
        metadata, text = message_from_string(wheel.read(about).decode()), wheel.read(licence).decode()
    home = ROOT / "packages" / name
    sources = {file.relative_to(home).as_posix() for file in home.glob("commonweal_*/**/*") if file.suffix in {".py", ".pyi", ".typed"}}
    assert {entry for entry in held if ".dist-info/" not in entry} == sources
    assert f"commonweal_{name}/py.typed" in sources
    assert text == (ROOT / "LICENSE").read_text()
    assert str(metadata.get_payload()).strip() == (home / "README.md").read_text().strip()
    assert needs(metadata) == PACKAGES[name]


def needs(metadata: Message) -> set[str]:
    """What comes with it unasked."""
    return {needed for needed in metadata.get_all("Requires-Dist", []) if "extra ==" not in needed}


def from_a_commit(name: str) -> str:
    """As the documentation says, with a commit."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone")
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    return f"git+file://{ROOT}@{commit}#subdirectory=packages/{name}"


def from_a_folder(name: str) -> str:
    return str(ROOT / "packages" / name)


# To fetch a commit takes seconds: one package comes that way, and the other straight from its folder.
@pytest.mark.parametrize(("name", "place"), [("events", from_a_commit), ("constructs", from_a_folder)])
def test_pip_installs_it_from_this_repository(name: str, place: Callable[[str], str], install: Install, tmp_path: Path) -> None:
    python = install(f"commonweal-{name} @ {place(name)}")
    found = answer(python, "-c", f"import importlib.util as util; print(util.find_spec('commonweal_{name}').origin)", at=tmp_path)
    assert Path(found).is_relative_to(tmp_path / "venv")


def test_alone_it_makes_classes_and_reads_what_comes(install: Install, tmp_path: Path) -> None:
    python = install(str(ROOT / "packages" / "events"))
    schemas = EXAMPLE / "platform" / "schemas"
    assert answer(python, "-m", "commonweal_events.generate", str(schemas), "--to", "contracts", at=tmp_path).splitlines() == [
        "contracts/__init__.py",
        "contracts/harbour_closed.py",
        "contracts/harbour_closed.json",
    ]
    program = """
import sys; sys.path.insert(0, ".")
from commonweal_events import consumes, read
from contracts.harbour_closed import HarbourClosed
print(read(HarbourClosed, {"harbour": "whitby", "reason": "A storm.", "closed-at": "2026-11-23T09:30:00Z"}).closed_at)
"""
    assert answer(python, "-c", program, at=tmp_path) == "2026-11-23T09:30:00Z"
