"""Where a rule sends: a queue, and for what EventBridge cannot deliver there a dead-letter queue of the rule's own."""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.queue import DeadLetterQueue, WorkQueue, let_events_send
from infra.stages import Stage


class Delivery:
    """The target of the rule `name`. It sends what it matches, or `message` instead, which is JSON."""

    def __init__(  # each is one thing to know of a delivery
        self,
        scope: Construct,
        *,
        name: str,
        queue: WorkQueue,
        stage: Stage,
        key: kms.IKey,
        alarms: sns.ITopic,
        message: str | None = None,
    ) -> None:
        self._queue = queue
        self._undelivered = DeadLetterQueue(scope, "Undelivered", name=f"{stage.prefix}-{name}-undelivered", key=key, alarms=alarms)
        self.target = events.CfnRule.TargetProperty(
            id="queue",
            arn=queue.queue_arn,
            input=message,
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self._undelivered.queue_arn),
            # As long as EventBridge takes: a day.
            retry_policy=events.CfnRule.RetryPolicyProperty(maximum_retry_attempts=185, maximum_event_age_in_seconds=86_400),
        )

    def accept(self, rule: events.CfnRule) -> None:
        """Let this rule, and no other, send to both queues."""
        let_events_send(self._queue, rule.attr_arn)
        let_events_send(self._undelivered, rule.attr_arn)
