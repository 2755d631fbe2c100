from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.common import keyring
from functions.common.failures import Invalid, Refusal
from functions.data_access.queries import columns, cursor, filters, parameters, running, serving, sql
from functions.data_access.queries.columns import MOST_OF_A_VALUE, Kind
from functions.data_access.queries.cursor import Place
from functions.data_access.queries.query import ALL, Condition, Every, Operator, Order, Query
from functions.data_access.queries.sql import Fragment
from functions.data_access.queries.sqlite import SQLITE
from functions.data_access.queries.trino import over
from tests.laws import examples

from .tables import STATION_COLUMNS, STATIONS, Record, parquet, sqlite, versions

TRINO = over(Fragment("records"), Fragment("history"))


@pytest.fixture(autouse=True)
def pepper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "pepper", lambda: b"pepper")


def asked(**given: object) -> parameters.Asked:
    return parameters.parse(urlencode(given), STATION_COLUMNS)


def conditions(**given: object) -> tuple[object, ...]:
    where = asked(**given).query.where
    assert isinstance(where, Every)
    return where.parts


def refused(**given: object) -> str:
    with pytest.raises(Invalid) as refusal:
        asked(**given)
    return str(refusal.value)


def test_without_parameters_it_is_the_first_hundred_records_with_all_their_fields() -> None:
    query = asked().query
    assert (query.where, query.order, query.limit, query.as_at) == (ALL, (), 100, None)
    assert query.columns == ("_key", "_entry", "_timestamp", *STATIONS.names)


def test_a_field_by_itself_is_compared_whole_and_as_what_it_is() -> None:
    assert conditions(name="Lewes", level="3", height="1.50", tidal="true", _key="a/b") == (
        Condition("name", Operator.EXACT, "Lewes"),
        Condition("level", Operator.EXACT, 3),
        Condition("height", Operator.EXACT, 1.5),
        Condition("tidal", Operator.EXACT, 1),
        Condition("_key", Operator.EXACT, "a/b"),
    )


def test_two_underscores_part_a_field_from_how_it_is_compared() -> None:
    assert conditions(level__gte="-2", rivers__arraycontains="Ouse", name__isnull="1", opened__date="2026-11-23") == (
        Condition("level", Operator.GTE, -2),
        Condition("rivers", Operator.ARRAYCONTAINS, "Ouse"),
        Condition("name", Operator.ISNULL),
        Condition("opened", Operator.DATE, "2026-11-23"),
    )


def test_a_field_that_has_two_underscores_itself_is_found_by_its_whole_name() -> None:
    assert conditions(**{"odd \"name'__x": "1", "odd \"name'__x__contains": "2"}) == (
        Condition("odd \"name'__x", Operator.EXACT, "1"),
        Condition("odd \"name'__x", Operator.CONTAINS, "2"),
    )


@pytest.mark.parametrize("given", ["1,2,3", "[1, 2, 3]", '["1", "2", "3"]'])
def test_a_set_has_commas_or_is_json(given: str) -> None:
    assert conditions(level__in=given) == (Condition("level", Operator.IN, (1, 2, 3)),)


def test_a_moment_with_an_offset_is_compared_in_utc() -> None:
    assert conditions(**{"checked-at__gt": "2026-11-23T09:30:00+02:00"}) == (Condition("checked-at", Operator.GT, "2026-11-23T07:30:00Z"),)


def test_the_order_the_page_and_the_fields_are_told_by_parameters_with_an_underscore() -> None:
    told = asked(_sort_desc="level,opened", _limit="5000", _fields="name,_id", _total="1", _format="csv", _cursor="x")
    assert told.query.order == (Order("level", descending=True), Order("opened", descending=True))
    assert (told.query.limit, told.query.columns) == (5000, ("name", "_id"))
    assert (told.total, told.format, told.cursor) == (True, "csv", "x")


