"""The two ways in: what is sent, and what each answer of AWS or of the platform means."""

from __future__ import annotations

import io
import json
import sys
from email.message import Message
from socket import gaierror
from typing import Any, cast
from urllib.error import URLError
from urllib.request import HTTPSHandler, Request
from urllib.response import addinfourl

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from commonweal_events import EventBridge, Http, Publisher, read
from commonweal_events.envelope import Envelope
from tests.unit.sdk.classes import SOURCE, flood_warning, sample

BUS = "arn:aws:events:eu-west-2:222222222222:event-bus/commonweal-prod"
ROLE = "arn:aws:iam::222222222222:role/commonweal-prod-department-environment-agency"


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


@pytest.mark.parametrize(
    ("lost", "made"),
    [
        (failure("ExpiredTokenException"), 2),
        (failure("UnrecognizedClientException"), 2),
        (failure("ThrottlingException"), 1),
        (EndpointConnectionError(endpoint_url="https://events"), 1),
    ],
)
def test_a_call_of_which_nothing_is_known_is_tried_again_with_new_credentials_where_these_ran_out(lost: Exception, made: int) -> None:
    bus = Bus(lost)
    receipts = Publisher(SOURCE, EventBridge(bus=BUS, client=bus), pause=lambda _: None).publish(*warnings(2))
    assert [receipt.status for receipt in receipts] == ["accepted", "accepted"]
    assert bus.made == made


