"""CKAN's filters (contract 1.6): what they find, what they echo, and how they are refused."""

from __future__ import annotations

from typing import Any

import pytest

from functions.data_access.queries import filters, running
from functions.data_access.queries.columns import Column, Columns
from functions.data_access.queries.query import ALL, Query

from .tables import STATION_COLUMNS, sqlite, versions

ROWS: list[tuple[str, Any]] = [
    ("a", {"name": "Lewes", "level": 1, "tidal": 1, "rivers": '["Ouse"]'}),
    ("b", {"name": "Uckfield", "level": 2, "tidal": 0, "rivers": '["Ouse","Uck"]'}),
    ("c", {"name": "Lewes", "level": 30, "rivers": "[]"}),
    ("d", {"level": 7}),
]
DOLLAR = Columns({**STATION_COLUMNS.named, "$cost": Column("$cost")})


def found(given: object) -> list[str]:
    where = filters.parse(given, STATION_COLUMNS).where
    return [row[0] for row in running.page(sqlite(versions(ROWS)), Query(where, columns=("_key",)), STATION_COLUMNS).rows]


def echo(given: object) -> Any:
    return filters.parse(given, STATION_COLUMNS).echo


def refused(given: object) -> list[str]:
    with pytest.raises(filters.NoFilters) as refusal:
        filters.parse(given, STATION_COLUMNS)
    return refusal.value.messages


def op(op: str, field: str | None, value: object) -> dict[str, object]:
    return {"op": op, "field": field, "value": value}


@pytest.mark.parametrize("nothing", [None, "", {}, [], "{}"])
def test_no_filters_find_everything(nothing: object) -> None:
    assert filters.parse(nothing, STATION_COLUMNS) == filters.Filters(ALL, None)


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ({"name": "Lewes"}, ["a", "c"]),
        ('{"name": "Lewes"}', ["a", "c"]),
        ({"level": "2"}, ["b"]),
        ({"level": [1, 2]}, ["a", "b"]),
        ({"level": {"gte": 2, "lt": 20}}, ["b", "d"]),
        ({"level": {"eq": 7}}, ["d"]),
        ({"level": {"in": [7, 30]}}, ["c", "d"]),
        ({"level": [30, {"gte": 1, "lte": 2}]}, ["a", "b", "c"]),
        ([{"name": "Uckfield"}, {"level": 7}], ["b", "d"]),
        ({"$or": [{"name": "Uckfield"}, {"level": {"gt": 20}}]}, ["b", "c"]),
        ({"name": "Lewes", "$or": [{"level": 1}, {"level": 2}]}, ["a"]),
        ({"$and": [{"name": "Lewes"}, {"$or": [{"level": 30}, {"tidal": True}]}]}, ["a", "c"]),
        ({"tidal": False}, ["b"]),
        ({"name": None}, []),
        ({"level": [None, 7]}, ["d"]),
        ({"level": []}, []),
        ({"rivers": "Uck"}, ["b"]),
        ({"rivers": ["Uck", "x"]}, ["b"]),
        ({"rivers": {"eq": ["Ouse", "Uck"]}}, ["b"]),
        ({"_id": {"gt": 2}}, ["c", "d"]),
    ],
)
def test_what_filters_find(given: object, keys: list[str]) -> None:
    assert found(given) == keys


