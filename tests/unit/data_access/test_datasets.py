from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.common import declarations, developer_keys, keyring, quota
from functions.common.quota import Admitted
from functions.data_access import changes, datasets, dictionary, openapi
from functions.data_access.queries import running, serving
from functions.data_access.replica import kept
from functions.data_access.store import snapshots
from functions.data_access.store.snapshots import File, Snapshot

from .conftest import DECLARED, Answer, Platform

STATION: dict[str, Any] = {
    "department": "foreign-office",
    "title": "Stations",
    "description": "Where the level of rivers is measured.",
    "key": "((station))",
    "licence": "Open Government Licence v3.0",
    "search": True,
    "keywords": ["rivers"],
    "fields": [
        {"field": "station", "datatype": "string", "cardinality": "1", "index": True, "required": True},
        {"field": "name", "datatype": "string", "cardinality": "1", "text": "What people call it."},
        {"field": "level", "datatype": "integer", "cardinality": "1", "index": True},
        {"field": "height", "datatype": "number", "cardinality": "1"},
        {"field": "tidal", "datatype": "boolean", "cardinality": "1"},
        {"field": "opened", "datatype": "date", "cardinality": "1"},
        {"field": "rivers", "datatype": "string", "cardinality": "n"},
    ],
}
LEWES = {"station": "L1", "name": "Ouse at Lewes", "level": 3, "height": 0.1, "tidal": True, "opened": "2020-01-01", "rivers": ["Ouse"]}

type Ask = Callable[..., Answer]


@pytest.fixture
def ask(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.setattr(declarations, "compiled", lambda: {**DECLARED, "registers": {**DECLARED["registers"], "station": STATION}})
    monkeypatch.setattr(keyring, "pepper", lambda: b"pepper")
    monkeypatch.setattr(quota, "admit", lambda request: Admitted("holder", {"X-RateLimit-Limit": "1000"}, developer_keys.without(request)))
    kept._all.clear()

    def get(address: str, *, headers: Mapping[str, str] | None = None, method: str = "GET", **query: object) -> Answer:
        parts = urlsplit(address)
        raw = "&".join(part for part in (parts.query, urlencode(query)) if part)
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": parts.path,
            "rawQueryString": raw,
            "headers": {"host": "data.example", **(headers or {})},
            "queryStringParameters": dict(parse_qsl(raw, keep_blank_values=True)) or None,
            "requestContext": {"http": {"method": method, "path": parts.path}, "stage": "$default"},
            "isBase64Encoded": False,
        }
        return Answer(datasets.datasets(event, SimpleNamespace()))  # type: ignore[arg-type]  # any context will do

    return get


@pytest.fixture
def stations(platform: Platform, ask: Ask) -> Ask:
    """Four stations; the second changed once, the fourth removed: seven entries."""
    put = _putter(platform)
    put("L1", LEWES)
    put("U1", {"station": "U1", "name": "Uck, the", "level": 12, "rivers": ["Uck", "Ouse"]})
    put("X1", {"station": "X1", "name": 'A "quoted" name', "height": 0.30000000000000004, "tidal": False})
    put("a/b", {"station": "a/b", "name": "Éa", "level": -1})
    put("U1", {"station": "U1", "name": "Uck", "level": 7})
    put("G1", {"station": "G1"})
    put("G1", {})
    return ask


def _putter(platform: Platform) -> Callable[[str, Mapping[str, object]], None]:
    number = 0

    def put(key: str, item: Mapping[str, object]) -> None:
        nonlocal number
        number += 1
        assert platform.submit(key, item, id=f"{number:06}", register="station")

    return put


def keys(answer: Answer) -> list[str]:
    return [record["_key"] for record in answer.json["records"]]


def test_the_datasets_are_listed_with_their_addresses(ask: Ask) -> None:
    found = ask("/datasets").json["datasets"]
    assert [one["dataset"] for one in found] == ["country", "area", "station"]
    assert ask(found[2]["links"]["self"]).json["title"] == "Stations"


