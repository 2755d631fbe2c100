"""Letters over the API: asked for, checked, printed, read and followed (contract 1.2 to 1.6, 4)."""

import base64
import hashlib
import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pypdf
import pytest
import typst

from functions.common import clients, clock
from functions.notifications import handing_over
from functions.notifications.check_letter import check_letter
from functions.notifications.deliver_letter import PrintDrop
from functions.notifications.malware import CLEAN, TAG
from functions.notifications.precompiled import EICAR
from functions.notifications.receipt import reported
from functions.notifications.receipts import receipts
from schemas.envelope import CloudEvent
from schemas.platform import LetterUploaded, NotificationStatusChanged
from tests.unit.notifications.asking import ADDRESS, LETTER, accepted, as_caller, ask, send, shown
from tests.unit.notifications.ground import (
    ANOTHERS_SERVICE,
    EMAIL_TEMPLATE,
    LETTER_TEMPLATE,
    SERVICE,
    VALUES,
    Clock,
    Ground,
    deliver,
    event,
    handle,
)

pytestmark = pytest.mark.usefixtures("live")

LINES = ("line_1", "line_2", "line_3", "line_4", "line_5", "line_6", "postcode")


def pages(count: int = 1, address: str = "Jo Bloggs \\ 1 High Street \\ London \\ N1 4WQ") -> bytes:
    """A PDF that can be posted, with nothing but its address and a word on later pages."""
    more = "\n#pagebreak()\n#place(dx: 20mm, dy: 20mm)[more]" * (count - 1)
    source = f"#set page(width: 210mm, height: 297mm, margin: 0mm)\n#set text(size: 9pt)\n#place(dx: 25mm, dy: 40mm)[{address}]{more}"
    pdf = typst.compile(source.encode())
    assert isinstance(pdf, bytes)
    return pdf


def asking(pdf: bytes, **changes: Any) -> dict[str, Any]:
    return {"reference": "a finished letter", "content": base64.b64encode(pdf).decode(), **changes}


def letter(address: Mapping[str, object] = ADDRESS, **values: object) -> dict[str, Any]:
    return {**LETTER, "personalisation": {**VALUES, **values, **address}}


def uploaded(ground: Ground, pdf: bytes, **changes: Any) -> tuple[str, CloudEvent]:
    """A finished letter that waits to be checked, and the event that says so."""
    id_ = accepted("letter", asking(pdf, **changes))["id"]
    (said,) = ground.new()
    assert said.type == LetterUploaded.type_name()
    return id_, said


def statuses(events: list[CloudEvent]) -> list[tuple[str, str | None]]:
    """The statuses that were said, with their reasons."""
    said = [NotificationStatusChanged.read(one) for one in events if one.type == NotificationStatusChanged.type_name()]
    return [(one.status, one.reason) for one in said]


