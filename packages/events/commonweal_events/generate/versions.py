"""Where the schemas of events come from: files, folders of them, or a running platform."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

_ID = re.compile(
    r"(?P<owner>[a-z][a-z0-9-]*)/(?P<name>[A-Z][A-Za-z0-9]*)/(?P<number>(?P<major>[1-9][0-9]*)\.[0-9]+\.[0-9]+)\.json", re.ASCII
)
LARGEST = 1_000_000


class Unusable(Exception):
    """A schema cannot be had, or is none; the text says which and why."""


@dataclass(frozen=True)
class Version:
    """One version of the contract of one type, as its text says it."""

    owner: str
    name: str
    number: str
    text: str

    @property
    def major(self) -> int:
        return int(self.number.partition(".")[0])

    @property
    def type(self) -> str:
        """The CloudEvents type."""
        return f"{self.owner}.{self.name}.v{self.major}"

    @cached_property
    def definition(self) -> Mapping[str, Any]:
        """The schema. Raises Unusable where the text is none."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            raise Unusable(f"{self.owner}/{self.name}/{self.number}.json is not JSON") from None
        if not isinstance(found, dict):
            raise Unusable(f"{self.owner}/{self.name}/{self.number}.json is no schema of an object")
        return found


def every(places: Sequence[str]) -> list[Version]:
    """The schemas at these places, in their order; of a folder, the newest version of each major. Raises Unusable."""
    return [version for place in places for version in (_fetched(place) if "://" in place else _found(Path(place)))]


def file_name(name: str, major: int) -> str:
    """What a module is called: `flood_warning_issued`, and from the second major on `flood_warning_issued_v2`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return words if major == 1 else f"{words}_v{major}"


def _found(place: Path) -> Iterator[Version]:
    if not place.exists():
        raise Unusable(f"{place} is not there")
    newest: dict[tuple[str, str, str], tuple[list[int], Path]] = {}
    for file in sorted(place.rglob("*.json")) if place.is_dir() else [place]:
        parts = _ID.fullmatch("/".join(file.resolve().parts[-3:]))
        if parts is None:
            if file == place:
                raise Unusable(f"{place} is not the file of a schema: it reads <owner>/<Fact>/<major>.<minor>.<patch>.json")
            continue
        numbers = [int(number) for number in parts["number"].split(".")]
        one = (parts["owner"], parts["name"], parts["major"])
        if one not in newest or newest[one][0] < numbers:
            newest[one] = (numbers, file)
    if not newest:
        raise Unusable(f"{place} holds no schema: one reads <owner>/<Fact>/<major>.<minor>.<patch>.json")
    yield from (_version(file.as_posix(), file.resolve().as_posix(), file.read_text(encoding="utf-8")) for _, file in newest.values())


def _fetched(address: str) -> Iterator[Version]:
    """The schema at an address of a platform, e.g. `https://…/schemas/environment-agency/FloodWarningIssued/1.0.0.json`."""
    from urllib.error import URLError
    from urllib.request import Request, urlopen

    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise Unusable(f"{address}: a schema is fetched over https://, or from one's own machine")
    try:
        with urlopen(Request(address, headers={"Accept": "application/schema+json"}), timeout=30) as answer:  # noqa: S310  # just above
            text = answer.read(LARGEST + 1).decode()
    except (URLError, UnicodeDecodeError, OSError) as failure:
        raise Unusable(f"{address} cannot be read: {failure}") from None
    yield _version(address, address, text)


def _version(said: str, place: str, text: str) -> Version:
    parts = _ID.fullmatch("/".join(place.split("/")[-3:]))
    if parts is None:
        raise Unusable(f"{said} is not the address of a schema: it ends in <owner>/<Fact>/<major>.<minor>.<patch>.json")
    if len(text) > LARGEST:
        raise Unusable(f"{said} is longer than {LARGEST} characters")
    return Version(parts["owner"], parts["name"], parts["number"], text)
