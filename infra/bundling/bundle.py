"""One folder for one function, made again only when something it holds has changed."""

import ast
import hashlib
import os
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePath

from infra.bundling.folders import alone, emptied
from infra.bundling.pinned import Platform, closure, pinned
from infra.bundling.reach import reach
from infra.bundling.wheels import ROOT, compile_sources, unpacked


def bundle(entry: str, platform: Platform, root: Path = ROOT) -> Path:
    """Return the folder that holds all that an entry point ("notifications.dispatch") runs on a platform, and nothing else.

    `root` holds the packages `functions` and `schemas`, and gets `build/bundles/<platform>/<entry>`. Raises CannotBundle.
    """
    reached = reach(entry, root)
    distributions = sorted(closure(reached.distributions, platform))
    made_of = _fingerprint(root, platform, reached.files, distributions)
    bundles = root / "build" / "bundles" / platform
    home = bundles / entry
    with alone(bundles):
        if not home.is_dir() or fingerprint(home) != made_of:
            stamp(home).unlink(missing_ok=True)
            partial = emptied(bundles / f"{entry}.partial")
            for name in distributions:
                _link(*unpacked(name, platform), partial)
            _copy(root, sorted(reached.files), partial)
            shutil.rmtree(home, ignore_errors=True)
            partial.rename(home)
            stamp(home).write_text(made_of)
    return home


def fingerprint(home: Path) -> str:
    """The hash of what a finished bundle is made of, "" for another: serves as its asset's hash, so that nobody need read it all again."""
    noted = stamp(home)
    return noted.read_text() if noted.is_file() else ""


def entries(root: Path = ROOT) -> list[str]:
    """Every entry point: a module of a room that gives its own name to an API, or to a function of an event or its envelope."""
    modules = (path for path in sorted((root / "functions").glob("*/*.py")) if path.parent.name != "common")
    return [f"{path.parent.name}.{path.stem}" for path in modules if path.stem in _handlers(path)]


def _handlers(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_bytes(), str(path)).body:
        match node:
            case ast.FunctionDef(name=name, args=ast.arguments(args=[ast.arg(arg="event" | "envelope"), *_])):
                names.add(name)
            case ast.Assign(targets=targets, value=ast.Call()):
                names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names


def _link(home: Path, files: Iterable[str], target: Path) -> None:
    """Bundles share one copy of a file, where the file system lets them."""
    for file in files:
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(home / file, target / file)
        except OSError:
            shutil.copyfile(home / file, target / file)


def _copy(root: Path, files: list[str], target: Path) -> None:
    for file in files:
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / file, target / file)
    compile_sources(target, map(PurePath, files))


def _fingerprint(root: Path, platform: Platform, files: Iterable[str], distributions: Iterable[str]) -> str:
    made_of = hashlib.sha256(f"{platform} {_recipe()}\n".encode())
    for file in sorted(files):
        made_of.update(f"{file} {_digest(root / file, (root / file).stat().st_mtime_ns)}\n".encode())
    for name in distributions:
        made_of.update(f"{name} {pinned(name).version}\n".encode())
    return made_of.hexdigest()


@cache
def _recipe() -> str:
    """The hash of this package: who changes how bundles are made makes them all again."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()


@cache
def _digest(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stamp(home: Path) -> Path:
    """The file beside a bundle that holds its fingerprint."""
    return home.with_name(f"{home.name}.fingerprint")
