"""What a consumer could not understand is kept, and its owner told, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.bus import quarantine
from functions.common import clients
from functions.common.consumer import consumes_any
from schemas.envelope import CloudEvent
from schemas.platform import EventRejected
from tests.unit.common.ground import AGENCY, COUNCILS, FLOODS, Ground, deliver, delivered, heard, sample


def rejected(body: Any, reason: str = "data: is not a level", consumer: str = "bus.reactions") -> dict[str, str]:
    """What a consumer sends here."""
    return {"consumer": consumer, "reason": reason, "body": body if isinstance(body, str) else json.dumps(body)}


def keep(*messages: dict[str, str]) -> None:
    assert all(deliver(quarantine.quarantine, *messages))


def told(ground: Ground) -> CloudEvent:
    [event] = ground.said()
    return event


class TestKeeping:
    def test_the_message_is_kept_as_it_came_with_the_reason_and_the_time(self, ground: Ground) -> None:
        body = json.dumps(delivered(sample()))
        keep(rejected(body))
        [item] = ground.items()
        assert (item["body"]["S"], item["reason"]["S"], item["sk"]["S"]) == (body, "data: is not a level", "bus.reactions")
        assert item["gsi1pk"]["S"] == f"quarantine#{item['quarantined_at']['S'][:10]}"

    def test_its_owner_is_told_which_event_and_why(self, ground: Ground) -> None:
        keep(rejected(delivered(sample(correlationid="tree"))))
        event = told(ground)
        assert event.data == {
            "event_id": sample()["id"],
            "rejected_type": sample()["type"],
            "rejected_source": FLOODS,
            "consumer": "bus.reactions",
            "reason": "data: is not a level",
        }
        assert (event.department, event.correlationid, event.causationid) == (AGENCY, "tree", sample()["id"])

    def test_a_second_delivery_changes_nothing(self, ground: Ground) -> None:
        message = rejected(delivered(sample()))
        keep(message, message)
        keep(message)
        assert (len(ground.items()), len(ground.said())) == (1, 1)

    def test_each_consumer_that_could_not_read_it_is_told_apart(self, ground: Ground) -> None:
        keep(rejected(delivered(sample())), rejected(delivered(sample()), consumer="bus.journal"))
        assert (len(ground.items()), len({event.id for event in ground.said()})) == (2, 2)

    def test_the_same_id_of_another_producer_is_another_event(self, ground: Ground) -> None:
        other = sample("communities/LocalAuthorityRecorded/bad-type", id="1")
        keep(rejected(delivered(sample(id="1"))), rejected(delivered(other)))
        assert (len(ground.items()), [event.department for event in ground.said()]) == (2, [AGENCY, "communities"])

    def test_what_a_consumer_quarantines_is_what_is_kept(self, ground: Ground) -> None:
        deliver(consumes_any(lambda _: None), delivered(sample(hops=11)))
        keep(*ground.waiting("quarantine"))
        assert "which is a loop" in str(told(ground).data)


class TestUnreadable:
    @pytest.mark.parametrize("body", ["", "nothing", "[]", "null", '{"detail": 7}', "[" * 100_000, '{"detail": {"id": ""}}'])
    def test_it_is_kept_under_an_id_that_follows_from_the_message(self, ground: Ground, body: str) -> None:
        message = rejected(body)
        keep(message)
        keep(message)
        event = told(ground)
        assert isinstance(event.data, dict)
        assert (event.data["rejected_type"], event.data["rejected_source"], event.department) == ("unknown", "unknown", None)

    def test_half_a_character_in_its_name_does_not_keep_it_from_being_kept(self, ground: Ground) -> None:
        keep(rejected('{"source": "\\ud800", "detail-type": "x\\udfff", "detail": {"id": "\\ud800"}}'))
        assert isinstance(told(ground).data, dict)

    def test_a_long_reason_is_told_in_short_and_kept_whole(self, ground: Ground) -> None:
        keep(rejected(delivered(sample()), reason="x" * 5_000))
        [item] = ground.items()
        data = told(ground).data
        assert isinstance(data, dict)
        assert (len(item["reason"]["S"]), len(data["reason"])) == (5_000, 1_000)

    def test_a_message_that_no_consumer_sends_comes_back(self, ground: Ground) -> None:
        assert deliver(quarantine.quarantine, {"another": "thing"}, rejected(delivered(sample()))) == [False, True]


class TestWhoIsTold:
    def test_the_department_that_eventbridge_knows_whatever_the_event_claims(self, ground: Ground) -> None:
        keep(rejected(delivered(sample(source=COUNCILS, department="communities"), source=FLOODS)))
        assert told(ground).department == AGENCY

    def test_the_department_that_the_platform_acted_for(self, ground: Ground) -> None:
        submitted = heard(EventRejected(event_id="1", rejected_type="t", rejected_source="s", consumer="c", reason="r"), "communities")
        keep(rejected(delivered({**submitted, "type": "platform.RecordSubmitted.v1"})))
        assert told(ground).department == "communities"

    def test_nobody_where_nobody_is_known(self, ground: Ground) -> None:
        keep(rejected(delivered(sample(department=AGENCY), source="uk.gov.nobody.floods")))
        assert told(ground).department is None

    def test_a_rejection_that_was_itself_rejected_is_kept_in_silence(self, ground: Ground) -> None:
        keep(rejected(delivered(sample())))
        rejection = told(ground).wire()
        keep(rejected(delivered(rejection), consumer="bus.journal"))
        assert (len(ground.items()), ground.said()) == (2, [])

    def test_the_rejection_of_a_loop_is_no_loop(self, ground: Ground) -> None:
        keep(rejected(delivered(sample(hops=11))))
        assert told(ground).hops == 1


def test_no_line_of_its_log_holds_data(ground: Ground, printed: Callable[[], str]) -> None:
    keep(rejected(delivered(sample(data={"name": "Jo Bloggs"}))), rejected("Jo Bloggs"))
    clients.sqs()
    deliver(quarantine.quarantine, "Jo Bloggs")
    assert "Jo Bloggs" not in printed()
