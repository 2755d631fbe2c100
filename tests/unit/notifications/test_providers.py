"""What those who carry messages are handed, to the letter, and what their answers mean."""

import hashlib
import json
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from functions.common import clients
from functions.notifications.deliver_email import Ses
from functions.notifications.deliver_letter import PrintDrop
from functions.notifications.deliver_text import EndUserMessaging, Sns, carrier
from functions.notifications.port import Email, Letter, NotTaken, Rejected, Text, Unanswered
from tests.unit.notifications.ground import SERVICE, Clock, Ground

EMAIL = Email(
    sender_name="Flood warnings, Avon",
    sender_address="floods@notifications.example.gov",
    recipient="jo@xn--r8jz45g.xn--zckzah",
    subject="Severe",
    html="<p>Severe</p>",
    text="Severe\n",
    reply_to="floods-team@example.gov.uk",
    unsubscribe_url="https://example.gov/stop",
)
TEXT = Text("Commonweal", "447723456789", "Severe")
LETTER = Letter("a3c1e5f0-0000-4000-8000-00000000000a", SERVICE, b"%PDF-1.7 a letter", 3, "first", "2026-11-23")


def asked_of_ses(email: Email) -> dict[str, Any]:
    """What SES is asked for this email."""
    with patch.object(clients.ses(), "send_email", return_value={"MessageId": "m1"}) as send_email:
        Ses().send(email)
    return dict(send_email.call_args.kwargs)


def test_an_email_goes_to_ses_with_both_parts_a_reply_to_and_one_click_to_unsubscribe(ground: Ground) -> None:
    asked: dict[str, Any] = {
        "FromEmailAddress": '"Flood warnings, Avon" <floods@notifications.example.gov>',
        "ReplyToAddresses": ["floods-team@example.gov.uk"],
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
        ses.assert_no_pending_responses()
    assert (taken.provider, taken.reference) == ("ses", "m1")


def test_an_email_that_cannot_be_answered_or_ended_says_nothing_of_either(ground: Ground) -> None:
    asked = asked_of_ses(replace(EMAIL, reply_to=None, unsubscribe_url=None))
    assert asked["ReplyToAddresses"] == []
    assert "Headers" not in asked["Content"]["Simple"]


def test_a_name_with_accents_reaches_ses_in_ascii(ground: Ground) -> None:
    sender = asked_of_ses(replace(EMAIL, sender_name="Cyfoeth Naturiol Ŵyr"))["FromEmailAddress"]
    assert sender == "=?utf-8?q?Cyfoeth_Naturiol_=C5=B4yr?= <floods@notifications.example.gov>"


def test_a_name_cannot_pose_as_an_address(ground: Ground) -> None:
    sender = asked_of_ses(replace(EMAIL, sender_name='Bank" <bank@example.com>'))["FromEmailAddress"]
    assert sender == '"Bank\\" <bank@example.com>" <floods@notifications.example.gov>'


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
        taken = Sns().send(TEXT)
    assert (taken.provider, taken.reference) == ("sns", "m2")


@pytest.mark.parametrize(
    ("sender", "origin"),
    [("Floodline", "Floodline"), ("07984404008", "+447984404008"), ("447984404008", "+447984404008"), ("F1", "F1"), ("60777", "60777")],
)
def test_a_text_goes_to_end_user_messaging_from_its_name_or_number(ground: Ground, sender: str, origin: str) -> None:
    asked: dict[str, Any] = {
        "DestinationPhoneNumber": "+447723456789",
        "OriginationIdentity": origin,
        "MessageBody": "Severe",
        "MessageType": "TRANSACTIONAL",
        "ConfigurationSetName": "local",
    }
    with Stubber(clients.texts()) as texts:
        texts.add_response("send_text_message", {"MessageId": "m3"}, asked)
        taken = EndUserMessaging().send(replace(TEXT, sender=sender))
    assert (taken.provider, taken.reference) == ("end-user-messaging", "m3")


def test_only_a_laptop_sends_texts_over_sns(ground: Ground) -> None:
    assert isinstance(carrier(), Sns)
    with patch.dict("os.environ", {"STAGE": "prod"}):
        assert isinstance(carrier(), EndUserMessaging)


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("ValidationException", 400, Rejected),
        ("ThrottlingException", 429, NotTaken),
        ("ServiceQuotaExceededException", 402, NotTaken),
        ("AccessDeniedException", 403, NotTaken),
        ("InternalServerException", 500, Unanswered),
    ],
)
def test_what_end_user_messaging_answers_decides_whether_it_is_tried_again(
    ground: Ground, code: str, status: int, meaning: type[Exception]
) -> None:
    with Stubber(clients.texts()) as texts:
        texts.add_client_error("send_text_message", code, http_status_code=status)
        with pytest.raises(meaning, match=code):
            EndUserMessaging().send(TEXT)


def test_what_could_not_even_be_asked_will_never_be_taken(ground: Ground) -> None:
    with pytest.raises(Rejected, match="ParamValidationError"):
        EndUserMessaging().send(replace(TEXT, body=""))


def test_a_letter_is_left_for_the_printer_with_its_manifest(ground: Ground, time: Clock) -> None:
    taken = PrintDrop().send(LETTER)
    assert (taken.provider, taken.reference, taken.pages) == ("print", LETTER.id, 3)
    name = f"print/2026-11-23/{LETTER.id}"
    assert ground.objects("print/") == [f"{name}.json", f"{name}.pdf"]
    assert ground.object(f"{name}.pdf") == LETTER.pdf
    assert json.loads(ground.object(f"{name}.json")) == {
        "reference": LETTER.id,
        "service_id": SERVICE,
        "postage": "first",
        "pages": 3,
        "sheets": 2,
        "sha256": hashlib.sha256(LETTER.pdf).hexdigest(),
        "left_at": "2026-11-23T12:00:00.000000Z",
    }


def test_a_letter_left_again_is_one_letter(ground: Ground) -> None:
    PrintDrop().send(LETTER)
    PrintDrop().send(LETTER)
    assert len(ground.objects("print/")) == 2


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "PutObject"),  # type: ignore[typeddict-item]  # the rest is not read
        EndpointConnectionError(endpoint_url="https://s3"),
    ],
)
def test_a_letter_that_could_not_be_left_whole_has_no_manifest_and_is_tried_again(ground: Ground, failure: Exception) -> None:
    put = clients.s3().put_object

    def fail_for_the_pdf(**asked: Any) -> object:
        if asked["Key"].endswith(".pdf"):
            raise failure
        return put(**asked)

    with patch.object(clients.s3(), "put_object", fail_for_the_pdf), pytest.raises(NotTaken):
        PrintDrop().send(LETTER)
    assert ground.objects("print/") == []
