"""Data over 200 KB waits in S3 under its own hash."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from functions.common import claim_check, clients
from functions.common.failures import Invalid
from schemas.envelope import CloudEvent
from tests.unit.common.ground import Ground, sample

FRAME = len(json.dumps({"text": ""}, separators=(",", ":")))


def event(size: int) -> CloudEvent:
    """An event whose data is so many bytes."""
    return CloudEvent.model_validate(sample(data={"text": "x" * (size - FRAME)}))


def stored() -> list[str]:
    return [item["Key"] for item in clients.s3().list_objects_v2(Bucket="claims").get("Contents", [])]


def test_two_hundred_kilobytes_travel_inside(ground: Ground) -> None:
    small = event(200_000)
    assert claim_check.leave(small) is small
    assert stored() == []


def test_one_byte_more_is_left_and_collected_whole(ground: Ground) -> None:
    large = event(200_001)
    left = claim_check.leave(large)
    assert left.data is None
    assert len(json.dumps(left.wire())) < 2_000
    assert left.dataref == f"s3://claims/{stored()[0]}"
    assert claim_check.collect(left).data == large.data


def test_size_is_counted_in_bytes(ground: Ground) -> None:
    assert claim_check.leave(CloudEvent.model_validate(sample(data={"text": "é" * 100_000}))).dataref


def test_the_same_data_is_kept_once(ground: Ground) -> None:
    assert claim_check.leave(event(300_000)).dataref == claim_check.leave(event(300_000)).dataref
    assert len(stored()) == 1


def test_a_check_says_when_its_data_goes(ground: Ground) -> None:
    extensions = claim_check.leave(event(300_000)).model_extra or {}
    assert extensions["dataexpires"] > sample()["time"]
    assert extensions["datasha256"] == stored()[0].removeprefix("claims/")


def test_data_of_a_type_that_is_kept_for_days_stands_where_it_goes_with_them(ground: Ground) -> None:
    ground.declared["retention"] = {sample()["type"]: 7}
    large = event(300_000)
    left = claim_check.leave(large)
    assert [key.rpartition("/")[0] for key in stored()] == ["claims/007"]
    assert timedelta(days=6) < datetime.fromisoformat((left.model_extra or {})["dataexpires"]) - datetime.now(UTC) < timedelta(days=8)
    assert claim_check.collect(left).data == large.data


def test_an_event_without_a_check_is_as_it_is(ground: Ground) -> None:
    small = event(100)
    assert claim_check.collect(small) is small


def test_data_that_was_changed_is_refused(ground: Ground) -> None:
    left = claim_check.leave(event(300_000))
    clients.s3().put_object(Bucket="claims", Key=stored()[0], Body=b'{"text":"another"}')
    with pytest.raises(Invalid, match="dataref: does not hold the data"):
        claim_check.collect(left)


def test_a_check_that_names_no_hash_is_refused(ground: Ground) -> None:
    clients.s3().put_object(Bucket="claims", Key="claims/x", Body=b"{}")
    with pytest.raises(Invalid):
        claim_check.collect(CloudEvent.model_validate(sample(data=None, dataref="s3://claims/claims/x")))


@pytest.mark.parametrize(
    "address", ["s3://another/claims/x", "s3://claims/secrets/x", "s3://claims-2/claims/x", "https://example.com/x", ""]
)
def test_a_check_of_another_place_is_refused_unread(ground: Ground, address: str) -> None:
    calls = ground.calls(clients.s3())
    raw = b"{}"
    forged = sample(data=None, dataref=address, datasha256=hashlib.sha256(raw).hexdigest())
    with pytest.raises(Invalid, match="is not a claim check of this platform"):
        claim_check.collect(CloudEvent.model_validate(forged))
    assert calls == []
