"""What the checker allows, generated events prove: its laws, over schemas that nobody wrote by hand."""

from itertools import islice
from typing import Any

from hypothesis import HealthCheck, given, settings
from jsonschema_rs import canonicalize

from schemas.compatibility import problems
from schemas.compatibility.documents import CannotProve, Document
from schemas.compatibility.examples import Edges
from schemas.opening import CLOSURES, READ_AS_WRITTEN, opened, walk
from schemas.registry import compiled
from tests.contracts.drawn_schemas import close_pairs, pairs, schemas, small_world
from tests.laws import examples

WORLD = small_world()
NOT_COMPARED = {"unproved", "$schema"}  # the rules of a finding that says only that the schemas are beyond the checker

drawn = settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def sayings(*of: dict[str, Any]) -> list[Any]:
    """Return values worth trying: the small world, and the edges of the schemas in question."""
    return [*WORLD, *(value for schema in of for value in edges(schema))]


def edges(schema: dict[str, Any]) -> list[Any]:
    try:
        document = Document(schema)
        return list(islice(Edges(document, document).allowed((document.root,)), 300))
    except CannotProve:
        return []


@drawn
@given(pairs())
def test_whatever_an_allowed_writer_says_its_reader_accepts(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert refused_though_allowed(*pair) == []


@settings(drawn, max_examples=600)
@given(close_pairs())
def test_one_changed_keyword_is_allowed_only_if_its_reader_accepts_all(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert refused_though_allowed(*pair) == []


def refused_though_allowed(writer: dict[str, Any], reader: dict[str, Any]) -> list[Any]:
    """Return what an allowed writer may say and its reader refuses, of all that is tried; nothing for a pair that is not allowed."""
    if problems(writer, reader):
        return []
    strict, tolerant = compiled(writer), compiled(opened(reader))
    return [value for value in sayings(writer, reader) if strict.is_valid(value) and not tolerant.is_valid(value)]


@drawn
@given(pairs())
def test_an_independent_checker_never_finds_what_an_allowed_reader_would_refuse(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    writer, reader = pair
    if problems(writer, reader):
        return
    try:
        says, takes = (canonicalize(schema, validate_formats=True) for schema in (writer, opened(reader)))
        found = takes.covers(says)
    except Exception:  # it does not know every schema, nor every pair of them; ours does not depend on it
        return
    assert str(found).lower() != "no"


@drawn
@given(pairs())
def test_every_example_is_something_the_writer_may_say_and_the_reader_refuses(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    writer, reader = pair
    shown = [finding.example for finding in problems(writer, reader) if finding.example is not None]
    strict, tolerant = compiled(writer), compiled(opened(reader))
    assert all(strict.is_valid(example) and not tolerant.is_valid(example) for example in shown)


@drawn
@given(schemas())
def test_opening_a_schema_never_refuses_what_the_closed_one_accepts(schema: dict[str, Any]) -> None:
    strict, tolerant = compiled(schema), compiled(opened(schema))
    assert all(tolerant.is_valid(value) for value in sayings(schema) if strict.is_valid(value))


@drawn
@given(schemas())
def test_a_schema_that_can_be_compared_is_read_by_itself(schema: dict[str, Any]) -> None:
    assert all(finding.rule in NOT_COMPARED for finding in problems(schema, schema))


@drawn
@given(schemas())
def test_an_opened_schema_is_closed_nowhere_but_where_wider_would_be_stricter(schema: dict[str, Any]) -> None:
    tolerant = opened(schema)
    as_written = {id(part) for whole in walk(tolerant) for keyword in READ_AS_WRITTEN for part in walk(whole.get(keyword, True))}
    closed = [part for part in walk(tolerant) if any(part.get(keyword) is False for keyword in CLOSURES)]
    assert all(id(part) in as_written for part in closed)
