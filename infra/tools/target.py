"""Which deployment a command speaks to: the emulator of this machine, or a stage in the AWS account of the caller's credentials."""

import getpass
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from infra.stages import STAGES
from infra.tools.failures import Failed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

StageName = Annotated[str, typer.Option("--stage", help=f"Which deployment: {', '.join(STAGES)}.")]


class Target:
    """A deployed stage: the beginning of all its names, and clients of the services that hold it."""

    def __init__(self, prefix: str, connect: Callable[[str], Any]) -> None:
        self.prefix = prefix
        self._connect = connect

    @cached_property
    def sqs(self) -> "SQSClient":
        """Its queues."""
        client: SQSClient = self._connect("sqs")
        return client

    @cached_property
    def events(self) -> "EventBridgeClient":
        """Its bus."""
        client: EventBridgeClient = self._connect("events")
        return client

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """Its tables."""
        client: DynamoDBClient = self._connect("dynamodb")
        return client

    def call(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Call a function of this name with an event, and wait for its answer. Raises Failed when there is none, or it fails."""
        client: LambdaClient = self._connect("lambda")
        name = f"{self.prefix}-{function}"
        try:
            answered = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        except client.exceptions.ResourceNotFoundException:
            raise Failed(f"There is no function {name}.") from None
        answer: dict[str, Any] = json.loads(answered["Payload"].read())
        if answered.get("FunctionError"):
            raise Failed(f"{name} failed: {answer.get('errorType', 'it gives no reason')}.")
        return answer

    def caller(self) -> str:
        """Who calls, for the notes that are kept of it: the user of this machine, and whoever the credentials say it is."""
        return f"{getpass.getuser()}, {self._connect('sts').get_caller_identity()['Arn']}"

    def queue_url(self, name: str) -> str:
        """Where a queue of this name is. Raises Failed when there is none."""
        try:
            return self.sqs.get_queue_url(QueueName=name)["QueueUrl"]
        except self.sqs.exceptions.QueueDoesNotExist:
            raise Failed(f"There is no queue {name}.") from None


def target(name: str) -> Target:
    """The deployment of a stage. Raises Failed when it is not running, or the credentials are of another account."""
    if name not in STAGES:
        raise Failed(f"There is no stage {name!r}: there are {', '.join(STAGES)}.")
    stage = STAGES[name]
    if name == "local":
        return Target(stage.prefix, _emulator())
    return Target(stage.prefix, _account(name, stage.account, stage.region))


def _emulator() -> Callable[[str], Any]:
    from infra.local.platform import ROOT, NotStarted, attach

    try:
        return attach(ROOT / ".local").client
    except NotStarted as reason:
        raise Failed(_sentence(str(reason))) from None


def _account(stage: str, account: str, region: str) -> Callable[[str], Any]:
    import boto3  # 0.2 s, which help and the checks need not wait for

    session = boto3.Session(region_name=region)
    found = session.client("sts").get_caller_identity()["Account"]
    if found != account:
        raise Failed(f"These credentials are of account {found}; stage {stage} is in {account} (infra/stages.py).")
    return cast(Callable[[str], Any], session.client)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
