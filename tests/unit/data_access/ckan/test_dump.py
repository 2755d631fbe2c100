"""A table as one file (contract 1.8)."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import urlsplit
from xml.etree import ElementTree

import boto3
import pytest

from functions.data_access.ckan import dump

from .conftest import Answer, Site

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


@pytest.fixture
def lamps(site: Site) -> str:
    return site.table()


def dumped(site: Site, lamps: str, **query: str) -> Answer:
    return site.get(f"/datastore/dump/{lamps}", query)


def test_csv_has_a_header_with_cr_and_lines_without(site: Site, lamps: str) -> None:
    answer = dumped(site, lamps)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="{lamps}.csv"'
    header, rest = answer.text.split("\r\n")
    assert header == "_id,id,name,height,lit,tags,more,put up,seen"
    assert rest.startswith("1,1,The Lamp of North Street,1.5,t,")
    assert [row[2] for row in csv.reader(io.StringIO(rest))] == ["The Lamp of North Street", "=South, lamp", 'Brücke "9"']


def test_tsv_and_a_mark_at_the_beginning(site: Site, lamps: str) -> None:
    assert (
        dumped(site, lamps, format="tsv", bom="true", fields="id,name", limit="1").text == "\ufeffid\tname\r\n1\tThe Lamp of North Street\n"
    )


def test_json_has_a_row_to_a_line(site: Site, lamps: str) -> None:
    text = dumped(site, lamps, format="json", fields="id,name").text
    found = json.loads(text)
    assert [field["id"] for field in found["fields"]] == ["id", "name"]
    assert found["records"] == [[1, "The Lamp of North Street"], [2, "=South, lamp"], [3, 'Brücke "9"']]
    assert sum(line.strip().startswith("[") for line in text.splitlines()) == 3
    assert json.loads(dumped(site, lamps, format="json", limit="0").text)["records"] == []


def test_xml_has_an_element_to_a_row(site: Site, lamps: str) -> None:
    site.write("datastore_upsert", resource_id=lamps, records=[{"id": 4, "name": "<b> & \x07"}])
    first, second, third, fourth = ElementTree.fromstring(dumped(site, lamps, format="xml").text)
    assert first.attrib == {"_id": "1"}
    assert (first.findtext("id"), first.findtext("lit")) == ("1", "true")
    assert [(part.get("key"), part.text) for part in first.findall("tags/value")] == [("0", "old"), ("1", "iron")]
    assert [part.get("key") for part in first.findall("value")] == ["put up"]
    assert second.findtext("name") == "=South, lamp"
    assert third.find("height").attrib == {NIL: "true"}  # type: ignore[union-attr]
    assert fourth.findtext("name") == "<b> & \ufffd"


def test_a_dump_takes_the_parameters_of_a_search(site: Site, lamps: str) -> None:
    assert dumped(site, lamps, fields="id", sort="id desc", limit="1", offset="1").text == "id\r\n2\n"
    assert dumped(site, lamps, fields="id", filters='{"id": [1, 3]}').text == "id\r\n1\n3\n"
    assert dumped(site, lamps, fields="id", q="north").text.startswith("id,rank\r\n1,")


def test_what_cannot_be_dumped_is_told_on_a_page(site: Site, lamps: str) -> None:
    unknown = site.get("/datastore/dump/<script>")
    assert (unknown.status, unknown.headers["content-type"]) == (404, "text/html;charset=utf-8")
    assert site.get("/datastore/dump/nope").status == 404
    for query in ({"format": "pdf"}, {"limit": "x"}, {"filters": "{"}, {"bogus": "<i>"}, {"sort": "zz"}):
        answer = site.get(f"/datastore/dump/{lamps}", query)
        assert answer.status == 400, query
        assert "<i>" not in answer.text


def test_what_is_too_large_for_an_answer_is_left_in_the_bucket(site: Site, lamps: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dumped(site, lamps).text
    monkeypatch.setattr(dump, "LARGEST_ANSWER", 100)
    answer = dumped(site, lamps)
    assert answer.status == 302
    address = urlsplit(answer.headers["location"])
    assert "attachment" in address.query
    body = boto3.client("s3").get_object(Bucket="registers", Key=address.path.removeprefix("/registers/").lstrip("/"))["Body"].read()
    assert body.decode() == whole
    assert urlsplit(dumped(site, lamps).headers["location"]).path == address.path