@pytest.mark.parametrize(
    ("given", "tree"),
    [
        ({"name": "Lewes"}, op("eq", "name", "Lewes")),
        ({"level": {"gte": 2, "lt": 20}}, op("$and", None, [op("gte", "level", 2), op("lt", "level", 20)])),
        ({"level": [1, 2]}, op("in", "level", [1, 2])),
        (
            {"level": [10, 20, {"gte": 50, "lte": 60}, 80]},
            op("$or", None, [op("$and", None, [op("gte", "level", 50), op("lte", "level", 60)]), op("in", "level", [10, 20, 80])]),
        ),
        ([{"name": "a"}, {"level": 1}], op("$or", None, [op("eq", "name", "a"), op("eq", "level", 1)])),
        (
            {
                "name": "a",
                "$and": [{"level": 1}, {"$and": [{"tidal": True}]}],
                "$or": [{"level": 5}, {"$or": [{"level": 6}, {"level": 7}]}],
            },
            op(
                "$and",
                None,
                [
                    op("eq", "name", "a"),
                    op("eq", "level", 1),
                    op("eq", "tidal", True),
                    op("$or", None, [op("eq", "level", 5), op("eq", "level", 6), op("eq", "level", 7)]),
                ],
            ),
        ),
        (
            {"$or": [{"name": "a"}, {"level": {"gte": 5, "lte": 6}, "tidal": True}]},
            op(
                "$or",
                None,
                [op("eq", "name", "a"), op("$and", None, [op("gte", "level", 5), op("lte", "level", 6), op("eq", "tidal", True)])],
            ),
        ),
    ],
)
def test_the_parsed_tree_is_echoed_with_what_joins_alike_laid_together(given: object, tree: object) -> None:
    assert echo(given) == tree


def test_a_field_whose_name_begins_with_a_dollar_has_two() -> None:
    assert filters.parse({"$$cost": "1"}, DOLLAR).echo == op("eq", "$cost", "1")
    assert filters.parse({"$or": [{"$$cost": {"gt": "1"}}]}, DOLLAR).echo == op("$or", None, [op("gt", "$cost", "1")])


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        ("a,b", ["Cannot parse JSON"]),
        (1, ["Filters must be defined as a dict or a list of dicts"]),
        ('"a"', ["Filters must be defined as a dict or a list of dicts"]),
        (["a"], ["Filters must be defined as a dict or a list of dicts"]),
        ([{"name": "a"}, "c"], ["Filters must be defined as a dict or a list of dicts"]),
        ({"zz": 1}, ["Unknown field: zz"]),
        ({"$or": [{"zz": 1}, {"$and": [{"yy": 2}, {"name": "a"}]}]}, ["Unknown field: zz", "Unknown field: yy"]),
        ({"level": {"like": 1}}, ["Unknown filter operation: FilterOp(field='level', op='like', value=1)"]),
        ({"$maybe": [{"name": "a"}]}, ["Unknown operators (must be one of $or, $and): $maybe"]),
        ({"name": "a", "$or": "wrong"}, ["Filter operations must be defined as a list of dicts: wrong"]),
        ({"$or": ["wrong"]}, ["Filter operations must be defined as a list of dicts: ['wrong']"]),
        ({"level": "x"}, ['invalid input syntax for type integer: "x"']),
        ({"tidal": 7}, ["invalid input syntax for type boolean: 7"]),
        ({"level": {"gt": [1]}}, ["invalid input syntax for type integer: [1]"]),
        ({"level": {"eq": {"a": 1}}}, ['invalid input syntax for type integer: {"a": 1}']),
    ],
)
def test_a_refusal_is_in_ckans_words(given: object, messages: list[str]) -> None:
    assert refused(given) == messages


@pytest.mark.parametrize("given", [{"name": {}}, {"$or": []}, {"$or": [{}]}, [{}], {"$and": [{"level": {}}]}])
def test_what_ckan_passes_over_is_refused_since_a_deletion_would_take_everything(given: object) -> None:
    assert refused(given)


def test_it_may_be_ten_deep_and_have_a_hundred_operations() -> None:
    def nested(depth: int) -> dict[str, Any]:
        return {"name": "a"} if depth == 0 else {"$or" if depth % 2 else "$and": [{"level": 1}, nested(depth - 1)]}

    assert echo(nested(9))
    assert refused(nested(10)) == ["Maximum nesting depth for filter operations reached"]
    assert echo({"$or": [{"level": number} for number in range(99)]})
    assert refused({"$or": [{"level": number} for number in range(101)]}) == ["Maximum number of filter operations exceeded"]
