"""The registers that the departments' files declare, some with real rows, looked at through their pages as a browser does."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from types import SimpleNamespace
from urllib.parse import urlencode

import boto3
import pytest

from functions.common import clients, declarations, quota
from functions.data_access import definitions, pages, tiles
from functions.data_access.canonical import Item, canonical_json
from functions.data_access.registers import Origin, checked_item
from functions.data_access.store import definitions as made
from functions.data_access.store import log, segments, snapshots
from functions.data_access.store.snapshots import File, Snapshot
from infra import declarations as departments
from tests.unit.data_access.conftest import Answer
from tests.unit.data_access.snapshots_ground import new_process
from tests.unit.mocked import mocked_aws

SOURCES = departments.DEPARTMENTS / "registers"
EVENTS = departments.ROOT / "events" / "environment-agency" / "FloodWarningIssued"
HOST = "data.example"
AREA = "065WAF441"
PICTURES = {
    "department": "communities",
    "title": "Pictures of landmarks",
    "description": "Made by a call, not by a department's file.",
    "key": "picture",
    "licence": "Open Government Licence v3.0",
    "fields": [
        {"field": "picture", "datatype": "string", "cardinality": "1"},
        {"field": "said", "datatype": "string", "cardinality": "1"},
        {"field": "where", "datatype": "url", "cardinality": "1"},
        {"field": "tags", "datatype": "string", "cardinality": "n"},
        {"field": "open", "datatype": "boolean", "cardinality": "1"},
        {"field": "authority", "datatype": "string", "cardinality": "1", "register": "local-authority-eng"},
        {"field": "place", "datatype": "curie", "cardinality": "1"},
    ],
}


class PublicData:
    """The platform's registers, and a visitor of their pages."""

    def __init__(self) -> None:
        self._made = count(1)
        self._asked = count(1)

    def read(
        self, path: str, query: Mapping[str, object] | None = None, headers: Mapping[str, str] | None = None, address: str = ""
    ) -> Answer:
        """Ask for a page, each time from another address unless one is given."""
        asked = next(self._asked)
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": urlencode(query or {}),
            "headers": {"host": HOST, "accept": "text/html", **(headers or {})},
            "queryStringParameters": {name: str(value) for name, value in query.items()} if query else None,
            "requestContext": {
                "http": {"method": "GET", "path": path, "sourceIp": address or f"10.{asked >> 16}.{asked >> 8 & 255}.{asked & 255}"},
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
        return Answer(pages.pages(event, SimpleNamespace()))  # type: ignore[arg-type]  # any context will do

    def append(self, register: str, key: str, item: Item) -> int:
        """Append an entry, as an event does; its number."""
        declared = definitions.find(register)
        assert declared is not None
        number = next(self._made)
        known = [field["field"] for field in declared["fields"]]
        origin = Origin(f"event-{number}", "uk.gov.commonweal.test", "root", f"{number:020}")
        log.append(register, declared["department"], key, checked_item(item, known), origin)
        head = log.head(register)
        assert head is not None
        return head.size

    def load(self, register: str, rows: Mapping[str, Item]) -> None:
        """Load many at once."""
        declared = definitions.find(register)
        assert declared is not None
        staged = segments.stage(register, ((key, canonical_json(item)) for key, item in rows.items()))
        number = next(self._made)
        log.load(register, declared["department"], staged, Origin(f"upload-{number}", "uk.gov.commonweal.test", "root", f"{number:020}"))

    def snap(self, register: str) -> None:
        """Say that a snapshot of a register was made, as its builder does when the files are written."""
        head, declared = log.head(register), definitions.find(register)
        assert head is not None
        assert declared is not None
        files = [("records.csv", 30_120), ("records.csv.gz", 9_204), ("records.parquet", 16_700), ("history.parquet", 17_310)]
        told = tuple(File(name, size, f"{size:064x}") for name, size in files)
        snapshots.record(register, Snapshot(head.size, "2026-11-23T09:30:00Z", head.size, f"sha-256:{head.root.hex()}", "layout", told))


@contextmanager
def public_data() -> Iterator[PublicData]:
    """Registers of local authorities, of territories and of flood warnings, and one that a call made."""
    with pytest.MonkeyPatch.context() as patch, mocked_aws():
        for name, value in {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-west-2",
            "POWERTOOLS_METRICS_NAMESPACE": "Commonweal",
            "TABLE": "registers",
            "BUCKET": "tiles",
            "FUNCTION": "data_access.pages",
        }.items():
            patch.setenv(name, value)
        compiled = departments.compile(departments.load())
        patch.setattr(declarations, "compiled", lambda: compiled)
        _forget()
        clients.dynamodb().create_table(
            TableName="registers",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        boto3.client("s3").create_bucket(Bucket="tiles", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        made.create("picture", "communities", PICTURES)
        yield _filled(PublicData())
        _forget()


def _filled(data: PublicData) -> PublicData:
    for register in ("local-authority-eng", "territory"):
        data.load(register, dict(_rows(register)))
        data.snap(register)
    for case in ("flood-alert", "severe", "no-longer-in-force"):
        said = json.loads((EVENTS / f"{case}.json").read_text())["data"]
        data.append("flood-warning", AREA, said | {"floodAreaID": AREA})
    return data


def _rows(register: str) -> Iterator[tuple[str, Item]]:
    with (SOURCES / f"{register}.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            item = {name: text for name, text in row.items() if text}
            yield row[register], item


def _forget() -> None:
    clients._client.cache_clear()
    tiles.fetch.cache_clear()
    definitions.forget()
    quota.forget()
    new_process()
