"""Email who placed the order."""

import json
from typing import Any

import boto3

email = boto3.client("sesv2")


def tell(event: dict[str, Any], context: object) -> dict[str, Any]:
    for record in event["Records"]:
        placed = json.loads(record["body"])["detail"]
        email.send_email(
            FromEmailAddress="sample@example.gov",
            Destination={"ToAddresses": [f"{placed['id']}@example.com"]},
            Content={"Simple": {"Subject": {"Data": f"Order {placed['id']}"}, "Body": {"Text": {"Data": "It is taken."}}}},
        )
    return {"batchItemFailures": []}
