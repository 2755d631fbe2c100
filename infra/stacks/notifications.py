"""Notifications: asked for over HTTP or by an event, handed to a provider once, and followed until their receipt."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_ses as ses

from infra.constructs.bucket import PrivateBucket
from infra.constructs.bus import AWS_BUS
from infra.constructs.consumer import Consumer
from infra.constructs.function import Function
from infra.constructs.table import RoomTable
from infra.constructs.zone import hosted
from infra.stacks.capability import Capability, Permission, Platform
from infra.stacks.scanner import Scanner
from infra.stacks.texts import Texts
from schemas.messages import FINAL_STATUSES
from schemas.platform import (
    ComplaintReceived,
    LetterUploaded,
    NotificationAccepted,
    NotificationRequested,
    NotificationStatusChanged,
    TextReceived,
)
from schemas.sending import FEWEST_DAYS, MOST_DAYS

TEXT_SENDER = "Commonweal"
OFFERED = 60
"""Tries, spaced, for more than four hours: before they are used up, the message has been given up and its service told."""
FEW = 2
"""Messages handed over in one call of a sender: as many as it has time for though the provider takes its own for each."""
CARRIED = 50
"""Calls of a sender at once: some 370 messages a second, the most that the bus delivers before its quota is raised (docs/capacity.md). More
would be throttled by the provider alone, and take the account's functions from everybody else."""
TOLD = 60
"""Tries, for more than four hours: a turn at telling a callback is not lost while something of ours is away."""
CONTENT, PRINT = "content/", "print/"
INDEXED = ("channel", "status", "service_id", "notification_id")
"""What lists and sweeps need to know of an entry before they read it."""


