"""The platform as `make run` starts it, on an emulator of its own that begins empty and is thrown away."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from uuid_utils import uuid7

from infra.local import synth
from infra.local.platform import ROOT, LocalPlatform
from infra.local.seed import seed
from infra.tools.queue_names import NOT_WORK
from tests.integration.faults import FaultProxy

SAMPLE = ROOT / "events" / "environment-agency" / "FloodWarningIssued" / "severe.json"

type Event = dict[str, Any]


@dataclass(frozen=True)
class LocalStack:
    """It runs: where, and the keys and id of the Environment Agency's flood service."""

    platform: LocalPlatform
    http: httpx.Client
    service: str
    key: str
    test_key: str
    admin_key: str

    def subscribe(self, area: str, address: str) -> None:
        """Have an address told of an area's warnings."""
        path = f"/notifications/services/{self.service}/subscribers/flood-warnings/{area}"
        self.http.post(path, json={"email_address": address}, headers={"X-Api-Key": self.admin_key}).raise_for_status()

    def send(self, body: Event | list[Event], client: httpx.Client | None = None) -> None:
        """Emit one event, or a batch of them; all must be accepted."""
        kind = "cloudevents-batch" if isinstance(body, list) else "cloudevents"
        headers = {"Content-Type": f"application/{kind}+json", "X-Api-Key": self.key}
        answer = (client or self.http).post("/events", content=json.dumps(body), headers=headers).raise_for_status().json()
        statuses = {receipt["status"] for receipt in answer.get("receipts", [answer])}
        assert statuses == {"accepted"}, answer

    def emails(self) -> dict[str, list[float]]:
        """When each email was handed over, by what its subject says after the severity."""
        captured: dict[str, list[Any]] = self.http.get(f"{self.platform.endpoint}/_ministack/ses/messages").json()["messages"]
        found: dict[str, list[float]] = {}
        for email in (one for account in captured.values() for one in account):
            found.setdefault(email["Subject"].partition(": ")[2], []).append(float(email["Timestamp"]))
        return found

    def settle(self, seconds: float = 120) -> float:
        """Wait until nothing is under way: every work queue is empty, and stays so. When that began, on the monotonic clock.

        Raises TimeoutError.
        """
        end, since, looks = time.monotonic() + seconds, 0.0, 0
        while looks < 3:
            began = time.monotonic()
            if began > end:
                raise TimeoutError("the platform is still at work")
            since, looks = (since, looks) if looks else (began, looks)
            looks = 0 if self._under_way() else looks + 1
            time.sleep(0.3)
        return since

    def _under_way(self) -> bool:
        sqs = self.platform.client("sqs")
        urls = [url for url in sqs.list_queues(QueueNamePrefix="commonweal-local-").get("QueueUrls", []) if not url.endswith(NOT_WORK)]
        found = (sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in urls)
        return any(int(number) for counts in found for name, number in counts.items() if name.startswith("ApproximateNumberOfMessages"))


@contextmanager
def local_stack(proxy: FaultProxy | None = None) -> Iterator[LocalStack]:
    """Start, deploy, seed; wait until what was seeded has been worked off. With a proxy, functions reach AWS through it."""
    through = proxy.endpoint if proxy else None
    assembly = synth.synthesise(ROOT)
    with tempfile.TemporaryDirectory() as folder, LocalPlatform(Path(folder) / "platform", functions_endpoint=through) as platform:
        if proxy:
            proxy.upstream = platform.endpoint
        outputs = platform.deploy(assembly)
        url = f"{platform.endpoint}/_aws/execute-api/{outputs['commonweal-local-foundation']['ApiId']}/$default"
        found = seed(url, platform.client, keys=Path(folder) / "keys.json")
        floods = found["departments"]["environment-agency"]["services"]["floods"]
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
            keys = floods["keys"]
            running = LocalStack(platform, http, floods["id"], keys["live"], keys["test"], found["admin_key"])
            running.settle()
            yield running


def warning(area: str, description: str) -> Event:
    """A severe flood warning of this moment."""
    event: Event = json.loads(SAMPLE.read_bytes())
    event["data"] |= {"floodAreaID": area, "description": description}
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return event | {"id": str(uuid7()), "subject": area, "time": moment}
