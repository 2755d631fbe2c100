"""Third-party code for a platform, from wheels: each distribution is installed once for each version, and every bundle links to it."""

import py_compile
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePath

from infra.bundling.failures import CannotBundle
from infra.bundling.folders import alone, emptied
from infra.bundling.pinned import Distribution, Platform, pinned

ROOT = Path(__file__).parents[2]
WHEELS = ROOT / "build" / "wheels"
PYTHON = "3.13"

# The names of carriers, places and time zones of numbers: 21 MB that only modules read which we do not use.
LEFT_OUT = ("phonenumbers/carrierdata", "phonenumbers/geodata", "phonenumbers/tzdata")


@cache
def unpacked(name: str, platform: Platform) -> tuple[Path, tuple[str, ...]]:
    """The folder that holds a distribution, with bytecode, and the files of it that functions need. Raises CannotBundle."""
    distribution = pinned(name)
    home = WHEELS / platform / f"{name}-{distribution.version}"
    with alone(WHEELS):
        if not home.is_dir():
            partial = emptied(home.with_name(f"{home.name}.partial"))
            _install(distribution, platform, partial)
            compile_sources(partial, (file for file in _files(partial) if _is_needed(file)))
            partial.rename(home)
    return home, tuple(str(file) for file in _files(home) if _is_needed(file))


def compile_sources(home: Path, files: Iterable[PurePath]) -> None:
    """Put bytecode beside those files that are source.

    Lambda's file system is read-only, so that without it every cold start compiles all it imports again: nearly three times the work.
    """
    for file in files:
        if file.suffix == ".py":
            py_compile.compile(
                str(home / file),
                dfile=f"/var/task/{file}",
                quiet=2,
                # A deployment package forgets when a file was changed, which is what Python would compare by default.
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )


def _install(distribution: Distribution, platform: Platform, target: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "install", "--no-deps", "--only-binary=:all:", "--require-hashes", "--python-version", PYTHON]
    command += [] if platform is Platform.HOST else ["--python-platform", platform]
    command += ["--target", str(target), "--requirements", "-"]
    wanted = " ".join([f"{distribution.name}=={distribution.version}", *(f"--hash={each}" for each in distribution.hashes)])
    told = subprocess.run(command, cwd=ROOT, input=wanted, capture_output=True, text=True, check=False)
    if told.returncode:
        raise CannotBundle(f"{distribution.name} {distribution.version} cannot be installed for {platform}:\n{told.stderr}")


def _files(home: Path) -> list[PurePath]:
    return sorted(path.relative_to(home) for path in home.rglob("*") if path.is_file())


def _is_needed(file: PurePath) -> bool:
    """Whether running code may want a file: not the commands, tests and type stubs, nor the papers but for the metadata that code reads."""
    if file.parts[0].endswith(".dist-info"):
        return file.name == "METADATA"
    if file.parts[0] in {"bin", ".lock"} or "tests" in file.parts or file.suffix == ".pyi":
        return False
    return not str(file).startswith(LEFT_OUT)
