"""Tell the cache in front of the site that what it has of a path is old."""

from __future__ import annotations

from functools import cache

from functions.common import clients
from functions.common.consumer import consumes
from functions.common.failures import Transient
from functions.common.settings import setting
from schemas.platform import ContentRendered


@consumes(ContentRendered)
def invalidate(event: ContentRendered) -> None:
    """The page, its parts and feed, and its item; once for one event, however often it comes. Transient where there is no cache."""
    path = event.base_path
    paths = [path, f"{path}/*", f"{path}.atom", f"/api/content{path}"]
    batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": event.envelope.id}
    clients.cloudfront().create_invalidation(DistributionId=_distribution(setting("SITE")), InvalidationBatch=batch)  # type: ignore[arg-type]  # the shape is the service's own


@cache
def _distribution(site: str) -> str:
    """The distribution that answers under the site's name: it stands in another Region, and is made after this function."""
    for page in clients.cloudfront().get_paginator("list_distributions").paginate():
        for one in page["DistributionList"].get("Items", []):
            if site in one["Aliases"].get("Items", []):
                return one["Id"]
    raise Transient("no distribution answers under the site's name")
