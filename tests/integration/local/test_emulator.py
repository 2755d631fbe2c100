"""What the emulator lacks, and we fill: each test fails on the emulator as it comes."""

import json
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from infra.local.platform import ROOT, LocalPlatform
from infra.local.upstream import UpstreamChanged, replace, upstream

from .conftest import Sample, until

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef


def test_an_upstream_name_that_is_gone_is_named_and_stops_the_start() -> None:
    with pytest.raises(UpstreamChanged, match=r"no core\.arn\.parse_urn: the gap that infra/local fills there must be looked at again"):
        upstream("core.arn", "parse_urn")
    with pytest.raises(UpstreamChanged, match="parse_urn"):
        replace("core.arn", "parse_urn", None)


def test_an_archive_in_a_template_keeps_events(sample: Sample) -> None:
    events = sample.aws.client("events")
    before = events.describe_archive(ArchiveName="sample")
    assert before["RetentionDays"] == 7
    sample.order()
    assert until(lambda: events.describe_archive(ArchiveName="sample")["EventCount"] > before["EventCount"])


def test_types_that_were_considered_deploy_as_nothing(sample: Sample) -> None:
    resources = sample.aws.client("cloudformation").describe_stack_resources(StackName="sample-work")["StackResources"]
    assert "AWS::CloudWatch::CompositeAlarm" in {one["ResourceType"] for one in resources}


def test_a_browser_on_another_site_is_answered_as_the_template_says(sample: Sample) -> None:
    asked = {"origin": "https://example.gov", "access-control-request-method": "POST", "access-control-request-headers": "x-api-key"}
    answer = sample.api.options("/orders", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-headers"] == "x-api-key"


def test_a_function_that_logs_nothing_answers_at_once(sample: Sample) -> None:
    sample.api.get("/warm")
    taken = []
    for _ in range(15):
        began = time.perf_counter()
        assert sample.api.get("/silent").status_code == 200
        taken.append(time.perf_counter() - began)
    assert statistics.median(taken) < 0.045, "as it comes, the emulator waits 50 ms for a first line"


def test_what_functions_say_is_in_their_logs_when_they_have_answered(sample: Sample) -> None:
    paths = [f"/aloud/{number}" for number in range(80)]
    with ThreadPoolExecutor(8) as side_by_side:
        assert {answer.status_code for answer in side_by_side.map(sample.api.get, paths)} == {200}
    logs = sample.aws.client("logs")
    pages = [
        page
        for group in logs.describe_log_groups()["logGroups"]
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
    ]
    lines = [event["message"] for page in pages for event in page["events"]]
    assert sorted(line for line in lines if line.startswith("/aloud/")) == sorted(paths)
    assert not any("\x1e" in line for line in lines)


def test_numbers_keep_38_digits(sample: Sample) -> None:
    key = {"pk": {"S": uuid4().hex}, "sk": {"S": "digits"}}
    many = "12345678901234567890123456789012345678"
    database = sample.aws.client("dynamodb")
    database.put_item(TableName=sample.ground["BusTable"], Item=key | {"n": {"N": many}})
    added = database.update_item(
        TableName=sample.ground["BusTable"],
        Key=key,
        UpdateExpression="SET n = n + :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )
    assert added["Attributes"]["n"]["N"] == str(Decimal(many[:-1] + "9"))


def saying(detail: str) -> "PutEventsRequestEntryTypeDef":
    return {"EventBusName": "sample", "Source": "uk.gov.sample", "DetailType": "Nothing", "Detail": detail}


def test_the_bus_refuses_what_is_no_event_and_takes_the_rest_of_the_call(sample: Sample) -> None:
    answer = sample.aws.client("events").put_events(Entries=[saying(detail) for detail in ("{}", "[1", "[]", '{"a": 1}')])
    assert [one.get("ErrorCode") for one in answer["Entries"]] == [None, "MalformedDetail", "MalformedDetail", None]
    assert answer["FailedEntryCount"] == 2


def test_the_bus_refuses_a_call_of_more_than_a_megabyte(sample: Sample) -> None:
    with pytest.raises(ClientError, match="over the limit"):
        sample.aws.client("events").put_events(Entries=[saying(json.dumps({"a": "b" * 200_000}))] * 6)


def test_a_package_is_unpacked_once_for_all_the_bundles_that_hold_it(sample: Sample) -> None:
    with ThreadPoolExecutor(4) as people:
        list(people.map(lambda _: sample.order(), range(12)))
    assert isinstance(sample.aws, LocalPlatform)
    workers = list((sample.aws.state_dir / "tmp").glob("ministack-lambda-*/code"))
    assert len(workers) > 2
    assert len({(worker / "order.py").resolve() for worker in workers}) == 1


def test_a_function_sees_only_its_bundle_and_what_lambda_brings(sample: Sample) -> None:
    seen = sample.api.get("/see").json()["modules"]
    assert seen == {"boto3": True, "botocore": True, "functions": False, "infra": False, "hypercorn": False, "ministack": False}


def test_texts_are_kept_with_the_time_they_were_sent(sample: Sample) -> None:
    began = time.time()
    sample.aws.client("sns").publish(PhoneNumber="+447700900123", Message="Hello")
    _, _, port = sample.aws.endpoint.rpartition(":")
    shown = subprocess.run(
        [sys.executable, "-c", f"import httpx; print(httpx.get('http://127.0.0.1:{port}/_ministack/sns/sms-messages').text)"],
        capture_output=True,
        text=True,
        check=True,
    )
    (text,) = json.loads(shown.stdout)["sms_messages"]["+447700900123"]
    assert began <= text["Timestamp"] <= time.time()


def test_no_message_is_lost_when_one_thread_sends_and_another_sweeps() -> None:
    done = subprocess.run([sys.executable, Path(__file__).parent / "sweeping.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"sent": 20_000, "kept": 20_000}


def test_functions_find_aws_where_the_platform_is_told(assembly: Path, tmp_path: Path) -> None:
    with LocalPlatform(tmp_path, functions_endpoint="http://127.0.0.1:9") as platform:
        assert Sample(platform, assembly).api.get("/where").json()["endpoint"] == "http://127.0.0.1:9"


def test_an_email_is_handed_over_within_half_a_second_of_its_order(sample: Sample) -> None:
    def seconds() -> float:
        began, name = time.perf_counter(), sample.order()
        assert until(lambda: name in sample.emailed())
        return time.perf_counter() - began

    seconds()
    taken = sorted(seconds() for _ in range(20))
    assert taken[18] < 0.5, f"two tables, two queues and five functions on the way: {taken}"
