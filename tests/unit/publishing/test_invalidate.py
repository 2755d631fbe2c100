"""What the cache in front of the site is told."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.common import clients
from functions.common.cause import Cause, envelop
from functions.publishing import invalidate as module
from functions.publishing.invalidate import invalidate
from schemas.platform import ContentRendered
from tests.unit.mocked import mocked_aws
from tests.unit.publishing.ground import deliver

SITE = "commonweal.example"


@pytest.fixture
def cloudfront(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("SITE", SITE)
    with mocked_aws():
        clients._client.cache_clear()
        module._distribution.cache_clear()
        yield boto3.client("cloudfront")
    clients._client.cache_clear()


def distribution(cloudfront: Any, name: str) -> str:
    reached = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    origin = {"Id": "origin", "DomainName": f"origin.{name}", "CustomOriginConfig": reached}
    config = {
        "CallerReference": name,
        "Comment": "",
        "Enabled": True,
        "Aliases": {"Quantity": 1, "Items": [name]},
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "origin", "ViewerProtocolPolicy": "redirect-to-https", "MinTTL": 0},
    }
    made: str = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    return made


def rendered(path: str) -> list[Any]:
    event = ContentRendered.model_validate(
        {"content_id": "3cd2e2d2-136f-542e-b4ae-64f9e09404f6", "locale": "en", "base_path": path, "revision": 1}
    )
    return deliver(invalidate, envelop(event, Cause("tree", "communities")))


def test_the_page_its_parts_its_feed_and_its_item_are_forgotten_by_the_sites_own_distribution(cloudfront: Any) -> None:
    distribution(cloudfront, "another.example")
    own = distribution(cloudfront, SITE)
    assert rendered("/a") == []
    [made] = cloudfront.list_invalidations(DistributionId=own)["InvalidationList"]["Items"]
    said = cloudfront.get_invalidation(DistributionId=own, Id=made["Id"])["Invalidation"]["InvalidationBatch"]
    assert sorted(said["Paths"]["Items"]) == ["/a", "/a.atom", "/a/*", "/api/content/a"]


def test_where_there_is_no_cache_yet_it_is_told_later(cloudfront: Any) -> None:
    distribution(cloudfront, "another.example")
    assert len(rendered("/a")) == 1
