"""Whatever the pattern and the event, they match here exactly where they match on the emulator's bus."""

import json
from collections.abc import Mapping

from hypothesis import given, settings
from ministack.services import eventbridge

from infra.catalogue.pattern import InvalidPattern, matches, why_not
from tests.unit.catalogue.drawn_patterns import BROKEN, DETAILS, PATTERNS


def emulated(pattern: object, event: Mapping[str, object]) -> bool:
    found: bool = eventbridge._matches_pattern(json.dumps(pattern), eventbridge._event_from_test_payload(event))
    return found


def whole(detail: object) -> dict[str, object]:
    """An event as EventBridge delivers it."""
    envelope = {"version": "0", "id": "1", "source": "uk.gov.a", "detail-type": "a.B.v1", "account": "1", "region": "eu", "resources": []}
    return {**envelope, "time": "2026-11-23T09:30:00Z", "detail": detail}


@settings(max_examples=600)
@given(PATTERNS, DETAILS)
def test_a_pattern_matches_what_it_matches_on_the_bus(pattern: dict[str, object], detail: object) -> None:
    asked, event = {"detail": pattern}, whole(detail)
    assert matches(asked, event) == emulated(asked, event), why_not(asked, event)


@given(BROKEN)
def test_what_the_bus_refuses_is_never_taken_for_a_pattern(pattern: object) -> None:
    if eventbridge._event_pattern_error(json.dumps({"detail": pattern})) is None:
        return
    try:
        matches({"detail": pattern}, whole({}))
    except InvalidPattern:
        return
    raise AssertionError("it was taken")
