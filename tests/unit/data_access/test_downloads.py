"""Downloads: what snapshots there are, and the way to each file of them."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aws_lambda_powertools.event_handler import Response

from functions.common import clients
from functions.common.failures import Refusal
from functions.data_access import building, datasets, dictionary, downloads
from functions.data_access.store import log
from tests.unit.data_access.snapshots_ground import ELM, OAK, TREES, Wood, wood

__all__ = ["wood"]


def build() -> None:
    head = log.head("tree")
    assert head is not None
    building.build("tree", head, dictionary.of(TREES))


def document(answer: Response[Any]) -> Any:
    return json.loads(str(answer.body))


def test_snapshots_are_listed_the_newest_first_with_the_way_to_their_files(wood: Wood) -> None:
    wood.append("T1", OAK)
    build()
    wood.append("T2", ELM)
    build()
    answer = downloads.listed({}, "tree")
    newest, older = document(answer)["snapshots"]
    assert (newest["as_at"], newest["records"], older["as_at"]) == (2, 2, 1)
    kept = wood.newest()
    assert kept is not None
    assert newest["root_hash"] == kept.root
    [csv, *_] = newest["files"]
    assert (csv["name"], csv["href"]) == ("records.csv.gz", "/datasets/tree/snapshots/2/records.csv.gz")
    assert (csv["bytes"], csv["sha256"], csv["media_type"]) == (kept.files[0].bytes, kept.files[0].sha256, "application/gzip")
    assert downloads.listed({"if-none-match": str(answer.headers["ETag"])}, "tree").status_code == 304


def test_many_snapshots_are_listed_a_page_at_a_time(wood: Wood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST", 2)
    for number in range(3):
        wood.append(f"T{number}", OAK)
        build()
    first = document(downloads.listed({}, "tree"))
    assert [one["as_at"] for one in first["snapshots"]] == [3, 2]
    assert first["next"] == "/datasets/tree/snapshots?before=2"
    last = document(downloads.listed({}, "tree", 2))
    assert [one["as_at"] for one in last["snapshots"]] == [1]
    assert "next" not in last


def test_latest_leads_to_the_files_of_one_entry_and_those_to_s3_with_their_hash(wood: Wood) -> None:
    wood.append("T1", OAK)
    build()
    turned = downloads.latest("tree", "records.parquet")
    assert (turned.status_code, turned.headers["Location"]) == (302, "/datasets/tree/snapshots/1/records.parquet")
    answer = downloads.file({}, "tree", 1, "records.parquet")
    made = wood.newest()
    assert made is not None
    kept = made.file("records.parquet")
    assert kept is not None
    assert answer.headers["ETag"] == f'"{kept.sha256}"'
    address = urlsplit(str(answer.headers["Location"]))
    asked = parse_qs(address.query)
    assert address.path.endswith("/registers/tree/snapshots/1/records.parquet/records.parquet")
    assert asked["response-content-disposition"] == ['attachment; filename="tree-1-records.parquet"']
    assert int(asked["X-Amz-Expires"][0]) >= 2 * downloads.REMEMBERED_FOR
    assert "X-Amz-Signature" in asked
    assert downloads.file({"if-none-match": str(answer.headers["ETag"])}, "tree", 1, "records.parquet").status_code == 304


def test_the_object_is_kept_for_ever_with_its_type_and_hash_and_is_given_in_ranges(wood: Wood) -> None:
    wood.append("T1", OAK)
    build()
    made = wood.newest()
    assert made is not None
    for file in made.files:
        key = f"registers/tree/snapshots/1/{file.name}/{file.name}"
        there = clients.s3().head_object(Bucket="tiles", Key=key)
        assert (there["ContentLength"], there["Metadata"]["sha256"]) == (file.bytes, file.sha256)
        assert "immutable" in there["CacheControl"]
        part = clients.s3().get_object(Bucket="tiles", Key=key, Range="bytes=0-3")
        assert (part["ResponseMetadata"]["HTTPStatusCode"], len(part["Body"].read())) == (206, 4)


@pytest.mark.parametrize(
    ("number", "name", "message"),
    [
        (2, "records.csv", "There is no snapshot of tree as at entry 2."),
        (1, "../../secret", "There is no such file in the snapshot as at entry 1, which has records.csv.gz, records.csv"),
    ],
)
def test_what_is_not_there_is_told_with_what_there_is(wood: Wood, number: int, name: str, message: str) -> None:
    with pytest.raises(Refusal, match="There is no snapshot of tree yet"):
        downloads.latest("tree", "records.csv")
    wood.append("T1", OAK)
    build()
    with pytest.raises(Refusal) as refused:
        downloads.file({}, "tree", number, name)
    assert refused.value.status == 404
    assert refused.value.message.startswith(message)


def test_a_redirect_over_http_has_an_empty_body_and_not_none(wood: Wood) -> None:
    wood.append("T1", OAK)
    build()
    path = "/datasets/tree/snapshots/latest/records.parquet"
    request = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "data.example"},
        "requestContext": {"http": {"method": "GET", "path": path, "sourceIp": "192.0.2.1"}, "stage": "$default"},
        "isBase64Encoded": False,
    }
    answer = datasets.datasets(request, SimpleNamespace())  # type: ignore[arg-type]  # any context will do
    assert (answer["statusCode"], answer["body"]) == (302, "")