def test_a_past_state_is_told_by_the_number_of_an_entry_or_a_time() -> None:
    assert asked(as_at="12").query.as_at == 12
    assert asked(as_at="2026-11-23T09:30:00Z").moment == "2026-11-23T09:30:00Z"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"nam": "x"}, "nam: there is no such field or parameter (did you mean name?): there are _id, _key, _entry, _timestamp, station"),
        ({"zz__gte": "x"}, "zz__gte: there is no such field or parameter: there are _id"),
        ({"name__soundslike": "x"}, "name__soundslike: name cannot be compared by soundslike: it takes contains, endswith, exact, glob"),
        ({"level__contains": "x"}, "level__contains: level cannot be compared by contains: it takes exact, gt, gte, in, isblank"),
        ({"rivers": "Ouse"}, "rivers: rivers cannot be compared by exact: it takes arraycontains, arraynotcontains"),
        ({"level": "x"}, "level: must be a whole number, of 64 bits at most"),
        ({"level": "9223372036854775808"}, "level: must be a whole number, of 64 bits at most"),
        ({"height__gt": "NaN"}, "height__gt: must be a number"),
        ({"height__gt": "1e999"}, "height__gt: must be a number"),
        ({"tidal": "yes"}, "tidal: must be true or false"),
        ({"opened__gt": "yesterday"}, "opened__gt: must be a date, such as 2026-11-23, or the beginning of one"),
        ({"opened__date": "2026"}, "opened__date: must be a whole date, such as 2026-11-23"),
        ({"checked-at": "2026-11-23T25:00:00+01:00"}, "checked-at: must be a time, such as 2026-11-23T09:30:00Z, or a date"),
        ({"name": "x" * 501}, "name: is longer than 500 characters"),
        ({"name": "a\0b"}, "name: holds a character that is none"),
        ({"name__isnull": "0"}, "name__isnull: takes no value but 1"),
        ({"name__like": "%a%b%c%d%e%f%g"}, "name__like: has more than 6 wildcards"),
        ({"name__glob": "[z-a]"}, "name__glob: has [z-a], which is no set of characters such as [abc], [a-z] or [^0-9]"),
        ({"name__glob": "[a"}, "name__glob: has a [ without its ]"),
        ({"level__in": ",".join(["1"] * 201)}, "level__in: has 201 values, and 200 is the most"),
        ({"level__in": "[1"}, "level__in: must be values with commas between them, or a JSON array"),
        ({"_sort": "zz"}, "_sort: zz is no field: there are _id, _key"),
        ({"_sort": "rivers"}, "_sort: rivers holds lists, which have no order"),
        ({"_sort": "name,name"}, "_sort: sorts by a field twice"),
        ({"_sort": "name", "_sort_desc": "level"}, "_sort_desc: can be given, or _sort, not both"),
        ({"_limit": "0"}, "_limit: must be a whole number from 1 to 5000"),
        ({"_limit": "5001"}, "_limit: must be a whole number from 1 to 5000"),
        ({"_limit": "٣"}, "_limit: must be a whole number from 1 to 5000"),
        ({"_fields": "name,"}, "_fields: an empty name is no field: there are _id"),
        ({"_search": "..."}, "_search: needs from 1 to 20 words to look for"),
        ({"_total": "maybe"}, "_total: must be 1, or 0"),
        ({"as_at": "yesterday"}, "as_at: must be the number of an entry, or a time, such as 2026-11-23T09:30:00Z"),
        ({"_format": "xml"}, "_format: must be one of json, csv, ndjson"),
    ],
)
def test_a_refusal_names_the_parameter_and_what_there_is(given: dict[str, str], told: str) -> None:
    assert refused(**given).startswith(told)


def test_a_parameter_given_twice_is_refused_and_a_condition_is_not() -> None:
    with pytest.raises(Invalid, match="_limit: is given twice"):
        parameters.parse("_limit=1&_limit=2", STATION_COLUMNS)
    assert parameters.parse("level__gte=1&level__gte=2", STATION_COLUMNS).query.where == Every(
        (Condition("level", Operator.GTE, 1), Condition("level", Operator.GTE, 2))
    )


def test_too_many_conditions_are_refused() -> None:
    with pytest.raises(Invalid, match="holds 51 conditions"):
        parameters.parse("&".join(["level=1"] * 51), STATION_COLUMNS)
    with pytest.raises(Invalid, match="more than 100 parameters"):
        parameters.parse("&".join(["level=1"] * 101), STATION_COLUMNS)


