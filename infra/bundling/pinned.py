"""The distributions that functions may import, exactly as `uv.lock` pins them."""

import importlib.metadata
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from packaging.markers import Marker, default_environment

from infra.bundling.failures import CannotBundle

LOCK = Path(__file__).parents[2] / "uv.lock"

# Lambda's Python runtime brings these, and with them what only they need.
FROM_RUNTIME = frozenset({"boto3", "botocore", "s3transfer"})


class Platform(StrEnum):
    """Where a bundle runs. The emulator runs handlers natively; an older tag than 2.28 silently gives wheels that are years old."""

    HOST = "host"
    LAMBDA = "aarch64-manylinux_2_28"

    @classmethod
    def of(cls, stage: str) -> "Platform":
        """The platform that a stage's functions run on."""
        return cls.HOST if stage == "local" else cls.LAMBDA


@dataclass(frozen=True)
class Distribution:
    """One distribution of the lock; a requirement is a table of it: `name`, and perhaps `extra` and `marker`."""

    name: str
    version: str
    hashes: tuple[str, ...]
    requires: tuple[dict[str, Any], ...]
    extras: dict[str, list[dict[str, Any]]]


def pinned(name: str) -> Distribution:
    """The one pinned version of a distribution. Raises KeyError when the lock has none."""
    return _lock()[name]


def closure(names: Iterable[str], platform: Platform) -> frozenset[str]:
    """These distributions and all that they require on a platform, with the extras asked for, less what the runtime has."""
    environment = _environment(platform)
    asked = {requirement["name"]: requirement.get("extra", []) for requirement in _required_by_project()}
    waiting: list[tuple[str, list[str]]] = [(name, asked.get(name, [])) for name in names]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if name in FROM_RUNTIME or (name, tuple(extras)) in seen:
            continue
        seen.add((name, tuple(extras)))
        distribution = pinned(name)
        requirements = (*distribution.requires, *(each for extra in extras for each in distribution.extras.get(extra, ())))
        waiting += [
            (requirement["name"], requirement.get("extra", []))
            for requirement in requirements
            if "marker" not in requirement or Marker(requirement["marker"]).evaluate(environment)
        ]
    return frozenset(name for name, _ in seen)


def provider(imported: str, file: str) -> str | None:
    """The distribution to bundle for a name that a file imports, if any: the standard library and the runtime's own need none.

    Raises CannotBundle for a name that no locked dependency of the project provides.
    """
    top = imported.partition(".")[0]
    if top in sys.stdlib_module_names or top in FROM_RUNTIME:
        return None
    if top not in _providers():
        raise CannotBundle(f"{file}: imports {top}, which is neither code of functions or schemas nor a dependency of the project")
    return _providers()[top]


def installed(distribution: str) -> set[Path]:
    """The packages and single modules that an installed distribution puts beside each other, where they are on this machine."""
    found = importlib.metadata.distribution(distribution)
    tops = {file.parts[0] for file in found.files or ()}
    return {Path(str(found.locate_file(top))) for top in tops if not top.startswith(("..", "__pycache__")) and "-" not in top}


@cache
def _lock() -> dict[str, Distribution]:
    packages: list[dict[str, Any]] = tomllib.loads(LOCK.read_text())["package"]
    return {
        package["name"]: Distribution(
            name=package["name"],
            version=package["version"],
            hashes=tuple(wheel["hash"] for wheel in package.get("wheels", ())),
            requires=tuple(package.get("dependencies", ())),
            extras=package.get("optional-dependencies", {}),
        )
        for package in packages
    }


def _required_by_project() -> tuple[dict[str, Any], ...]:
    return pinned("commonweal").requires


@cache
def _providers() -> dict[str, str]:
    """Which distribution each importable name comes from."""
    reachable = closure((requirement["name"] for requirement in _required_by_project()), Platform.HOST)
    return {path.name.partition(".")[0]: name for name in reachable for path in installed(name)}


def _environment(platform: Platform) -> dict[str, str]:
    environment = {key: str(value) for key, value in default_environment().items()}
    if platform is Platform.LAMBDA:
        environment |= {"os_name": "posix", "platform_machine": "aarch64", "platform_system": "Linux", "sys_platform": "linux"}
    return environment
