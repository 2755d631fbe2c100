"""The platform's queues: what lies in a dead-letter queue of theirs is looked at with its own command."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from commonweal_constructs import queue as common

ADVICE = "look with `commonweal redrive list`"


class DeadLetterQueue(common.DeadLetterQueue):
    """Where messages end that could not be handled: kept for 14 days, and somebody is told of the first."""

    def __init__(self, scope: Construct, identity: str, *, name: str, key: kms.IKey, alarms: sns.ITopic) -> None:
        super().__init__(scope, identity, name=name, key=key, alarms=alarms, advice=ADVICE)


class WorkQueue(common.WorkQueue):
    """What one function works off: seven days' patience, then its dead-letter queue.

    `timeout` is the function's, and `gathers` how long its messages may be gathered into a batch.
    """

    def __init__(  # each is one thing to know of a queue
        self,
        scope: Construct,
        identity: str,
        *,
        name: str,
        key: kms.IKey,
        alarms: sns.ITopic,
        timeout: cdk.Duration,
        gathers: cdk.Duration | None = None,
        tries: int = 5,
    ) -> None:
        super().__init__(scope, identity, name=name, key=key, alarms=alarms, timeout=timeout, gathers=gathers, tries=tries, advice=ADVICE)


def let_events_send(queue: sqs.Queue, source_arn: str) -> None:
    """Let EventBridge send to this queue for one rule or bus, and for no other."""
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["sqs:SendMessage"],
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": source_arn}},
        )
    )
