import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.tools import redrive
from infra.tools.cli import app
from tests.unit.tools.conftest import PREFIX, Stage, delivered

DEAD, WORK = "publishing-render-dead", "publishing-render"


@pytest.fixture
def redriving(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(redrive, "target", lambda name: stage)
    return stage


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["redrive", *arguments])


def returned(*arguments: str) -> Any:
    return run("return", *arguments, "--yes")


def said(message: Any) -> dict[str, str]:
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


def test_the_list_names_every_dead_letter_queue_how_much_waits_and_where_it_came_from(redriving: Stage) -> None:
    redriving.put(DEAD, delivered())
    found = {row["queue"]: (row["waiting"], row["from"]) for row in json.loads(run("list", "--json").stdout)}
    assert found == {
        f"{PREFIX}-{DEAD}": (1, f"{PREFIX}-{WORK}"),
        f"{PREFIX}-publishing-render-undelivered": (0, f"{PREFIX}-{WORK}"),
        f"{PREFIX}-bus-dead": (0, PREFIX),
        f"{PREFIX}-bus-relay-failures": (0, PREFIX),
    }


def test_a_message_is_shown_without_its_data(redriving: Stage) -> None:
    redriving.put(DEAD, delivered(), ERROR_CODE="NO_PERMISSIONS")
    shown = run("show", DEAD).stdout
    assert "platform.ContentPublished.v1 /flood-warnings/065waf441" in shown
    assert "correlationid: c1" in shown
    assert "ERROR_CODE: NO_PERMISSIONS" in shown
    assert "Secret" not in shown
    assert "Secret" in run("show", DEAD, "--data").stdout


def test_looking_takes_nothing_away(redriving: Stage) -> None:
    redriving.put(DEAD, delivered())
    run("show", DEAD)
    assert "would go to" in run("return", DEAD).stdout
    assert len(redriving.messages(DEAD)) == 1
    assert redriving.messages(WORK) == []


def test_a_message_goes_back_to_its_work_queue_and_says_where_it_has_been(redriving: Stage) -> None:
    identity = redriving.put(DEAD, delivered(), cause="poison")
    assert "1 message sent back" in returned(DEAD).stdout
    assert redriving.messages(DEAD) == []
    [message] = redriving.messages(WORK)
    assert json.loads(message["Body"]) == delivered()
    attributes = said(message)
    assert attributes.pop("redriven-at")
    assert attributes == {"cause": "poison", "redriven-from": f"{PREFIX}-{DEAD}", "original-message-id": identity}


def test_a_message_that_dies_twice_keeps_its_first_id(redriving: Stage) -> None:
    redriving.put(DEAD, delivered(), **{"original-message-id": "first", "redriven-at": "2020-01-01T00:00:00.000000Z"})
    returned(DEAD)
    assert said(redriving.messages(WORK)[0])["original-message-id"] == "first"


def test_no_more_attributes_are_sent_than_sqs_takes(redriving: Stage) -> None:
    redriving.put(DEAD, delivered(), **{f"a{number}": "x" for number in range(10)})
    returned(DEAD)
    attributes = said(redriving.messages(WORK)[0])
    assert len(attributes) == 10
    assert "redriven-from" in attributes


def test_what_a_rule_could_not_deliver_goes_to_the_queue_of_the_rule(redriving: Stage) -> None:
    redriving.put("publishing-render-undelivered", delivered(), ERROR_CODE="NO_PERMISSIONS")
    returned("publishing-render-undelivered")
    [message] = redriving.messages(WORK)
    assert said(message)["ERROR_CODE"] == "NO_PERMISSIONS"


def test_what_a_relay_could_not_put_is_put_on_the_bus(redriving: Stage) -> None:
    event = delivered()["detail"]
    entry = {
        "EventBusName": "old",
        "Source": event["source"],
        "DetailType": event["type"],
        "Time": event["time"],
        "Detail": json.dumps(event),
    }
    redriving.put("bus-relay-failures", entry)
    result = returned("bus-relay-failures")
    assert result.exit_code == 0, result.output
    [message] = redriving.messages(WORK)
    assert json.loads(message["Body"])["detail"] == event
    assert json.loads(message["Body"])["resources"][0].endswith("bus-relay-failures")
    assert redriving.messages("bus-relay-failures") == []


