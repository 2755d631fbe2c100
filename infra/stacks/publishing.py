"""Publishing: editions in, pages and content items out."""

from __future__ import annotations

from infra.stacks.capability import Capability, Platform
from schemas.platform import ContentPublished, ContentPublishRequested, ContentUnpublished, ContentUnpublishRequested


class Publishing(Capability):
    """The publishing API, the content API, rendering, and the site itself behind every path that is nobody else's."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, "publishing")
        table = self.room_table()
        self.room_bucket()
        self.http(
            "publishing.api",
            routes=["ANY /v2/content/{proxy+}"],
            writes=table,
            keys=True,
            bucket="read and write",
        )
        self.http("publishing.content", routes=["GET /api/content/{proxy+}"], reads=table, bucket="read")
        self.http("publishing.pages", routes=["$default"], reads=table, bucket="read")
        self.consumer(
            "publishing.request", hears=[ContentPublishRequested, ContentUnpublishRequested], writes=table, bucket="read and write"
        )
        self.consumer("publishing.render", hears=[ContentPublished, ContentUnpublished], writes=table, bucket="read and write")
