"""The example app's handlers, as they are deployed: what one call or one warning comes to."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from commonweal_events import Envelope, Invalid, Publisher
from commonweal_events import relay as relays
from commonweal_events.testing import Taken, brought
from schemas.registry import compiled
from tests.unit.mocked import REGION, mocked_aws
from tests.unit.sdk.classes import ROOT
from tests.unit.sdk.test_consumer import event

EXAMPLE = ROOT / "docs" / "examples" / "department-app"
SCHEMA = json.loads((EXAMPLE / "platform" / "schemas" / "harbour-board" / "HarbourClosed" / "1.0.0.json").read_text())
NONE_FAILED: dict[str, list[object]] = {"batchItemFailures": []}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The board's two tables, and its handlers where Lambda would find them."""
    monkeypatch.syspath_prepend(str(EXAMPLE / "handlers"))
    for name, value in {"AWS_DEFAULT_REGION": REGION, "TABLE": "harbours", "MEMORY_TABLE": "heard"}.items():
        monkeypatch.setenv(name, value)
    with mocked_aws():
        import boto3

        dynamodb = boto3.client("dynamodb", REGION)
        for table in ("harbours", "heard"):
            dynamodb.create_table(
                TableName=table,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
                BillingMode="PAY_PER_REQUEST",
            )
        yield dynamodb
    for module in ("close", "flooded", "announce", "contracts.harbour_closed", "contracts.flood_warning_issued", "contracts"):
        sys.modules.pop(module, None)


def harbour(dynamodb: Any, name: str) -> Any:
    return dynamodb.get_item(TableName="harbours", Key={"pk": {"S": f"harbour#{name}"}, "sk": {"S": "state"}}).get("Item")


def relayed(item: Any, monkeypatch: pytest.MonkeyPatch) -> list[Envelope]:
    """What the table's relay hands to the platform of an item."""
    door = Taken()
    monkeypatch.setattr(relays, "_publisher", lambda source: Publisher(source, door))
    relays.relay({"Records": [{"dynamodb": {"NewImage": item}}]})
    return door.events


def test_a_closed_harbour_and_its_event_are_one_item(account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import close  # type: ignore[import-not-found]

    answer = close.handler({"harbour": "whitby", "reason": "A storm."})
    (envelope,) = relayed(harbour(account, "whitby"), monkeypatch)
    assert (envelope.id, envelope.type, envelope.subject) == (answer["event"], "harbour-board.HarbourClosed.v1", "whitby")
    assert envelope.source == "uk.gov.harbour-board.harbours"
    assert compiled(SCHEMA).is_valid(envelope.data)


def test_what_the_platform_would_refuse_is_not_written(account: Any) -> None:
    import close

    with pytest.raises(Invalid, match=r"^data\.harbour: the value does not match"):
        close.handler({"harbour": "Whitby!", "reason": "A storm."})
    assert harbour(account, "Whitby!") is None


def test_a_dangerous_warning_closes_its_harbour_once(account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import flooded  # type: ignore[import-not-found]

    warning = Envelope.read(event(data={"floodAreaID": "065WAF441", "severityLevel": 1}))
    assert flooded.handler(brought(warning)) == NONE_FAILED
    first = harbour(account, "newhaven")
    assert flooded.handler(brought(warning)) == NONE_FAILED
    assert harbour(account, "newhaven") == first
    (envelope,) = relayed(first, monkeypatch)
    assert (envelope.causationid, envelope.correlationid, envelope.hops) == (warning.id, warning.id, 1)


@pytest.mark.parametrize("data", [{"floodAreaID": "065WAF441", "severityLevel": 3}, {"floodAreaID": "999XXX999", "severityLevel": 1}])
def test_other_warnings_close_nothing(account: Any, data: dict[str, Any]) -> None:
    import flooded

    assert flooded.handler(brought(Envelope.read(event(data=data)))) == NONE_FAILED
    assert harbour(account, "newhaven") is None


def test_an_announcement_answers_with_what_became_of_it(account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import announce  # type: ignore[import-not-found]

    monkeypatch.setattr(announce, "publisher", Publisher("uk.gov.harbour-board.harbours", Taken()))
    asked = {"harbour": "whitby", "reason": "A storm.", "closed-at": "2026-11-23T09:30:00Z"}
    assert announce.handler(asked)["status"] == "accepted"
    refused = announce.handler({**asked, "closed-at": "this morning"})
    assert (refused["status"], refused["problems"]) == (
        "refused",
        ['data.closed-at: the value is not a "date-time", which has a time zone: 2026-11-23T09:30:00Z'],
    )
