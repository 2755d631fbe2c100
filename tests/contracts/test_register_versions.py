"""The fields of registers are promises: each published version keeps those of the one before, and what is declared is published."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra import declarations
from schemas import register_versions
from schemas.register_versions import breaking, check, published, write

PARKS: dict[str, Any] = {
    "title": "Parks",
    "key": "park",
    "fields": [
        {"field": "park", "datatype": "string", "cardinality": "1", "required": True},
        {"field": "area", "datatype": "integer", "cardinality": "1"},
        {"field": "kind", "datatype": "string", "cardinality": "1", "values": ["common", "garden"]},
        {"field": "council", "datatype": "string", "cardinality": "1", "register": "local-authority-eng"},
        {"field": "names", "datatype": "string", "cardinality": "n"},
    ],
}

type Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> dict[str, Any]:
    parks = copy.deepcopy(PARKS)
    change({"parks": parks, "fields": parks["fields"], **{field["field"]: field for field in parks["fields"]}})
    return parks


def test_the_declared_registers_are_published_and_no_version_breaks_another() -> None:
    assert check(declarations.compile(declarations.load())["registers"]) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda it: it["parks"].update(key="names"), "the key was park and is names"),
        (lambda it: it["fields"].pop(1), "area: is gone"),
        (lambda it: it["area"].update(field="size"), "area: is gone"),
        (lambda it: it["area"].update(datatype="number"), "area: the datatype was integer and is number"),
        (lambda it: it["names"].update(cardinality="1"), "names: the cardinality was n and is 1"),
        (lambda it: it["area"].update(cardinality="n"), "area: the cardinality was 1 and is n"),
        (lambda it: it["area"].update(required=True), "area: was optional and is required"),
        (lambda it: it["kind"].update(values=["common"]), "kind: may no longer be garden"),
        (lambda it: it["area"].update(values=["1", "2"]), "area: may no longer be anything but 1, 2"),
        (lambda it: it["council"].update(register="council"), "council: the register it refers to was local-authority-eng and is council"),
        (lambda it: it["council"].pop("register"), "council: the register it refers to was local-authority-eng and is none"),
        (
            lambda it: it["fields"].append({"field": "new", "datatype": "string", "cardinality": "1", "required": True}),
            "new: is new, and cannot be required",
        ),
    ],
)
def test_each_broken_promise_is_told_and_is_not_published(change: Change, complaint: str, tmp_path: Path) -> None:
    assert breaking(PARKS, changed(change)) == [complaint]
    write({"parks": PARKS}, tmp_path)
    assert f"register parks, from version 1 to what is declared: {complaint}" in check({"parks": changed(change)}, tmp_path)
    assert write({"parks": changed(change)}, tmp_path) == []
    assert len(published("parks", tmp_path)) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["fields"].append({"field": "new", "datatype": "string", "cardinality": "1"}),
        lambda it: it["fields"].reverse(),
        lambda it: it["kind"]["values"].append("forest"),
        lambda it: it["kind"].pop("values"),
        lambda it: it["park"].pop("required"),
    ],
)
def test_what_breaks_nothing_becomes_the_next_version(change: Change, tmp_path: Path) -> None:
    write({"parks": PARKS}, tmp_path)
    now = {"parks": changed(change)}
    [unpublished] = check(now, tmp_path)
    assert "is not published" in unpublished
    assert write(now, tmp_path) == [tmp_path / "parks" / "2.json"]
    assert check(now, tmp_path) == []
    assert write(now, tmp_path) == []


def test_what_is_only_read_by_people_or_only_quicker_is_no_new_version(tmp_path: Path) -> None:
    write({"parks": PARKS}, tmp_path)
    assert (
        write(
            {"parks": changed(lambda it: (it["parks"].update(title="All parks"), it["area"].update(text="In square metres", index=True)))},
            tmp_path,
        )
        == []
    )


def test_versions_that_were_published_are_held_to_each_other_too(tmp_path: Path) -> None:
    write({"parks": PARKS}, tmp_path)
    narrowed = register_versions.layout(changed(lambda it: it["kind"].update(values=["garden"])))
    (tmp_path / "parks" / "2.json").write_text(json.dumps(narrowed))
    assert check({"parks": narrowed}, tmp_path) == ["register parks, from version 1 to version 2: kind: may no longer be common"]
