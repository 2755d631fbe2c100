"""Answer CloudFormation, which waits at a web address of its own for what became of a custom resource."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import sleep
from traceback import format_tb
from typing import Any, Literal
from urllib.parse import urlsplit

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from functions.common.log import logger

type Handler = Callable[[dict[str, Any], LambdaContext], None]

TRIES = 3
_PATIENCE = 5


def applies(apply: Callable[[], None], resource: str) -> Handler:
    """Make a Lambda handler of a custom resource whose creation and update apply something, and whose deletion does nothing.

    Every end of it, good or bad, is told to CloudFormation. `resource` is the physical id: always the same, so that no update is a
    replacement.
    """

    def handle(event: dict[str, Any], _: LambdaContext) -> None:
        try:
            if event["RequestType"] != "Delete":
                apply()
        except Exception as failure:
            reason = f"{type(failure).__name__}: {_said(failure)}"
            logger.error("%s could not be applied", resource, reason=reason, where=format_tb(failure.__traceback__))
            answer(event, "FAILED", resource, reason)
        else:
            answer(event, "SUCCESS", resource)

    return handle


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


def _said(failure: Exception) -> str:
    # A model's own words quote the value, which may be somebody's address.
    if not isinstance(failure, ValidationError):
        return str(failure)
    problems = failure.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in problems)


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
