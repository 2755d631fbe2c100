"""What came to a department's own queue is shown on this machine, and stays there."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.tools import department_queue
from infra.tools.cli import app
from infra.tools.failures import Failed
from tests.unit.tools.conftest import PREFIX, Stage

EVENT = {"id": "e1", "type": "environment-agency.FloodWarningIssued.v1", "data": {"county": "Ynys Môn [bold]"}}


@pytest.fixture
def subscribed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage in which communities has a queue."""
    dead = stage.arn(stage.queue("to-communities-dead"))
    stage.queue("to-communities", RedrivePolicy=json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 5}))
    monkeypatch.setattr(department_queue, "target", lambda name: stage)
    return stage


def shown(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["department", "queue", *arguments])


def test_every_message_is_shown_as_json_that_can_be_read_and_stays(subscribed: Stage) -> None:
    for number in range(12):
        subscribed.put("to-communities", json.dumps({**EVENT, "id": f"e{number}"}, separators=(",", ":")))
    for _ in range(2):
        said = shown("communities").stdout
        assert f"12 messages in {PREFIX}-to-communities\n" in said
        assert all(json.dumps({**EVENT, "id": f"e{number}"}, indent=2, ensure_ascii=False) in said for number in range(12))
    assert len(subscribed.messages("to-communities")) == 12


def test_a_queue_with_nothing_in_it_is_said_to_have_none(subscribed: Stage) -> None:
    result = shown("communities")
    assert result.stdout == f"No message in {PREFIX}-to-communities\nNo message in {PREFIX}-to-communities-dead\n"
    assert result.exit_code == 0


def test_what_the_department_has_taken_and_what_it_gave_up_on_is_told(subscribed: Stage) -> None:
    subscribed.put("to-communities", EVENT)
    subscribed.put("to-communities-dead", "not JSON")
    subscribed.sqs.receive_message(QueueUrl=subscribed.queue_url(f"{PREFIX}-to-communities"), VisibilityTimeout=60)
    said = shown("communities").stdout
    assert said.startswith(f"No message in {PREFIX}-to-communities, and 1 that somebody has taken and not deleted\n")
    assert said.endswith(f"1 message in {PREFIX}-to-communities-dead\nnot JSON\n")


def test_a_department_without_a_queue_is_told_who_has_one(subscribed: Stage) -> None:
    result = shown("environment-agency")
    assert (result.exit_code, result.stderr.split(". ")[0]) == (1, f"There is no queue {PREFIX}-to-environment-agency")
    assert "subscribes to others' events" in result.stderr


def test_in_aws_nobody_but_the_department_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def reached(name: str) -> None:
        raise Failed(f"{name} was reached")

    monkeypatch.setattr(department_queue, "target", reached)
    result = shown("communities", "--stage", "prod")
    assert (result.exit_code, result.stderr.startswith("In prod nobody reads the queue of communities but the department itself")) == (
        1,
        True,
    )
