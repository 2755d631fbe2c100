"""With IAM enforced the emulator judges as AWS does, the fence around a department included."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from infra.local.platform import LocalPlatform

from .conftest import Sample, until

OWN, OTHER = ("uk.gov.sample", "OrderPlaced"), ("uk.gov.sample.other", "OtherThing")


@pytest.fixture(scope="module")
def guarded(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    with LocalPlatform(tmp_path_factory.mktemp("guarded"), enforce_iam=True) as platform:
        yield Sample(platform, assembly)


def say(guarded: Sample, *pairs: tuple[str, str]) -> int:
    """Say an event of each (source, type) as the department does, in one call; answers how many failed."""
    bus = guarded.aws.client("events", guarded.aws.assume("sample-department"))
    detail = json.dumps({"id": "said", "type": "OrderPlaced"})
    entries = [{"EventBusName": "sample", "Source": source, "DetailType": kind, "Detail": detail} for source, kind in pairs]
    return int(bus.put_events(Entries=entries)["FailedEntryCount"])  # type: ignore[arg-type]


def test_the_whole_chain_runs_on_the_permissions_it_was_given(guarded: Sample) -> None:
    name = guarded.order()
    assert until(lambda: name in guarded.emailed())


def test_a_department_says_what_it_may(guarded: Sample) -> None:
    assert say(guarded, OWN, OTHER) == 0


@pytest.mark.parametrize(
    "pair",
    [("uk.gov.somebody-else", "OrderPlaced"), ("uk.gov.sample", "SomebodyElsesThing"), ("uk.gov.sample", "OtherThing")],
    ids=["from another's source", "of another's type", "of one pair's type from the other's source"],
)
def test_a_department_says_nothing_else(guarded: Sample, pair: tuple[str, str]) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: events:PutEvents"):
        say(guarded, pair)


def test_one_forged_entry_refuses_the_whole_call(guarded: Sample) -> None:
    with pytest.raises(ClientError, match="not authorized"):
        say(guarded, OWN, OTHER, ("uk.gov.somebody-else", "OrderPlaced"))


def test_a_department_does_nothing_else(guarded: Sample) -> None:
    with pytest.raises(ClientError, match="not authorized"):
        guarded.aws.client("dynamodb", guarded.aws.assume("sample-department")).scan(TableName=guarded.ground["BusTable"])


def test_who_may_send_messages_may_send_a_batch_of_them_and_do_nothing_else(guarded: Sample) -> None:
    iam, sqs = guarded.aws.client("iam"), guarded.aws.client("sqs")
    url = sqs.create_queue(QueueName="batched")["QueueUrl"]
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="sender", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [anybody]}))
    sends = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    iam.put_role_policy(RoleName="sender", PolicyName="sends", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [sends]}))
    theirs = guarded.aws.client("sqs", guarded.aws.assume("sender"))
    taken = theirs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "{}"}])["Successful"]
    assert [one["Id"] for one in taken] == ["1"]
    with pytest.raises(ClientError, match="not authorized"):
        theirs.purge_queue(QueueUrl=url)
