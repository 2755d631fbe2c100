"""Tables and rows written through CKAN's actions, with every message of contract 1.8."""

from __future__ import annotations

from typing import Any

import pytest

from functions.common.failures import Invalid
from functions.data_access.store import log

from .conftest import KEY, OTHER, READER, SITE, THREE, Site


@pytest.fixture
def lamps(site: Site) -> str:
    return site.table()


def size(register: str = "lamps") -> int:
    head = log.head(register)
    return head.size if head else 0


def test_a_table_that_is_made_is_a_register_of_its_department(site: Site) -> None:
    made = site.write(
        "datastore_create",
        resource={"package_id": "lamps", "name": "Lamps"},
        fields=[{"id": "id", "type": "int"}, {"id": "name", "type": "text"}],
        primary_key="id",
        records=[{"id": 1, "name": "a"}],
        include_records=True,
    )
    assert (made["method"], made["fields"]) == ("insert", [{"id": "id", "type": "int4"}, {"id": "name", "type": "text"}])
    assert made["records"] == [{"id": 1, "name": "a"}]
    package = site.read("package_show", id="lamps")
    assert (package["title"], package["organization"]["name"]) == ("Lamps", "lighting")
    [rows] = package["resources"]
    assert (rows["id"], rows["url_type"], rows["url"]) == (made["resource_id"], "datastore", f"{SITE}/datastore/dump/{made['resource_id']}")
    head = log.head("lamps")
    assert head is not None
    assert (head.owner, head.size) == ("lighting", 1)
    assert "lamps" in site.read("package_list")


def test_the_same_name_makes_the_same_id_everywhere(site: Site, lamps: str) -> None:
    assert lamps == site.read("package_show", id="lamps")["resources"][0]["id"]


def test_types_that_are_not_said_are_those_of_the_first_row(site: Site) -> None:
    row = {"n": 1, "big": 2**40, "x": 1.5, "code": "007", "day": "2020-01-02", "b": True, "o": {"a": 1}, "none": None}
    table = site.table(fields=[], primary_key=[], records=[row])
    types = [field["type"] for field in site.read("datastore_search", resource_id=table)["fields"][1:]]
    assert types == ["int4", "int8", "numeric", "text", "text", "bool", "json", "text"]
    assert site.rows(table) == [{"_id": 1, **row}]  # a leading zero is kept


def test_a_table_without_a_key_keeps_every_row(site: Site) -> None:
    table = site.table(fields=[{"id": "a"}], primary_key=[], records=[{"a": "x"}, {"a": "x"}])
    assert site.rows(table) == [{"_id": 1, "a": "x"}, {"_id": 2, "a": "x"}]
    refusal = site.error("datastore_upsert", resource_id=table, records=[{"a": "y"}])
    assert refusal["table"] == ["unique key must be passed for update/upsert"]


def test_keys_of_several_columns_and_of_any_text_tell_rows_apart(site: Site) -> None:
    fields = [{"id": "a"}, {"id": "b"}]
    table = site.table(fields=fields, primary_key=["a", "b"], records=[{"a": "x y", "b": "1"}, {"a": "x", "b": "y 1"}])
    site.write("datastore_upsert", resource_id=table, records=[{"a": "x", "b": "y 1"}])
    assert [(row["a"], row["b"]) for row in site.rows(table)] == [("x y", "1"), ("x", "y 1")]


def test_upsert_writes_what_is_said_and_leaves_the_rest(site: Site, lamps: str) -> None:
    answer = site.write("datastore_upsert", resource_id=lamps, records=[{"id": 1, "name": "New"}, {"id": 4, "name": "Four"}], force=True)
    assert (answer["method"], answer["resource_id"], answer["force"]) == ("upsert", lamps, True)
    assert "records" not in answer
    first, *_, last = site.rows(lamps)
    assert (first["name"], first["height"], last["name"]) == ("New", 1.5, "Four")
    site.write("datastore_upsert", resource_id=lamps, records=[{"id": 1, "height": None}])
    assert site.rows(lamps)[0]["height"] is None


def test_what_changes_nothing_is_not_logged(site: Site, lamps: str) -> None:
    before = size()
    site.write("datastore_upsert", resource_id=lamps, records=THREE)
    assert size() == before


