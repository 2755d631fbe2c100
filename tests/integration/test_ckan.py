"""CKAN's own client, unmodified, on the running platform: the library and its command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from ckanapi import CKANAPIError, NotAuthorized, NotFound, RemoteCKAN, ValidationError
from ckanapi.errors import SearchQueryError

from tests.integration.stack import Stack

REGISTER = "local-authority-eng"
FIELDS = [
    {"id": "id", "type": "int"},
    {"id": "name", "type": "text", "info": {"label": "Name"}},
    {"id": "height", "type": "numeric"},
    {"id": "tags", "type": "_text"},
]
ROWS = [{"id": number, "name": f"Lamp {number}", "height": number / 2, "tags": ["iron"]} for number in range(1, 31)]


@pytest.fixture(scope="module")
def anybody(stack: Stack) -> Iterator[RemoteCKAN]:
    with RemoteCKAN(stack.url) as ckan:
        yield ckan


@pytest.fixture(scope="module")
def writer(stack: Stack) -> Iterator[RemoteCKAN]:
    with RemoteCKAN(stack.url, apikey=stack.key(department="communities", service="local-authorities")) as ckan:
        yield ckan


@pytest.fixture(scope="module")
def lamps(writer: RemoteCKAN) -> str:
    """A table of thirty rows, made through the client."""
    resource = {"package_id": "street-lamp", "name": "Street lamps"}
    made = writer.action.datastore_create(resource=resource, fields=FIELDS, primary_key=["id"], records=ROWS)
    return str(made["resource_id"])


def command(stack: Stack, *arguments: str, key: str | None = None, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run `ckanapi` as somebody at a terminal does."""
    home = Path(sys.executable).parent
    whole = [str(home / "ckanapi"), *arguments, "-r", stack.url, *(["-a", key] if key else [])]
    # It starts its own workers by name.
    found = {**os.environ, "PATH": f"{home}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(whole, input=given, capture_output=True, text=True, timeout=120, check=False, env=found)


def test_the_library_reads_the_catalogue(anybody: RemoteCKAN) -> None:
    assert REGISTER in anybody.action.package_list()
    package = anybody.action.package_show(id=REGISTER)
    assert (package["organization"]["name"], package["license_id"]) == ("communities", "uk-ogl")
    found = anybody.action.package_search(q="local authorities", fq="organization:communities", **{"facet.field": ["organization"]})
    assert (found["results"][0]["name"], found["facets"]["organization"]["communities"]) == (REGISTER, found["count"])
    assert "communities" in anybody.action.organization_list()
    assert anybody.action.status_show()["site_url"] == anybody.address


def test_the_library_reads_with_get_alone(stack: Stack) -> None:
    with RemoteCKAN(stack.url, get_only=True) as ckan:
        assert ckan.action.package_show(id=REGISTER)["name"] == REGISTER
        assert len(ckan.action.datastore_search(resource_id=REGISTER, limit=3)["records"]) == 3


def test_the_library_pages_through_a_register_in_both_ways(anybody: RemoteCKAN) -> None:
    [rows] = [each for each in anybody.action.package_show(id=REGISTER)["resources"] if each["datastore_active"]]
    whole = anybody.action.datastore_search(resource_id=rows["id"], limit=1000)
    assert whole["total"] == len(whole["records"]) > 300
    by_offset = list(turned_by_offset(anybody, rows["id"]))
    by_key = list(turned_by_key(anybody, rows["id"]))
    assert by_offset == by_key == whole["records"]


def test_the_library_writes_what_it_then_reads(anybody: RemoteCKAN, writer: RemoteCKAN, lamps: str) -> None:
    assert anybody.action.datastore_search(resource_id=lamps, filters={"id": 7})["records"][0]["name"] == "Lamp 7"
    writer.action.datastore_upsert(resource_id=lamps, records=[{"id": 7, "name": "Seven"}], method="update")
    row = anybody.action.datastore_search(resource_id=lamps, filters={"id": 7})["records"][0]
    assert (row["name"], row["height"], row["tags"]) == ("Seven", 3.5, ["iron"])
    writer.action.datastore_upsert(resource_id=lamps, records=[{"id": 31}, {"id": 32}], method="insert")
    writer.action.datastore_delete(resource_id=lamps, filters={"id": {"gte": 31}})
    found = anybody.action.datastore_search(resource_id=lamps, filters={"height": {"gt": 14}}, sort="id desc", include_total=True)
    assert ([row["id"] for row in found["records"]], found["total"]) == ([30, 29], 2)
    assert [field["id"] for field in anybody.action.datastore_info(id=lamps)["fields"]] == ["id", "name", "height", "tags"]


def test_the_library_knows_every_kind_of_refusal(anybody: RemoteCKAN, writer: RemoteCKAN, lamps: str) -> None:
    with pytest.raises(NotFound):
        anybody.action.package_show(id="nope")
    with pytest.raises(ValidationError) as invalid:
        anybody.action.datastore_search(resource_id=lamps, filters={"zz": 1})
    assert invalid.value.error_dict["filters"] == ["Unknown field: zz"]
    with pytest.raises(SearchQueryError):
        anybody.action.package_search(q="(")
    with pytest.raises(NotAuthorized):
        anybody.action.datastore_upsert(resource_id=lamps, records=[{"id": 1}])
    with pytest.raises(NotAuthorized):
        writer.action.datastore_upsert(resource_id="flood-warning", records=[])
    with pytest.raises(CKANAPIError, match="Action name not known: datastore_search_sql"):
        anybody.action.datastore_search_sql(sql="SELECT 1")


def test_a_key_that_opens_nothing_reads_as_anybody_does(stack: Stack) -> None:
    with RemoteCKAN(stack.url, apikey="a-forged-key") as ckan:
        assert REGISTER in ckan.action.package_list()


def test_a_dump_is_a_file_of_every_row(stack: Stack, anybody: RemoteCKAN) -> None:
    [rows] = [each for each in anybody.action.package_show(id=REGISTER)["resources"] if each["datastore_active"]]
    answer = httpx.get(rows["url"], trust_env=False, timeout=60)
    assert answer.headers["content-disposition"] == f'attachment; filename="{rows["id"]}.csv"'
    header, lines = answer.text.split("\r\n", 1)
    assert header.startswith("_id,local-authority-eng,")
    assert lines.count("\n") == anybody.action.datastore_search(resource_id=rows["id"], limit=0)["total"]


def test_the_command_line_asks_an_action(stack: Stack, lamps: str) -> None:
    told = command(stack, "action", "datastore_search", f"resource_id={lamps}", "limit:2", "-j")
    assert told.returncode == 0, told.stderr
    assert [row["id"] for row in json.loads(told.stdout)["records"]] == [1, 2]


def test_the_command_line_dumps_all_datasets(stack: Stack, lamps: str) -> None:
    told = command(stack, "dump", "datasets", "--all", "-d", "-R", "-q")
    assert told.returncode == 0, told.stderr
    packages: dict[str, Any] = {package["name"]: package for package in map(json.loads, told.stdout.splitlines())}
    assert {REGISTER, "street-lamp"} <= packages.keys()
    [rows] = [each for each in packages["street-lamp"]["resources"] if each["datastore_active"]]
    assert [field["id"] for field in rows["datastore_fields"]] == ["id", "name", "height", "tags"]


def test_the_command_line_dumps_organizations(stack: Stack) -> None:
    told = command(stack, "dump", "organizations", "--all", "-q", "-U")
    assert told.returncode == 0, told.stderr
    assert all(json.loads(line)["users"] == [] for line in told.stdout.splitlines())


def test_the_command_line_searches(stack: Stack) -> None:
    told = command(stack, "search", "datasets", "q=name:local-authority*")
    assert told.returncode == 0, told.stderr
    assert [json.loads(line)["name"] for line in told.stdout.splitlines()] == [REGISTER]


def test_the_command_line_is_told_that_datasets_are_declared(stack: Stack) -> None:
    package = json.dumps({"name": "a-new-one", "title": "New", "owner_org": "communities"})
    told = command(
        stack,
        "load",
        "datasets",
        "-q",
        "-l",
        "/dev/stderr",
        key=stack.key(department="communities", service="local-authorities"),
        given=package,
    )
    assert "NotAuthorized" in told.stdout + told.stderr
    assert "declared in its department" in told.stdout + told.stderr


def turned_by_offset(ckan: RemoteCKAN, table: str) -> Iterator[dict[str, Any]]:
    """All rows, as clients of CKAN 2.11 turn pages."""
    offset = 0
    while records := ckan.action.datastore_search(resource_id=table, limit=100, offset=offset)["records"]:
        yield from records
        offset += len(records)


def turned_by_key(ckan: RemoteCKAN, table: str) -> Iterator[dict[str, Any]]:
    """All rows, as those of 2.12 do."""
    beyond: dict[str, Any] = {}
    while True:
        found = ckan.action.datastore_search(resource_id=table, limit=100, filters=beyond, include_next_page=True, include_total=False)
        yield from found["records"]
        if not found["records"]:
            return
        beyond = found["next_page"]
