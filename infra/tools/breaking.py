"""What the schemas as they stand here would break, and whom: beside each other, and beside what was published last."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from infra.catalogue.fields import fields
from infra.catalogue.templates import Rule
from infra.tools.users import User, users
from schemas.compatibility import Incompatibility, check_tree, problems
from schemas.declaration import Department
from schemas.registry import Schema, by_uri, every_schema, versions

type Field = tuple[str, ...]


@dataclass(frozen=True)
class _Finding:
    """What is wrong with a type, and with which field. One that matters `only_if_read` is missed by nobody else."""

    type: str
    field: Field
    what: str
    only_if_read: bool = False


@dataclass(frozen=True)
class Break:
    """One change that breaks somebody, or may: what it is, and everybody whom it concerns."""

    type: str
    what: str
    whom: Sequence[User]

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"  breaks {user}" for user in self.whom)])


def breaks(root: Path, departments: Iterable[Department], published: Path | None = None, rules: Iterable[Rule] = ()) -> list[Break]:
    """Everything that a folder of schemas breaks; with `published`, a folder of those that were published, also what changed since."""
    departments, rules = list(departments), list(rules)
    found = [_Finding(_type_of(one, root), one.path, str(one)) for one in check_tree(root)]
    if published:
        found += _since(published, root)

    def whom(type_: str, field: Field) -> list[User]:
        schemas = [schema for folder in (root, published) if folder for schema in versions(type_, folder)]
        known = {name for schema in schemas for name, *_ in _fields(schema)}
        return [user for user in users(type_, departments, rules, known) if user.uses(field)]

    told = [(one, whom(one.type, one.field)) for one in dict.fromkeys(found)]
    return [Break(one.type, one.what, users) for one, users in told if not one.only_if_read or any(_reads_by_name(user) for user in users)]


def _type_of(finding: Incompatibility, root: Path) -> str:
    return by_uri(f"/schemas/{finding.reader}.json", root).type


def _since(published: Path, root: Path) -> Iterator[_Finding]:
    """What changed in files that were published, and what their newest version lost."""
    now = {schema.id: schema for schema in every_schema(root)}
    for before in every_schema(published):
        if before.id not in now:
            yield _Finding(before.type, (), f"{before.id} was published and is gone: events that name it, and replays, need it")
        elif before.definition != now[before.id].definition:
            yield from _changed(before, now[before.id])
    for type_ in sorted({schema.type for schema in every_schema(published)}):
        old, new = versions(type_, published)[0], versions(type_, root)
        if new:
            for field in sorted(_fields(old) - _fields(new[0])):
                gone = f"{'.'.join(field)} is gone from {new[0].id}, and was in {old.id} as it was published"
                yield _Finding(type_, field, gone, only_if_read=True)


def _changed(before: Schema, after: Schema) -> Iterator[_Finding]:
    ways = (
        ("as it is now", "as it was published", problems(after.definition, before.definition, "forward")),
        ("as it was published", "as it is now", problems(before.definition, after.definition, "replay")),
    )
    for writes, reads, found in ways:
        for one in found:
            told = replace(one, writer=f"{before.id} {writes}", reader=f"{before.id} {reads}")
            yield _Finding(before.type, one.path, str(told))


def _reads_by_name(user: User) -> bool:
    return not user.produces and bool(user.written)


def _fields(schema: Schema) -> frozenset[Field]:
    return frozenset(field.steps for field in fields(schema.definition))