class TestAsking:
    def test_a_letter_is_accepted_and_answered_in_notifys_shape(self, ground: Ground) -> None:
        answer = accepted("letter", {**letter(), "reference": "r"})
        assert answer["content"] == {"subject": "Flood risk at Avon", "body": "Dear resident\n\nThe risk is Severe."}
        assert (answer["reference"], answer["template"]["id"], answer["scheduled_for"]) == ("r", LETTER_TEMPLATE, None)
        assert "sanitised_content" not in answer
        assert ground.names() == ["NotificationAccepted"]

    def test_its_address_is_shown_line_by_line_with_the_postcode_last(self, ground: Ground) -> None:
        found = shown(accepted("letter", letter())["id"])
        assert [found[name] for name in LINES] == ["Jo Bloggs", "1 High Street", "London", None, None, None, "N1 4WQ"]
        assert (found["type"], found["status"], found["email_address"], found["phone_number"]) == ("letter", "accepted", None, None)
        assert found["body"] == "Dear resident\n\nThe risk is Severe."

    def test_seven_lines_fit(self, ground: Ground) -> None:
        seven = {f"address_line_{number}": f"Line {number}" for number in range(1, 7)}
        found = shown(accepted("letter", letter({**seven, "address_line_7": "N1 4WQ"}))["id"])
        assert [found[name] for name in LINES] == [*(f"Line {number}" for number in range(1, 7)), "N1 4WQ"]

    @pytest.mark.parametrize(("declared", "posted"), [("first", "first"), ("second", "second"), ("economy", "economy")])
    def test_it_goes_as_its_template_says(self, ground: Ground, declared: str, posted: str) -> None:
        ground.template(LETTER_TEMPLATE, postage=declared)
        assert shown(accepted("letter", letter())["id"])["postage"] == posted

    def test_abroad_it_goes_as_its_country_needs_if_the_service_may(self, ground: Ground) -> None:
        abroad = letter({f"address_line_{n}": line for n, line in enumerate(("Jo", "1 Rue", "75000 Paris", "France"), start=1)})
        assert send("letter", abroad).error == (400, "ValidationError", "Must be a real UK postcode")
        ground.sends(permissions=["letter", "international_letters", "inbound_sms"])
        assert shown(accepted("letter", abroad)["id"])["postage"] == "europe"

    @pytest.mark.parametrize(
        ("address", "message"),
        [
            ({"address_line_1": "Jo", "postcode": "N1 4WQ"}, "Address must be at least 3 lines"),
            ({**ADDRESS, "postcode": "London"}, "Must be a real UK postcode"),
            ({f"address_line_{n}": f"Line {n}" for n in range(1, 8)} | {"address_line_8": "x"}, "Must be a real UK postcode"),
            (
                {**ADDRESS, "address_line_1": "(Jo"},
                "Address lines must not start with any of the following characters: @ ( ) = [ ] ” \\ / , < >",
            ),
        ],
    )
    def test_an_address_that_is_none_is_refused(self, ground: Ground, address: dict[str, object], message: str) -> None:
        assert send("letter", letter(address)).error == (400, "ValidationError", message)
        assert ground.new() == []

    def test_the_service_must_be_allowed_letters(self, ground: Ground) -> None:
        ground.sends(permissions=["email", "inbound_sms"])
        refused = (400, "BadRequestError", "Service is not allowed to send letters")
        assert send("letter", letter()).error == send("letter", asking(pages())).error == refused

    @pytest.mark.parametrize("body", [letter(), asking(b"%PDF")], ids=["from a template", "finished"])
    def test_a_team_key_cannot_post(self, ground: Ground, body: dict[str, Any]) -> None:
        with as_caller(key_type="team"):
            assert send("letter", body).error == (403, "BadRequestError", "Cannot send letters with a team api key")

    @pytest.mark.parametrize("body", [letter(), asking(b"%PDF")], ids=["from a template", "finished"])
    def test_a_service_in_trial_mode_posts_with_a_test_key_alone(self, ground: Ground, body: dict[str, Any]) -> None:
        ground.sends(trial=True)
        assert send("letter", body).error == (403, "BadRequestError", "Cannot send letters when service is in trial mode")
        with as_caller(key_type="test"):
            assert send("letter", body).status == 201

    def test_a_letter_needs_its_personalisation(self, ground: Ground) -> None:
        assert send("letter", {"template_id": LETTER_TEMPLATE}).messages == ["personalisation is a required property"]
        refused = send("letter", {**LETTER, "email_address": "jo@example.com", "scheduled_for": None})
        assert refused.messages == ["Additional properties are not allowed (email_address, scheduled_for were unexpected)"]

    def test_a_qr_code_that_no_phone_could_read_is_refused_with_how_long_it_is(self, ground: Ground) -> None:
        ground.template(LETTER_TEMPLATE, body="qr: ((name))")
        link = f"https://example.gov.uk/{'a' * 500}"
        refused = send("letter", letter(name=link))
        (error,) = refused.json["errors"]
        assert (refused.status, error["error"]) == (400, "ValidationError")
        assert error["message"].startswith("Cannot create a usable QR code - the link is too long")
        assert (error["num_bytes"], error["max_bytes"], error["data"]) == (len(link), 504, f"{link[:100]}…")

    def test_a_letter_that_is_too_long_is_refused_with_how_long_it_is(self, ground: Ground) -> None:
        ground.template(LETTER_TEMPLATE, body="((name))", subject="S")
        assert send("letter", letter(name="a" * 99_999)).status == 201
        assert send("letter", letter(name="a" * 100_000)).error == (
            400,
            "BadRequestError",
            "Your message is too long. Letters cannot be longer than 100000 characters. Your message is 100001 characters long.",
        )

    def test_an_emails_template_is_no_letters(self, ground: Ground) -> None:
        ground.template(LETTER_TEMPLATE, channel="email")
        assert send("letter", letter()).messages == ["email template is not suitable for letter notification"]


