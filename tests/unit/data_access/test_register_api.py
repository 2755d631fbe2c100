from __future__ import annotations

import re

import pytest

from functions.data_access import answers
from functions.data_access.registers import Origin
from functions.data_access.store import log, segments

from .conftest import FIELDS, Platform

BRITAIN = {"country": "GB", "name": "United Kingdom", "citizen-names": ["Briton", "British citizen"]}


@pytest.fixture
def countries(platform: Platform) -> Platform:
    """Five countries, in this order, the first one twice."""
    for number, key in enumerate(["GB", "FR", "DE", "CI", "a/b"], 1):
        platform.submit(key, {**BRITAIN, "country": key}, id=str(number))
    platform.submit("GB", {**BRITAIN, "name": "UK, the"}, id="6")
    return platform


def test_the_registers_are_listed_with_their_addresses(platform: Platform) -> None:
    first = platform.get("/registers").json["registers"][0]
    assert first == {"register": "country", "title": "Countries", "registry": "foreign-office", "href": "/registers/country/register"}
    assert platform.get(first["href"]).status == 200


def test_a_register_before_its_first_entry_is_there_and_empty(platform: Platform) -> None:
    document = platform.get("/registers/country/register").json
    assert (document["total-records"], document["total-entries"]) == (0, 0)
    assert platform.get("/registers/country/records").json == {}
    assert platform.get("/registers/country/entries").json == []
    assert platform.get("/registers/country/proof/register/merkle:sha-256").json == {
        "proof-identifier": "merkle:sha-256",
        "root-hash": "sha-256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "total-entries": 0,
    }


def test_the_register_tells_what_it_is(countries: Platform) -> None:
    document = countries.get("/registers/country/register").json
    assert document["domain"] == "registers.example"
    assert (document["total-records"], document["total-entries"]) == (5, 6)
    assert document["register-record"]["register"] == "country"
    assert document["register-record"]["fields"] == FIELDS
    assert document["custodian"] == "foreign-office"
    assert document["last-updated"].endswith("Z")


def test_a_record_is_its_latest_entry_with_its_item_and_leads_to_its_history(countries: Platform) -> None:
    answer = countries.get("/registers/country/records/GB")
    record = answer.json["GB"]
    assert list(record) == ["index-entry-number", "entry-number", "entry-timestamp", "key", "item"]
    assert record["entry-number"] == "6"
    assert record["item"] == [{**BRITAIN, "name": "UK, the"}]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["link"] == '</registers/country/records/GB/entries>; rel="version-history"'


def test_records_come_in_the_order_in_which_their_keys_first_came(countries: Platform) -> None:
    assert list(countries.get("/registers/country/records").json) == ["GB", "FR", "DE", "CI", "a/b"]


def test_records_are_paged_and_each_page_leads_to_its_neighbours(countries: Platform) -> None:
    first = countries.get("/registers/country/records", {"page-size": 2})
    assert list(first.json) == ["GB", "FR"]
    assert first.headers["link"] == '<?page-index=2&page-size=2>; rel="next"'
    last = countries.get("/registers/country/records", {"page-size": 2, "page-index": 3})
    assert list(last.json) == ["a/b"]
    assert last.headers["link"] == '<?page-index=2&page-size=2>; rel="previous"'
    assert countries.get("/registers/country/records", {"page-size": 2, "page-index": 4}).status == 404


def test_a_key_with_a_slash_is_one_key(countries: Platform) -> None:
    assert list(countries.get("/registers/country/records/a/b").json) == ["a/b"]
    assert [entry["key"] for entry in countries.get("/registers/country/records/a/b/entries.json").json] == ["a/b"]


def test_the_records_with_a_value_are_had_by_it_a_hundred_at_the_most(countries: Platform) -> None:
    assert list(countries.get("/registers/country/records/name/United Kingdom").json) == ["FR", "DE", "CI", "a/b"]
    assert list(countries.get("/registers/country/records/citizen-names/British citizen").json) == ["GB", "FR", "DE", "CI", "a/b"]
    assert list(countries.get("/registers/country/records/country/a/b").json) == ["a/b"]
    assert countries.get("/registers/country/records/name/Atlantis").json == {}
    assert countries.get("/registers/country/records/name/UK, the.csv").text.count("\r\n") == 2
    assert countries.get("/registers/country/records/capital/London").status == 404
    rows = ((f"K{number}", b'{"name":"Many"}') for number in range(101))
    log.load("country", "foreign-office", segments.stage("country", rows), Origin("e", "s", "c", "9"))
    assert len(countries.get("/registers/country/records/name/Many").json) == 100


