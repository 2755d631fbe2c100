"""Searching rows, with every message of contract 1.6."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.data_access.ckan import datastore_search, searching
from tests.laws import examples

from .conftest import Site

TYPES = ["int", "int4", "text", "numeric", "bool", "_text", "json", "date", "timestamp"]


@pytest.fixture
def lamps(site: Site) -> str:
    return site.table()


def ids(site: Site, lamps: str, **parameters: Any) -> list[int]:
    return [row["_id"] for row in site.rows(lamps, **parameters)]


def test_a_search_answers_as_ckan_does(site: Site, lamps: str) -> None:
    found = site.read("datastore_search", resource_id=lamps)
    assert [*found][:5] == ["include_next_page", "include_total", "limit", "records_format", "resource_id"]
    assert (found["limit"], found["total"], found["records_format"], found["include_total"]) == (100, 3, "objects", True)
    assert [field["type"] for field in found["fields"]] == TYPES
    assert found["fields"][2] == {"id": "name", "type": "text", "info": {"label": "Name"}}
    assert "next_page" not in found


def test_values_have_the_types_of_json(site: Site, lamps: str) -> None:
    first, second, third = site.rows(lamps)
    assert first == {
        "_id": 1,
        "id": 1,
        "name": "The Lamp of North Street",
        "height": 1.5,
        "lit": True,
        "tags": ["old", "iron"],
        "more": {"a": [1]},
        "put up": "1901-02-03",
        "seen": "2026-11-23T09:30:00.000",
    }
    assert (second["height"], second["lit"], second["tags"]) == (10, False, [])
    assert '"height":10,' in site.post("datastore_search", {"resource_id": lamps}).text
    assert third == {**dict.fromkeys(first), "_id": 3, "id": 3, "name": 'Brücke "9"'}


def test_a_table_is_found_by_its_id_its_name_and_in_the_table_of_tables(site: Site, lamps: str) -> None:
    assert ids(site, "lamps") == ids(site, lamps) == [1, 2, 3]
    assert site.read("datastore_search", id=lamps)["resource_id"] == lamps
    tables = site.read("datastore_search", resource_id="_table_metadata")
    assert {(row["name"], row["alias_of"]) for row in tables["records"]} >= {(lamps, None), ("lamps", lamps)}
    assert tables["total"] == 6


def test_lists_and_text_with_separators(site: Site, lamps: str) -> None:
    fields = ["id", "name", "lit", "tags", "more", "height"]
    assert site.read("datastore_search", resource_id=lamps, fields=fields, records_format="lists", limit=1)["records"] == [
        [1, "The Lamp of North Street", True, ["old", "iron"], {"a": [1]}, 1.5]
    ]
    text = site.read("datastore_search", resource_id=lamps, fields=fields, records_format="csv")["records"]
    assert text.split("\n") == [
        '1,The Lamp of North Street,t,"[""old"", ""iron""]","{""a"":[1]}",1.5',
        '2,"=South, lamp",f,[],null,10',
        '3,"Brücke ""9""",,,null,',
        "",
    ]
    assert site.read("datastore_search", resource_id=lamps, fields="id,lit", records_format="tsv")["records"] == "1\tt\n2\tf\n3\t\n"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"id": 2}, [2]),
        ({"id": [1, 3]}, [1, 3]),
        ({"name": 'Brücke "9"', "id": 3}, [3]),
        ({"height": {"gte": 2, "lt": 20}}, [2]),
        ({"height": [1.5, {"gt": 9}]}, [1, 2]),
        ([{"id": 1}, {"id": 3}], [1, 3]),
        ({"$or": [{"id": 1}, {"lit": False}]}, [1, 2]),
        ({"$and": [{"id": {"gt": 1}}, {"id": {"lt": 3}}]}, [2]),
        ({"name": None}, []),
        ({"lit": True}, [1]),
        ({}, [1, 2, 3]),
    ],
)
def test_filters(site: Site, lamps: str, filters: object, found: list[int]) -> None:
    assert ids(site, lamps, filters=filters) == found
    # As an address has them.
    answer = site.get("/api/3/action/datastore_search", {"resource_id": lamps, "filters": json.dumps(filters)})
    assert [row["_id"] for row in answer.json["result"]["records"]] == found