class TestPrinting:
    def test_a_letter_is_rendered_and_left_for_the_printer_with_its_manifest(self, ground: Ground, time: Clock) -> None:
        with patch.object(handing_over, "choose", lambda _, live: live):
            id_ = accepted("letter", letter())["id"]
            assert handle(deliver, *ground.new()) == [True]
        name = f"print/2026-11-23/{id_}"
        assert ground.objects("print/") == [f"{name}.json", f"{name}.pdf"]
        printed = ground.object(f"{name}.pdf")
        manifest = json.loads(ground.object(f"{name}.json"))
        assert (manifest["pages"], manifest["sheets"], manifest["postage"], manifest["reference"]) == (1, 1, "second", id_)
        assert manifest["sha256"] == hashlib.sha256(printed).hexdigest()
        text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(printed)).pages)
        assert all(words in text for words in ("Jo Bloggs", "N1 4WQ", "Flood risk at Avon", "The risk is Severe", "Horizon House"))
        assert ask("GET", f"/v2/notifications/{id_}/pdf").content == printed

    def test_it_is_accepted_until_it_is_dispatched_and_received_then(self, ground: Ground) -> None:
        id_ = accepted("letter", letter())["id"]
        handle(deliver, *ground.new())
        sent = shown(id_)
        assert (sent["status"], sent["completed_at"]) == ("accepted", None)
        assert sent["cost_details"] == {"billable_sheets_of_paper": 1, "postage": "second"}
        reference = str(ground.notification(id_).provider_reference)
        handle(receipts, reported("letter", reference, "delivered", clock.stamp()))
        assert shown(id_)["status"] == "received"
        assert shown(id_)["completed_at"]
        handle(receipts, reported("letter", reference, "returned-letter", clock.stamp()))
        assert shown(id_)["status"] == "received"
        assert statuses(ground.new()) == [
            ("sending", None),
            ("delivered", None),
            ("returned-letter", "reported returned-letter"),
        ]

    def test_a_letter_with_too_many_pages_is_not_posted_and_says_why(self, ground: Ground) -> None:
        ground.template(LETTER_TEMPLATE, body="((text))")
        id_ = accepted("letter", letter(text="---\n\nA page\n\n" * 10 + "The eleventh"))["id"]
        assert handle(deliver, *ground.new()) == [True]
        ((status, reason),) = statuses(ground.new())
        assert (status, reason) == ("validation-failed", "letter-too-long: it has 11 pages, more than 10")
        assert shown(id_)["status"] == "validation-failed"
        assert not ground.provider.sent
        assert ground.objects("print/") == []

    def test_when_it_will_arrive_is_said(self, ground: Ground, time: Clock) -> None:
        # Noon on a Monday: printed that day, posted on Tuesday, and two working days on its way.
        assert shown(accepted("letter", letter())["id"])["estimated_delivery"] == "2026-11-26T16:00:00.000000Z"
        time.go_on(hours=5, minutes=30)
        assert shown(accepted("letter", letter())["id"])["estimated_delivery"] == "2026-11-27T16:00:00.000000Z"

    def test_over_a_weekend_nothing_is_printed_or_delivered_on_sunday(self, ground: Ground, time: Clock) -> None:
        ground.template(LETTER_TEMPLATE, postage="first")
        time.go_on(days=3)
        # Thursday noon: posted on Friday, delivered on Saturday.
        assert shown(accepted("letter", letter())["id"])["estimated_delivery"] == "2026-11-28T16:00:00.000000Z"
        time.go_on(days=1, hours=6)
        # Friday evening: printed on Monday.
        assert shown(accepted("letter", letter())["id"])["estimated_delivery"] == "2026-12-02T16:00:00.000000Z"


