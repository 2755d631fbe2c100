"""Answer CloudFormation, which waits at a web address of its own for what became of a custom resource."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import sleep
from typing import Any, Literal
from urllib.parse import urlsplit

TRIES = 3
_PATIENCE = 5


def answer(event: Mapping[str, Any], status: Literal["SUCCESS", "FAILED"], resource: str, reason: str = "") -> None:
    """Tell CloudFormation how a request ended. `resource` is the physical id: another one would make it delete the first.

    Raises OSError where it cannot be told: the stack then waits until the resource's timeout.
    """
    told = {
        "Status": status,
        # The whole answer may hold 4 KB.
        "Reason": reason[:1000],
        "PhysicalResourceId": resource,
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    body = json.dumps(told).encode()
    for remaining in reversed(range(TRIES)):
        try:
            if (given := _put(str(event["ResponseURL"]), body)) == HTTPStatus.OK:
                return
            failure: Exception = OSError(f"CloudFormation answered {given}")
        except (OSError, HTTPException) as raised:
            failure = raised
        if not remaining:
            raise OSError("CloudFormation could not be told") from failure
        sleep(1)


def _put(url: str, body: bytes) -> int:
    # http.client and not urllib: it follows no proxy that the environment names, and opens no other scheme.
    place = urlsplit(url)
    connect = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = connect(str(place.hostname), place.port, timeout=_PATIENCE)
    try:
        # The signature of the address covers an empty content type.
        connection.request("PUT", f"{place.path}?{place.query}" if place.query else place.path, body, {"Content-Type": ""})
        return connection.getresponse().status
    finally:
        connection.close()
