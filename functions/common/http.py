"""HTTP entry points: a Powertools resolver behind one front desk.

The desk works in a fixed order before any route is looked up: who is asking, may they, how large is it, what is it. So an unknown caller
learns nothing, and nothing reads a body that would harm it. Every refusal has the shape of the protocol that the room speaks.
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.common import clock, ids, wire
from functions.common.cause import Cause, because
from functions.common.failures import Invalid, Problem, Refusal, Transient, nothing_here
from functions.common.log import count, logger

if TYPE_CHECKING:
    from functions.common.auth import Caller
    from functions.common.quota import Admitted

type Headers = Mapping[str, str]
type Scheme = Callable[[Headers], Caller]
"""Finds out who is asking, or raises Refusal."""
type Admission = Callable[[Answer], Admitted]
"""Lets a request for data go on, counted for whoever asks, or raises Refusal."""
type Shape = Callable[[Refusal], object]
"""Puts a refusal into the words of a protocol."""
type Answer = dict[str, Any]
type Telling = Callable[[Refusal], Response[str]]
"""Makes of a refusal the answer that tells it."""
type Readdress = Callable[[Answer], Answer]
"""Puts an HTTP API event as the routes know it."""

_caller: ContextVar[Caller] = ContextVar("caller")
MOST_PROBLEMS = 100
"""That a refusal tells of one request: a body may have more than an answer can hold."""
_METHODS_WITH_BODY = frozenset({"DELETE", "PATCH", "POST", "PUT"})


def caller() -> Caller:
    """Who is asking. Only routes behind a scheme may ask this."""
    return _caller.get()


def problem_details(refusal: Refusal) -> object:
    """The platform's own shape: problem details (RFC 9457), with every field at fault."""
    errors = [{"field": problem.field, "message": problem.message} for problem in refusal.problems]
    if refusal.field:
        errors = [{"field": refusal.field, "message": refusal.message}]
    members = {"title": HTTPStatus(refusal.status).phrase, "status": refusal.status, "detail": refusal.message, "code": refusal.code}
    return {name: value for name, value in {**members, "errors": errors}.items() if value}