class TestReadingThePdf:
    def test_a_pdf_that_is_not_made_yet_is_to_be_asked_for_later(self, ground: Ground) -> None:
        id_ = accepted("letter", letter())["id"]
        answer = ask("GET", f"/v2/notifications/{id_}/pdf")
        assert answer.error == (400, "PDFNotReadyError", "PDF not available yet, try again later")

    def test_a_pdf_is_given_as_it_was_kept(self, ground: Ground) -> None:
        pdf = pages()
        id_, waiting = uploaded(ground, pdf)
        handle(check_letter, waiting)
        answer = ask("GET", f"/v2/notifications/{id_}/pdf")
        assert (answer.status, answer.headers["content-type"], answer.content) == (200, "application/pdf", pdf)

    def test_what_is_not_checked_yet_is_not_given(self, ground: Ground) -> None:
        id_, _ = uploaded(ground, EICAR)
        assert ask("GET", f"/v2/notifications/{id_}/pdf").error[1] == "PDFNotReadyError"

    def test_an_email_has_no_pdf(self, ground: Ground) -> None:
        id_ = accepted("email", {"email_address": "jo@example.com", "template_id": EMAIL_TEMPLATE, "personalisation": VALUES})["id"]
        assert ask("GET", f"/v2/notifications/{id_}/pdf").error == (400, "BadRequestError", "Notification is not a letter")

    def test_a_letter_that_failed_has_none_to_show(self, ground: Ground) -> None:
        id_, _ = uploaded(ground, pages())
        clients.s3().delete_object(Bucket="notifications", Key=str(ground.notification(id_).pdf_key))
        handle(check_letter, event(LetterUploaded(service_id=UUID(SERVICE), notification_id=UUID(id_))))
        assert statuses(ground.new()) == [("technical-failure", "its PDF is gone")]
        answer = ask("GET", f"/v2/notifications/{id_}/pdf")
        assert answer.error == (400, "BadRequestError", "PDF not available for letters in status technical-failure")

    def test_anothers_letter_is_as_if_not_there(self, ground: Ground) -> None:
        id_, waiting = uploaded(ground, pages())
        handle(check_letter, waiting)
        with as_caller(service_id=ANOTHERS_SERVICE, department="communities"):
            assert ask("GET", f"/v2/notifications/{id_}/pdf").error == (404, "NoResultFound", "No result found")