def test_filters_are_echoed_as_they_were_understood(site: Site, lamps: str) -> None:
    found = site.read("datastore_search", resource_id=lamps, filters={"height": {"gte": 2, "lt": 20}})
    assert found["filters"] == {"height": {"gte": 2, "lt": 20}}
    assert found["filterops"]["op"] == "$and"
    assert found["filterops"]["value"][0] == {"op": "gte", "field": "height", "value": 2}


def test_sorting(site: Site, lamps: str) -> None:
    assert ids(site, lamps, sort="id desc") == [3, 2, 1]
    assert ids(site, lamps, sort="height, id") == [1, 2, 3]  # what is not there is the greatest, as in PostgreSQL
    assert ids(site, lamps, sort="height desc") == [3, 2, 1]
    assert ids(site, lamps, sort="height desc nulls last") == [2, 1, 3]
    assert ids(site, lamps, sort=["lit desc nulls last", '"put up" asc']) == [1, 2, 3]


def test_pages_turn_by_links_and_by_the_next_page(site: Site, lamps: str) -> None:
    first = site.read("datastore_search", resource_id=lamps, limit=2, include_next_page=True)
    assert first["next_page"] == {"_id": {"gt": 2}}
    assert ids(site, lamps, limit=2, filters=first["next_page"]) == [3]
    path, _, query = first["_links"]["next"].partition("?")
    answer = site.get(path, [(name, value) for name, _, value in (pair.partition("=") for pair in query.split("&"))])
    assert [row["_id"] for row in answer.json["result"]["records"]] == [3]
    assert "prev" in answer.json["result"]["_links"]
    down = site.read("datastore_search", resource_id=lamps, limit=1, sort="_id desc", include_next_page=True, fields=["name"])
    assert down["next_page"] == {"_id": {"lt": 3}}
    assert "next_page" not in site.read("datastore_search", resource_id=lamps, sort="name", include_next_page=True)


def test_the_limit_is_capped_in_silence_and_may_be_nought(site: Site, lamps: str) -> None:
    assert site.read("datastore_search", resource_id=lamps, limit=1_000_000)["limit"] == 32_000
    assert site.read("datastore_search", resource_id=lamps, limit=0)["records"] == []


def test_what_is_too_large_for_an_answer_is_fewer_rows_and_says_so(site: Site, lamps: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datastore_search, "LARGEST_ANSWER", 350)
    found = site.read("datastore_search", resource_id=lamps, include_next_page=True)
    shown = len(found["records"])
    assert 0 < shown < 3
    assert (found["limit"], found["total"]) == (shown, 3)
    assert found["next_page"] == {"_id": {"gt": shown}}
    assert found["_links"]["next"].endswith(f"&offset={shown}")


def test_a_total_is_left_out_where_it_is_not_wanted(site: Site, lamps: str) -> None:
    assert "total" not in site.read("datastore_search", resource_id=lamps, include_total=False)


def test_distinct_rows_have_no_id(site: Site, lamps: str) -> None:
    site.write("datastore_upsert", resource_id=lamps, records=[{"id": 4, "lit": False}, {"id": 5, "lit": False}])
    found = site.read("datastore_search", resource_id=lamps, fields=["lit"], distinct=True, sort="lit", filters={"id": [2, 4, 5]})
    assert (found["records"], found["total"]) == ([{"lit": False}], 1)


def test_words_are_looked_for_everywhere_or_in_a_column(site: Site, lamps: str) -> None:
    found = site.read("datastore_search", resource_id=lamps, q="lamp north")
    assert [row["id"] for row in found["records"]] == [1]
    assert found["records"][0]["rank"] > 0
    assert found["fields"][-1] == {"id": "rank", "type": "float4"}
    assert found["total"] == 1
    by_column = site.read("datastore_search", resource_id=lamps, q={"name": "lamp"}, sort="id desc")
    assert [row["id"] for row in by_column["records"]] == [2, 1]
    assert "rank name" in by_column["records"][0]
    assert ids(site, lamps, q="lamp & !south", plain=False) == [1]
    assert ids(site, lamps, q="(south | north) & lam:*", plain=False) == [1, 2]
    assert site.error("datastore_search", resource_id=lamps, q="a &", plain=False)["query"] == ['syntax error in tsquery: "a &"']


