"""What AWS answers as a provider, in the words of the port."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from functions.notifications.port import NotTaken, Rejected, Unanswered

# What these say no to now they will say no to again; every other refusal of theirs is about the account or the moment.
_FINAL = frozenset(
    {
        "MessageRejected",
        "BadRequestException",
        "InvalidParameter",
        "InvalidParameterException",
        "ParameterValueInvalid",
        "ValidationException",
    }
)


_NOT_YET = "not verified"
"""What SES says with the code of a final refusal when its own record of the sender has lapsed: mended, it takes the same email."""


def ask(call: Callable[[], Any]) -> Any:
    """Make one call to a provider. Raises Rejected, NotTaken or Unanswered."""
    from botocore.exceptions import (
        ClientError,
        ConnectTimeoutError,
        EndpointConnectionError,
        HTTPClientError,
        NoCredentialsError,
        ParamValidationError,
    )
    from botocore.parsers import ResponseParserError

    try:
        return call()
    except ClientError as refused:
        code = refused.response["Error"]["Code"]
        if code in _FINAL and _NOT_YET not in refused.response["Error"].get("Message", "").lower():
            raise Rejected(code) from None
        if _may_have_left(code, refused.response["ResponseMetadata"]["HTTPStatusCode"]):
            raise Unanswered(code) from None
        raise NotTaken(code) from None
    except ParamValidationError:
        raise Rejected("ParamValidationError") from None
    except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as unreached:
        raise NotTaken(type(unreached).__name__) from None
    except (HTTPClientError, ResponseParserError) as lost:  # no answer, or none that can be read
        raise Unanswered(type(lost).__name__) from None


def _may_have_left(code: str, status: int) -> bool:
    """Whether a failure is the provider's own, at a moment that it does not tell: all of 5xx but what says that it did not begin."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.SERVICE_UNAVAILABLE and "Throttl" not in code
