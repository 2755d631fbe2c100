"""Counting what became of messages: each change of status once, by day, and read back over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.notifications.configure import configure
from functions.notifications.tally import tally
from schemas.envelope import CloudEvent
from schemas.platform import NotificationStatusChanged
from tests.unit.notifications.asking import Answer, as_caller, ask
from tests.unit.notifications.ground import ANOTHERS_SERVICE, EMAIL_TEMPLATE, SERVICE, TEXT_TEMPLATE, Clock, Ground, event, handle

pytestmark = pytest.mark.usefixtures("live")


def changed(status: str, **changes: Any) -> CloudEvent:
    fields: dict[str, Any] = {
        "service_id": UUID(SERVICE),
        "notification_id": uuid4(),
        "template_id": UUID(EMAIL_TEMPLATE),
        "channel": "email",
        "key_type": "live",
        "status": status,
    }
    return event(NotificationStatusChanged(**{**fields, **changes}))


def asked(query: str = "", service: str = SERVICE) -> Answer:
    return ask("GET", f"/notifications/services/{service}/counts", of=configure, query=query)


def counts(query: str = "") -> list[dict[str, Any]]:
    answer = asked(query)
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json["counts"]
    return found


def test_changes_of_status_are_counted_by_day_and_kind(time: Clock, ground: Ground) -> None:
    # Enough of them to fall on every shard of the counts.
    assert all(handle(tally, *(changed("sending") for _ in range(40)), *(changed("delivered") for _ in range(25))))
    handle(tally, changed("delivered", channel="sms", template_id=UUID(TEXT_TEMPLATE)), changed("delivered", key_type="test"))
    handle(tally, changed("validation-failed", channel="letter", template_id=None))
    time.go_on(days=1)
    handle(tally, changed("permanent-failure"))
    assert counts() == [
        {
            "day": "2026-11-23",
            "channel": "email",
            "key_type": "live",
            "template_id": EMAIL_TEMPLATE,
            "statuses": {"delivered": 25, "sending": 40},
        },
        {"day": "2026-11-23", "channel": "email", "key_type": "test", "template_id": EMAIL_TEMPLATE, "statuses": {"delivered": 1}},
        {"day": "2026-11-23", "channel": "letter", "key_type": "live", "template_id": None, "statuses": {"validation-failed": 1}},
        {"day": "2026-11-23", "channel": "sms", "key_type": "live", "template_id": TEXT_TEMPLATE, "statuses": {"delivered": 1}},
        {"day": "2026-11-24", "channel": "email", "key_type": "live", "template_id": EMAIL_TEMPLATE, "statuses": {"permanent-failure": 1}},
    ]


def test_the_same_change_again_is_not_counted_again(time: Clock, ground: Ground) -> None:
    news = changed("delivered")
    assert handle(tally, news, news) == [True, True]
    time.go_on(days=300)
    assert handle(tally, news) == [True], "a replay from the archive"
    assert [one["statuses"] for one in counts("first=2026-11-23&last=2026-11-23")] == [{"delivered": 1}]


def test_a_change_counts_on_the_day_on_which_it_was_said(time: Clock, ground: Ground) -> None:
    news = changed("delivered")
    time.go_on(days=2)
    handle(tally, news)
    assert [one["day"] for one in counts()] == ["2026-11-23"]


def test_a_report_spans_the_days_that_are_asked_for(time: Clock, ground: Ground) -> None:
    for _ in range(10):
        handle(tally, changed("delivered"))
        time.go_on(days=1)
    assert [one["day"] for one in counts("first=2026-11-24&last=2026-11-26")] == ["2026-11-24", "2026-11-25", "2026-11-26"]
    assert len(counts()) == 6, "the last seven days, of which today has none"
    assert len(counts("last=2026-11-24")) == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("first=yesterday", "first"),
        ("last=2026-13-01", "last"),
        ("first=2025-01-01&last=2026-11-23", "first"),
        ("first=2026-11-26&last=2026-11-24", "first"),
    ],
)
def test_days_that_are_none_are_refused(ground: Ground, query: str, field: str) -> None:
    answer = asked(query)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)


def test_another_services_counts_are_as_if_not_there(ground: Ground) -> None:
    with as_caller(configure, service_id=ANOTHERS_SERVICE, department="communities"):
        assert asked().status == 404
        assert asked(service=ANOTHERS_SERVICE).json == {"counts": []}


def test_the_counts_stay_when_what_was_counted_is_forgotten(time: Clock, ground: Ground) -> None:
    news = changed("delivered")
    handle(tally, news)
    assert ground.item(f"counted#{news.id}", "counted")["expires_at"] == time.now.timestamp() + 400 * 86_400
    shard = int(str(NotificationStatusChanged.read(news).notification_id)[-1], 16) % 8
    assert "expires_at" not in ground.item(f"counts#{SERVICE}", f"2026-11-23#email#live#{EMAIL_TEMPLATE}#{shard}")