def test_what_the_bus_could_not_take_is_put_on_it_again(redriving: Stage) -> None:
    redriving.put("bus-dead", delivered())
    returned("bus-dead")
    assert json.loads(redriving.messages(WORK)[0]["Body"])["detail"] == delivered()["detail"]


@pytest.mark.parametrize("queue", [DEAD, "bus-relay-failures"])
def test_nothing_is_lost_when_it_cannot_be_sent(redriving: Stage, queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise ConnectionError("the network is down")

    redriving.put(queue, delivered("e1"))
    redriving.put(queue, delivered("e2"))
    with monkeypatch.context() as network:
        network.setattr(redriving.sqs, "send_message", refuse)
        network.setattr(redriving.events, "put_events", refuse)
        result = returned(queue)
    assert result.exit_code == 1
    assert result.stdout.count("stays: the network is down") == 2
    assert len(redriving.messages(queue)) == 2


def test_an_event_that_the_bus_refuses_stays_where_it_is(redriving: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    redriving.put("bus-relay-failures", delivered())
    refusal = {"Entries": [{"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}]}
    monkeypatch.setattr(redriving.events, "put_events", lambda **_: refusal)
    assert "MalformedDetail" in returned("bus-relay-failures").stdout
    assert len(redriving.messages("bus-relay-failures")) == 1


def test_only_the_message_that_was_named_goes_back(redriving: Stage) -> None:
    redriving.put(DEAD, delivered("e1"))
    identity = redriving.put(DEAD, delivered("e2"))
    returned(DEAD, "--id", identity)
    assert json.loads(redriving.messages(WORK)[0]["Body"])["detail"]["id"] == "e2"
    assert json.loads(redriving.messages(DEAD)[0]["Body"])["detail"]["id"] == "e1"


def test_a_message_that_is_not_there_stops_the_command_before_anything_is_sent(redriving: Stage) -> None:
    identity = redriving.put(DEAD, delivered())
    result = returned(DEAD, "--id", identity, "--id", "unknown")
    assert result.exit_code == 1
    assert "holds no message unknown" in result.stderr
    assert len(redriving.messages(DEAD)) == 1


def test_a_message_is_edited_in_a_file_of_its_owner_and_sent_in_the_place_of_the_old_one(redriving: Stage, tmp_path: Path) -> None:
    identity, file = redriving.put(DEAD, delivered()), tmp_path / "message.json"
    assert "Written" in run("edit", DEAD, str(file), "--id", identity).stdout
    assert file.stat().st_mode & 0o077 == 0
    mended = json.loads(file.read_text())
    mended["detail"]["data"]["title"] = "Mended"
    file.write_text(json.dumps(mended))
    returned(DEAD, "--id", identity, "--edit", str(file))
    [message] = redriving.messages(WORK)
    assert json.loads(message["Body"])["detail"]["data"] == {"title": "Mended"}
    assert said(message)["redriven-edited"] == "true"
    assert redriving.messages(DEAD) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", "not a JSON object"),
        (json.dumps(delivered(specversion="0.3")), "not a CloudEvent: specversion"),
        (json.dumps(delivered(source="uk.gov.elsewhere.x") | {"source": "uk.gov.commonweal.publishing"}), "disagrees with its wrapping"),
    ],
)
def test_an_edit_that_would_only_be_quarantined_is_not_sent(redriving: Stage, tmp_path: Path, body: str, reason: str) -> None:
    identity, file = redriving.put(DEAD, delivered()), tmp_path / "message.json"
    file.write_text(body)
    result = returned(DEAD, "--id", identity, "--edit", str(file))
    assert result.exit_code == 1
    assert reason in result.stderr
    assert len(redriving.messages(DEAD)) == 1


def test_a_queue_that_takes_no_dead_letters_cannot_be_redriven(redriving: Stage) -> None:
    result = run("show", WORK)
    assert result.exit_code == 1
    assert "There is no dead-letter queue" in result.stderr
