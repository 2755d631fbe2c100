"""DynamoDB answering from memory: a canned transport below boto3, so that what is measured is ours and boto3's."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSResponse
from moto.core.models import botocore_stubber

from functions.common import clients

type Answering = Callable[[str, dict[str, Any]], bytes]
"""The body of the answer to an operation, asked with these members; whatever it raises, the caller gets."""


class _Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, amount: int = 65536, decode_content: bool | None = None) -> Any:
        """Its one chunk, asked for as of urllib3."""
        yield self.read()


@contextmanager
def dynamodb(answering: Answering) -> Iterator[None]:
    """DynamoDB says meanwhile what this says. Nothing else may be asked of AWS."""

    def answer(request: Any, **_: Any) -> Any:
        operation = request.headers["X-Amz-Target"].decode().partition(".")[2]
        headers: Any = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, 200, headers, _Raw(answering(operation, json.loads(request.body))))

    events = clients.dynamodb().meta.events
    events.register("before-send.dynamodb", answer)
    # botocore calls every handler, so moto would do its work as well.
    with patch.object(botocore_stubber, "enabled", False):
        yield
    events.unregister("before-send.dynamodb", answer)


def body(answer: dict[str, Any]) -> bytes:
    """An answer as DynamoDB sends it."""
    return json.dumps(answer, default=lambda value: base64.b64encode(value).decode()).encode()