def test_a_dataset_tells_its_dictionary_its_counts_and_where_the_rest_is(stations: Ask) -> None:
    about = stations("/datasets/station").json
    assert (about["entries"], about["records"], about["search"], about["keywords"]) == (7, 4, True, ["rivers"])
    assert about["fields"][1] == {
        "field": "name",
        "datatype": "string",
        "cardinality": "1",
        "text": "What people call it.",
        "operators": sorted(about["fields"][1]["operators"]),
    }
    assert about["fields"][2]["indexed"]
    for link in ("self", "records", "changes", "openapi"):
        assert stations(about["links"][link]).status == 200


def test_records_are_typed_and_say_at_which_entry_they_are(stations: Ask) -> None:
    answer = stations("/datasets/station/records")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["as_at"] == 7
    first, second, third, fourth = answer.json["records"]
    assert first == {"_key": "L1", "_entry": 1, "_timestamp": first["_timestamp"], **LEWES}
    assert (second["_entry"], second["level"], second["rivers"]) == (5, 7, None)
    assert (third["name"], third["height"], third["tidal"]) == ('A "quoted" name', 0.30000000000000004, False)
    assert fourth["_key"] == "a/b"
    assert not {"next", "total"} & answer.json.keys()


def test_conditions_order_and_fields(stations: Ask) -> None:
    answer = stations("/datasets/station/records", level__gte=0, _sort_desc="level", _fields="name,level", _total=1)
    assert answer.json["records"] == [{"name": "Uck", "level": 7}, {"name": "Ouse at Lewes", "level": 3}]
    assert answer.json["total"] == 2
    assert keys(stations("/datasets/station/records?rivers__arraycontains=Ouse")) == ["L1"]
    assert keys(stations("/datasets/station/records?_search=ouse")) == ["L1"]


def test_pages_are_linked_and_are_all_of_the_first_ones_entry(platform: Platform, stations: Ask) -> None:
    first = stations("/datasets/station/records", _sort="name", _limit=2, api_key="secret", _total=1)
    assert keys(first) == ["X1", "L1"]
    assert first.headers["link"] == f'<{first.json["next"]}>; rel="next"'
    assert first.json["next"].startswith("https://data.example/datasets/station/records?_sort=name&_limit=2&_total=1&_cursor=")
    platform.submit("A1", {"station": "A1", "name": "Aaa"}, id="100", register="station")
    platform.submit("U1", {"station": "U1", "name": "Zzz"}, id="101", register="station")
    platform.submit("a/b", {}, id="102", register="station")
    second = stations(first.json["next"])
    assert (keys(second), second.json["as_at"], second.json["total"]) == (["U1", "a/b"], 7, 4)
    assert second.json["records"][0]["name"] == "Uck"
    assert "next" not in second.json
    assert keys(stations("/datasets/station/records?_sort=name")) == ["X1", "A1", "L1", "U1"]


def test_a_read_after_a_write_sees_it(platform: Platform, stations: Ask) -> None:
    platform.submit("N1", {"station": "N1"}, id="100", register="station")
    assert keys(stations("/datasets/station/records"))[-1] == "N1"


def test_a_cursor_that_was_not_given_for_this_is_refused(stations: Ask) -> None:
    cursor = dict(parse_qsl(urlsplit(stations("/datasets/station/records?_limit=1").json["next"]).query))["_cursor"]
    for address in (
        f"/datasets/station/records?_cursor={cursor[:-3]}AAA",
        f"/datasets/station/records?name=x&_cursor={cursor}",
        f"/datasets/country/records?_cursor={cursor}",
        f"/datasets/station/records?as_at=3&_cursor={cursor}",
    ):
        assert stations(address).status == 400
    assert stations(f"/datasets/station/records?_cursor={cursor}&_limit=2").status == 200


