"""A proxy between the functions and AWS that breaks things on purpose, from outside the product.

It knows an AWS call by its target (`DynamoDB_20120810.PutItem`, `AWSEvents.PutEvents`, …) or its path, and may drop its answer after it was
applied, throttle it, apply it twice, delay it, refuse it for good, or lose it on the way.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

type Kind = Literal["drop answer", "throttle", "duplicate", "delay", "unavailable", "refuse", "lose"]

HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})
"""What the proxy says for itself."""
# The shape that DynamoDB, EventBridge and SQS share, and that of SNS.
THROTTLED = b'{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}'
THROTTLED_IN_XML = b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>slow down</Message></Error></ErrorResponse>"
REFUSED = b'{"__type":"MessageRejected","message":"no"}'


@dataclass
class Fault:
    """One way to break some calls: `times` of those whose target contains `call` and whose body contains `holding`, and `also`."""

    kind: Kind
    call: str
    holding: bytes = b""
    also: bytes = b""
    times: int = 1
    seconds: float = 0.5
    met: int = field(default=0, init=False)

    def takes(self, call: str, body: bytes) -> bool:
        """Whether this call is to be broken; counts it."""
        if self.met >= self.times or self.call not in call or self.holding not in body or self.also not in body:
            return False
        self.met += 1
        return True


class FaultProxy:
    """Listens on 127.0.0.1; forwards to `upstream` once it is known, for functions start before it does."""

    def __init__(self) -> None:
        self.upstream = ""
        self.calls: list[str] = []
        self._faults: list[Fault] = []
        self._left: tuple[bytes, ...] = ()
        self._lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for its body: head and body are two packets

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's own name
                return

            def do_any(self) -> None:
                proxy.handle(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_any  # noqa: N815  # as the base class calls them

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def endpoint(self) -> str:
        """Where functions find AWS."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def broken(self, *faults: Fault) -> Iterator[None]:
        """While this lasts, calls are broken so."""
        with self._lock:
            self._faults += faults
        try:
            yield
        finally:
            with self._lock:
                self._faults = [fault for fault in self._faults if fault not in faults]

    @contextmanager
    def nothing_but(self, *names: bytes) -> Iterator[None]:
        """While this lasts, nothing of AWS is there but what a call's path or body names so."""
        with self._lock:
            self._left = names
        try:
            yield
        finally:
            with self._lock:
                self._left = ()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Pass one call on, broken or not."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        call = request.headers.get("X-Amz-Target") or _named(request.command, request.path, body)
        with self._lock:
            self.calls.append(call)
            fault = next((fault for fault in self._faults if fault.takes(call, body)), None)
            is_gone = bool(self._left) and not any(name in request.path.encode() or name in body for name in self._left)
        kind = "unavailable" if is_gone else fault.kind if fault else None
        if kind == "unavailable":
            _answer(request, 503, [("Content-Type", "application/json")], b'{"message":"Service Unavailable"}')
            return
        if kind == "throttle":
            if call.startswith("SNS."):
                _answer(request, 400, [("Content-Type", "text/xml")], THROTTLED_IN_XML)
            else:
                _answer(request, 400, [("Content-Type", "application/x-amz-json-1.0")], THROTTLED)
            return
        if kind == "refuse":
            _answer(request, 400, [("Content-Type", "application/json"), ("X-Amzn-ErrorType", "MessageRejected")], REFUSED)
            return
        if kind in ("delay", "lose") and fault:
            time.sleep(fault.seconds)
        if kind == "lose":
            _hang_up(request)
            return
        if kind == "duplicate":
            self._forward(request, body)
        status, headers, answer = self._forward(request, body)
        if kind == "drop answer":
            _hang_up(request)
            return
        _answer(request, status, headers, answer)

    def _forward(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        target = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=60)
        try:
            # The Host header goes on as it was signed.
            connection.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                if name.lower() not in ("connection", "transfer-encoding"):
                    connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            headers = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP]
            return response.status, headers, response.read()
        finally:
            connection.close()


def _named(method: str, path: str, body: bytes) -> str:
    """The name of a call that has no target: SNS speaks the query protocol, SES and S3 are known by their paths."""
    if b"Action=" in body[:2000]:
        return "SNS." + body.split(b"Action=", 1)[1].split(b"&", 1)[0].decode()
    if path.startswith("/v2/email/outbound-emails"):
        return "SES.SendEmail"
    return f"S3.{method}"


def _hang_up(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True
    request.connection.close()


def _answer(request: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    try:
        request.send_response_only(status)
        for name, value in headers:
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)
    except (BrokenPipeError, ConnectionResetError):  # the function was killed meanwhile
        request.close_connection = True


def eventually[Found](look: Callable[[], Found], seconds: float = 20, every: float = 0.05) -> Found:
    """What `look` finds, once it finds anything; what it found last where it never does.

    What has not come soon is looked for more seldom, up to once in half a second: who looks takes the platform's time.
    """
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > end:
            return found
        time.sleep(every)
        every = max(every, min(every * 1.2, 0.5))
