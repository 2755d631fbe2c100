"""Have a function work off a queue, a failed message at a time."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from commonweal_constructs.findings import acknowledge
from commonweal_constructs.function import Function


def poll(
    scope: Construct,
    function: Function,
    queue_arn: str,
    *,
    identity: str = "Mapping",
    batch: int = 10,
    gathers: cdk.Duration | None = None,
    at_once: int | None = None,
    enabled: bool | None = None,
) -> lambda_.EventSourceMapping:
    """Let the function take messages from the queue, this account's or another's, and have Lambda bring them.

    `batch` is how many come together, `gathers` how long they may wait for each other, `at_once` how many batches are worked on at a time.
    Where it is not `enabled`, nothing comes before somebody switches it on.
    """
    # Changing the visibility of a message is how tries are spaced.
    function.allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"], queue_arn)
    mapping = lambda_.EventSourceMapping(
        scope,
        identity,
        target=function,
        event_source_arn=queue_arn,
        batch_size=batch,
        max_batching_window=gathers,
        max_concurrency=at_once,
        report_batch_item_failures=True,
        enabled=enabled,
    )
    # Lambda refuses a mapping whose function may not read the queue yet.
    mapping.node.add_dependency(function)
    acknowledge(mapping, "A queue's failures go to its dead-letter queue.", "Serverless-LambdaEventSourceMappingDestination")
    function.failures_are_heard("A queue calls it, and keeps what it fails at.")
    return mapping


def poll_when_asked(scope: Construct, function: Function, queue_arn: str, *, batch: int = 10) -> None:
    """The same for what failed for good: it comes when somebody who mended the cause switches it on, as the stack's output says."""
    mapping = poll(scope, function, queue_arn, identity="Again", batch=batch, enabled=False)
    command = f"aws lambda update-event-source-mapping --uuid {mapping.event_source_mapping_id} --enabled"
    cdk.CfnOutput(scope, "Retry", value=command, description="Brings what failed for good again, until the same with --no-enabled")