def test_rows_are_for_holders_of_keys_and_the_rest_for_everybody(stations: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for address in ("records", "records.csv", "records/L1", "records/L1/history", "changes", "records/", "changes.rsf"):
        refused = stations(f"/datasets/station/{address}")
        assert (refused.status, refused.json["error"]["code"]) == (403, "API_KEY_MISSING")
    assert stations("/datasets").status == 200
    assert stations("/datasets/nothing").status == 404


def test_every_answer_about_rows_tells_the_limit_and_no_link_repeats_a_key(stations: Ask) -> None:
    answer = stations("/datasets/station/records?_limit=1&api_key=secret")
    assert answer.headers["x-ratelimit-limit"] == "1000"
    assert "secret" not in answer.text + str(answer.headers)
    assert stations("/datasets/station/records?nam=x").headers["x-ratelimit-limit"] == "1000"


def test_a_past_state_is_read_by_its_entry_or_its_time(stations: Ask) -> None:
    answer = stations("/datasets/station/records?as_at=4&_fields=_key,name")
    assert [tuple(record.values()) for record in answer.json["records"]][1] == ("U1", "Uck, the")
    assert answer.json["as_at"] == 4
    assert keys(stations("/datasets/station/records?as_at=6"))[-1] == "G1"
    assert stations("/datasets/station/records?as_at=0").json["records"] == []
    assert stations("/datasets/station/records?as_at=2001-01-01T00:00:00Z").json["as_at"] == 0
    assert stations("/datasets/station/records?as_at=2999-01-01T00:00:00Z").json["as_at"] == 7
    assert stations("/datasets/station/records?as_at=8").json["error"]["message"] == "as_at: there are 7 entries"
    assert stations("/datasets/station/records?as_at=3&_search=uck").status == 400


def test_the_same_as_csv_and_ndjson(stations: Ask) -> None:
    answer = stations("/datasets/station/records.csv?_fields=_key,level,tidal,rivers,name")
    assert answer.headers["content-type"] == "text/csv;charset=UTF-8"
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["_key", "level", "tidal", "rivers", "name"],
        ["L1", "3", "true", "Ouse", "Ouse at Lewes"],
        ["U1", "7", "", "", "Uck"],
        ["X1", "", "false", "", 'A "quoted" name'],
        ["a/b", "-1", "", "", "Éa"],
    ]
    lines = stations("/datasets/station/records", headers={"accept": "application/x-ndjson"})
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line)["_key"] for line in lines.text.splitlines()] == ["L1", "U1", "X1", "a/b"]
    paged = stations("/datasets/station/records.ndjson?_limit=3")
    assert "_format=ndjson" in paged.headers["link"]
    assert paged.headers["link"].startswith("<https://data.example/datasets/station/records?")
    assert stations("/datasets/station/records", headers={"accept": "image/png"}).status == 406


def test_a_caller_who_has_it_is_told_so_after_one_read_of_the_head(
    platform: Platform, stations: Ask, calls: Callable[[], list[str]]
) -> None:
    addresses = [
        "/datasets/station/records?level__gte=1",
        "/datasets/station/records?as_at=3",
        "/datasets/station/records/L1",
        "/datasets/station/records/L1/history",
        "/datasets/station/changes",
        "/datasets/station",
    ]
    tags = [stations(address).headers["etag"] for address in addresses]
    assert len(set(tags)) == len(tags)
    for address, tag in zip(addresses, tags, strict=True):
        calls()
        answer = stations(address, headers={"if-none-match": tag})
        assert (answer.status, answer.text, calls()) == (304, "", ["GetItem"])
        assert answer.headers["last-modified"].endswith("GMT")
    assert stations(addresses[0].replace("=1", "=2"), headers={"if-none-match": tags[0]}).status == 200
    assert stations(f"{addresses[0]}&api_key=x", headers={"if-none-match": tags[0]}).status == 304
    platform.submit("N1", {"station": "N1"}, id="100", register="station")
    assert stations(addresses[0], headers={"if-none-match": tags[0]}).status == 200
    # What is as at an entry does not change when others come.
    assert stations(addresses[1], headers={"if-none-match": tags[1]}).status == 304


def test_a_warm_read_is_one_call(stations: Ask, calls: Callable[[], list[str]]) -> None:
    stations("/datasets/station/records")
    calls()
    assert stations("/datasets/station/records?level=3").status == 200
    assert stations("/datasets/station/records/L1").status == 200
    assert calls() == ["GetItem", "GetItem"]


