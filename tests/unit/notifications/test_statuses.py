"""Which status may follow which (contract 4)."""

import pytest

from functions.notifications.statuses import FINAL, Status, before


def test_a_final_status_is_the_last_but_for_a_letter_that_comes_back() -> None:
    assert [(now, then) for now in FINAL for then in Status if now in before(then)] == [(Status.DELIVERED, Status.RETURNED_LETTER)]


def test_nothing_goes_back() -> None:
    assert Status.DELIVERED not in before(Status.SENDING)
    assert Status.SENDING not in before(Status.CREATED)
    assert Status.PENDING not in before(Status.PENDING)


@pytest.mark.parametrize("outcome", [Status.DELIVERED, Status.TEMPORARY_FAILURE, Status.PERMANENT_FAILURE])
def test_an_outcome_follows_a_message_on_its_way(outcome: Status) -> None:
    assert before(outcome) == [Status.SENDING, Status.SENT, Status.PENDING]
