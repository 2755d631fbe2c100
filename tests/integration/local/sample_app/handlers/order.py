"""Take an order over HTTP."""

import json
import os
from importlib.util import find_spec
from typing import Any

import boto3

table = boto3.client("dynamodb")


def order(event: dict[str, Any], context: object) -> dict[str, Any]:
    if event["requestContext"]["http"]["method"] == "GET":
        if event["rawPath"].startswith("/aloud/"):
            print(event["rawPath"], flush=True)
        asked: dict[str, Any] = {key: event.get(key) for key in ("headers", "rawPath", "rawQueryString")}
        asked |= {"endpoint": os.environ["AWS_ENDPOINT_URL"]}
        asked["modules"] = {
            name: find_spec(name) is not None for name in ("boto3", "botocore", "functions", "infra", "hypercorn", "ministack")
        }
        return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(asked)}
    placed = json.loads(event["body"])
    table.put_item(
        TableName=os.environ["TABLE"],
        Item={
            "pk": {"S": f"order#{placed['id']}"},
            "sk": {"S": "placed"},
            "outbox": {"S": json.dumps([{"type": "OrderPlaced", **placed}])},
        },
    )
    return {"statusCode": 202, "body": "{}"}
