"""Every event is kept once, for as long as its type asks, however many types ask."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.upstream import upstream
from infra.retention import CARRIER, CARRIER_DAYS, LONGEST, Kept, archives, asked, of_their_own
from schemas.declaration import RETENTIONS, Department
from tests.infra import many

OTHERWISE = 100
"""Days that no type asks for."""

owners = st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True)
facts = st.from_regex(r"[A-Z][A-Za-z0-9]{0,15}\.v[1-9][0-9]?", fullmatch=True)
types = st.builds("{}.{}".format, owners, facts)


def days(kept: list[Kept], type_: str) -> list[int]:
    """Of each archive that takes an event of this type, for how long."""
    matches = upstream("services.eventbridge", "_matches_pattern")
    event: Any = {"Source": "uk.gov.x.y", "DetailType": type_, "Detail": json.dumps({"type": type_})}
    return [one.days for one in kept if not one.pattern or matches(json.dumps(one.pattern), event)]


def sound(kept: list[Kept]) -> None:
    assert len({one.name for one in kept}) == len(kept)
    assert kept[0].name == ""
    assert max(len(json.dumps(one.pattern)) for one in kept) <= LONGEST


def test_where_no_type_asks_there_is_one_archive_for_everything() -> None:
    assert list(archives({}, OTHERWISE)) == [Kept("", OTHERWISE, {})]


def test_a_type_that_asks_is_in_the_archive_of_its_time_and_in_no_other() -> None:
    kept = list(archives({"parks.GateClosed.v1": 7}, OTHERWISE))
    assert [(one.name, one.days) for one in kept] == [("", OTHERWISE), ("-7-days", 7)]
    assert days(kept, "parks.GateClosed.v1") == [7]
    assert days(kept, "parks.GateOpened.v1") == [OTHERWISE]


@given(asking=st.dictionaries(types, st.sampled_from(RETENTIONS), max_size=12), others=st.lists(types, max_size=5))
def test_whatever_is_asked_each_type_is_kept_once(asking: dict[str, int], others: list[str]) -> None:
    kept = list(archives(asking, OTHERWISE))
    sound(kept)
    for type_ in {*asking, *others, "platform.ContentPublished.v1"}:
        assert days(kept, type_) == [asking.get(type_, OTHERWISE)]


@pytest.mark.parametrize("number", [20, 200, 400])
def test_hundreds_are_split_over_archives_and_each_is_still_kept_once(number: int) -> None:
    everything = list(many.facts(number))
    asking = {type_: RETENTIONS[place % 4] for place, type_ in enumerate(everything) if place % 2}
    kept = list(archives(asking, OTHERWISE))
    sound(kept)
    assert len(kept) <= 300 / 4  # rules of a bus, of which each archive is one
    for type_ in [*everything[:: max(1, number // 20)], "platform.ContentPublished.v1", "nobody.Knows.v1"]:
        assert days(kept, type_) == [asking.get(type_, OTHERWISE)]


def test_versions_of_which_one_begins_with_another_are_told_apart() -> None:
    long = "b" * 32
    asking = {f"{long}.{'C' * 15}{fact}.v{version}": 7 for fact in range(30) for version in (1, 10, 2)}
    kept = list(archives(asking, OTHERWISE))
    sound(kept)
    assert len(kept) > 4
    for type_ in asking:
        assert days(kept, type_) == [7]
    assert days(kept, f"{long}.{'C' * 15}7.v11") == [OTHERWISE]


def test_types_are_asked_for_by_their_departments_files() -> None:
    emits = {"from": "uk.gov.parks.gates", "owner": "gates@example.gov.uk", "classification": "public"}
    declared = {
        "department": "parks",
        "title": "Parks",
        "contact": "p@example.gov.uk",
        "emits": {"A.v1": {**emits, "retention_days": 30}, "B.v1": emits},
    }
    parks = [Department.model_validate(declared)]
    assert asked(parks) == {"parks.A.v1": 30}
    assert of_their_own(parks) == {CARRIER: CARRIER_DAYS, "parks.A.v1": 30}


@pytest.mark.parametrize(
    "hands_on",
    [
        {"emits": {"shares": {"roads": {"fields": ["gate"], "purpose": "Roads."}}}},
        {"reactions": [{"when": "A.v1", "forward": {"webhook": "map"}}], "webhooks": {"map": {"url": "https://parks.example/map"}}},
    ],
    ids=["shared", "forwarded"],
)
def test_what_carries_an_event_on_is_kept_no_longer_than_the_event(hands_on: dict[str, Any]) -> None:
    emits = {"from": "uk.gov.parks.gates", "owner": "gates@example.gov.uk", "classification": "public", "retention_days": 7}
    declared = {"department": "parks", "title": "Parks", "contact": "p@example.gov.uk", **hands_on}
    parks = Department.model_validate({**declared, "emits": {"A.v1": emits | hands_on.get("emits", {})}})
    assert of_their_own([parks]) == {CARRIER: 7, "parks.A.v1": 7}
    kept_to_itself = Department.model_validate({**declared, "emits": {"A.v1": emits}, "reactions": []})
    assert of_their_own([kept_to_itself]) == {CARRIER: CARRIER_DAYS, "parks.A.v1": 7}
