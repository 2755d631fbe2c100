"""Every event's place in its tree is remembered, and no personal data with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from functions.bus import journal, store
from schemas.envelope import CloudEvent
from schemas.platform import ContentPublishRequested, ForwardRequested, NotificationRequested
from tests.unit.common.ground import AGENCY, FLOODS, Ground, deliver, delivered, heard, sample

CANARY = "jo@example.com"
PAGE = ContentPublishRequested(base_path="/a", schema_name="answer", document_type="answer", title="A", details={})
NOTIFY = NotificationRequested(service_id=UUID(int=1), templates={"email": UUID(int=2)}, email_address=CANARY)
FORWARD = ForwardRequested(target="webhook", name="operations", event={"id": "1", "data": {"email": CANARY}})


def happen(members: dict[str, Any]) -> None:
    assert deliver(journal.journal, delivered(members)) == [True]


def hops(event_id: str) -> list[dict[str, Any]]:
    return list(store.trace(event_id))


def test_an_events_place_is_remembered(ground: Ground) -> None:
    happen(sample(correlationid="tree", causationid="before", subject="065WAF441"))
    [hop] = hops(sample()["id"])
    known = {name: hop.get(name) for name in ("id", "type", "source", "subject", "causationid", "dataclassification")}
    assert known == {**{name: sample()[name] for name in known if name in sample()}, "causationid": "before"}
    assert hop["time"] == "2026-11-23T09:30:00.000000Z"
    assert hop["published_at"] <= hop["journalled_at"]


def test_a_second_delivery_is_the_same_place(ground: Ground) -> None:
    happen(sample())
    happen(sample())
    assert len(hops(sample()["id"])) == 1


def test_events_of_one_tree_stand_in_the_order_of_time(ground: Ground) -> None:
    for day in (3, 1, 2):
        happen(sample(id=str(day), correlationid="tree", time=datetime(2026, 11, day, tzinfo=UTC).isoformat()))
    assert [hop["id"] for hop in hops("2")] == ["1", "2", "3"]


def test_it_is_forgotten_after_ninety_days(ground: Ground) -> None:
    happen(sample())
    in_days = [(int(item["expires_at"]["N"]) - datetime.now(UTC).timestamp()) / 86_400 for item in ground.items()]
    assert all(89.9 < days < 90.1 for days in in_days)


def test_where_its_type_is_kept_for_days_of_its_own_it_is_forgotten_with_them(ground: Ground) -> None:
    ground.declared["retention"] = {sample()["type"]: 7}
    happen(sample())
    store.accept(CloudEvent.model_validate(sample()))
    store.react(CloudEvent.model_validate(sample()), "publish", PAGE)
    in_days = [(int(item["expires_at"]["N"]) - datetime.now(UTC).timestamp()) / 86_400 for item in ground.items()]
    assert len(in_days) == 4
    assert all(6.9 < days < 7.1 for days in in_days)


def test_it_says_nothing(ground: Ground) -> None:
    happen(sample())
    assert ground.said() == []


def test_what_the_platform_says_of_public_things_is_shown(ground: Ground) -> None:
    page = heard(PAGE)
    happen(page)
    assert json.loads(hops(page["id"])[0]["data"]) == page["data"]


@pytest.mark.parametrize(
    "members",
    [
        sample(data={"email": CANARY}),
        sample(data={"email": CANARY}, dataclassification="public"),
        heard(NOTIFY),
        heard(FORWARD),
        heard(NOTIFY, dataclassification="public"),
        heard(NOTIFY, source=FLOODS, department=AGENCY, dataclassification="official"),
        heard(NOTIFY, type="platform.NotYetKnown.v1"),
    ],
)
def test_no_personal_data_is_kept_whatever_the_event_claims(ground: Ground, members: dict[str, Any]) -> None:
    happen(members)
    assert CANARY not in json.dumps(ground.items())
    assert "data" not in hops(members["id"])[0]


def test_what_is_not_known_has_no_tree(ground: Ground) -> None:
    assert hops("nothing") == []
