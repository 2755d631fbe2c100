"""The HTTP APIs as their reference shows them: each operation of an OpenAPI document, with what to send and how to try it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DEMO_KEY = "DEMO_KEY"
_SCHEMES = {"key": '-H "X-Api-Key: $KEY"', "token": '-H "Authorization: Bearer $TOKEN"', "basic": '-u "$KEY:"'}
"""How a command gives a key, the simplest way first."""

type Node = Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    """Something an operation is told: in its path, its query or a header."""

    name: str
    place: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    """One operation. It is `open` where no key is needed; `scheme` is how it takes one, by its name in the OpenAPI documents.

    It is `tried` by a form alone where its answer can be read with no key but DEMO_KEY; else by a script.
    """

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: str | None
    media_type: str | None
    answers: tuple[tuple[str, str], ...]
    open: bool
    scheme: str
    takes_demo_key: bool
    curl: str

    @property
    def tried(self) -> bool:
        return self.method == "GET" and (self.open or self.takes_demo_key)


@dataclass(frozen=True)
class Reference:
    """One API: the name of its document, and the document whole."""

    name: str
    title: str
    description: str
    operations: tuple[Operation, ...]
    document: Node


def references(folder: Path = ROOT / "docs" / "openapi") -> list[Reference]:
    """Every API that has an OpenAPI document, by its name."""
    return [_reference(file.stem, json.loads(file.read_bytes())) for file in sorted(folder.glob("*.json"))]


def example(schema: Node, components: Node, depth: int = 0) -> object:
    """A value that shows the shape of what a schema takes: its own example where it has one."""
    if "$ref" in schema:
        return example(components[schema["$ref"].rpartition("/")[2]], components, depth)
    for given in ("example", "default", "const"):
        if schema.get(given) is not None:
            return schema[given]
    for listed in ("examples", "enum"):
        if schema.get(listed):
            return schema[listed][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if schema.get(several):
            return example(schema[several][0], components, depth)
    return _made(schema, components, depth)


def _made(schema: Node, components: Node, depth: int) -> object:
    match schema.get("type"):
        case "object" if depth < 4:
            required = schema.get("required") or list(schema.get("properties", {}))[:3]
            return {
                name: example(schema["properties"][name], components, depth + 1)
                for name in required
                if name in schema.get("properties", {})
            }
        case "array" if depth < 4:
            return [example(schema.get("items", {}), components, depth + 1)]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            return {"uuid": "00000000-0000-4000-8000-000000000000", "date": "2026-11-23", "email": "name@example.gov.uk"}.get(
                schema.get("format", ""), "2026-11-23T09:30:00Z" if schema.get("format") == "date-time" else "text"
            )
    return {}


def _reference(name: str, document: Node) -> Reference:
    operations = [
        _operation(path, method, operation, document)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return Reference(name, document["info"]["title"], document["info"].get("description", ""), tuple(operations), document)


def _operation(path: str, method: str, operation: Node, document: Node) -> Operation:
    components = document.get("components", {})
    schemes = {scheme for choice in operation.get("security", document.get("security", [])) for scheme in choice}
    scheme = next((scheme for scheme in _SCHEMES if scheme in schemes), "")
    parameters = tuple(_parameter(one) for one in operation.get("parameters", []))
    media_type, body = _body(operation, components.get("schemas", {}))
    summary, described = str(operation.get("summary", "")), str(operation.get("description", ""))
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=summary,
        description=described.removeprefix(summary).removeprefix(".").strip(),
        parameters=parameters,
        body=body,
        media_type=media_type,
        answers=tuple(_answers(operation, components)),
        open=not schemes,
        scheme=scheme,
        takes_demo_key="query" in schemes,
        curl="\n  ".join(_curl(path, method.upper(), parameters, scheme, media_type, body)),
    )


def _parameter(written: Node) -> Parameter:
    schema = written.get("schema", {})
    kinds = [schema["type"]] if "type" in schema else [choice.get("type", "") for choice in schema.get("anyOf", [])]
    kind = " or ".join(kind for kind in kinds if kind not in ("null", ""))
    return Parameter(written["name"], written["in"], kind or "any", bool(written.get("required")), str(written.get("description", "")))


def _body(operation: Node, schemas: Node) -> tuple[str | None, str | None]:
    content: Node = operation.get("requestBody", {}).get("content", {})
    if not content:
        return None, None
    media_type, described = next(iter(content.items()))
    shown = described.get("example") or example(described.get("schema", {}), schemas)
    return media_type, shown if isinstance(shown, str) else json.dumps(shown, indent=2, ensure_ascii=False)


def _answers(operation: Node, components: Node) -> Iterator[tuple[str, str]]:
    # What stands for all others is told after them.
    for status, response in sorted(operation.get("responses", {}).items(), key=lambda answer: answer[0] == "default"):
        found = components.get("responses", {}).get(response["$ref"].rpartition("/")[2], {}) if "$ref" in response else response
        said = str(found.get("description", ""))
        yield ("any other" if status == "default" else status), "As asked." if said == "Successful Response" else said


def _curl(
    path: str, method: str, parameters: tuple[Parameter, ...], scheme: str, media_type: str | None, body: str | None
) -> Iterator[str]:
    """A command, line by line. Shell variables stand for where and who, angle brackets for what is to be filled in."""
    needed = [f"{one.name}=<{one.name}>" for one in parameters if one.place == "query" and one.required]
    address = path.replace("{", "<").replace("}", ">") + (f"?{'&'.join(needed)}" if needed else "")
    # Those whose end another line follows go on behind a backslash.
    lines = [f'curl {f"-X {method} " if method != "GET" else ""}"$URL{address}"']
    lines += [_SCHEMES[scheme]] if scheme else []
    if body is not None:
        lines += [f"-H 'Content-Type: {media_type}'", f"-d {shlex.quote(body)}"]
    yield from (f"{line} \\" for line in lines[:-1])
    yield lines[-1]
