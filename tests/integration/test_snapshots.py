"""A register can be downloaded whole: the builder, deployed as it is, writes files that anybody can read."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.integration.stack import Stack, within

BUCKET, QUEUE = "commonweal-local-data-access-000000000000", "commonweal-local-data-access-snapshot"
REGISTER, FILE = "local-authority-eng", "records.parquet"


@pytest.fixture
def snapshot(stack: Stack) -> str:
    """Where the files of the councils' snapshot stand, once somebody has asked for it."""
    sqs, s3 = stack.platform.client("sqs"), stack.platform.client("s3")
    assert within(120, lambda: stack.http.get(f"/registers/{REGISTER}/register").json().get("total-entries") == 354)
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"], MessageBody=json.dumps({"build": REGISTER}))
    prefix = f"registers/{REGISTER}/snapshots/354/"
    assert within(120, lambda: s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["KeyCount"] == 6)
    return prefix


def test_the_councils_are_built_into_files_that_duckdb_reads(stack: Stack, snapshot: str, tmp_path: Path) -> None:
    body = stack.platform.client("s3").get_object(Bucket=BUCKET, Key=snapshot + FILE)["Body"].read()
    (tmp_path / FILE).write_bytes(body)
    with duckdb.connect() as connection:
        found = connection.execute(
            'SELECT count(*), count(DISTINCT _key), min("start-date") FROM read_parquet(?)', [str(tmp_path / FILE)]
        ).fetchall()
        bath = connection.execute("SELECT name FROM read_parquet(?) WHERE _key = 'BAS'", [str(tmp_path / FILE)]).fetchall()
    assert found == [(354, 354, "1905-05-27")]
    assert bath == [("Bath and North East Somerset",)]


def test_a_file_is_given_in_ranges_at_the_address_that_is_signed_for_it(stack: Stack, snapshot: str) -> None:
    address = stack.platform.client("s3").generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": snapshot + FILE})
    part = stack.http.get(address, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"PAR1")
