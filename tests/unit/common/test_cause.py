"""What follows from an event: its id, its tree, its depth and its version."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils import UUID as UUID7

from functions.common import ids
from functions.common.cause import Cause, because, current, envelop
from schemas.envelope import CloudEvent
from schemas.platform import KeyRevoked, NotificationStatusChanged, RecordSubmitted
from tests.unit.common.ground import sample

REVOKED = KeyRevoked(service_id=UUID(int=1), key_id=UUID(int=2))
WARNING = CloudEvent.model_validate(sample())


def warning(**changes: object) -> CloudEvent:
    return CloudEvent.model_validate(sample(**changes))


def derived(event: CloudEvent) -> str:
    return envelop(REVOKED, Cause.of(event, "environment-agency")).id


class TestIds:
    def test_what_a_request_says_is_original_and_in_the_order_of_time(self) -> None:
        first, second = (envelop(REVOKED, Cause("tree", "environment-agency")).id for _ in range(2))
        assert first < second
        assert UUID7(first).version == 7

    def test_what_follows_from_an_event_has_the_same_id_however_often_it_is_handled(self) -> None:
        assert derived(warning()) == derived(warning(correlationid="another", time="2027-01-01T00:00:00Z"))

    def test_the_same_id_of_another_producer_leads_to_another(self) -> None:
        assert derived(warning(id="1")) != derived(warning(id="1", source="uk.gov.communities.local-authorities"))

    def test_two_steps_of_one_type_and_one_cause_are_told_apart(self) -> None:
        cause = Cause.of(WARNING, "environment-agency")
        changed = [
            NotificationStatusChanged(service_id=UUID(int=1), notification_id=UUID(int=2), channel="email", key_type="live", status=status)
            for status in ("sending", "delivered")
        ]
        assert len({envelop(event, cause).id for event in changed}) == 2

    def test_a_step_may_be_named_where_the_events_are_alike(self) -> None:
        cause = Cause.of(WARNING, "environment-agency")
        submitted = RecordSubmitted(register_name="flood-warning", key="1", item={})
        assert len({envelop(submitted, cause, step=step).id for step in ("one", "another")}) == 2

    def test_a_derived_id_never_changes_between_releases(self) -> None:
        assert ids.derived("uk.gov.example#1", "step") == "19984881-1a06-5a36-830c-340561c62d1d"


class TestTree:
    def test_the_tree_and_the_cause_are_named(self) -> None:
        event = envelop(REVOKED, Cause.of(warning(correlationid="tree"), "environment-agency"))
        assert (event.correlationid, event.causationid, event.department) == ("tree", WARNING.id, "environment-agency")

    def test_the_first_event_of_a_tree_is_its_name(self) -> None:
        assert envelop(REVOKED, Cause.of(WARNING, None)).correlationid == WARNING.id

    def test_each_hop_is_one_deeper_and_a_request_is_none_deep(self) -> None:
        assert envelop(REVOKED, Cause("tree", None)).hops == 0
        assert envelop(REVOKED, Cause.of(warning(hops=4), None)).hops == 5

    def test_the_trace_of_the_cause_goes_on(self) -> None:
        parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        assert envelop(REVOKED, Cause.of(warning(traceparent=parent), None)).traceparent == parent

    def test_a_cause_lasts_as_long_as_its_handling(self) -> None:
        with because(Cause("outer", None)):
            with because(Cause("inner", None)):
                assert current().correlation == "inner"
            with pytest.raises(ZeroDivisionError), because(Cause("failing", None)):
                _ = 1 / 0
            assert current().correlation == "outer"
        assert current().correlation not in ("outer", "inner", "failing")

    def test_an_event_is_classified_as_its_contract_says(self) -> None:
        event = envelop(REVOKED)
        assert (event.dataclassification, event.dataschema) == ("official", "/schemas/platform/KeyRevoked/1.0.0.json")


class TestVersion:
    @given(st.integers(0, 10**20 - 1), st.integers(0, 10**20 - 1))
    def test_numbers_order_as_numbers(self, one: int, other: int) -> None:
        first, second = warning(sequence=str(one)), warning(sequence=str(other))
        assert (first.version < second.version) == (one < other)

    @given(st.datetimes(min_value=datetime(2000, 1, 1)), st.datetimes(min_value=datetime(2000, 1, 1)))  # noqa: DTZ001  # hypothesis wants naive ones
    def test_without_a_sequence_the_later_is_the_newer(self, one: datetime, other: datetime) -> None:
        first, second = (warning(time=moment.replace(tzinfo=UTC).isoformat()) for moment in (one, other))
        assert (first.version < second.version) == (one < other)

    def test_at_the_same_moment_the_id_decides(self) -> None:
        assert warning(id="1").version < warning(id="2").version

    def test_the_same_moment_in_another_zone_is_the_same_moment(self) -> None:
        assert warning(time="2026-11-23T09:30:00Z").version == warning(time="2026-11-23T10:30:00+01:00").version

    @pytest.mark.parametrize("sequence", ["7", None, "2026-11-23#7"])
    def test_what_follows_carries_the_version_of_what_set_it_off(self, sequence: str | None) -> None:
        event = warning(sequence=sequence)
        followed = envelop(REVOKED, Cause.of(event, None))
        assert envelop(REVOKED, Cause.of(followed, None)).version == event.version
