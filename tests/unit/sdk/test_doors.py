"""The two ways in: what is sent, and what each answer of AWS or of the platform means."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from commonweal_events import EventBridge, Http, Publisher, read
from commonweal_events import http as http_door
from commonweal_events.envelope import Envelope
from tests.unit.sdk.classes import SOURCE, flood_warning, sample

BUS = "arn:aws:events:eu-west-2:222222222222:event-bus/commonweal-prod"


def warnings(count: int) -> list[Envelope]:
    publisher = Publisher(SOURCE)
    return [publisher.envelop(read(flood_warning(), sample("severe"))) for _ in range(count)]


class Bus:
    """An EventBridge client that answers as it was told, call after call."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls: list[list[dict[str, Any]]] = []
        self.made = 0

    def __call__(self, credentials: dict[str, Any]) -> Bus:
        self.made += 1
        return self

    def put_events(self, **call: list[dict[str, Any]]) -> dict[str, Any]:
        self.calls.append(call["Entries"])
        answer = self.answers.pop(0) if self.answers else [""] * len(call["Entries"])
        if isinstance(answer, Exception):
            raise answer
        return {"Entries": [{"EventId": "1"} if not code else {"ErrorCode": code} for code in answer]}


def failure(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "User: arn:aws:sts::111122223333 is not authorised"}}, "PutEvents")


def test_an_entry_is_the_cloudevent_under_its_own_names() -> None:
    bus = Bus()
    (event,) = warnings(1)
    (answer,) = EventBridge(bus=BUS, client=bus).put([event])
    assert answer.status == "accepted"
    ((entry,),) = bus.calls
    assert json.loads(entry["Detail"]) == event.wire()
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"], entry["Time"]) == (BUS, event.source, event.type, event.time)


@pytest.mark.parametrize(
    ("code", "status", "field"),
    [
        ("ThrottlingException", "again", ""),
        ("InternalFailure", "again", ""),
        ("NotAuthorizedForSourceException", "refused", "type"),
        ("MalformedDetail", "refused", ""),
    ],
)
def test_an_entry_that_was_not_taken_is_told_apart(code: str, status: str, field: str) -> None:
    taken, other = EventBridge(bus=BUS, client=Bus(["", code])).put(warnings(2))
    assert taken.status == "accepted"
    assert (other.status, other.problems[0].field) == (status, field)
    assert code in other.problems[0].message


def test_one_event_that_the_role_may_not_put_does_not_spoil_the_others() -> None:
    denied = failure("AccessDeniedException")
    # All four; the first two; the last two, of which the third is the one; the third; the fourth.
    bus = Bus(denied, ["", ""], denied, denied, [""])
    answers = EventBridge(bus=BUS, client=bus).put(warnings(4))
    assert [answer.status for answer in answers] == ["accepted", "accepted", "refused", "accepted"]
    assert str(answers[2].problems[0]).startswith("type: the role may not put environment-agency.FloodWarningIssued.v1 from ")
    assert "111122223333" not in str(answers[2])


def test_what_is_known_of_the_first_half_is_not_lost_with_the_second() -> None:
    bus = Bus(failure("AccessDeniedException"), [""], EndpointConnectionError(endpoint_url="https://events"))
    answers = EventBridge(bus=BUS, client=bus).put(warnings(2))
    assert [answer.status for answer in answers] == ["accepted", "again"]


@pytest.mark.parametrize("lost", [failure("ExpiredTokenException"), EndpointConnectionError(endpoint_url="https://events")])
def test_a_call_of_which_nothing_is_known_is_tried_with_new_credentials(lost: Exception) -> None:
    bus = Bus(lost)
    receipts = Publisher(SOURCE, EventBridge(bus=BUS, client=bus), pause=lambda _: None).publish(*warnings(2))
    assert [receipt.status for receipt in receipts] == ["accepted", "accepted"]
    assert bus.made == 2


