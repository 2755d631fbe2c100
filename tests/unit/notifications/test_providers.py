"""What SES and SNS are handed, to the letter."""

from typing import Any

from botocore.stub import Stubber

from functions.common import clients
from functions.notifications.port import Email, Text
from functions.notifications.providers import Ses, Sns
from tests.unit.notifications.ground import Ground

EMAIL = Email(
    "Flood warnings, Avon",
    "floods@notifications.example.gov",
    "jo@例え.テスト",
    "Severe",
    "<p>Severe</p>",
    "Severe\n",
    "https://example.gov/stop",
)


def test_an_email_goes_to_ses_with_both_parts_and_one_click_to_unsubscribe(ground: Ground) -> None:
    asked: dict[str, Any] = {
        "FromEmailAddress": '"Flood warnings, Avon" <floods@notifications.example.gov>',
        "Destination": {"ToAddresses": ["jo@xn--r8jz45g.xn--zckzah"]},
        "ConfigurationSetName": "local",
        "Content": {
            "Simple": {
                "Subject": {"Data": "Severe", "Charset": "UTF-8"},
                "Body": {"Html": {"Data": "<p>Severe</p>", "Charset": "UTF-8"}, "Text": {"Data": "Severe\n", "Charset": "UTF-8"}},
                "Headers": [
                    {"Name": "List-Unsubscribe", "Value": "<https://example.gov/stop>"},
                    {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
                ],
            }
        },
    }
    with Stubber(clients.ses()) as ses:
        ses.add_response("send_email", {"MessageId": "m1"}, asked)
        taken = Ses().send(EMAIL)
    assert (taken.provider, taken.reference) == ("ses", "m1")


def test_a_text_goes_to_sns_as_transactional_and_from_its_sender(ground: Ground) -> None:
    asked: dict[str, Any] = {
        "PhoneNumber": "+447723456789",
        "Message": "Severe",
        "MessageAttributes": {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Commonweal"},
        },
    }
    with Stubber(clients.sns()) as sns:
        sns.add_response("publish", {"MessageId": "m2"}, asked)
        taken = Sns().send(Text("Commonweal", "447723456789", "Severe"))
    assert (taken.provider, taken.reference) == ("sns", "m2")