def test_a_record_by_its_key_whatever_is_in_it(stations: Ask) -> None:
    answer = stations("/datasets/station/records/L1")
    assert answer.json["record"]["name"] == "Ouse at Lewes"
    assert answer.headers["link"] == '</datasets/station/records/L1/history>; rel="history"'
    assert stations("/datasets/station/records/a/b.json").json["record"]["_key"] == "a/b"
    assert stations("/datasets/station/records/U1?as_at=3&_fields=name").json == {
        "dataset": "station",
        "as_at": 3,
        "record": {"name": "Uck, the"},
    }
    assert stations("/datasets/station/records/L1.csv?_fields=name").text == "name\r\nOuse at Lewes\r\n"
    assert stations("/datasets/station/records/L1?name=x").status == 400


def test_a_removed_record_is_gone_and_leads_to_its_history(stations: Ask) -> None:
    answer = stations("/datasets/station/records/G1")
    assert (answer.status, answer.json["error"]["code"]) == (410, "GONE")
    [address] = [part.split(">")[0] for part in answer.headers["link"].split("<")[1:]]
    assert [one["removed"] for one in stations(address).json["history"]] == [False, True]
    assert stations("/datasets/station/records/G1?as_at=6").status == 200
    assert stations("/datasets/station/records/G1?as_at=5").status == 404
    assert stations("/datasets/station/records/nobody").status == 404
    assert "G1" not in keys(stations("/datasets/station/records"))


def test_the_history_of_a_record_says_which_event_each_entry_is_owed_to(stations: Ask) -> None:
    history = stations("/datasets/station/records/U1/history").json["history"]
    assert [(one["entry"], one["event_id"], one["record"]["level"]) for one in history] == [(2, "000002", 12), (5, "000005", 7)]
    assert history[0]["record"]["rivers"] == ["Uck", "Ouse"]
    first = stations("/datasets/station/records/U1/history?_limit=1")
    assert [one["entry"] for one in stations(first.json["next"]).json["history"]] == [5]
    assert stations("/datasets/station/records/nobody/history").status == 404


def test_changes_are_told_since_an_entry(stations: Ask) -> None:
    answer = stations("/datasets/station/changes?since=4")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["entry"], line["key"], line["removed"]) for line in lines] == [(5, "U1", False), (6, "G1", False), (7, "G1", True)]
    assert lines[2]["record"] is None
    assert "link" not in answer.headers
    first = stations("/datasets/station/changes?_limit=3")
    link = first.headers["link"].removeprefix("<").partition(">")[0]
    assert [json.loads(line)["entry"] for line in stations(link).text.splitlines()] == [4, 5, 6]
    assert stations("/datasets/station/changes?since=7").text == ""
    assert stations("/datasets/station/changes?since=8").status == 400
    assert stations("/datasets/station/changes?sinc=8").json["error"]["field"] == "sinc"


def test_changes_that_can_be_verified_are_the_registers_rsf(stations: Ask) -> None:
    answer = stations("/datasets/station/changes?since=4", headers={"accept": "application/uk-gov-rsf"})
    assert (answer.status, answer.headers["location"]) == (302, "/registers/station/download-rsf/4/7")
    assert stations("/datasets/station/changes.rsf").headers["location"] == "/registers/station/download-rsf/0/7"


