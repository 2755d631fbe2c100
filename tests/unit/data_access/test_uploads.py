"""Files from departments: announced, sent, read and loaded, or told what is wrong with them."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from functions.common import clients
from functions.common.auth import Caller
from functions.data_access import dictionary, load, loads, replica, uploads
from functions.data_access.replica import kept
from functions.data_access.rows.standing import Standing
from functions.data_access.store import log
from functions.data_access.store import uploads as store
from tests.unit.data_access.conftest import Answer, Platform

UPLOAD = "f2c0f589-52a2-4455-9e28-7aaf1be14b6a"
HEADER = b"country,name,start-date\n"


class Department:
    """A department that announces files and sends them."""

    def __init__(self, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
        self._platform = platform
        self._monkeypatch = monkeypatch
        self.is_called("foreign-office")

    def is_called(self, department: str) -> None:
        """Be this department from now on."""
        who = Caller(department, "service", "key", "live", frozenset({"data:write"}))
        self._monkeypatch.setattr(uploads.uploads, "_scheme", lambda _: who)

    def call(self, method: str, path: str, body: object = None) -> Answer:
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {"host": "data.example", "content-type": "application/json"},
            "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
            "body": json.dumps(body) if body is not None else None,
            "isBase64Encoded": False,
        }
        return Answer(uploads.uploads(event, SimpleNamespace()))  # type: ignore[arg-type]  # any context will do

    def announce(self, size: int, **wanted: object) -> str:
        answer = self.call("POST", "/datasets/country/uploads", {"bytes": size, **wanted})
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def arrives(self, upload_id: str, data: bytes) -> bool:
        """The file is there, and S3 says so; whether that was acknowledged."""
        key = store.address("country", upload_id)
        clients.s3().put_object(Bucket="tiles", Key=key, Body=data)
        return self.hears(key)

    def hears(self, key: str) -> bool:
        message = {
            "messageId": "1",
            "receiptHandle": "handle",
            "body": json.dumps({"source": "aws.s3", "detail": {"object": {"key": key}}}),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-2:123456789012:quarantine",
        }
        return not load.load({"Records": [message]}, SimpleNamespace())["batchItemFailures"]  # type: ignore[arg-type]  # any context will do

    def sends(self, data: bytes, **wanted: object) -> dict[str, Any]:
        """A whole file; what became of it."""
        upload_id = self.announce(len(data), **wanted)
        assert self.arrives(upload_id, data)
        return self.asks(upload_id)

    def asks(self, upload_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.call("GET", f"/datasets/country/uploads/{upload_id}").json
        return shown

    def holds(self) -> dict[str, str]:
        """The name of each country that has a record."""
        with replica.at_head("country") as country:
            names = {key: country.record(key) for key in country.keys()}  # noqa: SIM118  # it is no mapping
        return {key: str(record.item.get("name", "")) for key, record in names.items() if record}

    def said(self) -> list[str]:
        """The types of the events that the uploads meant."""
        rows = [row for row in self._platform.rows() if row["pk"]["S"].endswith("#uploads") and "outbox" in row]
        return [event["type"] for row in rows for event in json.loads(row["outbox"]["S"])]


@pytest.fixture
def department(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Department]:
    yield Department(platform, monkeypatch)
    for one in [*kept._all.values()]:
        one.close()
    kept._all.clear()


def test_a_file_is_loaded_and_its_sender_told(department: Department) -> None:
    shown = department.sends(HEADER + b"GB,United Kingdom,\nFR,France,0843-08-10\n")
    assert (shown["state"], shown["rows"], shown["faults"], shown["entries"]) == ("loaded", 2, 0, {"first": 1, "last": 2})
    assert department.holds() == {"GB": "United Kingdom", "FR": "France"}
    assert department.said() == ["platform.DatasetLoaded.v1"]


def test_each_entry_knows_the_upload_that_it_is_owed_to(department: Department) -> None:
    upload_id = department.sends(HEADER + b"GB,United Kingdom,\n")["id"]
    (entry,) = log.since("country", 0, 1)
    assert entry.origin.event_id == upload_id


def test_rows_that_change_nothing_make_no_entries(department: Department) -> None:
    department.sends(HEADER + b"GB,United Kingdom,\nFR,France,\n")
    shown = department.sends(HEADER + b"GB,United Kingdom,\nFR,Frankreich,\n")
    assert (shown["unchanged"], shown["entries"]) == (1, {"first": 3, "last": 3})


def test_a_file_that_changes_nothing_at_all_is_loaded_without_an_entry(department: Department) -> None:
    data = HEADER + b"GB,United Kingdom,\n"
    department.sends(data)
    shown = department.sends(data)
    assert (shown["state"], shown["unchanged"]) == ("loaded", 1)
    assert "entries" not in shown


def test_a_file_that_replaces_removes_what_it_lacks(department: Department) -> None:
    department.sends(HEADER + b"GB,United Kingdom,\nFR,France,\nSU,USSR,\n")
    shown = department.sends(HEADER + b"GB,United Kingdom,\nFR,France,\n", mode="replace")
    assert (shown["removed"], shown["unchanged"]) == (1, 2)
    assert department.holds() == {"GB": "United Kingdom", "FR": "France"}


def test_a_dry_run_checks_and_changes_nothing(department: Department) -> None:
    shown = department.sends(HEADER + b"GB,United Kingdom,\n", dry_run=True)
    assert (shown["state"], shown["rows"]) == ("checked", 1)
    assert "Contents" not in clients.s3().list_objects_v2(Bucket="tiles", Prefix="staged/")
    assert log.head("country") is None
    assert department.said() == []


def test_one_wrong_row_and_nothing_of_the_file_is_loaded(department: Department) -> None:
    shown = department.sends(b"country,name\nGB,United Kingdom\n a,=cmd()\nGB,Twice\n,No key\n")
    assert (shown["state"], shown["rows"], shown["faults"]) == ("refused", 4, 3)
    assert log.head("country") is None
    assert department.said() == ["platform.DatasetLoadRefused.v1"]
    address = f"refusals/country/{shown['id']}.csv"
    assert address in shown["links"]["errors"]
    told = clients.s3().get_object(Bucket="tiles", Key=address)["Body"].read().decode()
    rows = [*csv.DictReader(io.StringIO(told))]
    assert [(row["row"], row["column"]) for row in rows] == [("3", "country"), ("4", ""), ("5", "country")]
    assert "row 2 has this key already" in rows[1]["message"]


def test_what_a_spreadsheet_would_run_is_shown_as_text_in_the_file_of_errors(department: Department) -> None:
    shown = department.sends(b'country,name\n"=HYPERLINK(""http://x"")",x\n')
    told = clients.s3().get_object(Bucket="tiles", Key=f"refusals/country/{shown['id']}.csv")["Body"].read().decode()
    (row,) = csv.DictReader(io.StringIO(told))
    assert row["value"] == '\'=HYPERLINK("http://x")'


def test_a_file_that_cannot_be_read_says_why(department: Department) -> None:
    shown = department.sends(b"country,Name\n")
    assert shown["state"] == "refused"
    assert "the dataset has no 'Name'" in shown["reason"]


def test_a_file_that_is_another_than_announced_is_refused(department: Department) -> None:
    shown = department.sends(HEADER + b"GB,United Kingdom,\n", sha256="0" * 64)
    assert (shown["state"], shown["reason"]) == ("refused", "the file is not the one that was announced: its SHA-256 is another")
    assert log.head("country") is None


def test_ndjson_is_loaded_too(department: Department) -> None:
    department.sends(b'{"country": "GB", "name": "United Kingdom"}\n', format="ndjson")
    assert department.holds() == {"GB": "United Kingdom"}


def test_a_file_of_20_megabytes_is_read_in_the_memory_of_a_few(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    def chunks(_: object) -> Iterator[bytes]:
        yield HEADER
        for first in range(0, 20_000, 500):
            yield b"".join(b"C%d,%s,2020-01-01\n" % (number, b"n" * 980) for number in range(first, first + 500))

    # Not from the simulated S3, which holds a file in memory more than once.
    monkeypatch.setattr(loads.Source, "chunks", chunks)
    upload = store.claim("country", department.announce(20_000_000))
    known = dictionary.named("country")
    assert known is not None
    tracemalloc.start()
    read = loads.read(upload, known, Standing("country", known))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (read.counts.rows, read.staged.lines) == (20_000, 20_000)
    assert peak < 12_000_000


def test_a_second_delivery_changes_nothing(department: Department) -> None:
    data = HEADER + b"GB,United Kingdom,\n"
    upload_id = department.announce(len(data))
    assert department.arrives(upload_id, data)
    before = department.asks(upload_id)
    assert department.arrives(upload_id, data)
    assert department.asks(upload_id) == before
    head = log.head("country")
    assert head is not None
    assert head.size == 1


def test_a_crash_at_any_call_to_aws_ends_in_the_same(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    data = HEADER + b"GB,United Kingdom,\nFR,France,\n"
    for crash_at in range(100):
        upload_id = department.announce(len(data) + 20, mode="replace")
        body = data.replace(b"France", b"France %d" % crash_at)
        with _crashing(crash_at) as crashed:
            department.arrives(upload_id, body)
        # The lease of whoever crashed runs out.
        monkeypatch.setattr(store, "LEASE", -10)
        monkeypatch.setattr("functions.data_access.store.heads.SKEW", -2_000)
        for row in [store._key("country", upload_id), ("register#country", "head")]:
            _expire(*row)
        department.arrives(upload_id, body)
        assert department.asks(upload_id)["state"] == "loaded", crash_at
        assert department.holds() == {"GB": "United Kingdom", "FR": f"France {crash_at}"}
        head = log.head("country")
        assert head is not None
        assert head.size == 2 + crash_at, crash_at
        if not crashed():
            return
    pytest.fail("it never came to its end")


def test_a_file_that_no_function_gets_through_is_given_up(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    data = HEADER + b"GB,United Kingdom,\n"
    upload_id = department.announce(len(data))
    monkeypatch.setattr(loads, "read", _times_out)
    for _ in range(store.TRIES):
        assert not department.arrives(upload_id, data)
        _expire(*store._key("country", upload_id))
    assert department.arrives(upload_id, data)
    shown = department.asks(upload_id)
    assert (shown["state"], shown["reason"]) == ("failed", "the file could not be read in the time there is: send it in several parts")


def test_nobody_works_on_a_file_that_another_works_on(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    data = HEADER + b"GB,United Kingdom,\n"
    upload_id = department.announce(len(data))
    store.claim("country", upload_id)
    assert not department.arrives(upload_id, data)
    assert department.asks(upload_id)["state"] == "checking"


def test_a_file_is_expected_no_more_once_cancelled(department: Department) -> None:
    data = HEADER + b"GB,United Kingdom,\n"
    upload_id = department.announce(len(data))
    assert department.call("DELETE", f"/datasets/country/uploads/{upload_id}").status == 204
    assert department.arrives(upload_id, data)
    assert department.asks(upload_id)["state"] == "cancelled"
    assert log.head("country") is None
    assert department.call("DELETE", f"/datasets/country/uploads/{upload_id}").status == 409


def test_the_address_to_send_a_file_to_holds_for_its_size_and_type_alone(department: Department) -> None:
    send = department.call("POST", "/datasets/country/uploads", {"bytes": 12}).json["send"]
    assert send["headers"] == {"Content-Type": "text/csv"}
    assert "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost" in send["url"]
    assert "X-Amz-Expires=3600" in send["url"]


@pytest.mark.parametrize("path", ["/datasets/country/uploads", "/datasets/nothing/uploads"])
def test_a_register_of_another_department_is_not_there(department: Department, path: str) -> None:
    department.is_called("environment-agency")
    assert department.call("POST", path, {"bytes": 1}).status == 404


def test_an_upload_of_another_department_is_not_there(department: Department) -> None:
    upload_id = department.announce(1)
    department.is_called("environment-agency")
    for method in ("GET", "DELETE"):
        assert department.call(method, f"/datasets/country/uploads/{upload_id}").status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "bytes"),
        ({"bytes": 0}, "bytes"),
        ({"bytes": 2_000_000_001}, "bytes"),
        ({"bytes": 1, "format": "xlsx"}, "format"),
        ({"bytes": 1, "mode": "delete"}, "mode"),
        ({"bytes": 1, "sha256": "x"}, "sha256"),
        ({"bytes": 1, "key": "x"}, "key"),
    ],
)
def test_a_wrong_announcement_names_the_field(department: Department, body: dict[str, object], field: str) -> None:
    answer = department.call("POST", "/datasets/country/uploads", body)
    assert answer.status == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


@pytest.mark.parametrize(
    "key", ["uploads/country/../x", "uploads/country/short", "uploads/area/f2c0f589-52a2-4455-9e28-7aaf1be14b6a", "other"]
)
def test_an_object_that_nobody_announced_is_dropped(department: Department, key: str) -> None:
    assert department.hears(key)
    assert log.head("area") is None


def _times_out(*_: object) -> None:
    raise TimeoutError


def _expire(pk: str, sk: str) -> None:
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    found = clients.dynamodb().get_item(TableName="registers", Key=key).get("Item")
    for name in ("claimed_until", "leased_until"):
        if found and name in found:
            clients.dynamodb().update_item(
                TableName="registers",
                Key=key,
                UpdateExpression="SET #l = :l",
                ExpressionAttributeNames={"#l": name},
                ExpressionAttributeValues={":l": {"N": "0"}},
            )


class _Crashed(BaseException):
    """The process is gone: nothing of ours catches this."""


class _crashing:  # noqa: N801  # reads as what it does
    """Let the n-th call to AWS be the last that this process makes."""

    def __init__(self, at: int) -> None:
        self._at = at
        self._made = 0

    def __enter__(self) -> Callable[[], bool]:
        self._clients = [clients.dynamodb(), clients.s3()]
        for client in self._clients:
            client.meta.events.register("before-call", self._count)
        return lambda: self._made > self._at

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        for client in self._clients:
            client.meta.events.unregister("before-call", self._count)
        return kind is _Crashed

    def _count(self, **_: object) -> None:
        self._made += 1
        if self._made > self._at:
            raise _Crashed
