"""What must hold of a register in a department's file, and between the registers of all of them."""

import re
from collections.abc import Collection, Iterable, Iterator

from infra.declared import Declared
from infra.lined_yaml import Place, Problem
from schemas.declaration import Register
from schemas.expression_checks import suggestion
from schemas.grammar import FIELD_NAME, GRAMMARS

MOST_FIELDS = 500
"""DuckDB and Athena take more; a table of the replica, with its indexes, should not."""


def within(one: Declared) -> Iterator[Problem]:
    """What can be wrong with a register in its own file: fields that are none, and fields that cannot stand beside each other."""
    problem = one.source.problem
    for name, register in one.department.registers.items():
        place: Place = ("registers", name)
        if register.schema_type and register.schema_type not in one.department.emits:
            hint = suggestion(register.schema_type, one.department.emits)
            yield problem((*place, "schema"), f'"{register.schema_type}" is not declared in emits{hint}')
        yield from _fields(one, register, place)


def between(all_of_them: Iterable[Declared], closed: Collection[str], *, all_read: bool) -> Iterator[Problem]:
    """What takes two registers: a name that both have, a reference to one that nobody has.

    Those in `closed` stay of departments that were removed. Unless all files could be read, any other may be somebody's.
    """
    all_of_them = list(all_of_them)
    owners: dict[str, str] = {}
    for one in all_of_them:
        for name in one.department.registers:
            if (owner := owners.setdefault(name, one.department.department)) != one.department.department:
                yield one.source.problem(("registers", name), f"is already a register of {owner}")
    for one in all_of_them:
        for name, register in one.department.registers.items():
            for place, referred in _references(register, ("registers", name)):
                if all_read and referred not in owners and referred not in closed:
                    yield one.source.problem(place, f'"{referred}" is not a register{suggestion(referred, owners)}')


def _fields(one: Declared, register: Register, place: Place) -> Iterator[Problem]:
    problem = one.source.problem
    fields = {field.field: field for field in one.fields(register)}
    if not fields:
        return
    if register.key not in fields:
        yield problem((*place, "key"), f'"{register.key}" is not a field of the register{suggestion(register.key, fields)}')
    elif fields[register.key].cardinality == "n":
        yield problem((*place, "key"), f'"{register.key}" holds lists, and a key is one text')
    for where, names in (("index", register.index), ("references", register.references)):
        for name in names:
            if name not in fields:
                yield problem((*place, where), f'"{name}" is not a field of the register{suggestion(name, fields)}')
            elif where == "index" and fields[name].cardinality == "n":
                yield problem((*place, where), f'"{name}" holds lists, which no index serves')
    where = "fields" if register.fields else "schema"
    yield from (problem((*place, where), what) for what in _clashes([field.field for field in one.fields(register)]))


def _clashes(names: list[str]) -> Iterator[str]:
    """Columns whose names databases would take for one and the same, or for one of the platform's own."""
    yield from (f'"{name}" stands twice' for name in sorted({name for name in names if names.count(name) > 1}))
    for name in sorted(set(names)):
        others = [other for other in names if other > name and other.lower() == name.lower()]
        if others:
            yield f'"{name}" and "{others[0]}" are one name to a database, which does not tell capitals apart'
        if not re.fullmatch(FIELD_NAME, name, re.ASCII):
            yield f'"{name}" is not {GRAMMARS[FIELD_NAME]}'
    if len(names) > MOST_FIELDS:
        yield f"has {len(names)} fields, and {MOST_FIELDS} are the most"


def _references(register: Register, place: Place) -> Iterator[tuple[Place, str]]:
    for index, field in enumerate(register.fields or ()):
        if field.register_name:
            yield (*place, "fields", index, "register"), field.register_name
    for name, referred in register.references.items():
        yield (*place, "references", name), referred