def test_an_answer_is_never_cut_but_paged(stations: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LARGEST_PAGE", 300)
    monkeypatch.setattr(changes, "LARGEST_PAGE", 300)
    seen, address = list[str](), "/datasets/station/records"
    while address:
        answer = stations(address)
        assert len(answer.json["records"]) <= 2
        seen += keys(answer)
        address = answer.json.get("next")
    assert seen == ["L1", "U1", "X1", "a/b"]
    assert 1 <= len(stations("/datasets/station/changes").text.splitlines()) <= 2
    assert "next" in stations("/datasets/station/changes").headers["link"]
    monkeypatch.setattr(running, "LARGEST_PAGE", 10)
    assert stations("/datasets/station/records").json["error"]["code"] == "TOO_LARGE"


def test_the_whole_of_a_large_dataset_as_csv_is_the_file_of_its_newest_snapshot(stations: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "MOST", 3)
    assert stations("/datasets/station/records.csv").status == 200
    files = (File("records.csv.gz", 10, "0" * 64),)
    snapshots.record("station", Snapshot(7, "2026-11-23T09:30:00Z", 4, "0" * 64, dictionary.of(STATION).hash, files))
    answer = stations("/datasets/station/records.csv")
    assert (answer.status, answer.headers["location"]) == (302, "/datasets/station/snapshots/7/records.csv.gz")
    for asked in ("level=3", "_limit=2", "_fields=name", "as_at=4", "_sort=name"):
        assert stations(f"/datasets/station/records.csv?{asked}").status == 200


def test_snapshots_are_listed_and_their_files_lead_to_where_they_are(stations: Ask) -> None:
    snapshots.record("station", Snapshot(7, "2026-11-23T09:30:00Z", 4, "0" * 64, "layout", (File("records.csv.gz", 10, "0" * 64),)))
    [listed] = stations("/datasets/station/snapshots").json["snapshots"]
    assert listed["as_at"] == 7
    assert stations("/datasets/station/snapshots/latest/records.csv.gz").headers["location"] == listed["files"][0]["href"]
    assert stations(listed["files"][0]["href"]).status == 302
    assert stations("/datasets/station/snapshots/7/records.xlsx").status == 404
    assert stations("/datasets/station/snapshots/seven/records.csv.gz").status in (400, 404)
    assert stations("/datasets/nothing/snapshots").status == 404


def test_what_no_index_serves_is_refused_in_a_large_dataset(stations: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "LARGE", 2)
    refused = stations("/datasets/station/records?name=x").json["error"]
    assert (refused["code"], refused["field"]) == ("INVALID", "the query")
    assert "compare one of _id, _key, station, level by" in refused["message"]
    assert keys(stations("/datasets/station/records?level=3&name__contains=Ouse")) == ["L1"]


def test_a_mistake_is_told_by_its_parameter(stations: Ask) -> None:
    answer = stations("/datasets/station/records?nam=x")
    assert answer.status == 400
    assert answer.json == {
        "error": {
            "code": "INVALID",
            "field": "nam",
            "message": "nam: there is no such field or parameter (did you mean name?): there are _id, _key, _entry, _timestamp, "
            "station, name, level, height, tidal, opened, rivers",
        }
    }
    assert answer.headers["access-control-allow-origin"] == "*"
    assert stations("/datasets/nothing/records").json["error"]["code"] == "NOT_FOUND"
    assert stations("/datasets/station/records", method="POST").status == 405


def test_a_dataset_without_an_entry_is_there_and_empty(ask: Ask) -> None:
    assert ask("/datasets/station").json["entries"] == 0
    assert ask("/datasets/station/records?_total=1").json == {"dataset": "station", "as_at": 0, "records": [], "total": 0}
    assert ask("/datasets/station/changes").text == ""
    assert ask("/datasets/station/records/x").status == 404


def test_the_document_of_a_dataset_is_openapi_and_names_every_parameter(stations: Ask) -> None:
    document = stations("/datasets/station/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    named = {one["name"] for one in document["paths"]["/datasets/station/records"]["get"]["parameters"]}
    assert {"level", "level__gte", "rivers__arraycontains", "_search", "_cursor", "as_at"} <= named
    assert "rivers" not in named
    assert document["servers"] == [{"url": "https://data.example"}]
    plain = openapi.document("area", DECLARED["registers"]["area"], dictionary.of(DECLARED["registers"]["area"]), "https://x")
    assert "_search" not in json.dumps(plain["paths"]["/datasets/area/records"])


@pytest.mark.parametrize("key", ["../station", "a%2Fb", "'; DROP TABLE records; --", "x" * 300, "%"])
def test_no_key_is_more_than_a_key(stations: Ask, key: str) -> None:
    assert stations(f"/datasets/station/records/{quote(key, safe='')}").status == 404
    assert len(keys(stations("/datasets/station/records"))) == 4
