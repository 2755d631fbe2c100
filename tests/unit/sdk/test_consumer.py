"""Consuming: what becomes of each message of a batch, and what of it is ever written down."""

from __future__ import annotations

import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal_events import Busy, Envelope, Invalid, Publisher, Stale, TableMemory, consumes, queues, read, together
from tests.laws import examples
from tests.unit.mocked import REGION, mocked_aws
from tests.unit.sdk.classes import SOURCE, class_of, flood_warning, flood_warning_as_given, sample

GATE = {"type": "object", "properties": {"gate": {"type": "string"}}, "required": ["gate"], "additionalProperties": False}
SECRET = "Rosalind Okafor"


def event(**changes: Any) -> dict[str, Any]:
    """A minimised event, as the platform puts it into a department's queue."""
    wire = Publisher(SOURCE).envelop(read(flood_warning(), sample("severe"))).wire()
    data = {name: wire["data"][name] for name in ("floodAreaID", "severityLevel", "county")}
    return {**wire, "data": data, **changes}


def batch(*bodies: Any) -> dict[str, Any]:
    texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
    return {"Records": [{"messageId": str(number), "body": text} for number, text in enumerate(texts)]}


def failed(answer: dict[str, list[dict[str, str]]]) -> list[int]:
    return [int(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]


class Aside:
    """Where invalid messages go."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []

    def __call__(self, body: str, invalid: Invalid) -> None:
        self.kept.append((body, str(invalid)))


def test_a_minimised_event_comes_as_its_class_with_its_envelope() -> None:
    heard: list[tuple[Any, Envelope]] = []

    @consumes(flood_warning_as_given())
    def hear(warning: Any, envelope: Envelope) -> None:
        heard.append((warning, envelope))

    sent = event(someextension="new", data={**event()["data"], "invented": SECRET})
    assert hear(batch(sent)) == {"batchItemFailures": []}
    ((warning, envelope),) = heard
    assert (warning.floodAreaID, warning.severityLevel) == (sent["data"]["floodAreaID"], sent["data"]["severityLevel"])
    assert (envelope.id, envelope.source, envelope.type) == (sent["id"], SOURCE, "environment-agency.FloodWarningIssued.v1")
    assert not hasattr(warning, "invented")


def test_of_a_batch_only_what_may_work_later_comes_back() -> None:
    aside = Aside()
    outcomes: dict[str, Exception | None] = {
        "a": None,
        "b": RuntimeError(SECRET),
        "c": Stale(),
        "d": Invalid("is nowhere", "county"),
        "e": Busy(),
    }

    @consumes(flood_warning_as_given(), on_invalid=aside)
    def hear(_: Any, envelope: Envelope) -> None:
        if failure := outcomes[envelope.id]:
            raise failure

    assert failed(hear(batch(*(event(id=identity) for identity in outcomes)))) == [1, 4]
    assert [reason for _, reason in aside.kept] == ["county: is nowhere"]


UNREADABLE = {
    "no JSON": (f"{SECRET}{{", "body: is not JSON"),
    "too many brackets": ("[" * 100_000, "body: is not JSON"),
    "no event": ("[]", "is not a CloudEvent 1.0"),
    "an event without an id": (event(id=None), "id: is missing"),
    "a missing field": (event(data={"severityLevel": 1}), "floodAreaID: is missing"),
    "a field of another kind": (event(data={**event()["data"], "severityLevel": SECRET}), "severityLevel: is not a whole number"),
    "no data": (event(data=SECRET), "is not an object"),
    "a type that nobody consumes": (event(type="parks.GateClosed.v1"), "type: nobody here consumes it"),
}


@pytest.mark.parametrize(("body", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_understood_is_put_aside_whole_and_not_tried_again(body: Any, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    aside = Aside()
    hear = consumes(flood_warning_as_given(), on_invalid=aside)(lambda warning, envelope: None)
    message = batch(body)
    with caplog.at_level(logging.INFO):
        assert failed(hear(message)) == []
    assert aside.kept == [(message["Records"][0]["body"], reason)]
    assert SECRET not in caplog.text


def test_the_name_of_a_member_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    counts = {"type": "object", "additionalProperties": {"type": "integer"}}
    aside = Aside()
    hear = consumes(class_of({**GATE, "properties": {"keepers": counts}, "required": []}), on_invalid=aside)(lambda closed, envelope: None)
    assert failed(hear(batch(event(type="parks.GateClosed.v1", data={"keepers": {SECRET: "many"}})))) == []
    assert [reason for _, reason in aside.kept] == ["keepers.*: is not a whole number"]
    assert SECRET not in caplog.text


def test_the_queue_of_invalid_messages_gets_the_message_and_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    with mocked_aws():
        import boto3

        sqs = boto3.client("sqs", REGION)
        url = sqs.create_queue(QueueName="invalid")["QueueUrl"]
        monkeypatch.setenv("INVALID_QUEUE", url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        hear = consumes(flood_warning_as_given())(lambda warning, envelope: None)
        assert failed(hear(batch("[]"))) == []
        (kept,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert (kept["Body"], kept["MessageAttributes"]["reason"]["StringValue"]) == ("[]", "is not a CloudEvent 1.0")


@settings(max_examples=examples(40))
@given(secret=st.text(min_size=8, max_size=20, alphabet="abcdefghijklmnop"), fails=st.sampled_from([None, RuntimeError, Invalid, Stale]))
def test_no_log_line_holds_an_events_data(secret: str, fails: type[Exception] | None) -> None:
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    @consumes(flood_warning_as_given(), on_invalid=Aside())
    def hear(warning: Any, _: Envelope) -> None:
        if fails:
            raise fails("it went wrong")

    logger, ear = logging.getLogger("commonweal_events"), Ear()
    logger.addHandler(ear)
    try:
        hear(batch(event(subject=secret, data={**event()["data"], "county": secret}), event(data={"floodAreaID": [secret]}), secret))
    finally:
        logger.removeHandler(ear)
    assert len(said) >= 2
    assert not any(secret in line for line in said)


def test_several_types_come_to_one_queue() -> None:
    heard: list[str] = []
    floods = consumes(flood_warning_as_given())(lambda warning, envelope: heard.append(warning.floodAreaID))
    gates = consumes(class_of(GATE))(lambda closed, envelope: heard.append(closed.gate))
    handler = together(floods, gates)
    assert failed(handler(batch(event(), event(type="parks.GateClosed.v1", data={"gate": "west"})))) == []
    assert heard == [event()["data"]["floodAreaID"], "west"]
    with pytest.raises(ValueError, match="has two consumers"):
        together(floods, floods)


def test_one_queue_has_one_place_for_what_is_invalid() -> None:
    aside = Aside()
    floods = consumes(flood_warning_as_given(), on_invalid=aside)(lambda warning, envelope: None)
    gates, elsewhere = (consumes(class_of(GATE), on_invalid=place)(lambda closed, envelope: None) for place in (aside, Aside()))
    assert failed(together(floods, gates)(batch("[]"))) == []
    assert len(aside.kept) == 1
    with pytest.raises(ValueError, match="one queue has one place"):
        together(floods, elsewhere)


class Account:
    """A table to remember events in, and a clock that stands."""

    def __init__(self) -> None:
        import boto3

        self.now = 1_000.0
        self.dynamodb = boto3.client("dynamodb", REGION)
        self.dynamodb.create_table(
            TableName="memory",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )

    def memory(self, client: Any = None) -> TableMemory:
        return TableMemory("memory", client=client or self.dynamodb, clock=lambda: self.now)


class Left:
    """What Lambda tells a function: how long it may still run."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def test_the_second_delivery_does_nothing() -> None:
    with mocked_aws():
        done: list[str] = []
        hear = consumes(flood_warning_as_given(), once=Account().memory())(lambda warning, envelope: done.append(envelope.id))
        sent = event()
        assert failed(hear(batch(sent, sent))) == []
        assert failed(hear(batch(sent))) == []
        assert done == [sent["id"]]
        # The same id from another source is another event.
        assert failed(hear(batch({**sent, "source": "uk.gov.elsewhere"}))) == []
        assert len(done) == 2


def test_what_failed_may_be_tried_again_at_once() -> None:
    with mocked_aws():
        tries: list[str] = []

        def fail_first(_: Any, envelope: Envelope) -> None:
            tries.append(envelope.id)
            if len(tries) == 1:
                raise RuntimeError

        hear = consumes(flood_warning_as_given(), once=Account().memory())(fail_first)
        sent = event()
        assert [failed(hear(batch(sent))) for _ in range(3)] == [[0], [], []]
        assert len(tries) == 2


def test_a_claim_holds_off_others_for_as_long_as_its_function_may_run() -> None:
    with mocked_aws():
        account, done = Account(), list[str]()
        hear = consumes(flood_warning_as_given(), once=account.memory())(lambda warning, envelope: done.append(envelope.id))
        sent = event()
        assert account.memory().claim(f"{sent['source']}#{sent['id']}", 29.5)
        account.now += 29.5
        assert failed(hear(batch(sent), Left(30))) == [0]
        account.now += 1
        assert failed(hear(batch(sent), Left(30))) == []
        assert done == [sent["id"]]


class CutOff(BaseException):
    """Lambda ends a function whose time is over: nothing of it runs any more."""


def test_a_function_that_was_cut_off_has_its_event_again_while_the_queue_still_tries() -> None:
    from infra.stacks.department_queue import WORKS_FOR

    with mocked_aws():
        account, tries = Account(), list[float]()

        def hear(_: Any, envelope: Envelope) -> None:
            tries.append(account.now)
            if len(tries) == 1:
                raise CutOff

        handler, sent = consumes(flood_warning_as_given(), once=account.memory(_Unreleasing(account.dynamodb)))(hear), batch(event())
        with pytest.raises(CutOff):
            handler(sent, Left(30))
        account.now += WORKS_FOR.to_seconds() * 6
        assert failed(handler(sent, Left(30))) == []
        assert len(tries) == 2


class _Passing:
    """A client that passes everything on, but for what its kind does otherwise."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dynamodb, name)


class _Unreleasing(_Passing):
    """As whoever is cut off leaves a claim."""

    def delete_item(self, **_: Any) -> None:
        raise ConnectionError


class _LosingItsAnswers(_Passing):
    """Each write is made twice, as boto3 makes it where the answer to the first was lost."""

    def put_item(self, **call: Any) -> Any:
        self._dynamodb.put_item(**call)
        return self._dynamodb.put_item(**call)

    def update_item(self, **call: Any) -> Any:
        self._dynamodb.update_item(**call)
        return self._dynamodb.update_item(**call)


def test_a_claim_whose_answer_was_lost_is_ones_own() -> None:
    with mocked_aws():
        account, done = Account(), list[str]()
        memory = account.memory(_LosingItsAnswers(account.dynamodb))
        hear = consumes(flood_warning_as_given(), once=memory)(lambda warning, envelope: done.append(envelope.id))
        sent = event()
        assert [failed(hear(batch(sent))) for _ in range(2)] == [[], []]
        assert done == [sent["id"]]


def test_whoever_was_too_slow_leaves_the_claim_of_another_alone() -> None:
    with mocked_aws():
        account = Account()
        slow = account.memory().claim("source#1", 10)
        account.now += 11
        quick = account.memory().claim("source#1", 10)
        assert slow
        assert quick
        for late in (slow.release, slow.done):
            with pytest.raises(account.dynamodb.exceptions.ConditionalCheckFailedException):
                late()
        with pytest.raises(Busy):
            account.memory().claim("source#1", 10)
        quick.done()
        assert account.memory().claim("source#1", 10) is None


QUEUE = "arn:aws:sqs:eu-west-2:123456789012:commonweal-prod-to-communities"


class Hiding:
    """SQS, which is asked to hide messages for a while."""

    def __init__(self) -> None:
        self.hidden: list[tuple[str, str, int]] = []
        self.meta = SimpleNamespace(endpoint_url="https://sqs.eu-west-2.amazonaws.com")

    def change_message_visibility(self, **asked: Any) -> None:
        self.hidden.append((asked["QueueUrl"], asked["ReceiptHandle"], asked["VisibilityTimeout"]))


def tried(body: Any, times: int) -> dict[str, Any]:
    """A message as Lambda brings it for the so-and-so-manieth time."""
    (record,) = batch(body)["Records"]
    return {**record, "receiptHandle": f"handle-{times}", "eventSourceARN": QUEUE, "attributes": {"ApproximateReceiveCount": str(times)}}


def test_the_tries_of_what_fails_are_spaced_in_the_queue_they_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    hiding = Hiding()
    monkeypatch.setattr(queues, "_sqs", lambda: hiding)

    @consumes(flood_warning_as_given())
    def hear(warning: Any, _: Envelope) -> None:
        if warning.severityLevel == 1:
            raise RuntimeError

    for times in range(1, 8):
        hear({"Records": [tried(event(), times), tried(event(data={"floodAreaID": "065WAF441", "severityLevel": 2}), times)]})
    urls, handles, pauses = zip(*hiding.hidden, strict=True)
    assert set(urls) == {"https://sqs.eu-west-2.amazonaws.com/123456789012/commonweal-prod-to-communities"}
    assert handles == tuple(f"handle-{times}" for times in range(1, 8))
    for pause, middle in zip(pauses, (15, 60, 240, 960, 3600, 3600, 3600), strict=True):
        assert 0.75 * middle <= pause <= 1.25 * middle
    # SQS takes no more than twelve hours.
    assert max(pauses) < 12 * 3600


def test_where_a_try_cannot_be_spaced_the_queue_brings_it_in_its_own_time(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "_sqs", lambda: None)

    @consumes(flood_warning_as_given())
    def hear(*_: Any) -> None:
        raise RuntimeError

    assert failed(hear({"Records": [tried(event(), 1)]})) == [0]
    assert "a retry could not be spaced" in caplog.text
