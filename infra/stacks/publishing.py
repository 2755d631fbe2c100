"""Publishing: editions in, pages and content items out."""

from __future__ import annotations

import aws_cdk as cdk

from commonweal_constructs.findings import acknowledge
from infra.stacks.capability import Capability, Platform
from infra.stages import Zone
from schemas.platform import (
    ContentPublished,
    ContentPublishRequested,
    ContentRendered,
    ContentUnpublished,
    ContentUnpublishRequested,
    LinksChanged,
)

LISTED = ("state", "title", "base_path", "publishing_app", "updated_at", "public_updated_at", "created_at", "number")
"""What a list of content shows without reading each edition."""


class Publishing(Capability):
    """The publishing API, the content API, rendering, and the site itself behind every path that is nobody else's."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, "publishing")
        table = self.room_table(indexed=LISTED, indexes=2)
        self.room_bucket()
        zone = platform.stage.zone
        if zone:
            self._invalidate(zone)
        # On a laptop the front door's port is not known before it opens: the emulator says it.
        speaks = {"PUBLIC_URL": f"https://{zone.name}"} if zone else {}
        self.http("publishing.api", routes=["ANY /v2/content/{proxy+}"], writes=table, keys=True, bucket="read and write")
        self.http(
            "publishing.linking",
            routes=["ANY /v2/links/{proxy+}", "GET /v2/expanded-links/{proxy+}", "GET /v2/linked/{proxy+}"],
            writes=table,
            keys=True,
            bucket="read",
        )
        self.http(
            "publishing.finding",
            routes=[
                *(f"GET /v2/{what}" for what in ("content", "editions", "linkables", "schemas", "schemas/{proxy+}")),
                "POST /lookup-by-base-path",
            ],
            reads=table,
            keys=True,
            bucket="read",
        )
        self.http("publishing.reserving", routes=["ANY /paths/{proxy+}", "ANY /publish-intent/{proxy+}"], writes=table, keys=True)
        self.http("publishing.drafts", routes=["ANY /draft", "ANY /draft/{proxy+}"], reads=table, keys=True, bucket="read")
        self.http("publishing.content", routes=["GET /api/content", "GET /api/content/{proxy+}"], reads=table, bucket="read")
        self.http("publishing.pages", routes=["$default"], reads=table, bucket="read", environment=speaks)
        self.consumer(
            "publishing.request", hears=[ContentPublishRequested, ContentUnpublishRequested], writes=table, bucket="read and write"
        )
        render = self.consumer(
            "publishing.render", hears=[ContentPublished, ContentUnpublished], writes=table, bucket="read and write", environment=speaks
        )
        # Apart from rendering, and few at a time: what was published now does not wait behind ten thousand pages that show it.
        refresh = self.consumer("publishing.refresh", writes=table, bucket="read and write", at_once=5, environment=speaks)
        spread = self.consumer(
            "publishing.spread",
            hears=[ContentPublished, ContentUnpublished, LinksChanged],
            writes=table,
            timeout=cdk.Duration.minutes(5),
            batch=1,
        )
        for consumer in (render, spread, refresh):
            self.let_send(consumer.function, refresh, "REFRESH_QUEUE")

    def _invalidate(self, zone: Zone) -> None:
        """The edge's cache, found by the site's name: nothing here knows of the edge otherwise."""
        invalidate = self.consumer(
            "publishing.invalidate",
            hears=[ContentRendered],
            environment={"SITE": zone.name},
        ).function
        home = self.format_arn(service="cloudfront", region="", resource="distribution", resource_name="*")
        invalidate.allow(["cloudfront:CreateInvalidation"], home)
        reason = "A distribution's id is not known before it is made, in another Region; what may be done is to forget copies."
        acknowledge(invalidate.identity, reason, f"AwsSolutions-IAM5[Resource::{home.replace(cdk.Aws.PARTITION, '<AWS::Partition>')}]")
        invalidate.allow_anywhere("Finding", ["cloudfront:ListDistributions"], "Lists take no resource.")