def test_the_best_answers_come_first(site: Site, lamps: str) -> None:
    site.write("datastore_upsert", resource_id=lamps, records=[{"id": 4, "name": "lamp", "more": {"is": "a lamp"}}])
    assert ids(site, lamps, q="lamp")[0] == 4


@pytest.mark.parametrize(
    ("parameters", "field", "messages"),
    [
        ({"filters": {"zz": 1}}, "filters", ["Unknown field: zz"]),
        ({"filters": {"id": {"like": 1}}}, "filters", ["Unknown filter operation: FilterOp(field='id', op='like', value=1)"]),
        ({"filters": "text"}, "filters", ["Cannot parse JSON"]),
        ({"filters": 3}, "filters", ["Filters must be defined as a dict or a list of dicts"]),
        ({"limit": "x"}, "limit", ["Invalid integer", "Please enter an integer value"]),
        ({"limit": -1}, "limit", ["Must be a natural number"]),
        ({"offset": -1}, "offset", ['invalid value "-1"']),
        ({"sort": "zz"}, "sort", ['invalid value "zz"']),
        ({"fields": "zz"}, "fields", ['invalid value "zz"']),
        ({"bogus": 1}, "__extras", ['invalid value "bogus"']),
        ({"records_format": "xml"}, "records_format", ["Value must be one of ['objects', 'lists', 'csv', 'tsv']"]),
    ],
)
def test_every_fault_has_ckans_words(site: Site, lamps: str, parameters: dict[str, Any], field: str, messages: list[str]) -> None:
    refusal = site.error("datastore_search", key=None, resource_id=lamps, **parameters)
    assert refusal == {field: messages, "__type": "Validation Error", "status": 409}


def test_no_table_and_an_unknown_one(site: Site) -> None:
    assert site.error("datastore_search")["resource_id"] == ["Missing value"]
    for wanted in ("a" * 5_000, "Ä b", "\x00", "definitions"):
        assert site.error("datastore_search", resource_id=wanted)["__type"] == "Not Found Error"
    refusal = site.error("datastore_search", resource_id="nope")
    assert refusal == {"message": 'Not found: Resource "nope" was not found.', "__type": "Not Found Error", "status": 404}


def test_a_search_that_takes_too_long_is_stopped(site: Site, lamps: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "SECONDS", -1.0)
    monkeypatch.setattr(searching, "STEPS", 1)
    assert site.error("datastore_search", resource_id=lamps, q="lamp")["query"] == ["Search took too long"]


def test_a_declared_register_is_a_table_too(site: Site) -> None:
    found = site.read("datastore_search", resource_id="bulb")
    assert [field["type"] for field in found["fields"]] == ["int", "text", "int4", "text"]
    assert found["fields"][2]["info"] == {"notes": "Its power."}
    assert (found["records"], found["total"]) == ([], 0)


def test_what_a_table_is_made_of(site: Site, lamps: str) -> None:
    about = site.read("datastore_info", id=lamps)
    assert about["fields"][0] == {
        "id": "id",
        "type": "int4",
        "schema": {"index_name": None, "is_index": True, "native_type": "integer", "notnull": False, "uniquekey": True},
    }
    assert about["meta"].keys() == {"id", "count", "table_type", "size", "db_size", "idx_size", "aliases"}
    assert (about["meta"]["count"], about["meta"]["aliases"], about["meta"]["id"]) == (3, ["lamps"], lamps)
    assert site.error("datastore_info", id="nope")["message"] == 'Not found: Resource "nope" was not found.'


HOSTILE = st.sampled_from(["'", '"', '" OR 1=1 --', "'; DROP TABLE records; --", "_id", "\x00", "*", "💡", "records", "%"]) | st.text(
    max_size=12
)


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["q", "sort", "fields", "filters", "limit", "offset", "records_format", "language", "distinct", "plain"]),
    HOSTILE,
    HOSTILE,
)
def test_nothing_that_is_asked_reaches_sql_but_as_a_value(site: Site, name: str, text: str, other: str) -> None:
    lamps = site.table() if not _made(site) else "lamps"
    for value in (text, {text: other}, [text, other], {"name": {text: other}}, {"name": text}):
        answer = site.post("datastore_search", {"resource_id": lamps, name: value})
        assert answer.status in (200, 409), answer.text
    assert len(site.rows(lamps)) == 3


def _made(site: Site) -> bool:
    return "lamps" in site.read("package_list")
