"""Whatever the pattern and the event, they match here exactly where they match on the emulator's bus."""

import json
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st
from ministack.services import eventbridge

from infra.catalogue.pattern import InvalidPattern, matches, why_not
from tests.unit.catalogue.drawn_patterns import BROKEN, CONDITIONS, DETAILS, OF_LEAVES, PATTERNS, TEXTS


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


FIELDS = st.sampled_from(["source", "detail-type", "resources", "replay-name", "detail.a", "detail.c.b"])
OF_WHOLE = st.dictionaries(FIELDS, CONDITIONS, min_size=1, max_size=2)
ENVELOPES = st.fixed_dictionaries({"source": TEXTS, "detail-type": TEXTS, "resources": st.lists(TEXTS, max_size=2)})


@settings(max_examples=150)
@given(OF_WHOLE, st.lists(OF_WHOLE, min_size=2, max_size=3), ENVELOPES, st.one_of(OF_LEAVES, OF_LEAVES.map(lambda inner: {"c": inner})))
def test_what_stands_around_the_detail_and_names_with_dots_match_as_on_the_bus(
    asked: dict[str, object], either: list[dict[str, object]], envelope: dict[str, object], detail: object
) -> None:
    event = {**whole(detail), **envelope}
    for pattern in (asked, {**asked, "$or": either}, {"$or": either}):
        assert matches(pattern, event) == emulated(pattern, event), why_not(pattern, event)


@given(BROKEN)
def test_what_the_bus_refuses_is_never_taken_for_a_pattern(pattern: object) -> None:
    if eventbridge._event_pattern_error(json.dumps({"detail": pattern})) is None:
        return
    try:
        matches({"detail": pattern}, whole({}))
    except InvalidPattern:
        return
    raise AssertionError("it was taken")
