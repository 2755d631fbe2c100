"""What the tests of this room stand on: its table and bucket, and departments that act."""

from collections.abc import Iterator
from itertools import chain
from uuid import uuid4

import pytest

from functions.common import clients
from functions.publishing import api, finding, linking, reserving, site
from functions.publishing import pages as pages_module
from functions.publishing.store import standing
from tests.unit.mocked import mocked_aws
from tests.unit.publishing.ground import BUCKET, caller_of

INDEXES = {"gsi1": ("gsi1pk", "gsi1sk"), "gsi2": ("gsi2pk", "gsi2sk")}


@pytest.fixture(autouse=True, scope="session")
def assets() -> Iterator[None]:
    """Pages name their style sheet; these tests do not need it built. Once for all: compiling the views takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "_assets", lambda: {"commonweal.css": "/assets/commonweal-1.css", "icon.svg": "/assets/icon-1.svg"})
        site._views.cache_clear()
        pages_module._not_found.cache_clear()
        yield
    site._views.cache_clear()
    pages_module._not_found.cache_clear()


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    """An AWS account for one file of tests: making clients is what takes long."""
    with pytest.MonkeyPatch.context() as environment, mocked_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-2")
        environment.setenv("BUCKET", BUCKET)
        clients._client.cache_clear()
        clients.s3().create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        yield
    clients._client.cache_clear()


@pytest.fixture
def aws(account: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty table and quarantine; every caller is the department that their x-department header names."""
    table = f"publishing-{uuid4()}"
    monkeypatch.setenv("TABLE", table)
    monkeypatch.setenv("QUARANTINE_QUEUE", clients.sqs().create_queue(QueueName=table)["QueueUrl"])
    monkeypatch.setenv("PUBLIC_URL", "https://commonweal.example")
    monkeypatch.setenv("REFRESH_QUEUE", clients.sqs().create_queue(QueueName=f"{table}-refresh")["QueueUrl"])
    for entry in (api.api, finding.finding, linking.linking, reserving.reserving):
        monkeypatch.setattr(entry, "_scheme", caller_of)
    clients.dynamodb().create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", *chain(*INDEXES.values()))],
        GlobalSecondaryIndexes=[
            {
                "IndexName": name,
                "KeySchema": [{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(standing.LISTED)},
            }
            for name, (pk, sk) in INDEXES.items()
        ],
    )
