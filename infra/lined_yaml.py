"""YAML in which every part knows its line, so that every complaint about a file can name the line.

In: a file. Out: plain values, and the line on which each part begins. What is wrong comes out as `Problem`s; nothing in a file raises.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

type Place = tuple[str | int, ...]

LARGEST = 1_000_000
"""Bytes of a file. The largest that anybody would read is far below."""
MOST_VALUES = 100_000
"""Values that a file holds once its aliases stand for what they name: a few lines of aliases could name more than fits a machine."""
DEEPEST = 100
"""Levels of lists and mappings. LibYAML, which reads one within the other, ends the process long after."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast as the one in Python, which is there where PyYAML was built without LibYAML."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: `infra/departments/environment-agency.yaml:14: reactions[0].publish.title: …`."""

    file: str
    line: int
    place: str
    what: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (f"{self.file}:{self.line}", self.place, self.what)))


@dataclass(frozen=True)
class Source:
    """A file's name, its content as plain values, and the line on which each of its parts begins."""

    file: str
    content: Any = None
    lines: Mapping[Place, int] = field(default_factory=dict)

    def problem(self, place: Place, what: str) -> Problem:
        """Say what is wrong somewhere; a part that is not there is looked for in what should hold it."""
        known = place
        while known and known not in self.lines:
            known = known[:-1]
        return Problem(self.file, self.lines.get(known, 1), written(place), what)


def written(place: Place) -> str:
    """A place as it is said: `reactions[0].publish.title`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


def parse(path: Path, file: str) -> tuple[Source, list[Problem]]:
    """Read one file, which is called `file` in complaints. Where there are problems, its content is not to be used."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as wrong:
        return Source(file), [Problem(file, 1, "", f"cannot be read: {wrong.strerror}")]
    except UnicodeDecodeError as wrong:
        return Source(file), [Problem(file, raw[: wrong.start].count(b"\n") + 1, "", "is not UTF-8, which all these files are")]
    if len(raw) > LARGEST:
        return Source(file), [Problem(file, 1, "", f"has {len(raw):,} bytes, and may have {LARGEST:,}")]
    try:
        if _is_too_deep(text):
            return Source(file), [Problem(file, 1, "", f"is nested deeper than {DEEPEST} levels")]
        loader = LOADER(text)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        begins = f", {error.context} that begins on line {error.context_mark.line + 1}" if error.context_mark else ""
        return Source(file), [Problem(file, line, "", f"is not YAML: {error.problem}{begins}")]
    except yaml.YAMLError as error:
        return Source(file), [Problem(file, 1, "", f"is not YAML: {str(error).splitlines()[0]}")]
    if not isinstance(root, yaml.MappingNode):
        return Source(file), [Problem(file, 1, "", "is empty: a department's file begins with `department: <slug>`")]
    reading = _Reading(file, loader)
    content = reading.value(root, ())
    return Source(file, content, reading.lines), reading.problems


def _is_too_deep(text: str) -> bool:
    level = 0
    for event in yaml.parse(text, Loader=LOADER):
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > DEEPEST:
            return True
    return False


@dataclass
class _Reading:
    """One file on its way from nodes to values."""

    file: str
    loader: yaml.SafeLoader
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    holders: list[yaml.Node] = field(default_factory=list)
    """The nodes around the present one, from outside in."""
    values: int = 0

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        self.values += 1
        if self.values > MOST_VALUES:
            # Said once; what follows is not looked at.
            return self._wrong((), f"holds more than {MOST_VALUES:,} values") if self.values == MOST_VALUES + 1 else None
        if any(node is holder for holder in self.holders):
            return self._wrong(place, "holds itself: write out what it should hold")
        self.holders.append(node)
        try:
            match node:
                case yaml.SequenceNode():
                    return [self.value(item, (*place, index)) for index, item in enumerate(node.value)]
                case yaml.MappingNode():
                    return self._mapping(node, place)
                case _:
                    return self._scalar(node, place)
        finally:
            self.holders.pop()

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or _unseen(key.value):
                self.problems.append(Problem(self.file, line, written(place), "has something else where a name should stand"))
                continue
            name = str(key.value)
            inner = (*place, name)
            if name in found:
                # YAML would keep the last one and say nothing.
                self._wrong(inner, f"stands twice, first on line {self.lines[inner]}", line)
                continue
            self.lines[inner] = line
            if key.tag == f"{_YAML}merge":
                self._wrong(inner, "is not taken here: write out what it should add")
            found[name] = self.value(item, inner)
        return found

    def _scalar(self, node: yaml.Node, place: Place) -> Any:
        text, kind = str(node.value), node.tag.removeprefix(_YAML)
        if unseen := _unseen(text):
            return self._wrong(place, f"holds U+{ord(unseen):04X}, which nobody can see: leave it out")
        if kind not in _KINDS:
            return self._wrong(place, f'"{text[:50]}" has the tag {node.tag}, which is not known here: put it in quotes, without a tag')
        try:
            return self.loader.construct_object(node)
        except ValueError:
            return self._wrong(place, f'"{text[:50]}" is not {_KINDS[kind]}')

    def _wrong(self, place: Place, what: str, line: int | None = None) -> None:
        self.problems.append(Problem(self.file, line or self.lines[place], written(place), what))


_YAML = "tag:yaml.org,2002:"
_KINDS = {
    "timestamp": "a date that there is",
    "int": "a whole number that can be read",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
    "str": "a text",
}
"""What a value is read as, by its tag in YAML; and for messages, what it then should be."""


def _unseen(text: str) -> str | None:
    """The first character of a text that is none: a control character, or half of one. Tabs and the ends of lines may stand."""
    return next((character for character in text if unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n"), None)
