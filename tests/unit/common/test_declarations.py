"""What the departments declared, as functions look it up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functions.common import declarations
from infra import declarations as departments
from schemas.ids import service_id, template_id
from tests.unit.common.ground import AGENCY, COUNCILS, FLOOD_WARNING, FLOODS, Ground


def test_the_compiled_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "declarations.json"
    departments.write(to=file)
    monkeypatch.setattr(declarations, "_COMPILED", file)
    declarations.compiled.cache_clear()
    try:
        assert declarations.compiled() == json.loads(file.read_bytes())
        file.unlink()
        assert declarations.department(AGENCY)
    finally:
        declarations.compiled.cache_clear()


def test_a_source_belongs_to_its_department(ground: Ground) -> None:
    assert (declarations.department_of(FLOODS), declarations.department_of("uk.gov.nobody")) == (AGENCY, None)


def test_a_type_may_come_from_its_own_source_alone(ground: Ground) -> None:
    assert declarations.may_emit(FLOODS, FLOOD_WARNING)
    assert not declarations.may_emit(COUNCILS, FLOOD_WARNING)
    assert not declarations.may_emit(FLOODS, "environment-agency.Undeclared.v1")


def test_a_request_to_the_platform_may_come_from_whoever_declares_it(ground: Ground) -> None:
    assert declarations.may_emit(FLOODS, "platform.NotificationRequested.v1")
    assert not declarations.may_emit(COUNCILS, "platform.NotificationRequested.v1")


def test_what_follows_from_a_type_is_found_by_its_stable_names(ground: Ground) -> None:
    assert "record:flood-warning" in [reaction["name"] for reaction in declarations.reactions(FLOOD_WARNING)]
    assert declarations.reactions("platform.KeyCreated.v1") == ()


def test_everything_else_is_found_by_its_id_or_name(ground: Ground) -> None:
    floods = service_id(AGENCY, "floods")
    assert (declarations.service(floods) or {})["department"] == AGENCY
    assert (declarations.template(template_id(AGENCY, "flood-warning", "sms")) or {})["service"] == floods
    assert (declarations.register("flood-warning") or {})["department"] == AGENCY
    assert (declarations.webhook(AGENCY, "operations") or {})["url"].startswith("https://")
    assert (declarations.queue(AGENCY, "archive") or {})["arn"].startswith("arn:")


def test_a_number_that_is_texted_belongs_to_one_service(ground: Ground) -> None:
    assert declarations.number("447700900900") == service_id(AGENCY, "floods")
    assert declarations.number("447700900142") is None


def test_what_is_not_declared_is_none(ground: Ground) -> None:
    nothing = [
        declarations.department("nobody"),
        declarations.service("x"),
        declarations.template("x"),
        declarations.register("x"),
        declarations.webhook("communities", "operations"),
        declarations.webhook("nobody", "operations"),
        declarations.queue("nobody", "archive"),
    ]
    assert nothing == [None] * 7