def test_a_batch_is_checked_whole_and_written_whole(site: Site, lamps: str) -> None:
    before = size()
    refusal = site.error("datastore_upsert", resource_id=lamps, records=[{"id": 8, "name": "good"}, {"id": "abc"}])
    assert refusal["records"] == ['invalid input syntax for type integer: "abc"']
    assert refusal["records_row"] == 1
    assert size() == before


def test_a_dry_run_writes_nothing(site: Site, lamps: str) -> None:
    before = size()
    site.write("datastore_upsert", resource_id=lamps, records=[{"id": 9}], dry_run=True)
    assert size() == before
    assert site.error("datastore_upsert", resource_id=lamps, method="insert", records=[{"id": 1}], dry_run=True)["records_row"] == 0


def test_insert_refuses_what_is_there_in_the_table_or_in_the_batch(site: Site, lamps: str) -> None:
    for records, row in (([{"id": 1}], 0), ([{"id": 7}, {"id": 7}], 1)):
        refusal = site.error("datastore_upsert", resource_id=lamps, method="insert", records=records)
        assert refusal["records"] == [f'duplicate key value violates unique constraint "{lamps}_pkey"']
        assert refusal["records_row"] == row


def test_update_refuses_what_is_not_there(site: Site, lamps: str) -> None:
    assert site.error("datastore_upsert", resource_id=lamps, method="update", records=[{"id": 99}])["key"] == [
        "key \"{'id': 99}\" not found"
    ]


@pytest.mark.parametrize(
    ("record", "field", "message"),
    [
        ({"id": 1, "zzz": 1}, "fields", 'fields "zzz" do not exist'),
        ({"name": "x"}, "key", 'fields "id" are missing\n                            but needed as key'),
        ({"id": 2**31}, "records", 'value "2147483648" is out of range for type integer'),
        ({"id": 1, "height": "tall"}, "records", 'invalid input syntax for type numeric: "tall"'),
        ({"id": 1, "height": {}}, "records", 'invalid input syntax for type numeric: "{}"'),
        ({"id": 1, "lit": "perhaps"}, "records", 'invalid input syntax for type boolean: "perhaps"'),
        ({"id": 1, "tags": 3}, "records", 'malformed array literal: "3"'),
        ({"id": 1, "put up": "tomorrow"}, "records", 'invalid input syntax for type date: "tomorrow"'),
        ({"id": 1, "put up": "2026-02-30"}, "records", 'date/time field value out of range: "2026-02-30"'),
        ({"id": 1, "seen": "never"}, "records", 'invalid input syntax for type timestamp: "never"'),
    ],
)
def test_every_fault_of_a_row_has_postgresqls_words(site: Site, lamps: str, record: dict[str, Any], field: str, message: str) -> None:
    assert site.error("datastore_upsert", resource_id=lamps, records=[record])[field] == [message]


def test_rows_that_are_none_are_refused(site: Site, lamps: str) -> None:
    assert site.error("datastore_upsert", resource_id=lamps, records="x")["records"] == ["Cannot parse JSON"]
    assert site.error("datastore_upsert", resource_id=lamps, records=["x"])["records"] == ["row 1 is not a json object"]
    assert site.error("datastore_upsert", resource_id=lamps, records=[], method="merge")["method"] == ['"merge" is not defined']
    assert site.error("datastore_upsert", records=[])["resource_id"] == ["Missing value"]
    assert site.error("datastore_upsert", resource_id=lamps, bogus=1)["__extras"] == ['invalid value "bogus"']


def test_numbers_and_times_are_read_in_every_usual_form(site: Site, lamps: str) -> None:
    record = {"id": " 4 ", "height": "1e2", "lit": "no", "tags": '["a"]', "seen": "2026-06-01T12:00:00.5+01:00", "put up": ""}
    site.write("datastore_upsert", resource_id=lamps, records=[record])
    row = site.rows(lamps, filters={"id": 4})[0]
    assert (row["height"], row["lit"], row["tags"], row["seen"]) == (100, False, ["a"], "2026-06-01T11:00:00.500")
    assert row["put up"] is None


