"""What an entry point needs, read from the source: no function code is imported.

Imports inside functions count, imports for type checkers do not, and an import must be written as one (`importlib.import_module` is not
seen). A module that reads files names them in a constant `BUNDLED`: glob patterns, relative to the root.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.bundling.failures import CannotBundle
from infra.bundling.pinned import provider

FIRST_PARTY = ("functions", "schemas")


@dataclass(frozen=True)
class Reach:
    """First-party code and its files, by path from the root, and the distributions that the code itself imports, by name."""

    files: frozenset[str]
    distributions: frozenset[str]


@dataclass(frozen=True)
class Module:
    """What the source of one module says: the dotted names it imports (the last part may be an attribute) and the files it reads."""

    imports: frozenset[str]
    bundled: tuple[str, ...]


def reach(entry: str, root: Path) -> Reach:
    """Follow the imports of an entry point ("notifications.dispatch") through first-party code.

    Raises CannotBundle when there is no such entry point, or a name or a pattern leads nowhere that we ship.
    """
    start = f"functions/{entry.replace('.', '/')}.py"
    if not (root / start).is_file():
        raise CannotBundle(f"there is no entry point {entry}: {start} does not exist")
    files: set[str] = set()
    read: set[str] = set()
    distributions: set[str] = set()
    waiting = [f"functions.{entry}"]
    while waiting:
        for path in _modules(waiting.pop(), root):
            file = str(path.relative_to(root))
            if file in read:
                continue
            read.add(file)
            module = _read(path, root, path.stat().st_mtime_ns)
            brought = _data(file, module.bundled, root)
            files |= {file, *brought}
            # What a pattern brings is imported by a name that is known only then.
            waiting += [one.removesuffix(".py").replace("/", ".") for one in brought if one.endswith(".py")]
            waiting += [name for name in module.imports if _is_first_party(name)]
            distributions |= {found for name in module.imports if not _is_first_party(name) and (found := provider(name, file))}
    return Reach(frozenset(files), frozenset(distributions))


def _is_first_party(name: str) -> bool:
    return name.partition(".")[0] in FIRST_PARTY


def _modules(name: str, root: Path) -> Iterator[Path]:
    """The files that importing a dotted name runs: each package on the way, then the module."""
    path = root
    for part in name.split("."):
        path /= part
        for candidate in (path / "__init__.py", path.with_name(f"{part}.py")):
            if candidate.is_file():
                yield candidate
                break


def _data(file: str, patterns: tuple[str, ...], root: Path) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        matches = {str(path.relative_to(root)) for path in root.glob(pattern) if path.is_file() and "__pycache__" not in path.parts}
        if not matches:
            raise CannotBundle(f"{file}: BUNDLED names {pattern!r}, and no file is there")
        found |= matches
    return found


@cache
def _read(path: Path, root: Path, _changed_at: int) -> Module:
    reader = _Reader(path.relative_to(root).parent.parts)
    reader.visit(ast.parse(path.read_bytes(), str(path)))
    return Module(frozenset(reader.imports), reader.bundled)


class _Reader(ast.NodeVisitor):
    def __init__(self, package: tuple[str, ...]) -> None:
        self.package = package
        self.imports: set[str] = set()
        self.bundled: tuple[str, ...] = ()

    def visit_Import(self, node: ast.Import) -> None:
        self.imports.update(alias.name for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        above = self.package[: len(self.package) - node.level + 1] if node.level else ()
        origin = [*above, node.module] if node.module else [*above]
        self.imports.update(".".join([*origin, alias.name]) for alias in node.names)

    def visit_If(self, node: ast.If) -> None:
        for_type_checkers = ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
        for child in node.orelse if for_type_checkers else (node.test, *node.body, *node.orelse):
            self.visit(child)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._note(node.targets, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._note([node.target], node.value)
        self.generic_visit(node)

    def _note(self, targets: list[ast.expr], value: ast.expr | None) -> None:
        if value is not None and any(isinstance(target, ast.Name) and target.id == "BUNDLED" for target in targets):
            self.bundled = tuple(ast.literal_eval(value))
