"""The emulator as a thing to start, deploy to and stop: what `make run` and the integration tests share."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from infra.local.deploy import deploy
from infra.local.serve import HOUSE_FULL, REGION

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

ROOT = Path(__file__).parents[2]
PUBLIC_URL = "http://127.0.0.1:8000"
START_SECONDS = 20.0
STOP_SECONDS = 20.0

type Outputs = dict[str, dict[str, str]]


class NotStarted(RuntimeError):
    """The emulator ended before it answered; the text says why."""


class Aws:
    """An emulator that runs: its clients and what is deployed on it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()  # boto3 makes clients one at a time

    @overload
    def client(self, service: Literal["cloudformation"], credentials: Mapping[str, str] | None = None) -> "CloudFormationClient": ...
    @overload
    def client(self, service: Literal["dynamodb"], credentials: Mapping[str, str] | None = None) -> "DynamoDBClient": ...
    @overload
    def client(self, service: Literal["events"], credentials: Mapping[str, str] | None = None) -> "EventBridgeClient": ...
    @overload
    def client(self, service: Literal["s3"], credentials: Mapping[str, str] | None = None) -> "S3Client": ...
    @overload
    def client(self, service: Literal["sqs"], credentials: Mapping[str, str] | None = None) -> "SQSClient": ...
    @overload
    def client(self, service: str, credentials: Mapping[str, str] | None = None) -> Any: ...
    def client(self, service: str, credentials: Mapping[str, str] | None = None) -> Any:
        """A boto3 client of one service, as the account's root or with `credentials` as AssumeRole answers them."""
        given = credentials or {"AccessKeyId": "test", "SecretAccessKey": "test"}
        which = service, given["AccessKeyId"]
        with self._making:
            if which not in self._clients:
                self._clients[which] = connect(self.endpoint, service, given)
        return self._clients[which]

    def assume(self, role: str, account: str = "000000000000") -> dict[str, str]:
        """Credentials of a role, named by its ARN or its name, as another account's root gets them."""
        arn = role if role.startswith("arn:") else f"arn:aws:iam::000000000000:role/{role}"
        # To the emulator an access key of twelve digits is the root of that account.
        caller = {"AccessKeyId": account, "SecretAccessKey": "test", "SessionToken": ""}
        answer: dict[str, str] = self.client("sts", caller).assume_role(RoleArn=arn, RoleSessionName="local")["Credentials"]
        return answer

    def deploy(self, assembly: Path, progress: Callable[[str], None] = lambda line: None) -> Outputs:
        """Deploy a synthesised app; answers the outputs of its stacks by stack. Raises deploy.DeploymentFailed."""
        return deploy(assembly, self.client, progress)

    def outputs(self) -> Outputs:
        """The outputs of every deployed stack, by stack."""
        pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
        return {
            stack["StackName"]: {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
            for page in pages
            for stack in page["Stacks"]
        }

    def answers(self) -> bool:
        """Whether the emulator answers."""
        asked = HTTPConnection(self.endpoint.removeprefix("http://"), timeout=2)
        try:
            asked.request("GET", "/_ministack/health")
            return asked.getresponse().status == HTTPStatus.OK
        except OSError:
            return False
        finally:
            asked.close()


class LocalPlatform(Aws):
    """An emulator of our own. Its state stays in `state_dir`, where the next one takes it up.

    `functions_endpoint` is where functions find AWS instead of the emulator itself (a proxy that injects faults, say).
    With `warm`, the functions that are in the state already start before they are needed. `public_url` is where people find the platform.
    Raises NotStarted, with the reason.
    """

    def __init__(
        self,
        state_dir: Path,
        port: int = 0,
        enforce_iam: bool = False,
        functions_endpoint: str | None = None,
        warm: bool = False,
        public_url: str = PUBLIC_URL,
    ) -> None:
        self.state_dir = state_dir.absolute()
        self.state_dir.mkdir(parents=True, exist_ok=True)
        self.log = self.state_dir / "emulator.log"
        self._record = self.state_dir / "emulator.json"
        self._process = self._start(
            f"--port={port}",
            *(["--enforce-iam"] if enforce_iam else []),
            *([f"--functions-endpoint={functions_endpoint}"] if functions_endpoint else []),
            *(["--warm"] if warm else []),
            f"--public-url={public_url}",
        )
        super().__init__(f"http://127.0.0.1:{self._first_line()['port']}")
        self._wait_until_it_answers()
        self._record.write_text(json.dumps({"endpoint": self.endpoint, "pid": self._process.pid}))

    def _start(self, *options: str) -> "subprocess.Popen[str]":
        with self.log.open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "infra.local.emulator", "--home", str(self.state_dir), "--attached", *options],
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},  # 232,000 lines
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # so that Ctrl-C reaches us alone, and we stop it in order
            )

    def _first_line(self) -> dict[str, int]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise NotStarted(self._why_it_ended())
        answer: dict[str, int] = json.loads(line)
        return answer

    def _why_it_ended(self) -> str:
        code = self._process.wait()
        last = self.log.read_text().strip().splitlines()[-1:]
        return last[0] if code == HOUSE_FULL and last else f"the emulator ended with code {code}: {' '.join(last)} (see {self.log})"

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._process.poll() is not None:
                raise NotStarted(self._why_it_ended())
            if time.monotonic() > end:
                self.kill()
                raise NotStarted(f"the emulator did not answer within {START_SECONDS:.0f} seconds (see {self.log})")
            time.sleep(0.02)

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        """Let what is under way end, save the state, stop. A second call does nothing."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._forget()

    def kill(self) -> None:
        """End it at once (SIGKILL): what changed since the last checkpoint is gone."""
        self._process.kill()
        self._process.wait()
        self._forget()

    def _forget(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._record.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def attach(state_dir: Path) -> Aws:
    """The emulator that another process runs on `state_dir`. Raises NotStarted when there is none."""
    try:
        aws = Aws(json.loads((state_dir / "emulator.json").read_text())["endpoint"])
    except FileNotFoundError:
        raise NotStarted("the platform is not running: start it with `make run`") from None
    if not aws.answers():
        raise NotStarted("the platform is not running: start it with `make run`")
    return aws


def connect(endpoint: str, service: str, credentials: Mapping[str, str]) -> Any:
    """A boto3 client of the emulator at `endpoint`."""
    import boto3  # 0.2 s, which a caller that only starts and stops need not wait for
    from botocore.config import Config

    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials.get("SessionToken"),
        config=Config(
            # Neither hashed nor signed: it goes through memory, and bundles are large.
            s3={"addressing_style": "path", "payload_signing_enabled": False},
            request_checksum_calculation="when_required",
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=32,
        ),
    )
