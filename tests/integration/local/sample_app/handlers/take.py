"""Take each placed order once."""

import json
import os
from typing import Any

import boto3

table = boto3.client("dynamodb")


def take(event: dict[str, Any], context: object) -> dict[str, Any]:
    for record in event["Records"]:
        placed = json.loads(record["body"])["detail"]
        try:
            table.put_item(
                TableName=os.environ["TABLE"],
                Item={
                    "pk": {"S": f"order#{placed['id']}"},
                    "sk": {"S": "taken"},
                    "outbox": {"S": json.dumps([placed | {"type": "OrderTaken"}])},
                },
                ConditionExpression="attribute_not_exists(pk)",
            )
        except table.exceptions.ConditionalCheckFailedException:
            print("twice", placed["id"])
    return {"batchItemFailures": []}
