"""How CloudFormation is answered, at the address it gives."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from pydantic import BaseModel

from functions.common import cloudformation

CANARY = "Jo Bloggs"
EVENT = {"StackId": "arn:stack", "RequestId": "r1", "LogicalResourceId": "Declarations"}


@pytest.fixture
def stack(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An address that waits for an answer; it fails as often as told, then keeps what it is told."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            failing = server.failing > 0
            server.failing -= 1
            server.heard.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(503 if failing else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server: Any = HTTPServer(("127.0.0.1", 0), Handler)
    server.failing, server.heard = 0, []
    server.event = {**EVENT, "ResponseURL": f"http://127.0.0.1:{server.server_port}/wait/here?signature=a%2Fb"}
    monkeypatch.setattr(cloudformation, "sleep", lambda _: None)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_answer_goes_to_the_address_as_it_stands(stack: Any) -> None:
    cloudformation.answer(stack.event, "SUCCESS", "declarations")
    told = {**EVENT, "Status": "SUCCESS", "Reason": "", "PhysicalResourceId": "declarations"}
    assert stack.heard == [("/wait/here?signature=a%2Fb", "", told)]


def test_a_reason_is_cut_to_what_an_answer_may_hold(stack: Any) -> None:
    cloudformation.answer(stack.event, "FAILED", "declarations", "x" * 10_000)
    assert len(json.dumps(stack.heard[0][2])) < 4096


def test_it_is_told_again_when_it_could_not_hear(stack: Any) -> None:
    stack.failing = 2
    cloudformation.answer(stack.event, "SUCCESS", "declarations")
    assert len(stack.heard) == 3


def test_what_cannot_be_told_fails_loudly(stack: Any) -> None:
    stack.failing = 9
    with pytest.raises(OSError, match="could not be told"):
        cloudformation.answer(stack.event, "SUCCESS", "declarations")


class TestApplies:
    """A handler that applies something, and tells CloudFormation how that ended."""

    @pytest.mark.parametrize("kind", ["Create", "Update"])
    def test_it_is_applied_and_told(self, stack: Any, kind: str) -> None:
        applied: list[str] = []
        cloudformation.applies(lambda: applied.append("once"), "templates")({**stack.event, "RequestType": kind}, None)  # type: ignore[arg-type]  # any context will do
        assert applied == ["once"]
        [(_, _, told)] = stack.heard
        assert (told["Status"], told["PhysicalResourceId"]) == ("SUCCESS", "templates")

    def test_deletion_takes_nothing_back(self, stack: Any) -> None:
        cloudformation.applies(fail, "templates")({**stack.event, "RequestType": "Delete"}, None)  # type: ignore[arg-type]
        assert stack.heard[0][2]["Status"] == "SUCCESS"

    def test_a_failure_is_told_with_its_reason(self, stack: Any) -> None:
        cloudformation.applies(fail, "templates")({**stack.event, "RequestType": "Update"}, None)  # type: ignore[arg-type]
        told = stack.heard[0][2]
        assert (told["Status"], told["PhysicalResourceId"], told["Reason"]) == ("FAILED", "templates", "LookupError: TABLE is not set")

    def test_what_does_not_fit_a_model_is_told_by_its_place_and_not_its_value(self, stack: Any, printed: Callable[[], str]) -> None:
        class Member(BaseModel):
            phone: int

        def read() -> None:
            Member.model_validate({"phone": CANARY})

        cloudformation.applies(read, "templates")({**stack.event, "RequestType": "Update"}, None)  # type: ignore[arg-type]
        reason = stack.heard[0][2]["Reason"]
        assert reason.startswith("ValidationError: phone: ")
        assert CANARY not in reason + printed()
        assert "templates could not be applied" in printed()


def fail() -> None:
    raise LookupError("TABLE is not set")
