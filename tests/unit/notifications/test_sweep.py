"""Giving up on receipts that never came, after three days (contract 4)."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from functions.notifications import sweep as module
from functions.notifications.receipt import reported
from functions.notifications.receipts import receipts
from functions.notifications.store import messages
from functions.notifications.store.messages import SHARDS
from functions.notifications.store.table import table
from functions.notifications.sweep import NO_RECEIPT, sweep
from schemas.platform import NotificationStatusChanged
from tests.unit.notifications.asking import LETTER, TEXT, accepted
from tests.unit.notifications.ground import DEPARTMENT, SERVICE, Clock, Ground, accepted_email, deliver, handle


def sent(ground: Ground, **changes: Any) -> str:
    """A message that left now."""
    id_ = accepted_email(**changes).id
    handle(deliver, *ground.new())
    ground.new()
    return id_


def said(ground: Ground) -> list[tuple[str, str, str | None]]:
    found = [NotificationStatusChanged.read(one) for one in ground.new()]
    return [(str(one.notification_id), one.status, one.reason) for one in found]


def test_what_was_not_heard_of_for_three_days_has_failed_for_the_time_being(time: Clock, ground: Ground) -> None:
    id_ = sent(ground)
    time.go_on(hours=72)
    handle(sweep, {})
    assert said(ground) == [], "the hour in which its time ends is not over"
    time.go_on(hours=1)
    assert handle(sweep, {}) == [True]
    (event,) = ground.new()
    news = NotificationStatusChanged.read(event)
    assert (str(news.notification_id), news.status, news.reason) == (id_, "temporary-failure", NO_RECEIPT)
    assert (event.department, event.correlationid) == (DEPARTMENT, "correlation"), "it stands in the tree of what was asked"
    assert ground.notification(id_).completed_at == "2026-11-26T13:00:00.000000Z"


def test_a_second_sweep_changes_nothing(time: Clock, ground: Ground) -> None:
    sent(ground)
    time.go_on(hours=80)
    handle(sweep, {})
    assert len(said(ground)) == 1
    handle(sweep, {})
    assert said(ground) == []


def test_what_was_heard_of_is_let_be(time: Clock, ground: Ground) -> None:
    id_ = sent(ground)
    handle(receipts, reported("email", "reference-1", "delivered", "2026-11-23T12:00:01Z"))
    ground.new()
    time.go_on(hours=80)
    handle(sweep, {})
    assert said(ground) == []
    assert ground.notification(id_).status == "delivered"


def test_a_text_that_waits_at_its_network_is_given_up_too(time: Clock, ground: Ground) -> None:
    id_ = sent(ground, channel="sms", recipient="447723456789")
    handle(receipts, reported("sms", "reference-1", "pending", "2026-11-23T12:00:01Z"))
    ground.new()
    time.go_on(hours=80)
    handle(sweep, {})
    assert said(ground) == [(id_, "temporary-failure", NO_RECEIPT)]


def test_a_receipt_that_comes_after_all_changes_nothing(time: Clock, ground: Ground) -> None:
    id_ = sent(ground)
    time.go_on(hours=80)
    handle(sweep, {})
    handle(receipts, reported("email", "reference-1", "delivered", "2026-11-27T12:00:01Z"))
    assert [status for _, status, _ in said(ground)] == ["temporary-failure"]
    assert ground.notification(id_).status == "temporary-failure"


@pytest.mark.usefixtures("live")
def test_a_text_abroad_and_a_letter_are_waited_for_without_end(time: Clock, ground: Ground) -> None:
    ground.sends(permissions=["sms", "letter", "international_sms", "inbound_sms"])
    abroad, letter = accepted("sms", {**TEXT, "phone_number": "+1 202 555 0104"})["id"], accepted("letter", LETTER)["id"]
    handle(deliver, *ground.new())
    assert [status for _, status, _ in said(ground)] == ["sent", "sending"]
    time.go_on(hours=80)
    handle(sweep, {})
    assert said(ground) == []
    assert [ground.notification(id_).status for id_ in (abroad, letter)] == ["sent", "sending"]


def test_two_days_without_a_sweep_lose_nothing(time: Clock, ground: Ground) -> None:
    ids = []
    for _ in range(3):
        ids.append(sent(ground))
        time.go_on(hours=20)
    time.go_on(hours=60)
    handle(sweep, {})
    assert [id_ for id_, _, _ in said(ground)] == ids


def test_a_sweep_has_a_measure_and_the_next_one_goes_on(time: Clock, ground: Ground) -> None:
    ids = {sent(ground) for _ in range(5)}
    time.go_on(hours=73)
    found: list[str] = []
    with patch.object(module, "PAGE", 1), patch.object(module, "LONGEST", timedelta(seconds=-1)):
        for _ in range(5):
            handle(sweep, {})
            found += (new := [id_ for id_, _, _ in said(ground)])
            assert len(new) <= SHARDS, "one of each shard"
    assert set(found) == ids
    assert len(found) == 5


def test_what_is_kept_for_three_days_is_given_up_while_it_is_still_there(time: Clock, ground: Ground) -> None:
    id_ = sent(ground, retention_days=3)
    time.go_on(hours=72)
    handle(sweep, {})
    assert said(ground) == [(id_, "temporary-failure", NO_RECEIPT)]


def test_what_has_expired_is_not_missed(time: Clock, ground: Ground) -> None:
    id_ = sent(ground)
    table.delete(*messages.key(SERVICE, id_))
    time.go_on(hours=80)
    assert handle(sweep, {}) == [True]
    assert said(ground) == []
    assert [table.query(f"waiting#2026-11-26T12#{shard}", index="gsi1").items for shard in range(SHARDS)] == [[]] * SHARDS


def test_a_sweep_that_failed_half_way_is_done_by_the_next(time: Clock, ground: Ground) -> None:
    id_ = sent(ground)
    time.go_on(hours=80)
    with patch.object(messages, "wait_no_more", side_effect=TimeoutError):
        assert handle(sweep, {}) == [False]
    assert handle(sweep, {}) == [True]
    assert said(ground) == [(id_, "temporary-failure", NO_RECEIPT)]
