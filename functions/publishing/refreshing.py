"""Asking for pages to be made again: each in its turn, behind what is published now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import batched

from functions.common import clients
from functions.common.failures import Transient
from functions.common.settings import setting

AT_ONCE = 10
"""What SQS takes in one call."""


def ask(content_ids: Iterable[str], since: str, because: Mapping[str, object] | None = None) -> None:
    """Have the pages of these content ids made again, unless they are made after `since`; it is noted with the write `because` names.

    Raises Transient where the queue does not take them all.
    """
    messages = ({"content_id": one, "since": since, **(because or {})} for one in content_ids)
    for some in batched(messages, AT_ONCE, strict=False):
        entries = [{"Id": str(place), "MessageBody": json.dumps(message)} for place, message in enumerate(some)]
        answer = clients.sqs().send_message_batch(QueueUrl=setting("REFRESH_QUEUE"), Entries=entries)  # type: ignore[arg-type]  # the shape is the service's own
        if answer.get("Failed"):
            raise Transient("the queue did not take all of them")
