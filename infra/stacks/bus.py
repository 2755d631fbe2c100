"""The bus and what works on it: ingress, reactions, sharing, forwarding, quarantine, the journal and replays."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from commonweal_constructs.findings import acknowledge
from infra.bundling import SHELF
from infra.constructs.bus import Bus, rule
from infra.constructs.consumer import Consumer
from infra.constructs.department import says
from infra.constructs.function import Function
from infra.constructs.queue import WorkQueue
from infra.constructs.spread import spread
from infra.retention import of_their_own
from infra.stacks.capability import SAID_BY_DEPARTMENTS, Capability, Platform
from schemas.platform import ForwardRequested
from schemas.sharing import queue_name


class BusStack(Capability):
    """How events enter, move and stop."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, "bus")
        foundation = platform.foundation
        retention = of_their_own(platform.departments)
        platform.bus = Bus(self, stage=platform.stage, key=foundation.key, alarms=foundation.alarms, retention=retention)
        # Ingress writes down what departments say, each from its own source.
        self.table = self.room_table(speaks_for={source for department in platform.departments for source in says(department)})
        self._quarantine()
        self.http("bus.ingress", routes=["POST /events", "GET /events/{id}", "GET /events/types/{type}"], writes=self.table, keys=True)
        self._document()
        self.consumer("bus.reactions", pattern=SAID_BY_DEPARTMENTS, writes=self.table)
        share = self.consumer("bus.share", pattern=SAID_BY_DEPARTMENTS, writes=self.table)
        # Ids that are texts go to others under aliases that nobody can try out.
        self.let_read_pepper(share.function)
        self.consumer("bus.journal", pattern={"source": [{"prefix": ""}]}, writes=self.table, gathers=cdk.Duration.seconds(1))
        self._forward()
        self._replay()
        cdk.CfnOutput(self, "BusTable", value=self.table.table.table_name)
        cdk.CfnOutput(self, "BusName", value=platform.bus.name)

    def _document(self) -> None:
        """The documentation is made from the templates, this function's among them, and put into its bundle once they are there."""
        routes = ["GET /healthcheck", "GET /docs", "GET /docs/{proxy+}", "GET /schemas/{proxy+}"]
        function = self.http("bus.catalogue", routes=routes, shelf=self.platform.sources)
        if self.platform.sources:
            self.platform.documentation = function.home / SHELF

    def _quarantine(self) -> None:
        """Consumers send here, not over the bus, what they cannot understand: so this one has no rule, and no quarantine of its own."""
        foundation = self.platform.foundation
        keeper = Consumer(
            self,
            "bus.quarantine",
            stage=self.platform.stage,
            key=foundation.key,
            alarms=foundation.alarms,
            bus=self.platform.bus.name,
            pattern=None,
        )
        self.give(keeper.function, writes=self.table)
        self.platform.quarantine_url, self.platform.quarantine_arn = keeper.queue.queue_url, keeper.queue.queue_arn

    def _forward(self) -> None:
        # The ARN of each queue that the platform keeps for a department, but for the department's slug at its end.
        subscribed = self.format_arn(service="sqs", resource=queue_name(self.platform.stage.prefix, ""))
        forward = self.consumer(
            "bus.forward",
            hears=[ForwardRequested],
            writes=self.table,
            # A receiver may be away for a day and more, and each of a batch may take its five seconds to say nothing.
            tries=50,
            timeout=cdk.Duration.minutes(1),
            environment={"SUBSCRIPTION_QUEUES": subscribed},
        )
        self.let_read_pepper(forward.function)
        self.let_know_suspended(forward.function)
        self._let_send_on(forward.function)

    def _let_send_on(self, forward: Function) -> None:
        """To the queues that departments have elsewhere, and to those that they have here, which are all called alike."""
        queues = {queue.arn for department in self.platform.departments for queue in department.queues.values()}
        spread(forward, "Sends", queues, lambda some: iam.PolicyStatement(actions=["sqs:SendMessage"], resources=some))
        if queues:
            self._let_seal_elsewhere(forward)
        stage = self.platform.stage
        theirs = f"sqs:{stage.region}:{stage.account}:{queue_name(stage.prefix, '*')}"
        forward.allow(["sqs:SendMessage"], f"arn:{cdk.Aws.PARTITION}:{theirs}")
        reason = "Its queues come and go with the departments; each lets this role send to it, and its key too."
        acknowledge(forward.identity, reason, f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:{theirs}]")

    def _let_seal_elsewhere(self, forward: Function) -> None:
        """For queues under a key of their department's: through SQS, and with no key of this account."""
        stage = self.platform.stage
        theirs = f"kms:{stage.region}:*:key/*"
        conditions: dict[str, dict[str, object]] = {
            "StringEquals": {"kms:ViaService": f"sqs.{stage.region}.amazonaws.com"},
            "StringNotEquals": {"aws:ResourceAccount": stage.account},
        }
        forward.allow(["kms:Decrypt", "kms:GenerateDataKey"], f"arn:{cdk.Aws.PARTITION}:{theirs}", conditions=conditions)
        reason = "Which key a queue elsewhere has, its department says, and lets this role use it in the key's own policy."
        acknowledge(forward.identity, reason, f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:{theirs}]")

    def _replay(self) -> None:
        """Where a replay from the archive waits to be counted, or handed on drop by drop, by `commonweal replay`."""
        stage, key, alarms = self.platform.stage, self.platform.foundation.key, self.platform.foundation.alarms
        scope = Construct(self, "Replay")
        staging = WorkQueue(scope, "Queue", name=f"{stage.prefix}-replay", key=key, alarms=alarms, timeout=cdk.Duration.seconds(10))
        replayed = {"replay-name": [{"exists": True}]}
        rule(scope, name="replay", bus=self.platform.bus.name, pattern=replayed, queue=staging, stage=stage, key=key, alarms=alarms)