class Api:
    """A room's HTTP entry point: `get`, `post` and so on register routes; calling it handles an HTTP API event (payload 2.0)."""

    def __init__(  # noqa: PLR0913  # each is one thing the front desk must know
        self,
        title: str,
        *,
        scheme: Scheme | None = None,
        admits: Admission | None = None,
        scope: str | None = None,
        key_types: tuple[str, ...] = ("live",),
        shape: Shape = problem_details,
        invalid_status: int = 422,
        media_types: tuple[str, ...] = ("application/json",),
        largest_body: int = wire.LARGEST_BODY,
        raw: bool = False,
        readdress: Readdress | None = None,
        always: Headers | None = None,
        refused: Telling | None = None,
    ) -> None:
        """`scheme`, `scope` and `key_types` say who may, or `admits`, which counts requests, too; `shape` and `invalid_status` how it
        refuses; `media_types` and `largest_body` (bytes) what it takes.

        With `raw`, bodies are not parsed here: routes read `body()`. `readdress` puts a request's address as the routes know it, before any
        is looked up; `always` are headers of every answer, refusals included. `refused` tells refusals in the place of `shape`: as pages,
        where pages are asked for.
        """
        self._scheme = scheme
        self._admits = admits
        self._scope = scope
        self._key_types = key_types
        self._shape = shape
        self._invalid_status = invalid_status
        self._media_types = media_types
        self._largest_body = largest_body
        self._raw = raw
        self._readdress = readdress
        self._always = always or {}
        self._refused = refused
        self._body: bytes = b""
        self._parsed: object = None
        self._routes: list[tuple[str, re.Pattern[str]]] = []
        self.resolver = APIGatewayHttpResolver(enable_validation=True, json_body_deserializer=self._deserialize)
        self.resolver.configure_openapi(title=title, version="1.0.0", openapi_version="3.1.0")
        self.resolver.not_found(self._not_found)
        self.resolver.exception_handler(RequestValidationError)(self._not_valid)
        self.resolver.exception_handler(Refusal)(self.refuse)
        self.resolver.exception_handler(Invalid)(self._invalid)
        self.resolver.exception_handler(Exception)(self._fail)

    def get[Route: Callable[..., Any]](self, rule: str, **documented: Any) -> Callable[[Route], Route]:
        """Register a GET route, e.g. `/v2/content/<content_id>`. Its documentation is the route's docstring, unless told otherwise."""
        return self._route("GET", rule, documented)

    def post[Route: Callable[..., Any]](self, rule: str, **documented: Any) -> Callable[[Route], Route]:
        """Register a POST route."""
        return self._route("POST", rule, documented)

    def put[Route: Callable[..., Any]](self, rule: str, **documented: Any) -> Callable[[Route], Route]:
        """Register a PUT route."""
        return self._route("PUT", rule, documented)

    def patch[Route: Callable[..., Any]](self, rule: str, **documented: Any) -> Callable[[Route], Route]:
        """Register a PATCH route."""
        return self._route("PATCH", rule, documented)

    def delete[Route: Callable[..., Any]](self, rule: str, **documented: Any) -> Callable[[Route], Route]:
        """Register a DELETE route."""
        return self._route("DELETE", rule, documented)

    @property
    def scheme(self) -> Scheme | None:
        """Who finds out who is asking; nobody, where all may ask."""
        return self._scheme

    @property
    def admits(self) -> Admission | None:
        """Who lets requests for data go on, and counts them; nobody, where they are not counted."""
        return self._admits

    @property
    def scope(self) -> str | None:
        """What a key must allow."""
        return self._scope

    def body(self) -> bytes:
        """The body of the request being handled, within the size allowed."""
        return self._body

    @property
    def headers(self) -> Headers:
        """The headers of the request being handled, names in lower case."""
        return _headers(self.resolver.current_event.raw_event)

    @property
    def path(self) -> str:
        """The path of the request being handled, decoded."""
        return str(self.resolver.current_event.path)

    @property
    def query(self) -> Mapping[str, str]:
        """The query parameters of the request being handled; a repeated one holds its values joined by commas, as API Gateway gives it."""
        return self.resolver.current_event.raw_event.get("queryStringParameters") or {}

    def cursor(self, form: str) -> str | None:
        """From where on a list is asked for: `after` in the query, in the form that answers name it in. Raises Refusal."""
        given = self.query.get("after") or None
        if given and not re.fullmatch(form, given):
            raise Refusal(self._invalid_status, "Give what an answer named as `next`.", code="invalid", field="after")
        return given

    @property
    def base_url(self) -> str:
        """Where the caller found us, e.g. `http://127.0.0.1:8000`: for the URLs in answers."""
        headers = self.headers
        host = headers.get("x-forwarded-host") or headers.get("host", "localhost")
        return f"{headers.get('x-forwarded-proto', 'https')}://{host}"

    def __call__(self, event: Answer, context: LambdaContext) -> Answer:
        """Handle one request."""
        event = self._readdress(event) if self._readdress else event
        headers = _headers(event)
        cause = Cause(correlation=_correlation(headers), department=None, traceparent=headers.get("traceparent"))
        began = clock.now()
        try:
            answer = self._admit_and_resolve(event, headers, cause, context)
        except Refusal as refusal:
            answer = self._answer(refusal)
        # A failure inside the resolver's own machinery, which its handlers do not see.
        except Exception as failure:
            answer = self._built(self._fail(failure))
        # The emulator answers 500 for a redirect whose body is null, where AWS sends none.
        answer["body"] = answer.get("body") or ""
        answer.setdefault("headers", {}).setdefault("X-Correlation-Id", cause.correlation)
        for name, value in {**self._always, "X-Content-Type-Options": "nosniff"}.items():
            answer["headers"].setdefault(name, value)
        count("Request", Status=str(answer["statusCode"]))
        logger.info(
            "answered",
            status=answer["statusCode"],
            method=_method(event),
            correlation_id=cause.correlation,
            milliseconds=round((clock.now() - began).total_seconds() * 1000, 1),
        )
        return answer

    def _admit_and_resolve(self, event: Answer, headers: Headers, cause: Cause, context: LambdaContext) -> Answer:
        if self._scheme:
            who = self._scheme(headers)
            if self._scope and self._scope not in who.scopes:
                raise Refusal(403, f"This key may not do that: it lacks the scope {self._scope}.", code="scope_missing")
            if who.key_type not in self._key_types:
                raise Refusal(403, f"A {who.key_type} key may not do that: use a {' or '.join(self._key_types)} key.", code="key_type")
            _caller.set(who)
            cause = Cause(cause.correlation, who.department, traceparent=cause.traceparent)
        admitted = self._admits(event) if self._admits else None
        if admitted:
            event = admitted.request
        self._body, self._parsed = wire.body_bytes(event, self._largest_body), None
        if _method(event) in _METHODS_WITH_BODY and self._body and not self._raw:
            wire.check_media_type(headers, self._media_types)
            self._parsed = wire.parse_json(self._body)
            # Checked above: what the resolver sees is JSON, whatever the caller called it.
            event = {**event, "headers": {**headers, "content-type": "application/json"}}
        with because(cause):
            answer = self.resolver.resolve(event, context)
        if admitted:
            answer["headers"] = {**admitted.headers, **answer.get("headers", {})}
        return answer

    def _route[Route: Callable[..., Any]](self, method: str, rule: str, documented: dict[str, Any]) -> Callable[[Route], Route]:
        self._routes.append((method, re.compile("^" + re.sub(r"<\w+>", "[^/]+", rule) + "$")))

        def register(route: Route) -> Route:
            description = " ".join((route.__doc__ or "").split())
            summary = description.split(". ")[0].removesuffix(".")
            told = {"operation_id": route.__name__, "summary": summary, "description": description, **documented}
            return self.resolver.route(rule, method=[method], **told)(route)

        return register

    def _deserialize(self, _: str) -> Any:
        return self._parsed

    def _not_found(self, _: Exception) -> Response[str]:
        event = self.resolver.current_event.raw_event
        allowed = sorted({method for method, pattern in self._routes if pattern.match(str(event.get("rawPath", "")))})
        if allowed and _method(event) not in allowed:
            headers = {"Allow": ", ".join(allowed)}
            return self.refuse(Refusal(405, f"Use {' or '.join(allowed)} here.", code="method_not_allowed", headers=headers))
        return self.refuse(nothing_here())

    def _not_valid(self, invalid: RequestValidationError) -> Response[str]:
        problems = tuple(
            # The first part of a place is where in the request it is: the body, the query, the path or a header.
            Problem(tuple(error["loc"][1:]), error["type"], error["msg"].removeprefix("Value error, "))
            for error in invalid.errors()[:MOST_PROBLEMS]
        )
        detail = "; ".join(str(problem) for problem in problems)
        return self.refuse(Refusal(self._invalid_status, detail, code="invalid", problems=problems))

    def _invalid(self, invalid: Invalid) -> Response[str]:
        return self.refuse(Refusal(self._invalid_status, invalid.message, code="invalid", field=invalid.field))

    def _fail(self, failure: Exception) -> Response[str]:
        # The type and the place, never the text: it may hold somebody's data.
        frames = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in traceback.extract_tb(failure.__traceback__)[-5:]]
        logger.error("failed", error=type(failure).__name__, frames=frames)
        if isinstance(failure, Transient) or type(failure).__module__.startswith("botocore"):
            later = "Something we depend on is not answering. Nothing is lost: try again."
            return self.refuse(Refusal(503, later, code="unavailable", headers={"Retry-After": "1"}))
        return self.refuse(Refusal(500, "Something went wrong on our side.", code="internal_error"))

    def refuse(self, refusal: Refusal) -> Response[str]:
        """A refusal as this API says it."""
        if self._refused:
            return self._refused(refusal)
        media_type = "application/problem+json" if self._shape is problem_details else "application/json"
        return Response(refusal.status, media_type, json.dumps(self._shape(refusal), ensure_ascii=False), headers={**refusal.headers})

    def _answer(self, refusal: Refusal) -> Answer:
        return self._built(self.refuse(refusal))

    @staticmethod
    def _built(response: Response[str]) -> Answer:
        headers = {name: str(value) for name, value in response.headers.items()}
        return {"statusCode": response.status_code, "headers": headers, "body": response.body, "isBase64Encoded": False}


def _headers(event: Mapping[str, Any]) -> Headers:
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def _method(event: Mapping[str, Any]) -> str:
    return str(event["requestContext"]["http"]["method"])


def _correlation(headers: Headers) -> str:
    given = headers.get("x-correlation-id", "")
    return given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else ids.new()
