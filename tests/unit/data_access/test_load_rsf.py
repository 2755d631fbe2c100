from __future__ import annotations

import base64
import zipfile
from collections.abc import Iterator
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest

from functions.common import auth, clients
from functions.common.auth import Caller
from functions.common.failures import Refusal
from functions.data_access import files, load_rsf, rsf
from functions.data_access.load_rsf import basic_key
from functions.data_access.registers import Origin
from functions.data_access.store import heads, log, segments
from schemas.proof import EMPTY_ROOT

from .conftest import Answer, Platform, forget_replicas

BRITAIN = {"country": "GB", "name": "United Kingdom", "citizen-names": ["Briton", "British citizen"]}
KEYS = {
    "writes": Caller("foreign-office", "service", "key", "live", frozenset({"data:write"})),
    "reads": Caller("foreign-office", "service", "key", "live", frozenset({"data:read"})),
    "other": Caller("home-office", "service", "key", "live", frozenset({"data:write"})),
    "test": Caller("foreign-office", "service", "key", "test", frozenset({"data:write"})),
}


@pytest.fixture(autouse=True)
def known_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    def whole_key(headers: dict[str, str]) -> Caller:
        if found := KEYS.get(headers["x-api-key"]):
            return found
        raise Refusal(401, "This key is not known.", code="AuthError", headers={"WWW-Authenticate": "Bearer"})

    monkeypatch.setattr(auth, "whole_key", whole_key)


def post(body: str, key: str = "writes", register: str = "country", media_type: str = rsf.MEDIA_TYPE, scheme: str = "Basic") -> Answer:
    given = base64.b64encode(f"user:{key}".encode()).decode()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": f"/registers/{register}/load-rsf",
        "rawQueryString": "",
        "headers": {"host": "registers.example", "authorization": f"{scheme} {given}", "content-type": media_type},
        "requestContext": {"http": {"method": "POST", "path": f"/registers/{register}/load-rsf"}, "stage": "$default"},
        "body": base64.b64encode(body.encode()).decode(),
        "isBase64Encoded": True,
    }
    return Answer(load_rsf.load_rsf(event, SimpleNamespace()))  # type: ignore[arg-type]  # any context will do


@pytest.fixture
def dump(platform: Platform) -> str:
    """A whole register as RSF, which is then gone."""
    for number, key in enumerate(["GB", "FR", "GB"], 1):
        platform.submit(key, {**BRITAIN, "country": key}, id=str(number))
    text = platform.get("/registers/country/download-rsf").body.decode()
    _forget()
    return text


def _never(*_: object) -> Iterator[str]:
    yield pytest.fail("the file is made again")


def _forget() -> None:
    forget_replicas()
    for row in clients.dynamodb().scan(TableName="registers")["Items"]:
        clients.dynamodb().delete_item(TableName="registers", Key={"pk": row["pk"], "sk": row["sk"]})


def test_a_register_that_was_downloaded_is_loaded_again_with_the_same_root_and_the_same_bytes(platform: Platform, dump: str) -> None:
    answer = post(dump)
    assert answer.status == 200
    assert answer.json["total-entries"] == 3
    assert answer.json["root-hash"] == dump.splitlines()[-1].split("\t")[1]
    assert platform.get("/registers/country/download-rsf").body.decode() == dump
    assert [entry["key"] for entry in platform.get("/registers/country/entries").json] == ["GB", "FR", "GB"]


def test_the_same_stream_again_changes_nothing(platform: Platform, dump: str) -> None:
    post(dump)
    before = platform.rows()
    assert post(dump).status == 200
    assert platform.rows() == before


def test_a_part_takes_a_copy_from_one_root_to_the_next(platform: Platform, dump: str) -> None:
    post(dump)
    platform.submit("DE", {"country": "DE"}, id="2026-12-01", version="2026-12-01")
    part = platform.get("/registers/country/download-rsf/3").body.decode()
    assert part == platform.get("/registers/country/download-rsf/3/4").body.decode()
    all_of_it = platform.get("/registers/country/download-rsf").body.decode()
    _forget()
    post(dump)
    assert post(part).status == 200
    assert platform.get("/registers/country/download-rsf").body.decode() == all_of_it


def test_a_load_says_who_caused_it_as_an_event(platform: Platform, dump: str) -> None:
    post(dump)
    [said] = platform.outbox()
    assert (said["type"], said["department"], said["data"]["last"]) == ("platform.EntriesAppended.v1", "foreign-office", 3)


@pytest.mark.parametrize("broken", ["hello", "add-item\t{}", "assert-root-hash\tsha-256:" + "0" * 64])
def test_one_broken_line_loads_nothing_and_is_named(platform: Platform, dump: str, broken: str) -> None:
    lines = dump.splitlines()
    number = len(lines) if broken.startswith("assert") else len(lines) + 1
    answer = post("\n".join([*(lines[:-1] if broken.startswith("assert") else lines), broken]) + "\n")
    assert answer.status == 400
    assert answer.json["errors"][0]["field"] == f"line.{number}"
    assert platform.get("/registers/country/register").json["total-entries"] == 0


