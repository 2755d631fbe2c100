"""The whole platform for tests: the same templates on a fresh emulator, with a proxy between functions and AWS that breaks things."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx
from uuid_utils import uuid7

from infra.local import outbox, synth
from infra.local.platform import ROOT, LocalPlatform
from infra.local.seed import seed
from tests.integration.door import Door
from tests.integration.faults import FaultProxy, eventually

SAMPLES = ROOT / "events"
WARNING = "environment-agency/FloodWarningIssued/severe"
AREA = "065WAF441"
BUS = "commonweal-local"
SOURCE = "uk.gov.environment-agency.floods"
TYPE = "environment-agency.FloodWarningIssued.v1"

type Event = dict[str, Any]


class Stack:
    """One deployed platform, seeded, and what a test may ask of it. What it keeps is in `state`."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.proxy = FaultProxy()
        self.start()
        # So that no test's event waits behind the 354 entries of the seed.
        self.settle(180)

    def start(self) -> None:
        """Start it, on whatever it kept; each time its address is another one."""
        enforced = os.environ.get("COMMONWEAL_ENFORCE_IAM") == "1"
        self.platform = LocalPlatform(self.state / "platform", enforce_iam=enforced, functions_endpoint=self.proxy.endpoint)
        self.proxy.upstream = self.platform.endpoint
        self.outputs = self.platform.deploy(synth.synthesise(ROOT))
        self.door = Door(self.platform, self.outputs)
        self.url = self.door.url
        self.http = httpx.Client(base_url=self.url, timeout=60, trust_env=False)
        self.keys = seed(self.url, self.platform.client, keys=self.state / "keys.json")

    def stop(self) -> None:
        """Stop it, whatever is under way."""
        self.http.close()
        self.door.close()
        self.platform.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.proxy.stop()

    def key(self, kind: str = "live", department: str = "environment-agency", service: str = "floods") -> str:
        """A declared key, whole."""
        found: str = self.keys["departments"][department]["services"][service]["keys"][kind]
        return found

    def service(self, department: str = "environment-agency", service: str = "floods") -> str:
        """A declared service's id."""
        found: str = self.keys["departments"][department]["services"][service]["id"]
        return found

    @property
    def admin(self) -> dict[str, str]:
        """The administrator's headers."""
        return {"X-Api-Key": self.keys["admin_key"]}

    def emit(self, event: Event, key: str | None = None) -> httpx.Response:
        """Send one event as a department does: structured, with its key."""
        headers = {"Content-Type": "application/cloudevents+json", "X-Api-Key": key or self.key()}
        return self.http.post("/events", content=json.dumps(event), headers=headers)

    def put(self, event: Event, credentials: Mapping[str, str] | None = None, **claimed: str) -> dict[str, Any]:
        """Put an event on the bus past ingress, as the account's root or a role; `claimed` changes what EventBridge is told."""
        entry: Any = {"Source": event["source"], "DetailType": event["type"], "Detail": json.dumps(event), "EventBusName": BUS, **claimed}
        return dict(self.platform.client("events", credentials).put_events(Entries=[entry]))

    def tree(self, event_id: str) -> list[dict[str, Any]]:
        """Every event of a tree, as the journal has it."""
        items = self.items("commonweal-local-bus", f"trace#{event_id}")
        return sorted(items, key=lambda item: str(item["sk"]))

    def said(self, event_id: str, name: str, number: int = 1, seconds: float = 30) -> list[dict[str, Any]]:
        """The platform events of one type in a tree, once there are at least `number` of them (or time is out), with their data."""

        def look() -> list[dict[str, Any]]:
            return [hop for hop in self.tree(event_id) if hop["type"] == f"platform.{name}.v1"]

        eventually(lambda: len(look()) >= number, seconds)
        return [{**hop, "data": json.loads(hop["data"]) if "data" in hop else None} for hop in look()]

    def items(self, table: str, partition: str) -> list[dict[str, Any]]:
        """A partition of a table, in plain values."""
        from boto3.dynamodb.types import TypeDeserializer

        pages = (
            self.platform.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": partition}}, ConsistentRead=True
            )
        )
        plain = TypeDeserializer()
        return [{name: plain.deserialize(value) for name, value in item.items()} for page in pages for item in page["Items"]]

    def emails(self, to: str | None = None) -> list[outbox.Sent]:
        """What SES was given, perhaps to one address alone."""
        return [sent for sent in self._sent(to) if sent.kind == "email"]

    def texts(self, to: str | None = None) -> list[outbox.Sent]:
        """What SNS was given for telephones, perhaps to one number alone."""
        return [sent for sent in self._sent(to) if sent.kind == "text"]

    def _sent(self, to: str | None) -> list[outbox.Sent]:
        async def look() -> list[outbox.Sent]:
            async with httpx.AsyncClient(base_url=self.platform.endpoint, trust_env=False, timeout=30) as client:
                return await outbox.messages(client, to or "")

        return asyncio.run(look())

    def queue(self, name: str) -> str:
        """A queue's URL, by its name without the stage."""
        return f"{self.platform.endpoint}/000000000000/commonweal-local-{name}"

    def depth(self, name: str) -> int:
        """How many messages a queue holds, waiting or being handled."""
        wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
        found = self.platform.client("sqs").get_queue_attributes(QueueUrl=self.queue(name), AttributeNames=wanted)["Attributes"]  # type: ignore[arg-type]
        return sum(int(number) for number in found.values())

    def queues(self) -> list[str]:
        """Every queue of the platform, without the stage."""
        urls = self.platform.client("sqs").list_queues(QueueNamePrefix="commonweal-local-").get("QueueUrls", [])
        return [url.rsplit("/", 1)[1].removeprefix("commonweal-local-") for url in urls]

    def dead(self) -> dict[str, int]:
        """What lies in dead-letter queues, by queue; empty where nothing does."""
        ends = ("-dead", "-undelivered", "-relay-failures")
        return {name: depth for name in self.queues() if name.endswith(ends) and (depth := self.depth(name))}

    def settle(self, seconds: float = 60) -> None:
        """Wait until nothing is under way: every work queue is empty, twice in a row."""
        quiet = 0

        def look() -> bool:
            nonlocal quiet
            ends = ("-dead", "-undelivered", "-relay-failures", "-replay")
            # What waits in a department's own queue waits for the department.
            busy = any(self.depth(name) for name in self.queues() if not name.endswith(ends) and not name.startswith("to-"))
            quiet = 0 if busy else quiet + 1
            return quiet >= 3

        eventually(look, seconds, every=0.2)

    def outcomes(self, entry: str) -> list[dict[str, Any]]:
        """What a consumer reported of each event, from its log: `outcome`, `event_id`, `event_type`."""
        group = f"/commonweal/local/{entry.replace('.', '-').replace('_', '-')}"
        pages = self.platform.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        lines = (event["message"] for page in pages for event in page["events"])
        return [line for text in lines if '"outcome"' in text and (line := _json(text)) and "outcome" in line]


def warning(**changes: Any) -> Event:
    """A new severe flood warning, of this moment, with some of its data changed; `area` moves it to another flood area."""
    event: Event = json.loads((SAMPLES / f"{WARNING}.json").read_text())
    area = changes.pop("area", None)
    if area:
        changes["floodAreaID"] = event["subject"] = area
    event["data"] |= changes
    event["id"], event["time"] = str(uuid7()), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return event


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether something becomes true in time."""
    return bool(eventually(holds, seconds))


def pause(seconds: float) -> None:
    """Let time go by: for what must not happen."""
    time.sleep(seconds)


def _json(text: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(text[text.index("{") :])
    except ValueError:
        return None
    return found