def test_nobody_writes_to_anothers_table(site: Site, lamps: str) -> None:
    refused = f"not authorized to update resource {lamps}"
    calls: list[tuple[str, dict[str, Any]]] = [
        ("datastore_upsert", {"records": [{"id": 9}]}),
        ("datastore_create", {"records": [{"id": 9}]}),
        ("datastore_delete", {}),
        ("datastore_records_delete", {"filters": {}}),
    ]
    for action, parameters in calls:
        for key, user in ((None, ""), (READER, "lamps"), (OTHER, "transport-service"), ("forged", "")):
            refusal = site.error(action, key=key, resource_id=lamps, **parameters)
            assert refusal == {"message": f"Access denied: User {user} {refused}", "__type": "Authorization Error", "status": 403}
    assert len(site.rows(lamps)) == 3
    assert site.error("datastore_create", key=OTHER, resource={"package_id": "lamps"}, fields=[{"id": "a"}])["package_id"] == [
        "That URL is already in use."
    ]


def test_a_declared_register_takes_rows_that_its_dictionary_takes(site: Site) -> None:
    table = site.read("package_show", id="bulb")["resources"][0]["id"]
    site.write("datastore_upsert", resource_id=table, records=[{"bulb": "led-1", "watts": 20, "base": "E27"}])
    assert site.rows(table) == [{"_id": 1, "bulb": "led-1", "watts": 20, "base": "E27"}]
    refusal = site.error("datastore_upsert", resource_id=table, records=[{"bulb": "x", "base": "E1"}])
    assert (refusal["records"], refusal["records_row"]) == (['base: "E1" is not one of E27, E40'], 0)
    assert "must begin with a letter or digit" in site.error("datastore_upsert", resource_id=table, records=[{"bulb": "no key"}])["key"][0]
    assert "declared" in site.error("datastore_create", resource_id=table, fields=[{"id": "new"}])["fields"][0]
    assert "declared" in site.error("datastore_delete", resource_id=table)["resource_id"][0]
    site.write("datastore_delete", resource_id=table, filters={"bulb": "led-1"})
    assert site.rows(table) == []


def test_rows_that_are_deleted_are_gone_and_their_history_stays(site: Site, lamps: str) -> None:
    answer = site.write("datastore_delete", resource_id=lamps, filters={"id": [1, 2]}, include_deleted_records=True)
    assert [row["id"] for row in answer["deleted_records"]] == [1, 2]
    assert (answer["filters"], answer["filterops"]["op"]) == ({"id": [1, 2]}, "in")
    assert [row["id"] for row in site.rows(lamps)] == [3]
    assert size() == 5
    assert next(log.since("lamps", 3, 5)).canonical == "{}"
    site.write("datastore_upsert", resource_id=lamps, method="insert", records=[{"id": 1, "name": "Back"}])
    assert [(row["_id"], row["name"]) for row in site.rows(lamps)] == [(1, "Back"), (3, 'Brücke "9"')]


def test_deleting_rows_needs_filters(site: Site, lamps: str) -> None:
    assert site.error("datastore_records_delete", resource_id=lamps)["filters"] == ["Missing value"]
    assert site.error("datastore_records_delete", resource_id=lamps, filters={"zz": 1})["filters"] == ["Unknown field: zz"]
    site.write("datastore_records_delete", resource_id=lamps, filters={})
    assert site.rows(lamps) == []


def test_a_table_that_is_dropped_is_not_there_until_it_is_made_again(site: Site, lamps: str) -> None:
    site.write("datastore_delete", resource_id=lamps)
    assert site.error("datastore_search", resource_id=lamps)["__type"] == "Not Found Error"
    assert site.read("package_show", id="lamps")["resources"][0]["datastore_active"] is False
    assert site.error("datastore_create", resource={"package_id": "lamps"}, fields=[{"id": "id", "type": "text"}])["fields"] == [
        'The field "id" is int4, and cannot become text'
    ]
    site.table(records=[{"id": 1}])
    assert [row["id"] for row in site.rows(lamps)] == [1]


