"""Put the outbox of each item on the bus."""

import json
import os
from typing import Any

import boto3

bus = boto3.client("events")


def relay(event: dict[str, Any], context: object) -> None:
    said = [one for record in event["Records"] for one in json.loads(record["dynamodb"]["NewImage"]["outbox"]["S"])]
    for start in range(0, len(said), 10):
        answer = bus.put_events(
            Entries=[
                {"EventBusName": os.environ["BUS"], "Source": os.environ["SOURCE"], "DetailType": one["type"], "Detail": json.dumps(one)}
                for one in said[start : start + 10]
            ]
        )
        assert answer["FailedEntryCount"] == 0, answer