def test_a_key_that_looks_like_the_address_of_a_value_is_a_key(countries: Platform) -> None:
    countries.submit("name/France", {"country": "FR"}, id="7")
    assert list(countries.get("/registers/country/records/name/France").json) == ["name/France"]


def test_a_removed_record_is_an_empty_item_as_registers_show_it(countries: Platform) -> None:
    log.load("country", "foreign-office", segments.stage("country", [("GB", b"{}")]), Origin("e", "s", "c", "9"))
    assert countries.get("/registers/country/records/GB").json["GB"]["item"] == [{}]


def test_items_are_listed_by_the_entries_that_name_them(countries: Platform) -> None:
    answer = countries.get("/registers/country/items", {"start": 2, "limit": 2})
    assert [item["country"] for item in answer.json.values()] == ["FR", "DE"]
    [entry] = countries.get("/registers/country/entries/2").json
    assert next(iter(answer.json)) == entry["item-hash"][0]
    assert answer.headers["link"] == '<?start=4&limit=2>; rel="next", <?start=1&limit=2>; rel="previous"'


def test_the_trail_of_a_key_is_its_entries_oldest_first(countries: Platform) -> None:
    assert [entry["entry-number"] for entry in countries.get("/registers/country/records/GB/entries").json] == ["1", "6"]
    rest = countries.get("/registers/country/records/GB/entries", {"start": 2, "limit": 1})
    assert [entry["entry-number"] for entry in rest.json] == ["6"]
    assert rest.headers["link"] == '<?start=1&limit=1>; rel="previous"'


def test_entries_are_had_from_a_number_on(countries: Platform) -> None:
    answer = countries.get("/registers/country/entries", {"start": 2, "limit": 2})
    assert [entry["key"] for entry in answer.json] == ["FR", "DE"]
    assert answer.headers["link"] == '<?start=4&limit=2>; rel="next", <?start=1&limit=2>; rel="previous"'
    assert countries.get("/registers/country/entries", {"start": 7}).json == []


def test_an_entry_stands_alone_in_a_list_and_names_the_event_it_is_owed_to(countries: Platform) -> None:
    answer = countries.get("/registers/country/entries/3")
    assert [list(entry) for entry in answer.json] == [["index-entry-number", "entry-number", "entry-timestamp", "key", "item-hash"]]
    assert answer.headers["x-event-id"] == "3"
    assert answer.headers["x-event-correlation-id"] == "root-3"


def test_an_item_is_served_as_the_bytes_that_were_hashed(countries: Platform) -> None:
    [entry] = countries.get("/registers/country/entries/2").json
    answer = countries.get(f"/registers/country/items/{entry['item-hash'][0]}")
    assert answer.text == '{"citizen-names":["Briton","British citizen"],"country":"FR","name":"United Kingdom"}'
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (
            "/registers/country/records/GB",
            [
                "index-entry-number,entry-number,entry-timestamp,key,country,name,official-name,citizen-names,start-date",
                '6,6,TIME,GB,GB,"UK, the",,Briton;British citizen,',
            ],
        ),
        ("/registers/country/entries/2", ["index-entry-number,entry-number,entry-timestamp,key,item-hash", "2,2,TIME,FR,HASH"]),
    ],
)
def test_csv_is_had_by_suffix_or_by_accept(countries: Platform, path: str, lines: list[str]) -> None:
    [entry] = countries.get("/registers/country/entries/2").json
    by_suffix = countries.get(f"{path}.csv", headers={"Accept": "application/json"})
    by_accept = countries.get(path, headers={"accept": "text/csv"})
    assert by_suffix.text == by_accept.text
    assert by_suffix.headers["content-type"] == "text/csv;charset=UTF-8"
    told = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", by_suffix.text).replace(entry["item-hash"][0], "HASH")
    assert told.split("\r\n") == [*lines, ""]


def test_records_and_items_as_csv_have_the_declared_columns(countries: Platform) -> None:
    [entry] = countries.get("/registers/country/entries/2").json
    assert countries.get("/registers/country/records.csv").text.count("\r\n") == 6
    assert countries.get(f"/registers/country/items/{entry['item-hash'][0]}.csv").text.split("\r\n")[0] == ",".join(FIELDS)


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "application/*", "", "text/csv;q=0.1, */*"]
)
def test_json_is_what_is_had_otherwise(countries: Platform, accept: str) -> None:
    assert countries.get("/registers/country/records/GB", headers={"accept": accept}).headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["/registers/country/records/GB", "/registers/country/register"])