class Notifications(Capability):
    """The Notify API, its management, and the way of a message."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, "notifications")
        zone = platform.stage.zone
        self._domain = zone.name if zone else "commonweal.example"
        self._speaks = {"EMAIL_DOMAIN": self._domain, "TEXT_SENDER": TEXT_SENDER}
        if zone:
            # On a laptop the front door's port is not known before it opens: the emulator says it.
            self._speaks["PUBLIC_URL"] = f"https://{zone.name}"
        table = self.room_table(indexed=INDEXED, indexes=2)
        # People's words, for a day longer than the notifications they are of: each number of days has a prefix of its own.
        kept = {f"{CONTENT}{days:03}/": cdk.Duration.days(days + 1) for days in range(FEWEST_DAYS, MOST_DAYS + 1)}
        bucket = self.room_bucket(expires={**kept, PRINT: cdk.Duration.days(MOST_DAYS + 1)})
        self._ask(table, bucket)
        receipts = self._hear(table)
        self._send(table, receipts, bucket)
        self._call_back(table, bucket)
        cdk.CfnOutput(self, "PrintBucket", value=bucket.bucket_name)
        if zone:
            Scanner(self, bucket=bucket, prefix=CONTENT, stage=platform.stage, key=platform.foundation.key)

    def _ask(self, table: RoomTable, bucket: PrivateBucket) -> None:
        """How a message is asked for, and what it is made from."""
        api = self.http(
            "notifications.api",
            routes=[
                "ANY /v2/notifications",
                "ANY /v2/notifications/{proxy+}",
                "ANY /v2/template/{proxy+}",
                "ANY /v2/templates",
                "ANY /v2/received-text-messages",
                # What is no route of anybody's is refused in Notify's words.
                "ANY /v2/{proxy+}",
                "GET /service/{proxy+}",
            ],
            writes=table,
            keys=True,
            bucket={CONTENT: "read and write"},
            environment=self._speaks,
        )
        # A JWT is checked with the key's secret itself, which only its service's own encryption context opens.
        self.let_unseal(api)
        self._let_see_what_is_not_there(api, bucket)
        public = self.http(
            "notifications.public",
            routes=["GET /_status", "ANY /unsubscribe/{proxy+}"],
            writes=table,
            environment=self._speaks,
        )
        self.let_read_pepper(public)
        services = ["ANY /notifications/services/{proxy+}"]
        self.http("notifications.manage", routes=services, writes=table, keys=True, environment=self._speaks)
        self.declarations("notifications.declare", writes=table)
        request = self.consumer(
            "notifications.request",
            hears=[NotificationRequested],
            # Where its service may send no more today, the rest waits until another day has begun.
            tries=40,
            writes=table,
            bucket={CONTENT: "read and write"},
            environment=self._speaks,
        )
        self.let_read_pepper(request.function)
        check = self.consumer(
            "notifications.check_letter",
            hears=[LetterUploaded],
            writes=table,
            bucket={CONTENT: "read"},
            tries=20,
            memory=1024,
            # One letter may take as long as it is given: nobody else's waits behind it.
            batch=1,
            environment=self._speaks,
        ).function
        check.allow_objects(["s3:GetObjectTagging"], bucket, CONTENT)
        self._let_see_what_is_not_there(check, bucket)

    def _hear(self, table: RoomTable) -> Consumer:
        """What providers say, and what people answer."""
        receipts = self.consumer(
            "notifications.receipts",
            # Both say other things there as well: of accounts, registrations and calls to their own APIs.
            pattern={"source": ["aws.ses", "aws.sms-voice"], "detail": {"eventType": [{"exists": True}]}},
            bus=AWS_BUS,
            writes=table,
            tries=20,
        )
        received = self.consumer("notifications.receive_text", writes=table, environment=self._speaks)
        foundation = self.platform.foundation
        self._texts = Texts(self, queue=received.queue, stage=self.platform.stage, key=foundation.key, alarms=foundation.alarms)
        reports = self.http(
            "notifications.reports", routes=["POST /notifications/receipts", "POST /notifications/received-texts"], keys=True
        )
        self.let_send(reports, receipts, "RECEIPTS_QUEUE")
        self.let_send(reports, received, "RECEIVED_QUEUE")
        self.consumer("notifications.sweep", every=cdk.Duration.minutes(15), writes=table)
        self.consumer(
            "notifications.tally", pattern=_came_to(*FINAL_STATUSES, "sent"), writes=table, gathers=cdk.Duration.seconds(1), at_once=2
        )
        return receipts

    def _send(self, table: RoomTable, receipts: Consumer, bucket: PrivateBucket) -> None:
        """A queue for each channel, worked off fairly between services, and who may do what with each provider."""
        self._sender()
        named = {**self._speaks, "CONFIGURATION_SET": self.platform.stage.prefix}
        email = self.consumer(
            "notifications.deliver_email",
            writes=table,
            bucket={CONTENT: "read"},
            tries=OFFERED,
            batch=FEW,
            at_once=CARRIED,
            environment=named,
            may=[
                Permission(
                    ["ses:SendEmail"],
                    [
                        self.format_arn(service="ses", resource="identity", resource_name=self._domain),
                        self.format_arn(service="ses", resource="configuration-set", resource_name=self.platform.stage.prefix),
                    ],
                )
            ],
        )
        text = self.consumer(
            "notifications.deliver_text",
            writes=table,
            bucket={CONTENT: "read"},
            tries=OFFERED,
            batch=FEW,
            at_once=CARRIED,
            environment=named,
        )
        self._texts.let_send(text.function)
        letter = self.consumer(
            "notifications.deliver_letter",
            writes=table,
            bucket={CONTENT: "read and write", PRINT: "read and write"},
            tries=OFFERED,
            batch=FEW,
            memory=1024,
        )
        self._let_see_what_is_not_there(letter.function, bucket)
        dispatch = self.consumer("notifications.dispatch", hears=[NotificationAccepted])
        for consumer, variable in ((email, "EMAIL_QUEUE"), (text, "TEXT_QUEUE"), (letter, "LETTER_QUEUE")):
            self.let_send(consumer.function, receipts, "RECEIPTS_QUEUE")
            self.let_send(dispatch.function, consumer, variable)

    def _call_back(self, table: RoomTable, bucket: PrivateBucket) -> None:
        """Those who want to be told of what became of their messages are told, and can see what they were told."""
        call_back = self.consumer(
            "notifications.call_back",
            writes=table,
            tries=TOLD,
            # A turn goes on for 45 seconds while there is anything to tell: nobody else's waits behind it.
            batch=1,
            timeout=cdk.Duration.minutes(1),
            # A receiver that is slow takes four of them. However many are, they leave the account's other functions room to run.
            at_once=100,
            environment=self._speaks,
        )
        self.let_read_pepper(call_back.function)
        self.let_unseal(call_back.function)
        announce = self.consumer(
            "notifications.announce",
            pattern={"$or": [_came_to(*FINAL_STATUSES), {"detail-type": [ComplaintReceived.type_name(), TextReceived.type_name()]}]},
            writes=table,
            environment=self._speaks,
        )
        self.let_send(announce.function, call_back, "CALLBACK_QUEUE")
        configure = self.http(
            "notifications.configure",
            routes=[
                f"ANY /notifications/services/{{service}}/{what}"
                for what in ("settings", "callbacks/{proxy+}", "counts", "unsubscribes", "notifications/{proxy+}")
            ],
            writes=table,
            keys=True,
            bucket={CONTENT: "read"},
            environment=self._speaks,
        )
        self.let_seal(configure)
        self._let_see_what_is_not_there(configure, bucket)
        self.let_send(configure, call_back, "CALLBACK_QUEUE")

    def _let_see_what_is_not_there(self, function: Function, bucket: PrivateBucket) -> None:
        """Without it S3 answers for an object that does not exist as for one that nobody may read."""
        function.allow(["s3:ListBucket"], bucket.bucket_arn)

    def _sender(self) -> None:
        """The domain that emails come from, signed with DKIM where the zone is ours to put the keys into."""
        zone = self.platform.stage.zone
        domain = ses.Identity.public_hosted_zone(hosted(self, zone)) if zone else ses.Identity.domain(self._domain)
        ses.EmailIdentity(self, "Sender", identity=domain)
        configuration = ses.ConfigurationSet(self, "Configuration", configuration_set_name=self.platform.stage.prefix)
        bus = events.EventBus.from_event_bus_name(self, "Default", AWS_BUS)
        # Not opens and clicks: for those SES would put a pixel into every email and lead every link over an address of its own.
        told = ("REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "RENDERING_FAILURE")
        configuration.add_event_destination(
            "Receipts", destination=ses.EventDestination.event_bus(bus), events=[ses.EmailSendingEvent[event] for event in told]
        )


def _came_to(*statuses: str) -> dict[str, Any]:
    """The pattern of the changes of status that matter: of two that a message has on its way, one is its end."""
    return {"detail-type": [NotificationStatusChanged.type_name()], "detail": {"data": {"status": list(statuses)}}}
