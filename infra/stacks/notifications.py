"""Notifications: asked for over HTTP or by an event, handed to a provider once, and followed until their receipt."""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_ses as ses

from infra.constructs.queue import WorkQueue, allow_events
from infra.constructs.table import RoomTable
from infra.stacks.capability import Capability, Permission, Platform
from schemas.platform import NotificationAccepted, NotificationRequested

TEXT_SENDER = "Commonweal"


class Notifications(Capability):
    """The Notify API, its management, and the way of a message."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, "notifications")
        table = self.room_table()
        self.room_bucket()
        self._domain = platform.stage.zone.name if platform.stage.zone else "commonweal.example"
        senders = {"EMAIL_DOMAIN": self._domain, "TEXT_SENDER": TEXT_SENDER}
        self.http(
            "notifications.api",
            routes=["ANY /v2/notifications", "ANY /v2/notifications/{proxy+}", "ANY /v2/template/{proxy+}", "ANY /v2/templates"],
            writes=table,
            keys=True,
            bucket="read and write",
            environment=senders,
        )
        self.http("notifications.manage", routes=["ANY /notifications/{proxy+}"], writes=table, keys=True)
        self.consumer("notifications.request", hears=[NotificationRequested], writes=table, bucket="read and write", environment=senders)
        receipts = self.consumer("notifications.receipts", writes=table, tries=20)
        self._hear_receipts(receipts.queue)
        self._deliver(table, receipts.queue, senders)

    def _deliver(self, table: RoomTable, receipts: WorkQueue, senders: dict[str, str]) -> None:
        identity = ses.EmailIdentity(self, "Sender", identity=ses.Identity.domain(self._domain))
        configuration = ses.ConfigurationSet(self, "Configuration", configuration_set_name=self.platform.stage.prefix)
        configuration.add_event_destination(
            "Receipts", destination=ses.EventDestination.event_bus(events.EventBus.from_event_bus_name(self, "Default", "default"))
        )
        deliver = self.consumer(
            "notifications.deliver",
            hears=[NotificationAccepted],
            writes=table,
            bucket="read",
            # A provider may be away for hours: about 50 tries over four of them.
            tries=50,
            environment={**senders, "RECEIPTS_QUEUE": receipts.queue_url, "CONFIGURATION_SET": self.platform.stage.prefix},
            may=[
                Permission(
                    ["ses:SendEmail"],
                    [
                        self.format_arn(service="ses", resource="identity", resource_name=self._domain),
                        self.format_arn(service="ses", resource="configuration-set", resource_name=self.platform.stage.prefix),
                    ],
                ),
                Permission(["sqs:SendMessage"], [receipts.queue_arn]),
            ],
        )
        deliver.node.add_dependency(identity)
        deliver.function.allow_anywhere("Texts", ["sns:Publish"], "A text goes to a telephone number, which has no ARN.")

    def _hear_receipts(self, queue: WorkQueue) -> None:
        """SES and End User Messaging put their receipts on the account's default bus."""
        undelivered = self.dead_letters("ReceiptsUndelivered", "notifications-receipts-undelivered")
        rule = events.CfnRule(
            self,
            "ReceiptsRule",
            name=f"{self.platform.stage.prefix}-notifications-receipts",
            event_pattern={"source": ["aws.ses", "aws.sms-voice"]},
            targets=[
                events.CfnRule.TargetProperty(
                    id="queue",
                    arn=queue.queue_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=undelivered.queue_arn),
                    retry_policy=events.CfnRule.RetryPolicyProperty(maximum_retry_attempts=185, maximum_event_age_in_seconds=86_400),
                )
            ],
        )
        allow_events(queue, rule.attr_arn)
        allow_events(undelivered, rule.attr_arn)