class TestFinishedLetters:
    def test_it_is_answered_in_notifys_shape_and_waits_to_be_checked(self, ground: Ground) -> None:
        answer = accepted("letter", asking(pages(), postage="first"))
        assert answer == {"id": answer["id"], "reference": "a finished letter", "postage": "first"}
        found = shown(answer["id"])
        assert (found["status"], found["line_1"], found["postcode"]) == ("pending-virus-check", "Provided as PDF", None)
        assert str(UUID(found["template"]["id"])) == found["template"]["id"], "clients read it as a UUID"
        assert found["template"]["uri"].endswith(f"/v2/template/{found['template']['id']}/version/1")
        assert found["is_cost_data_ready"] is False
        assert ground.names() == ["LetterUploaded"]

    def test_a_clean_one_goes_on_to_the_printer(self, ground: Ground) -> None:
        id_, waiting = uploaded(ground, pages(3))
        assert handle(check_letter, waiting) == [True]
        said = ground.new()
        assert [one.type.split(".")[1] for one in said] == ["NotificationStatusChanged", "NotificationAccepted"]
        assert statuses(said) == [("created", None)]
        with patch.object(handing_over, "choose", lambda *_: PrintDrop()):
            assert handle(deliver, said[1]) == [True]
        assert shown(id_)["cost_details"] == {"billable_sheets_of_paper": 2, "postage": "second"}
        assert len(ground.objects("print/")) == 2

    def test_malware_goes_nowhere(self, ground: Ground) -> None:
        id_, waiting = uploaded(ground, pages() + EICAR)
        assert handle(check_letter, waiting) == [True]
        assert statuses(ground.new()) == [("virus-scan-failed", "malware was found in it")]
        assert shown(id_)["status"] == "virus-scan-failed"
        assert ask("GET", f"/v2/notifications/{id_}/pdf").messages == ["File did not pass the virus scan"]

    @pytest.mark.parametrize(
        ("pdf", "reason"),
        [
            (b"no PDF", "unable-to-read-the-file: The file is not a PDF that can be read"),
            (b"", "no-encoded-string: The file is empty"),
            (pages(11), "letter-too-long: Letters must be 10 pages or less (5 double-sided sheets of paper)"),
            (pages(address="Jo \\ London"), "not-enough-address-lines: Address must be at least 3 lines (page 1)"),
            (pages(address=""), "address-is-empty: The address block is empty (page 1)"),
        ],
        ids=["no PDF", "empty", "long", "a short address", "no address"],
    )
    def test_what_cannot_be_printed_says_why(self, ground: Ground, pdf: bytes, reason: str) -> None:
        id_, waiting = uploaded(ground, pdf)
        assert handle(check_letter, waiting) == [True]
        said = ground.new()
        assert statuses(said) == [("validation-failed", reason)]
        assert len(said) == 1, "and it is not sent on"
        assert shown(id_)["completed_at"]

    def test_abroad_it_goes_as_its_country_needs_if_the_service_may(self, ground: Ground) -> None:
        abroad = pages(address="Jo \\ 1 Rue \\ 75000 Paris \\ France")
        _, refused = uploaded(ground, abroad)
        handle(check_letter, refused)
        assert [status for status, _ in statuses(ground.new())] == ["validation-failed"]
        ground.sends(permissions=["letter", "international_letters", "inbound_sms"])
        id_, waiting = uploaded(ground, abroad)
        handle(check_letter, waiting)
        assert (shown(id_)["status"], shown(id_)["postage"]) == ("accepted", "europe")

    def test_a_second_check_changes_nothing(self, ground: Ground) -> None:
        _, waiting = uploaded(ground, pages())
        assert handle(check_letter, waiting, waiting) == [True, True]
        assert ground.names() == ["NotificationStatusChanged", "NotificationAccepted"]

    @pytest.mark.parametrize(
        ("tagged", "acknowledged", "status"),
        [
            (None, False, "pending-virus-check"),
            (CLEAN, True, "accepted"),
            ("THREATS_FOUND", True, "virus-scan-failed"),
            ("FAILED", False, "pending-virus-check"),
            ("UNSUPPORTED", True, "virus-scan-failed"),
        ],
    )
    def test_in_aws_it_waits_for_the_scanners_word(self, ground: Ground, tagged: str | None, acknowledged: bool, status: str) -> None:
        id_, waiting = uploaded(ground, pages())
        if tagged:
            tags = {"TagSet": [{"Key": TAG, "Value": tagged}]}
            clients.s3().put_object_tagging(Bucket="notifications", Key=str(ground.notification(id_).pdf_key), Tagging=tags)  # type: ignore[arg-type]  # it is that shape
        with patch.dict("os.environ", {"STAGE": "prod"}):
            assert handle(check_letter, waiting) == [acknowledged]
        assert shown(id_)["status"] == status

    @pytest.mark.parametrize(
        ("changes", "error", "message"),
        [
            ({"content": "no base64!"}, "BadRequestError", "Cannot decode letter content (invalid base64 encoding)"),
            ({"content": 7}, "ValidationError", "content 7 is not of type string"),
            ({"postage": "third"}, "ValidationError", "postage invalid. It must be either first, second or economy."),
            ({"postage": None}, "ValidationError", "postage invalid. It must be either first, second or economy."),
            ({"reference": None}, "ValidationError", "reference None is not of type string"),
            ({"personalisation": {}}, "ValidationError", "Additional properties are not allowed (personalisation was unexpected)"),
        ],
    )
    def test_a_request_that_is_none_is_refused(self, ground: Ground, changes: dict[str, Any], error: str, message: str) -> None:
        assert send("letter", asking(b"%PDF", **changes)).error == (400, error, message)
        assert ground.objects("content/") == []

    def test_it_needs_a_reference(self, ground: Ground) -> None:
        assert send("letter", {"content": "JVBERg=="}).messages == ["reference is a required property"]