class Server:
    """An HTTP connection that answers as it was told, request after request."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.requests: list[tuple[str, str, list[Any], dict[str, str]]] = []
        self.hosts: list[str] = []
        self.headers: dict[str, str] = {}

    def __call__(self, host: str, timeout: float) -> Server:
        self.hosts.append(host)
        return self

    def request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        self.requests.append((method, path, json.loads(body), headers))

    def getresponse(self) -> Server:
        self.status, answer = self.answers.pop(0)
        if answer == "taken":
            answer = {"receipts": [{"id": event["id"], "status": "accepted", "trace": "/t"} for event in self.requests[-1][2]]}
        self.body = io.BytesIO(answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        return self

    def read(self) -> bytes:
        return self.body.read()

    def close(self) -> None:
        pass


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Any:
    def serve(*answers: tuple[int, Any]) -> Server:
        server = Server(*answers)
        monkeypatch.setattr(http_door, "HTTPSConnection", server)
        return server

    return serve


def test_a_batch_goes_with_the_key_to_events(served: Any) -> None:
    server: Server = served((202, "taken"))
    events = warnings(2)
    answers = Http(url="https://commonweal.example/", key=lambda: "floods-key").put(events)
    assert [(answer.status, answer.trace) for answer in answers] == [("accepted", "/t")] * 2
    ((method, path, body, headers),) = server.requests
    assert (method, path, server.hosts) == ("POST", "/events", ["commonweal.example"])
    assert body == [event.wire() for event in events]
    assert headers == {"Content-Type": "application/cloudevents-batch+json", "X-Api-Key": "floods-key"}


def test_each_receipt_is_its_own_events(served: Any) -> None:
    first, second, third = warnings(3)
    wrong = {"id": second.id, "status": "refused", "errors": [{"field": "data.severityLevel", "message": "9 is too many"}]}
    receipts = [{"id": first.id, "status": "duplicate"}, wrong, {"id": first.id, "status": "accepted"}]
    served((202, {"receipts": receipts}))
    answers = Http(url="https://commonweal.example", key="k").put([first, second, third])
    # The last one is another event's: nothing is known of ours.
    assert [answer.status for answer in answers] == ["duplicate", "refused", "again"]
    assert str(answers[1].problems[0]) == "data.severityLevel: 9 is too many"


@pytest.mark.parametrize(
    ("status", "what"), [(429, "again"), (503, "again"), (408, "again"), (401, "refused"), (403, "refused"), (302, "refused")]
)
def test_an_answer_without_receipts_is_for_all(served: Any, status: int, what: str) -> None:
    server: Server = served((status, {"detail": "The key is not known."}))
    server.headers = {"Retry-After": "7", "Location": "https://elsewhere.example/events"}
    answers = Http(url="https://commonweal.example", key="k").put(warnings(2))
    assert [answer.status for answer in answers] == [what, what]
    assert len(server.requests) == 1
    if what == "again":
        assert answers[0].after == 7
    else:
        assert "The key is not known." in str(answers[0].problems[0])


def test_a_retry_waits_as_long_as_it_was_asked_to_within_reason(served: Any) -> None:
    server: Server = served((429, b""), (202, "taken"))
    server.headers = {"Retry-After": "3600"}
    pauses: list[float] = []
    publisher = Publisher(SOURCE, Http(url="https://commonweal.example", key="k"), pause=pauses.append)
    assert [receipt.status for receipt in publisher.publish(*warnings(1))] == ["accepted"]
    assert pauses == [20]


def test_a_batch_that_is_too_large_goes_in_halves(served: Any) -> None:
    server: Server = served((413, {"detail": "too large"}), (202, "taken"), (202, "taken"))
    answers = Http(url="https://commonweal.example", key="k").put(warnings(4))
    assert [answer.status for answer in answers] == ["accepted"] * 4
    assert [len(body) for _, _, body, _ in server.requests] == [4, 2, 2]


@pytest.mark.parametrize(
    "url", ["http://commonweal.example", "ftp://commonweal.example", "http://127.0.0.1.evil.example", "commonweal.example"]
)
def test_a_key_never_travels_without_tls(url: str) -> None:
    with pytest.raises(ValueError, match="begins with https://"):
        Http(url=url, key="k")


def test_on_ones_own_machine_it_may() -> None:
    assert Http(url="http://127.0.0.1:8000", key="k").most_events == 100
