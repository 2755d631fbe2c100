"""Who hears and who says a type follows from rules and roles, and from nothing else."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from infra import declarations
from infra.catalogue.model import Catalogue, EventType, catalogue
from infra.catalogue.templates import read
from schemas.declaration import Department
from tests.unit.catalogue.ground import LOCAL, may_put, role, small_catalogue, templates

PUBLISHED, RENDERED, CHANGED = "platform.ContentPublished.v1", "platform.ContentRendered.v1", "platform.NotificationStatusChanged.v1"
WARNING = "environment-agency.FloodWarningIssued.v1"


def of(found: Catalogue, type_: str) -> EventType:
    (one,) = [one for one in found.types if one.type == type_]
    return one


def hearers(found: Catalogue, type_: str) -> set[str]:
    return {consumer.entry for consumer in of(found, type_).consumers}


def with_rendering(pattern: dict[str, Any]) -> Catalogue:
    return catalogue(LOCAL, read(templates(rendering=pattern), LOCAL), declarations.load())


def test_who_hears_a_type_is_whoever_works_off_the_queue_of_a_rule_that_takes_its_samples() -> None:
    assert hearers(small_catalogue(), PUBLISHED) == {"bus.journal", "publishing.render"}
    assert hearers(small_catalogue(), WARNING) == {"bus.journal", "bus.reactions"}


def test_another_pattern_in_the_template_makes_others_hear() -> None:
    changed = with_rendering({"detail-type": [RENDERED]})
    assert hearers(changed, PUBLISHED) == {"bus.journal"}
    assert hearers(changed, RENDERED) == {"bus.journal", "publishing.render"}


def test_a_rule_that_takes_some_samples_says_which() -> None:
    changed = with_rendering({"detail-type": [CHANGED], "detail": {"data": {"status": ["delivered"]}}})
    (render,) = [consumer for consumer in of(changed, CHANGED).consumers if consumer.entry == "publishing.render"]
    assert (render.takes, render.all) == (("delivered",), False)


def test_a_rule_that_asks_for_what_no_sample_shows_is_heard_all_the_same() -> None:
    changed = with_rendering({"detail-type": [{"prefix": "platform.Notification"}], "detail": {"data": {"status": ["no such status"]}}})
    (render,) = [consumer for consumer in of(changed, CHANGED).consumers if consumer.entry == "publishing.render"]
    assert (render.takes, render.all) == ((), False)
    assert "publishing.render" not in hearers(changed, PUBLISHED)


def test_a_rule_is_on_the_shared_bus_or_on_that_of_the_account() -> None:
    rules = read(templates(), LOCAL).rules
    assert [(rule.name, rule.hears_aws) for rule in rules] == [
        ("journal", False),
        ("reactions", False),
        ("receipts", True),
        ("render", False),
    ]
    (receipts,) = [rule for rule in rules if rule.hears_aws]
    assert receipts.takes({"source": "aws.ses"})
    every = dataclasses.replace(receipts, pattern={"source": [{"prefix": ""}]})
    assert not every.takes({"source": "uk.gov.environment-agency.floods"})
    assert dataclasses.replace(every, hears_aws=False).takes({"source": "uk.gov.environment-agency.floods"})


def test_a_department_says_a_type_over_http_and_through_its_role_where_the_template_has_one() -> None:
    (producer,) = of(small_catalogue(), WARNING).producers
    assert (producer.name, producer.source) == ("environment-agency", "uk.gov.environment-agency.floods")
    assert producer.ways == ("POST /events", "its own AWS account, through the role commonweal-local-department-environment-agency")


def test_a_role_of_another_source_or_type_is_no_way() -> None:
    changed = templates()
    changed["bus"]["Resources"] |= {
        "Agency": role("somebody"),
        "AgencyPolicy": may_put("Agency", source="uk.gov.environment-agency.floods", detail_type=["environment-agency.Other.v1"]),
        "RelayPolicy": may_put("Relay", source=["uk.gov.commonweal.bus"]),
    }
    (producer,) = of(catalogue(LOCAL, read(changed, LOCAL), declarations.load()), WARNING).producers
    assert producer.ways == ()


def test_a_room_says_what_is_its_own_through_its_relay() -> None:
    (producer,) = of(small_catalogue(), PUBLISHED).producers
    assert (producer.name, producer.ways) == ("publishing", ("the role commonweal-local-publishing-relay",))


def test_what_follows_is_what_the_departments_file_declares() -> None:
    follows = [(consequence.kind, consequence.condition) for consequence in of(small_catalogue(), WARNING).consequences]
    assert ("record", None) in follows
    assert ("publish", "severityLevel < `4`") in follows


def test_a_bad_sample_says_what_is_wrong_with_it() -> None:
    problems = {sample.name: sample.problem for sample in of(small_catalogue(), WARNING).bad}
    assert "severityLevel: 9 is greater than the maximum of 4" in (problems["bad-severity-level"] or "")
    assert all(problems.values())


def test_versions_stand_newest_first_with_what_each_changed(tmp_path: Path) -> None:
    folder = tmp_path / "parks" / "TreePlanted"
    folder.mkdir(parents=True)
    old: dict[str, Any] = {"type": "object", "properties": {"tree": {"type": "string"}}, "required": ["tree"]}
    new = {**old, "properties": {**old["properties"], "height": {"type": "number"}}}
    for version, definition in (("1.0.0", old), ("1.1.0", new)):
        (folder / f"{version}.json").write_text(json.dumps(definition))
    (found,) = catalogue(LOCAL, read(templates(), LOCAL), [], schemas=tmp_path, events=tmp_path).types
    assert [(version.number, version.changes) for version in found.versions] == [
        ("1.1.0", ("`height` is new, and may be absent.",)),
        ("1.0.0", ()),
    ]


def test_a_type_with_a_sunset_names_its_last_day_and_what_replaces_it() -> None:
    emits: dict[str, object] = {"from": "uk.gov.environment-agency.floods", "owner": "floods@example.gov.uk", "classification": "official"}
    emits |= {"sunset": "2027-03-31", "replaced_by": "FloodWarningIssued.v2", "retention_days": 90}
    agency = Department.model_validate(
        {"department": "environment-agency", "title": "Agency", "contact": "a@example.gov.uk", "emits": {"FloodWarningIssued.v1": emits}}
    )
    found = of(catalogue(LOCAL, read(templates(), LOCAL), [agency]), WARNING)
    assert found.sunset == datetime.date(2027, 3, 31)
    assert (found.replaced_by, found.retention_days) == ("environment-agency.FloodWarningIssued.v2", 90)


DAY = datetime.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("share", "gets"),
    [
        pytest.param({"fields": ["floodAreaID"]}, True, id="consent"),
        pytest.param({"fields": ["floodAreaID"], "until": DAY}, True, id="its last day"),
        pytest.param({"fields": ["floodAreaID"], "until": DAY - datetime.timedelta(1)}, False, id="the day after"),
        pytest.param({"fields": ["county"]}, False, id="consent to another field"),
        pytest.param(None, False, id="none"),
    ],
)
def test_a_subscriber_is_one_who_hears_while_the_owner_consents(share: dict[str, Any] | None, gets: bool) -> None:
    emits: dict[str, Any] = {
        "from": "uk.gov.environment-agency.floods",
        "owner": "floods@example.gov.uk",
        "classification": "official",
        "shares": {"housing": {**share, "purpose": "To warn tenants."}} if share else {},
    }
    asks = {"to": WARNING, "fields": ["floodAreaID"], "purpose": "To warn tenants."}
    contact = {"contact": "a@example.gov.uk"}
    both = [
        Department.model_validate(
            {"department": "environment-agency", "title": "EA", "emits": {"FloodWarningIssued.v1": emits}, **contact}
        ),
        Department.model_validate({"department": "housing", "title": "Housing", "subscriptions": {"floods": asks}, **contact}),
    ]
    found = of(catalogue(LOCAL, read(templates(), LOCAL), both, day=DAY), WARNING).recipients
    assert [(one.department.title, one.asks.fields, one.until) for one in found] == (
        [("Housing", ["floodAreaID"], share.get("until"))] if gets and share else []
    )


def test_a_subscriber_gets_its_part_where_the_template_has_a_queue_for_it() -> None:
    def way(made: dict[str, Any]) -> str | None:
        (found,) = of(catalogue(LOCAL, read(made, LOCAL), declarations.load()), WARNING).recipients
        return found.way

    without = templates()
    del without["bus"]["Resources"]["ToCommunities"]
    assert (way(templates()), way(without)) == ("its queue commonweal-local-to-communities", None)


@pytest.mark.parametrize("type_", [one.type for one in small_catalogue().types])
def test_every_type_has_somebody_who_says_it_samples_and_words(type_: str) -> None:
    one = of(small_catalogue(), type_)
    assert one.producers, "nobody says it"
    assert one.good
    assert one.bad
    assert one.description
    assert one.contact