class Tokens:
    """Where roles are taken on, or not."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.refusal = refusal
        self.asked: list[dict[str, Any]] = []
        self.regions: list[str | None] = []

    def client(self, service: str, region_name: str | None) -> Tokens:
        assert service == "sts"
        self.regions.append(region_name)
        return self

    def assume_role(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if self.refusal:
            raise self.refusal
        return {"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}}


def test_the_role_is_taken_on_once_in_the_region_of_the_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, made = Tokens(), list[dict[str, Any]]()
    monkeypatch.setattr("boto3.client", tokens.client)

    def client(settings: dict[str, Any]) -> Bus:
        made.append(settings)
        return Bus()

    door = EventBridge(bus=BUS, role=ROLE, client=client)
    assert [answer.status for _ in range(3) for answer in door.put(warnings(1))] == ["accepted"] * 3
    assert [asked["RoleArn"] for asked in tokens.asked] == [ROLE]
    assert tokens.regions == ["eu-west-2"]
    assert made == [
        {"region_name": "eu-west-2", "aws_access_key_id": "A", "aws_secret_access_key": "S", "aws_session_token": "T"},
    ]


def test_a_role_that_may_not_be_taken_on_is_told_as_that_and_no_event_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens(failure("AccessDenied"))
    monkeypatch.setattr("boto3.client", tokens.client)
    receipts = Publisher(SOURCE, EventBridge(bus=BUS, role=ROLE), pause=lambda _: None).publish(*warnings(3))
    assert {receipt.status for receipt in receipts} == {"failed"}
    assert str(receipts[0].problems[0]).startswith(f"{ROLE} may not be taken on from here (AccessDenied): the department's file")
    assert len(tokens.asked) == 1


def test_without_boto3_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ImportError, match="boto3"):
        Publisher(SOURCE, EventBridge(bus=BUS, role=ROLE)).publish(*warnings(1))


class Server:
    """The platform behind TLS, which answers as it was told, request after request."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.headers: dict[str, str] = {}

    def __call__(self, request: Request) -> addinfourl:
        self.requests.append(request)
        status, answer = self.answers.pop(0)
        if answer == "taken":
            answer = {"receipts": [{"id": event["id"], "status": "accepted", "trace": "/t"} for event in self.bodies[-1]]}
        headers = Message()
        for name, value in self.headers.items():
            headers[name] = value
        body = io.BytesIO(answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        answered = addinfourl(body, headers, request.full_url, status)
        answered.msg = ""  # type: ignore[attr-defined]  # as http.client's own answers have
        return answered

    @property
    def bodies(self) -> list[list[Any]]:
        return [json.loads(cast("bytes", request.data)) for request in self.requests]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Any:
    def serve(*answers: tuple[int, Any]) -> Server:
        server = Server(*answers)
        monkeypatch.setattr(HTTPSHandler, "https_open", lambda _, request: server(request))
        for name in ("https_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        return server

    return serve


def test_a_batch_goes_with_the_key_to_events(served: Any) -> None:
    server: Server = served((202, "taken"))
    events = warnings(2)
    answers = Http(url="https://commonweal.example/", key=lambda: "floods-key").put(events)
    assert [(answer.status, answer.trace) for answer in answers] == [("accepted", "/t")] * 2
    (request,) = server.requests
    assert (request.get_method(), request.full_url) == ("POST", "https://commonweal.example/events")
    assert server.bodies == [[event.wire() for event in events]]
    said = {name.lower(): value for name, value in request.header_items()}
    assert (said["content-type"], said["x-api-key"]) == ("application/cloudevents-batch+json", "floods-key")
    # AWS's common rules, which the platform's firewall has, turn away a request without.
    assert said["user-agent"] == "commonweal-events"


def test_it_goes_through_the_proxy_that_the_environment_names(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server: Server = served((202, "taken"), (202, "taken"))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    door = Http(url="https://commonweal.example", key="k")
    door.put(warnings(1))
    monkeypatch.setenv("NO_PROXY", "commonweal.example")
    door.put(warnings(1))
    assert [request.host for request in server.requests] == ["proxy.example:3128", "commonweal.example"]


def test_each_receipt_is_its_own_events(served: Any) -> None:
    first, second, third = warnings(3)
    wrong = {"id": second.id, "status": "refused", "errors": [{"field": "data.severityLevel", "message": "9 is too many"}]}
    receipts = [{"id": first.id, "status": "duplicate"}, wrong, {"id": first.id, "status": "accepted"}]
    served((202, {"receipts": receipts}))
    answers = Http(url="https://commonweal.example", key="k").put([first, second, third])
    # The last one is another event's: nothing is known of ours.
    assert [answer.status for answer in answers] == ["duplicate", "refused", "again"]
    assert str(answers[1].problems[0]) == "data.severityLevel: 9 is too many"


def limited(event: Envelope) -> dict[str, Any]:
    """What the platform says of one event of a batch that came too soon."""
    message = "environment-agency may send 3,000 events a minute: try again in 7 s"
    return {"id": event.id, "status": "refused", "code": "too_many_events", "errors": [{"field": "", "message": message}]}


def test_what_was_too_much_within_a_batch_that_was_taken_is_sent_again(served: Any) -> None:
    first, second = events = warnings(2)
    server: Server = served((202, {"receipts": [{"id": first.id, "status": "accepted"}, limited(second)]}), (202, "taken"))
    server.headers = {"Retry-After": "7"}
    pauses: list[float] = []
    publisher = Publisher(SOURCE, Http(url="https://commonweal.example", key="k"), pause=pauses.append)
    assert [receipt.status for receipt in publisher.publish(*events)] == ["accepted", "accepted"]
    assert [[event["id"] for event in body] for body in server.bodies] == [[first.id, second.id], [second.id]]
    assert pauses == [7]


def test_what_a_second_delivery_of_its_cause_says_otherwise_is_a_duplicate(served: Any) -> None:
    (cause,) = warnings(1)
    publisher = Publisher(SOURCE)
    followed = publisher.envelop(read(flood_warning(), sample("severe")), caused_by=cause)
    original = publisher.envelop(read(flood_warning(), sample("severe")))
    used = {"status": "refused", "code": "id_already_used", "errors": [{"field": "id", "message": "another event with this id"}]}
    served((202, {"receipts": [{"id": event.id, **used} for event in (followed, original)]}))
    answers = Http(url="https://commonweal.example", key="k").put([followed, original])
    assert [answer.status for answer in answers] == ["duplicate", "refused"]


def test_whoever_publishes_a_type_that_is_to_end_is_told_in_the_receipt_and_once_in_the_log(
    served: Any, caplog: pytest.LogCaptureFixture
) -> None:
    events = warnings(2)
    ends = f"{events[0].type} is deprecated and is taken until 2027-03-31: emit environment-agency.FloodWarningIssued.v2 instead"
    warned = {"status": "accepted", "warnings": [{"code": "deprecated", "field": "type", "message": ends}]}
    served((202, {"receipts": [{"id": event.id, **warned} for event in events]}))
    receipts = Publisher(SOURCE, Http(url="https://commonweal.example", key="k")).publish(*events)
    assert [(receipt.taken, [str(warning) for warning in receipt.warnings]) for receipt in receipts] == [(True, [f"type: {ends}"])] * 2
    assert [record.getMessage() for record in caplog.records] == [f"type: {ends}"]


@pytest.mark.parametrize(
    ("status", "what"),
    [
        *[(429, "again"), (503, "again"), (408, "again"), (200, "again")],
        # The key, the address, something on the way: the events are as good as they were.
        *[(401, "failed"), (403, "failed"), (404, "failed"), (302, "failed"), (307, "failed"), (308, "failed")],
        *[(413, "refused"), (415, "refused")],
    ],
)
def test_an_answer_without_receipts_is_for_all(served: Any, status: int, what: str) -> None:
    answers = [(status, {"detail": "The key is not known."})] * 3
    server: Server = served(*answers)
    server.headers = {"Retry-After": "7", "Location": "https://elsewhere.example/events"}
    answered = Http(url="https://commonweal.example", key="k").put(warnings(1))
    assert [(answer.status, str(answer.problems[0])) for answer in answered] == [(what, "The key is not known.")]
    assert answered[0].after == (7 if what == "again" else 0)
    assert [request.host for request in server.requests] == ["commonweal.example"]


def test_a_key_that_ran_out_is_not_tried_again_and_loses_no_event(served: Any) -> None:
    server: Server = served((401, {"detail": "The key has ended."}))
    receipts = Publisher(SOURCE, Http(url="https://commonweal.example", key="k")).publish(*warnings(2))
    assert [str(receipt).partition(" ")[0] for receipt in receipts] == ["failed", "failed"]
    assert len(server.requests) == 1


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
    assert [len(body) for body in server.bodies] == [4, 2, 2]


def test_where_nobody_is_reached_it_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown_host(*_: object) -> addinfourl:
        raise URLError(gaierror("Name or service not known"))

    monkeypatch.setattr(HTTPSHandler, "https_open", unknown_host)
    (receipt,) = Publisher(SOURCE, Http(url="https://commonweal.example", key="k"), tries=1).publish(*warnings(1))
    assert (receipt.status, str(receipt.problems[0])) == ("failed", "could not be handed over (gaierror)")


@pytest.mark.parametrize(
    "url", ["http://commonweal.example", "ftp://commonweal.example", "http://127.0.0.1.evil.example", "commonweal.example"]
)
def test_a_key_never_travels_without_tls(url: str) -> None:
    with pytest.raises(ValueError, match="begins with https://"):
        Http(url=url, key="k")


def test_the_address_is_the_platforms_own() -> None:
    with pytest.raises(ValueError, match="before /events, which is added"):
        Http(url="https://platform.example/events/", key="a-key")


def test_a_line_break_after_a_key_is_not_part_of_it(served: Any) -> None:
    (event,) = warnings(1)
    server = served((202, "taken"))
    (answer,) = Http(url="https://platform.example", key="a-key\n").put([event])
    assert answer.status == "accepted"
    assert server.requests[0].get_header("X-api-key") == "a-key"


SECRET_KEY = "live-rosalind"
NO_KEYS: dict[str, tuple[Any, str]] = {
    "two lines": (f"{SECRET_KEY}\n{SECRET_KEY}", "the key holds a character that no header can"),
    "an ellipsis": ("…", "the key holds a character that no header can"),
    "blank": (" \n", "there is no key: it is a text that is not empty"),
    "none": (lambda: None, "there is no key: it is a text that is not empty"),
}


@pytest.mark.parametrize(("key", "said"), NO_KEYS.values(), ids=NO_KEYS)
def test_without_a_key_that_can_be_sent_nothing_leaves_and_it_is_said_at_once(served: Any, key: Any, said: str) -> None:
    served()
    waits: list[float] = []
    (receipt,) = Publisher(SOURCE, Http(url="https://platform.example", key=key), pause=waits.append).publish(*warnings(1))
    assert (receipt.status, [str(problem) for problem in receipt.problems], waits) == ("failed", [said], [])


def test_a_key_that_could_not_be_fetched_is_fetched_again(served: Any) -> None:
    served((202, "taken"))
    tries: list[str] = []

    def fetch() -> str:
        tries.append(SECRET_KEY)
        if len(tries) < 3:
            raise ConnectionError(SECRET_KEY)
        return SECRET_KEY

    door = Http(url="https://platform.example", key=fetch)
    (answer,) = door.put(warnings(1))
    assert [str(problem) for problem in answer.problems] == ["the key could not be fetched (ConnectionError)"]
    (receipt,) = Publisher(SOURCE, door, pause=lambda _: None).publish(*warnings(1))
    assert (receipt.status, len(tries)) == ("accepted", 3)


def test_on_ones_own_machine_it_may() -> None:
    assert Http(url="http://127.0.0.1:8000", key="k").most_events == 100
