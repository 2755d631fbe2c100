"""What AWS's own services say on the bus of the account, in the shape that EventBridge delivers it."""

from typing import Any

from infra.stages import Stage

type Said = dict[str, Any]


def said(stage: Stage) -> dict[str, Said]:
    """Events that a stage's rules may see, by what they are about; some of them are nobody's."""
    ours, others = f"{stage.prefix}-data-access-{stage.account}", f"{stage.prefix}-publishing-{stage.account}"
    mail = {"messageId": "reference-1", "destination": ["success@simulator.amazonses.com"]}
    texted = {"messageId": "reference-2", "isFinal": True}
    return {
        "a file was uploaded": _s3("Object Created", ours, "uploads/0192/rows.csv"),
        "an object was stored that is no upload": _s3("Object Created", ours, "segments/flood-warning/1"),
        "a file was uploaded elsewhere": _s3("Object Created", others, "uploads/0192/rows.csv"),
        "an upload was deleted": _s3("Object Deleted", ours, "uploads/0192/rows.csv"),
        "an email was delivered": _said("aws.ses", "Email Delivered", {"eventType": "Delivery", "mail": mail, "delivery": {}}),
        "an email came back": _said("aws.ses", "Email Bounced", {"eventType": "Bounce", "mail": mail, "bounce": {}}),
        "SES says something that is about no email": _said("aws.ses", "Advisor Recommendation Status Open", {"version": "1.0.0"}),
        "a text was delivered": _said("aws.sms-voice", "Text Message Delivery Status Updated", {"eventType": "TEXT_DELIVERED", **texted}),
        "a machine started": _said("aws.ec2", "EC2 Instance State-change Notification", {"state": "running"}),
    }


def _s3(what: str, bucket: str, key: str) -> Said:
    return _said("aws.s3", what, {"version": "0", "bucket": {"name": bucket}, "object": {"key": key, "size": 1}})


def _said(source: str, what: str, detail: Said) -> Said:
    whole = {"version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "account": "111122223333", "region": "eu-west-2"}
    return {**whole, "source": source, "detail-type": what, "time": "2026-11-23T09:30:00Z", "resources": [], "detail": detail}
