"""Searching the catalogue in Solr's language (contract 1.5)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.data_access.ckan import solr
from functions.data_access.ckan.package_search import FIELDS

from .conftest import Site

BOTH, NONE = ["bulb", "street"], list[str]()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", BOTH),
        ("*:*", BOTH),
        ("bulb", ["bulb"]),
        ("BULBS", ["bulb"]),
        ("lamps street", ["bulb"]),
        ("street", ["street", "bulb"]),
        ("bulb nothing", NONE),
        ("lamp stands every nowhere", ["bulb"]),  # of three to five words all but one
        ('"street lamp"', ["bulb"]),
        ('"lamp street"', NONE),
        ("title:street", ["street"]),
        ("title:(bulb OR street)", BOTH),
        ("title:bulb OR title:street", BOTH),
        ("bulb OR title:street", BOTH),
        ("tags:lighting AND NOT title:bulb", ["street"]),
        ("tags:lighting -title:bulb", ["street"]),
        ("+tags:lighting +tags:energy", ["bulb"]),
        ("!bulb", ["street"]),
        ("name:b*", ["bulb"]),
        ("name:stree?", ["street"]),
        ("name:*", BOTH),
        ("organization:lighting", BOTH),
        ("organization:light", NONE),
        ("res_format:CSV", BOTH),
        ("license_id:uk-ogl", ["bulb"]),
        ('notes:"at night" && tags:lighting', ["street"]),
        ("extras_update_frequency:daily", ["bulb"]),
        ("name:[a TO c]", ["bulb"]),
        ("name:[c TO *]", ["street"]),
        ("(bulb OR street) AND (energy OR nothing)", ["bulb"]),
        (r"title\:x", NONE),
        ("bulb - street", ["bulb"]),
        ("name:bulb^2 OR name:street", BOTH),
    ],
)
def test_a_query_finds_what_solr_would(site: Site, query: str, found: list[str]) -> None:
    answer = site.read("package_search", q=query, sort="name asc" if found == BOTH else "score desc, name asc")
    assert [each["name"] for each in answer["results"]] == found
    assert answer["count"] == len(found)


@pytest.mark.parametrize(
    "query", ["(", "bulb)", 'x "y', "AND x", "x OR", "nothing:x", "x^", "[a TO b]", "()", "+", "x" * 3000, "(" * 50 + "x" + ")" * 50]
)
def test_a_query_that_cannot_be_read_is_told(site: Site, query: str) -> None:
    refusal = site.error("package_search", q=query)
    assert (refusal["status"], refusal["__type"]) == (400, "Search Query Error")
    assert refusal["message"]


def test_filters_narrow_and_pages_turn(site: Site) -> None:
    assert [each["name"] for each in site.read("package_search", fq="tags:energy")["results"]] == ["bulb"]
    assert site.read("package_search", fq="tags:lighting", fq_list=["tags:energy", "name:street"])["count"] == 0
    assert [each["name"] for each in site.read("package_search", sort="name desc", rows=1, start=1)["results"]] == ["bulb"]
    assert site.read("package_search", rows=0)["results"] == []
    assert site.read("package_search", fl="name,title", rows=1, sort="name asc")["results"] == [{"name": "bulb", "title": "Bulbs in use"}]
    assert site.error("package_search", sort="nope asc")["__type"] == "Search Query Error"
    assert site.error("package_search", rows=-1)["rows"] == ["Must be a natural number"]


def test_facets_count_what_was_found(site: Site) -> None:
    answer = site.read("package_search", **{"facet.field": '["tags", "organization"]', "q": "bulb"})
    assert answer["facets"] == {"tags": {"energy": 1, "lighting": 1}, "organization": {"lighting": 1}}
    [item] = answer["search_facets"]["organization"]["items"]
    assert item == {"count": 1, "display_name": "Department of Lighting", "name": "lighting"}
    assert site.read("package_search", **{"facet.field": ["tags"], "facet.limit": 1})["facets"] == {"tags": {"lighting": 2}}
    assert site.read("package_search", **{"facet.field": ["tags"], "facet.mincount": 2})["facets"] == {"tags": {"lighting": 2}}
    assert site.read("package_search", **{"facet.field": ["tags"], "facet": "false"})["facets"] == {}
    nowhere: dict[str, Any] = {"facet.field": ["nope"]}
    assert site.error("package_search", **nowhere)["__type"] == "Search Query Error"


def test_an_answer_names_its_sort(site: Site) -> None:
    assert site.read("package_search")["sort"] == "score desc, metadata_modified desc"


@given(st.text(max_size=60) | st.text('()+-!"*?:\\ANDORT ^[]{}~ab', max_size=40))
def test_whatever_is_asked_is_read_or_told(query: str) -> None:
    with suppress(solr.Unreadable):
        assert solr.read(query, FIELDS)({"title": ["a b"], "text": ["a b"], "name": ["a"]}) >= 0