def test_what_nobody_offers_is_not_acceptable(countries: Platform, path: str) -> None:
    assert countries.get(path, headers={"accept": "text/turtle"}).status == 406
    assert countries.get(path, headers={"accept": "application/json;q=0, text/turtle"}).status == 406


def test_a_proof_is_not_had_as_csv(countries: Platform) -> None:
    assert countries.get("/registers/country/proof/register/merkle:sha-256", headers={"accept": "text/csv"}).status == 406


@pytest.mark.parametrize(
    "path",
    [
        "/registers/nowhere/register",
        "/registers/nowhere/records",
        "/registers/nowhere/entries",
        "/registers/nowhere/proof/register/merkle:sha-256",
        "/registers/country/records/XX",
        "/registers/country/records/XX/entries",
        f"/registers/country/records/{'x' * 3000}",
        "/registers/country/entries/7",
        "/registers/country/entries/0",
        f"/registers/country/items/sha-256:{'0' * 64}",
        "/registers/country/items/sha-256:xyz",
        "/registers/country/proof/register/merkle:sha-512",
        "/registers/country/unknown",
        "/registers/country/unknown/thing",
    ],
)
def test_what_is_not_there_is_not_found(countries: Platform, path: str) -> None:
    answer = countries.get(path)
    assert answer.status == 404
    assert answer.json["detail"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/registers/country/records", {"page-size": 5001}),
        ("/registers/country/records", {"page-size": 0}),
        ("/registers/country/records", {"page-index": "two"}),
        ("/registers/country/entries", {"start": 0}),
        ("/registers/country/entries", {"limit": 5001}),
        ("/registers/country/entries/one", {}),
        ("/registers/country/proof/entries/1/7/merkle:sha-256", {}),
        ("/registers/country/proof/entries/3/2/merkle:sha-256", {}),
        ("/registers/country/proof/entries/0/2/merkle:sha-256", {}),
        ("/registers/country/proof/consistency/3/2/merkle:sha-256", {}),
        ("/registers/country/proof/consistency/0/2/merkle:sha-256", {}),
    ],
)
def test_bad_bounds_are_refused_and_named(countries: Platform, path: str, query: dict[str, object]) -> None:
    answer = countries.get(path, query)
    assert answer.status == 400
    assert answer.json["detail"]


def test_a_consistency_proof_is_a_list_of_hashes(countries: Platform) -> None:
    proof = countries.get("/registers/country/proof/consistency/2/6/merkle:sha-256").json
    assert proof["proof-identifier"] == "merkle:sha-256"
    assert [node[:8] for node in proof["merkle-consistency-nodes"]] == ["sha-256:"] * 2


def test_a_register_is_written_by_events_alone(countries: Platform) -> None:
    answer = countries.get("/registers/country/records/GB", method="DELETE")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("record/GB", "records/GB"),
        ("record/a/b/entries.json", "records/a/b/entries.json"),
        ("record/name/Côte d’Ivoire", "records/name/C%C3%B4te%20d%E2%80%99Ivoire"),
        ("entry/1.csv", "entries/1.csv"),
        ("item/sha-256:00", "items/sha-256:00"),
        ("proof/entry/1/2/merkle:sha-256", "proof/entries/1/2/merkle:sha-256"),
    ],
)
def test_the_old_singular_addresses_lead_to_the_plural(countries: Platform, old: str, new: str) -> None:
    answer = countries.get(f"/registers/country/{old}")
    assert answer.status == 301
    assert answer.headers["location"] == f"/registers/country/{new}"
    assert countries.get(f"/registers/country/{old}\r\nX: y").status == 404


def test_who_has_the_latest_version_is_told_so_until_there_is_a_newer_one(countries: Platform) -> None:
    held = countries.get("/registers/country/records/GB").headers["etag"]
    again = countries.get("/registers/country/records/GB", headers={"if-none-match": f'"other", {held}'})
    assert (again.status, again.text) == (304, "")
    assert countries.get("/registers/country/records/GB.csv", headers={"if-none-match": held}).status == 200
    countries.submit("GB", BRITAIN, id="7")
    assert countries.get("/registers/country/records/GB", headers={"if-none-match": held}).status == 200


def test_every_answer_may_be_read_by_any_site(countries: Platform) -> None:
    for path in ("/registers/country/records/GB", "/registers/country/records/XX"):
        assert countries.get(path).headers["access-control-allow-origin"] == "*"


def test_records_too_large_for_one_answer_are_refused_with_a_size_that_fits(countries: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LARGEST_ANSWER", 200)
    answer = countries.get("/registers/country/records")
    assert answer.status == 400
    assert "page-size of 2" in answer.json["detail"]
    assert countries.get("/registers/country/records", {"page-size": 2}).status == 200
