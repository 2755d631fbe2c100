"""Notifications: asked for over HTTP or by an event, handed to a provider once, and followed until their receipt."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_ses as ses

from infra.constructs.queue import WorkQueue
from infra.constructs.table import RoomTable
from infra.constructs.zone import hosted
from infra.stacks.capability import Capability, Permission, Platform
from schemas.platform import NotificationAccepted, NotificationRequested

TEXT_SENDER = "Commonweal"
PROVIDERS_BUS = "default"
"""Where SES and End User Messaging put their receipts: on the account's own bus, and on no other."""


class Notifications(Capability):
    """The Notify API, its management, and the way of a message."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, "notifications")
        table = self.room_table()
        # People's words, for a day longer than the notifications they are of.
        self.room_bucket(expires=cdk.Duration.days(8))
        self._domain = platform.stage.zone.name if platform.stage.zone else "commonweal.example"
        senders = {"EMAIL_DOMAIN": self._domain, "TEXT_SENDER": TEXT_SENDER}
        api = self.http(
            "notifications.api",
            routes=["ANY /v2/notifications", "ANY /v2/notifications/{proxy+}", "ANY /v2/template/{proxy+}", "ANY /v2/templates"],
            writes=table,
            keys=True,
            bucket="read and write",
            environment=senders,
        )
        # A JWT is checked with the key's secret itself, which only its service's own encryption context opens.
        api.allow(["kms:Decrypt"], platform.foundation.key.key_arn)
        self.http("notifications.manage", routes=["ANY /notifications/{proxy+}"], writes=table, keys=True)
        self.consumer("notifications.request", hears=[NotificationRequested], writes=table, bucket="read and write", environment=senders)
        receipts = self.consumer(
            "notifications.receipts", pattern={"source": ["aws.ses", "aws.sms-voice"]}, bus=PROVIDERS_BUS, writes=table, tries=20
        )
        self._deliver(table, receipts.queue, senders)

    def _deliver(self, table: RoomTable, receipts: WorkQueue, senders: dict[str, str]) -> None:
        self._sender()
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
        deliver.function.allow_anywhere("Texts", ["sns:Publish"], "A text goes to a telephone number, which has no ARN.")

    def _sender(self) -> None:
        """The domain that emails come from, signed with DKIM where the zone is ours to put the keys into."""
        zone = self.platform.stage.zone
        domain = ses.Identity.public_hosted_zone(hosted(self, zone)) if zone else ses.Identity.domain(self._domain)
        ses.EmailIdentity(self, "Sender", identity=domain)
        configuration = ses.ConfigurationSet(self, "Configuration", configuration_set_name=self.platform.stage.prefix)
        bus = events.EventBus.from_event_bus_name(self, "Default", PROVIDERS_BUS)
        configuration.add_event_destination("Receipts", destination=ses.EventDestination.event_bus(bus))