def test_a_stream_that_begins_elsewhere_loads_nothing(platform: Platform, dump: str) -> None:
    platform.submit("DE", {"country": "DE"}, id="1")
    answer = post(dump)
    assert answer.status == 400
    assert answer.json["detail"].startswith("Nothing was loaded. line.1: root-hash: is sha-256:e3b0c442")
    assert platform.get("/registers/country/register").json["total-entries"] == 1


@pytest.mark.parametrize(("key", "status"), [("unknown", 401), ("reads", 403), ("test", 403), ("other", 404)])
def test_who_may_not_write_a_register_loads_nothing(platform: Platform, dump: str, key: str, status: int) -> None:
    assert post(dump, key).status == status
    assert platform.rows() == []


def test_a_register_that_is_not_there_and_one_of_another_department_answer_alike(platform: Platform, dump: str) -> None:
    assert post(dump, register="nowhere").json == post(dump, "other").json


def test_who_sends_no_key_is_told_how(platform: Platform) -> None:
    answer = post("", key="writes", scheme="Bearer")
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="registers"'
    with pytest.raises(Refusal, match="Send a key as the password"):
        basic_key({"authorization": "Basic ???"})


def test_a_key_may_stand_in_the_user_name() -> None:
    assert basic_key({"authorization": f"basic {base64.b64encode(b'writes:').decode()}"}) == KEYS["writes"]


def test_another_media_type_and_too_much_are_refused(platform: Platform) -> None:
    assert post("", media_type="text/plain").status == 415
    assert post("x" * (load_rsf.LARGEST + 1)).status == 413


def test_while_another_load_is_under_way_a_load_is_told_to_try_again(platform: Platform, dump: str) -> None:
    heads.lend("country", "foreign-office", "another", 60)
    answer = post(dump)
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")


def test_a_range_is_verified_by_the_roots_around_it_and_bad_bounds_are_refused(platform: Platform) -> None:
    for number, key in enumerate(["GB", "FR", "DE"], 1):
        platform.submit(key, {"country": key}, id=str(number))
    answer = platform.get("/registers/country/download-rsf/1/2")
    assert answer.headers["content-type"] == rsf.MEDIA_TYPE
    assert answer.headers["content-disposition"] == 'attachment; filename="country-1-2.rsf"'
    assert answer.headers["cache-control"] == "private, max-age=60"
    assert [line.split("\t")[0] for line in answer.body.decode().splitlines()] == [
        "assert-root-hash", "add-item", "append-entry", "assert-root-hash",
    ]  # fmt: skip
    [alone] = platform.get("/registers/country/download-rsf/0/0").body.decode().splitlines()
    assert alone == f"assert-root-hash\tsha-256:{EMPTY_ROOT.hex()}"
    for path in ("2/1", "0/4", "4", "x", "1/x"):
        assert platform.get(f"/registers/country/download-rsf/{path}").status in (400, 404), path


def test_a_zip_holds_the_register_its_entries_and_its_items(platform: Platform) -> None:
    platform.submit("GB", BRITAIN, id="1")
    platform.submit("GB", BRITAIN, id="2")
    answer = platform.get("/registers/country/download-register")
    assert answer.headers["content-type"] == "application/zip"
    opened = zipfile.ZipFile(BytesIO(answer.body))
    [entry, _] = platform.get("/registers/country/entries").json
    item = f"item/{entry['item-hash'][0].removeprefix('sha-256:')}.json"
    assert opened.namelist() == ["register.json", item, "entry/1.json", "entry/2.json"]
    assert opened.read(item).decode() == platform.get(f"/registers/country/items/{entry['item-hash'][0]}").text


def test_what_is_too_large_for_an_answer_is_a_file_made_once_and_what_is_too_much_for_a_file_is_refused(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [(f"K{number}", b'{"country":"K"}') for number in range(30)]
    log.load("country", "foreign-office", segments.stage("country", made), Origin("e", "s", "c", "1"))
    text = platform.get("/registers/country/download-rsf").body
    monkeypatch.setattr(files, "LARGEST_ANSWER", 1000)
    monkeypatch.setattr(files, "MOST_UNASKED", 20)
    first = platform.get("/registers/country/download-rsf")
    monkeypatch.setattr(rsf, "whole_lines", _never)
    again = platform.get("/registers/country/download-rsf")
    assert first.status == again.status == 302
    assert "downloads/country/country-30.rsf" in again.headers["location"]
    assert clients.s3().get_object(Bucket="tiles", Key="downloads/country/country-30.rsf")["Body"].read() == text
    monkeypatch.setattr(files, "MOST_ENTRIES", 29)
    refused = platform.get("/registers/country/download-register")
    assert refused.status == 400
    assert "/registers/country/download-rsf/0/29" in refused.json["detail"]
