"""Where a department gets what it may have of others' events: a queue of its own, under a key that opens to it alone."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from commonweal_constructs.alarm import alarm
from commonweal_constructs.findings import acknowledge
from infra.constructs.department import trusted
from infra.constructs.queue import WorkQueue
from infra.stages import Stage
from schemas.declaration import Department
from schemas.sharing import queue_name

WORKS_FOR = cdk.Duration.seconds(30)
"""What a department's own function is thought to take for a batch; it may change how long a message stays hidden."""
WAITED = cdk.Duration.days(3)
"""How long the oldest message may wait before somebody is told: SQS drops it after seven days, and says nothing."""
TAKE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
ADMINISTER = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
]
"""What CloudFormation does with a key. To use it is not among them: who runs the platform reads no department's messages."""


class DepartmentQueue(Construct):
    """The queue, its dead-letter queue and their key. One function sends; the department's role and accounts take, from both queues."""

    def __init__(self, scope: Construct, department: Department, *, stage: Stage, alarms: sns.ITopic, role: iam.Role | None) -> None:
        super().__init__(scope, "Subscriptions")
        name = queue_name(stage.prefix, department.department)
        takers = [[iam.ArnPrincipal(role.role_arn)], trusted(department)] if role else []
        # By name: it is the bus stack's, which knows no department.
        sender = cdk.Stack.of(self).format_arn(service="iam", region="", resource="role", resource_name=f"{stage.prefix}-bus-forward")
        self.key = self._key(stage, name, iam.ArnPrincipal(sender), takers)
        self.queue = WorkQueue(self, "Queue", name=name, key=self.key, alarms=alarms, timeout=WORKS_FOR)
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(actions=["sqs:SendMessage"], principals=[iam.ArnPrincipal(sender)], resources=[self.queue.queue_arn])
        )
        for queue in (self.queue, self.queue.dead_letters):
            _let_take(queue, takers)
        if role:
            both = [self.queue.queue_arn, self.queue.dead_letters.queue_arn]
            role.add_to_policy(iam.PolicyStatement(actions=TAKE, resources=both))
            role.add_to_policy(iam.PolicyStatement(actions=["kms:Decrypt"], resources=[self.key.key_arn], conditions=_through_sqs(stage)))
        alarm(
            self,
            "Waiting",
            says=f"{name} holds messages that its department has not taken for {WAITED.to_days()} days: after seven they are gone.",
            metric=self.queue.metric_approximate_age_of_oldest_message(period=cdk.Duration.minutes(5), statistic="Maximum"),
            above=WAITED.to_seconds(),
            topic=alarms,
        )
        self._tell(department, alarms)

    def _tell(self, department: Department, alarms: sns.ITopic) -> None:
        """Write to the department's own people of the alarms of its queues: nobody else can take what lies in them."""
        # Alarms are named by the stack and the logical id, which begins with this construct's.
        named = sns.SubscriptionFilter.string_filter(match_prefixes=[f"{cdk.Stack.of(self).stack_name}-{self.node.id}"])
        told = sns.Subscription(
            self,
            "Told",
            topic=alarms,
            protocol=sns.SubscriptionProtocol.EMAIL,
            endpoint=department.contacts.on_call or department.contact,
            filter_policy_with_message_body={"AlarmName": sns.FilterOrPolicy.filter(named)},
        )
        reason = "The platform's people get the same alarm: an email that does not arrive is nobody's only word of it."
        acknowledge(told, reason, "Serverless-SNSRedrivePolicy")

    def _key(self, stage: Stage, name: str, sender: iam.IPrincipal, takers: Sequence[Sequence[iam.IPrincipal]]) -> kms.Key:
        def may(actions: list[str], principals: Sequence[iam.IPrincipal]) -> iam.PolicyStatement:
            return iam.PolicyStatement(actions=actions, principals=list(principals), resources=["*"], conditions=_through_sqs(stage))

        administer = iam.PolicyStatement(actions=ADMINISTER, principals=[iam.AccountRootPrincipal()], resources=["*"])
        return kms.Key(
            self,
            "Key",
            alias=f"alias/{name}",
            description=f"What is in {name}.",
            enable_key_rotation=True,
            policy=iam.PolicyDocument(
                statements=[
                    administer,
                    may(["kms:Decrypt", "kms:GenerateDataKey"], [sender]),
                    *(may(["kms:Decrypt"], some) for some in takers),
                ]
            ),
            # It opens nothing but the two queues, which go with it.
            pending_window=cdk.Duration.days(30),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )


def _let_take(queue: sqs.Queue, takers: Sequence[Sequence[iam.IPrincipal]]) -> None:
    for some in takers:
        queue.add_to_resource_policy(iam.PolicyStatement(actions=TAKE, principals=list(some), resources=[queue.queue_arn]))


def _through_sqs(stage: Stage) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"kms:ViaService": f"sqs.{stage.region}.amazonaws.com"}}
