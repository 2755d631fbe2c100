"""Write the Python module of one type of event: a frozen class of the standard library for each object of its schema.

Not pydantic's: that takes a consumer's function longer to start than all else it imports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from commonweal_events.generate.shapes import Member, Record, Shapes, literal
from commonweal_events.generate.versions import Version, file_name

WIDTH = 140


def module(version: Version, fields: tuple[str, ...] = ()) -> str:
    """The text of the module. With `fields` it is what a subscriber to those is given, and cannot be published.

    Raises ValueError where the schema lists no fields.
    """
    schema = version.definition
    if not isinstance(schema.get("properties"), Mapping):
        raise ValueError(f"the schema of {version.type} lists no fields: there is nothing to make a class of")
    shapes = Shapes(schema)
    name = shapes.record(schema, version.name)
    body = "\n\n\n".join("\n".join(_class(record, last=record.name == name, base=version)) for record in shapes.records)
    contract = f'Contract("{version.type}", "{version.number}"{"" if fields else ", __file__"})'
    told = f", of which a subscriber is given {', '.join(fields)}" if fields else ""
    return "\n".join(
        (
            "# ruff: noqa",
            "# fmt: off",
            *_docstring(f"{version.type}{told}. Generated from version {version.number} of its schema: not for editing.", ""),
            "",
            *_imports(body),
            "",
            "",
            body.replace("    __contract__: ClassVar[Contract] = ...", f"    __contract__: ClassVar[Contract] = {contract}"),
            "",
        )
    )


def _imports(body: str) -> Iterator[str]:
    if "Mapping[" in body:
        yield "from collections.abc import Mapping"
    yield f"from dataclasses import dataclass{', field' if 'field(' in body else ''}"
    yield f"from typing import ClassVar{', Literal' if 'Literal[' in body else ''}"
    yield ""
    yield "from commonweal_events.contract import Contract"


def _class(record: Record, *, last: bool, base: Version) -> Iterator[str]:
    yield "@dataclass(frozen=True, slots=True, kw_only=True)"
    yield f"class {record.name}:"
    yield from _docstring(record.description or f"A part of {base.name}.", "    ")
    if last:
        yield ""
        yield "    __contract__: ClassVar[Contract] = ..."
    if record.members:
        yield ""
    for member in record.members:
        yield from _member(member)


def _member(member: Member) -> Iterator[str]:
    # A class of the standard library knows its fields' names in JSON by their metadata.
    metadata = f"metadata={{{literal('name')}: {literal(member.wire)}}}" if member.wire != member.name else ""
    if metadata:
        default = f" = field({metadata})" if member.required else f" = field(default=None, {metadata})"
    else:
        default = "" if member.required else " = None"
    yield f"    {member.name}: {member.annotation}{default}"
    if member.description:
        yield from _docstring(member.description, "    ")


def _docstring(text: str, indent: str) -> list[str]:
    """A text between quotes that it cannot end, in lines that are not too long."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    safe = printable.replace("\\", "\\\\").replace('"', '\\"' if '"""' in text or text.endswith('"') else '"')
    lines = list(_wrapped(f'"""{safe}"""', WIDTH - len(indent)))
    return [f"{indent}{line}" for line in lines]


def _wrapped(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + len(word) + 1 > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def files(version: Version, fields: tuple[str, ...] = ()) -> dict[str, str]:
    """The files of one type by their names: the module and, where it can be published, the schema that it is held to."""
    name = file_name(version.name, version.major)
    texts = {f"{name}.py": module(version, fields)}
    return texts if fields else texts | {f"{name}.json": version.text}