def test_a_table_gains_columns_and_loses_none(site: Site, lamps: str) -> None:
    site.write("datastore_create", resource_id=lamps, fields=[{"id": "colour", "type": "text"}], records=[{"id": 5, "colour": "red"}])
    assert [row["colour"] for row in site.rows(lamps)] == [None, None, None, "red"]
    assert site.error("datastore_create", resource_id=lamps, fields=[{"id": "height", "type": "text"}])["fields"] == [
        'The field "height" is numeric, and cannot become text'
    ]
    assert "delete_fields" in site.error("datastore_create", resource_id=lamps, delete_fields=True)
    assert "primary_key" in site.error("datastore_create", resource_id=lamps, primary_key=["name"])


@pytest.mark.parametrize(
    ("parameters", "field", "message"),
    [
        ({"fields": [{"id": "_x"}]}, "fields", '"_x" is not a valid field name'),
        ({"fields": [{"id": 'a"b'}]}, "fields", '"a"b" is not a valid field name'),
        ({"fields": [{"id": " a"}]}, "fields", '" a" is not a valid field name'),
        ({"fields": [{"id": "a", "type": "colour"}]}, "fields", '"colour" is not a valid field type'),
        ({"fields": [{"id": "a"}, {"id": "A"}]}, "fields", 'The field "A" is there twice'),
        ({"fields": [{"id": "a"}], "primary_key": "b"}, "primary_key", 'The field "b" does not exist'),
        ({"fields": [{"id": "a"}], "aliases": "bulb"}, "aliases", 'The alias "bulb" already exists.'),
        (
            {"fields": [{"id": "a"}], "triggers": [{"function": "f"}]},
            "triggers",
            "is not offered here: what was published stays, and nothing runs beside the log",
        ),
        ({}, "fields", "Missing value"),
    ],
)
def test_a_table_that_cannot_be_is_refused(site: Site, parameters: dict[str, Any], field: str, message: str) -> None:
    assert site.error("datastore_create", resource={"package_id": "lamps"}, **parameters)[field] == [message]
    assert "lamps" not in site.read("package_list")


def test_a_table_needs_a_place(site: Site, lamps: str) -> None:
    assert site.error("datastore_create")["resource_id"] == ["resource_id or resource required"]
    assert site.error("datastore_create", resource_id=lamps, resource={"package_id": "x"})["resource"] == [
        "resource cannot be used with resource_id"
    ]
    assert site.error("datastore_create", resource={"name": "x"})["package_id"] == ["Missing value"]
    assert "alphanumeric" in site.error("datastore_create", resource={"package_id": "A b"}, fields=[{"id": "a"}])["package_id"][0]
    taken = site.error("datastore_create", resource={"package_id": "bulb"}, fields=[{"id": "a"}])
    assert taken["package_id"] == ["That URL is already in use."]


def test_another_name_leads_to_the_table(site: Site) -> None:
    site.table(aliases=["lights"])
    assert len(site.rows("lights")) == 3


def test_a_batch_that_met_another_is_checked_again(site: Site, lamps: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real, met = log.load, list[int]()

    def load(*given: Any, **named: Any) -> object:
        if not met:
            met.append(1)
            raise Invalid("is another", "root-hash")
        return real(*given, **named)

    monkeypatch.setattr(log, "load", load)
    site.write("datastore_upsert", resource_id=lamps, records=[{"id": 8}, {"id": 9}])
    assert [row["id"] for row in site.rows(lamps)] == [1, 2, 3, 8, 9]
    assert met == [1]


def test_a_batch_is_not_appended_behind_what_it_was_not_checked_against(site: Site, lamps: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two callers insert the same row at once: one of them is told."""
    real, met = log.load, list[int]()

    def load(*given: Any, **named: Any) -> object:
        if not met:
            met.append(1)
            assert site.post("datastore_upsert", {"resource_id": lamps, "records": [{"id": 8}, {"id": 9}]}, key=KEY).status == 200
        return real(*given, **named)

    monkeypatch.setattr(log, "load", load)
    refusal = site.error("datastore_upsert", resource_id=lamps, method="insert", records=[{"id": 8}, {"id": 10}])
    assert refusal["records_row"] == 0
    assert [row["id"] for row in site.rows(lamps)] == [1, 2, 3, 8, 9]