def test_a_dataset_that_is_not_searched_says_so() -> None:
    plain = columns.Columns(STATION_COLUMNS.named)
    with pytest.raises(Invalid, match="_search: this dataset has no search"):
        parameters.parse("_search=x", plain)


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "'; DROP TABLE records; --",
            '" OR 1=1 --',
            "name) UNION SELECT sql FROM sqlite_master --",
            "records_text",
            "sqlite_master",
            "rowid",
            "_until",
            "name\\",
            "[",
            "\ud800".encode("utf-8", "replace").decode(),
            '"*" NEAR(',
            "name:x AND",
        ]
    ),
)
NAMES = st.one_of(
    HOSTILE,
    st.sampled_from([*parameters.PARAMETERS, *STATION_COLUMNS]),
    st.tuples(st.sampled_from([*STATION_COLUMNS]) | HOSTILE, st.sampled_from([*Operator]) | HOSTILE).map("__".join),
)


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(st.tuples(NAMES, HOSTILE | st.sampled_from(["1", "name", "2026-11-23", "true"])), max_size=5))
def test_whatever_stands_in_a_url_no_statement_has_a_word_that_we_did_not_write(pairs: list[tuple[str, str]]) -> None:
    connection = sqlite(versions([("a", {"name": "Lewes"})]))
    before = connection.total_changes
    try:
        query = parameters.parse(urlencode(pairs, errors="replace"), STATION_COLUMNS).query
    except Invalid:
        return
    for dialect in (SQLITE, TRINO):
        statement = sql.select(query, STATION_COLUMNS, dialect)
        ours = statement.text
        for name in sorted(STATION_COLUMNS, key=len, reverse=True):
            ours = ours.replace(sql.quoted(name), "column")
        assert set(ours) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ,.()?=<>'\\[]")
        assert ours.count("?") == len(statement.parameters)
    running.page(connection, query, STATION_COLUMNS)
    running.total(connection, query, STATION_COLUMNS)
    assert connection.total_changes == before
    assert connection.execute("SELECT name FROM records").fetchall() == [("Lewes",)]


