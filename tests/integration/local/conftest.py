"""The sample app, synthesised once, and an emulator with it."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from infra.local.platform import ROOT, Aws, LocalPlatform

SAMPLE = Path(__file__).parent / "sample_app"


class Sample:
    """The sample app where it runs: `POST /orders` ends as an email."""

    def __init__(self, aws: Aws, assembly: Path) -> None:
        self.aws = aws
        self.outputs = aws.deploy(assembly)
        self.ground, self.work = self.outputs["sample-ground"], self.outputs["sample-work"]
        self.api = httpx.Client(base_url=f"{aws.endpoint}/_aws/execute-api/{self.ground['ApiId']}/$default", timeout=30)

    def order(self, name: str | None = None) -> str:
        name = name or uuid4().hex
        assert self.api.post("/orders", json={"id": name}).status_code == 202
        return name

    def emailed(self) -> list[str]:
        """Who was emailed, once for each email."""
        accounts = httpx.get(f"{self.aws.endpoint}/_ministack/ses/messages", timeout=30).json()["messages"]
        return [message["To"][0].removesuffix("@example.com") for messages in accounts.values() for message in messages]

    def mapping(self, function: str) -> str:
        """The id of what feeds a function."""
        found = self.aws.client("lambda").list_event_source_mappings(FunctionName=self.work[function])
        return str(found["EventSourceMappings"][0]["UUID"])

    def listen(self, function: str, listening: bool) -> None:
        self.aws.client("lambda").update_event_source_mapping(UUID=self.mapping(function), Enabled=listening)


def until[T](found: Callable[[], T], seconds: float = 20) -> T:
    """The first answer that is true, or the last one."""
    end = time.monotonic() + seconds
    while not (answer := found()) and time.monotonic() < end:
        time.sleep(0.01)
    return answer


@pytest.fixture(scope="session")
def assembly() -> Path:
    """The sample app's cloud assembly, kept until the app changes."""
    seen = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(SAMPLE.rglob("*.py")))).hexdigest()[:16]
    out = ROOT / "build" / "sample" / seen
    if not (out / "manifest.json").exists():
        found = os.environ | {"CDK_OUTDIR": str(out), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        subprocess.run([sys.executable, "app.py"], cwd=SAMPLE, env=found, check=True, capture_output=True)
    return out


@pytest.fixture(scope="session")
def sample(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    with LocalPlatform(tmp_path_factory.mktemp("sample")) as platform:
        yield Sample(platform, assembly)