FILTERS = st.recursive(
    HOSTILE | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(HOSTILE | st.sampled_from(["$or", "$and", "$$x", "eq", "gte", "in", *STATION_COLUMNS]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=examples(50), deadline=None)
@given(FILTERS)
def test_whatever_filters_ckan_is_sent_they_are_understood_or_refused(given: object) -> None:
    try:
        found = filters.parse(given, STATION_COLUMNS)
    except filters.NoFilters:
        return
    query = Query(found.where, columns=("_key",))
    running.page(sqlite(versions([("a", {"name": "Lewes"})])), query, STATION_COLUMNS)


class TestSearch:
    @pytest.mark.parametrize(
        ("search", "keys"),
        [("lewes", ["a"]), ("LEWES ouse", ["a"]), ("lew*", ["a"]), ("lew", []), ("mid-sussex", ["b"]), ("sussex-mid", []), ("50%", ["c"])],
    )
    def test_all_words_must_be_there_whatever_their_case(self, search: str, keys: list[str], tmp_path: Path) -> None:
        rows: list[tuple[str, Any]] = [("a", {"name": "Ouse at Lewes"}), ("b", {"name": "Mid Sussex"}), ("c", {"name": "50 %"})]
        query = asked(_search=search).query
        assert [row[0] for row in running.page(sqlite(versions(rows)), query, STATION_COLUMNS).rows] == keys
        # In Athena by regular expressions, which DuckDB reads alike.
        statement = sql.select(query, STATION_COLUMNS, TRINO)
        found = parquet(versions(rows), tmp_path).execute(statement.text, list(statement.parameters)).fetchall()
        assert [row[0] for row in found] == keys

    @pytest.mark.parametrize("search", ['"', "name:lewes OR", "NEAR(a b)", "^lewes", "-lewes", "a AND NOT b", "(lewes"])
    def test_no_word_is_an_operator(self, search: str) -> None:
        try:
            query = asked(_search=search).query
        except Invalid:
            return
        running.page(sqlite(versions([("a", {"name": "Ouse at Lewes"})])), query, STATION_COLUMNS)


class TestCursor:
    QUERY = Query(Every((Condition("level", Operator.GTE, 1),)), order=(Order("name"),), columns=("name",))
    PLACE = Place(12, ("É", 3))

    def test_it_leads_back_to_its_place_whatever_the_page_and_the_columns(self) -> None:
        given = cursor.written("stations", self.QUERY, self.PLACE)
        assert cursor.read(given, "stations", replace(self.QUERY, limit=7, columns=("level",))) == self.PLACE

    def test_for_another_dataset_or_another_query_it_is_refused(self) -> None:
        given = cursor.written("stations", self.QUERY, self.PLACE)
        for dataset, query in [
            ("rivers", self.QUERY),
            ("stations", replace(self.QUERY, where=Every((Condition("level", Operator.GTE, 2),)))),
            ("stations", replace(self.QUERY, order=(Order("name", descending=True),))),
            ("stations", replace(self.QUERY, search="ouse")),
        ]:
            with pytest.raises(Invalid, match="_cursor: is not one that was given for this query"):
                cursor.read(given, dataset, query)

    @pytest.mark.parametrize("forged", ["", "x", "é", "AAAA", "A" * 30, "A" * 5000, "%00", "WzEyLDNd"])
    def test_a_forged_one_is_refused(self, forged: str) -> None:
        with pytest.raises(Invalid):
            cursor.read(forged, "stations", self.QUERY)

    @given(st.data())
    @settings(max_examples=examples(20), deadline=None)
    def test_an_altered_one_is_refused(self, data: st.DataObject) -> None:
        given = cursor.written("stations", self.QUERY, self.PLACE)
        where = data.draw(st.integers(0, len(given) - 1))
        letter = data.draw(st.sampled_from([one for one in "AZaz09-_=" if one != given[where]]))
        altered = given[:where] + letter + given[where + 1 :]
        with suppress(Invalid):
            # The last letter may hold bits that stand for nothing: then it still is the same cursor.
            assert cursor.read(altered, "stations", self.QUERY) == self.PLACE
            assert where == len(given) - 1

    def test_another_platforms_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given = cursor.written("stations", self.QUERY, self.PLACE)
        monkeypatch.setattr(keyring, "pepper", lambda: b"another")
        with pytest.raises(Invalid):
            cursor.read(given, "stations", self.QUERY)


class TestLargeDatasets:
    def check(self, given: dict[str, object], records: int = 200_001) -> None:
        serving.check(asked(**given).query, STATION_COLUMNS, records)

    @pytest.mark.parametrize(
        "given",
        [{}, {"region": "South"}, {"region": "South", "name__contains": "x"}, {"level__gte": 2}, {"_key__in": "a,b"}, {"_sort": "level"},
         {"_search": "x"}, {"region": "South", "_sort": "name"}],
    )  # fmt: skip
    def test_what_an_index_serves_is_answered(self, given: dict[str, object]) -> None:
        self.check(given)

    @pytest.mark.parametrize("given", [{"name": "x"}, {"region__not": "South"}, {"region__contains": "S"}, {"name__isnull": 1}])
    def test_what_would_read_every_record_is_refused_with_what_can_be_asked(self, given: dict[str, object]) -> None:
        with pytest.raises(Invalid, match=r"no index serves these conditions.*compare one of _id, _key, station, region, level, opened by"):
            self.check(given)
        self.check(given, 200_000)

    def test_so_is_an_order_that_would_sort_every_record(self) -> None:
        with pytest.raises(Invalid, match="_sort: no index serves this order"):
            self.check({"_sort": "name"})


def test_a_query_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LONGEST", 0.0)
    monkeypatch.setattr(running, "STEPS", 100)
    many = sqlite(versions([(f"k{number}", {"name": "a" * 300}) for number in range(3000)]))
    with pytest.raises(Refusal, match="This took more than"):
        running.total(many, asked(name__like="%b%c%d%").query, STATION_COLUMNS)
    assert many.execute("SELECT count(*) FROM records").fetchone() == (3000,)


class TestSortedAndFiltered:
    """A filter that lets many through, sorted by a field that has an index."""

    FEW: ClassVar = asked(region="South", level__gte="100", _sort_desc="level", _limit="3").query

    @pytest.fixture
    def many(self) -> sqlite3.Connection:
        rows: list[tuple[str, Record | None]] = [
            (f"k{number}", {"region": ("South", "North")[number % 2], "level": number}) for number in range(2000)
        ]
        return sqlite(versions(rows))

    def keys(self, connection: sqlite3.Connection) -> list[str]:
        page = running.page(connection, replace(self.FEW, columns=("_key",)), STATION_COLUMNS)
        assert page.after is not None
        return [row[0] for row in page.rows]

    def test_the_page_is_read_in_order_and_nothing_is_sorted(self, many: sqlite3.Connection) -> None:
        statements: list[str] = []
        many.set_trace_callback(statements.append)
        assert self.keys(many) == ["k1998", "k1996", "k1994"]
        many.set_trace_callback(None)
        [plan] = statements
        assert "TEMP B-TREE" not in str(many.execute(f"EXPLAIN QUERY PLAN {plan}").fetchall())

    def test_where_the_walk_is_long_sqlite_has_its_own_way(self, many: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "STEPS", 1)
        monkeypatch.setattr(running, "WALK", 3)
        assert self.keys(many) == ["k1998", "k1996", "k1994"]


def test_every_longest_value_fits_a_parameter_of_athena() -> None:
    assert MOST_OF_A_VALUE * 2 + 2 <= 1024
    assert {column.kind for column in STATION_COLUMNS.values()} == set(Kind)
