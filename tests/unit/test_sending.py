"""What a service sends with: what the model takes, what it refuses, and the plain members it becomes."""

import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from schemas.sending import Sending, dialled

SERVICE = "6156f1a6-d486-5e65-a2cd-2b594ea7caa0"


def compiled(**said: Any) -> dict[str, Any]:
    return Sending.model_validate(said).compiled(SERVICE)


def complaints(**said: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        Sending.model_validate(said)
    return [(".".join(str(step) for step in error["loc"]), error["msg"]) for error in refused.value.errors()]


def test_what_nobody_says_has_a_default_and_nothing_is_null() -> None:
    assert compiled() == {
        "permissions": [],
        "trial": False,
        "team": [],
        "guestlist": [],
        "text_prefix": True,
        "reply_to": {},
        "text_senders": {},
        "contact_blocks": {},
        "inbound_numbers": [],
        "retention_days": {"email": 7, "sms": 7, "letter": 7},
        "limits": {
            "requests_per_minute": 3000,
            "emails_per_day": 250_000,
            "texts_per_day": 250_000,
            "letters_per_day": 20_000,
            "international_texts_per_day": 100,
        },
        "callbacks": {},
    }


def test_it_becomes_plain_json() -> None:
    said = compiled(
        permissions=["email", "inbound_sms"],
        email_name="floods",
        contact_blocks={"york": {"lines": "Agency\nYork"}},
        inbound_numbers=["07984404008"],
        callbacks={"cases": {"url": "https://cases.example.gov.uk/", "for": ["complaint"]}},
    )
    assert json.loads(json.dumps(said)) == said
    assert said["email_name"] == "floods"


class TestTrialMode:
    def test_few_messages_leave_and_no_letter(self) -> None:
        limits = compiled(trial=True)["limits"]
        assert (limits["emails_per_day"], limits["texts_per_day"], limits["letters_per_day"]) == (50, 50, 0)
        assert limits["requests_per_minute"] == 3000

    def test_a_smaller_limit_stays(self) -> None:
        assert compiled(trial=True, limits={"emails_per_day": 10})["limits"]["emails_per_day"] == 10


class TestSenders:
    def test_each_has_an_id_that_follows_from_the_service_and_its_name_and_never_changes(self) -> None:
        [(one, block)] = compiled(contact_blocks={"york": {"lines": "Agency\nYork"}})["contact_blocks"].items()
        assert block == {"name": "york", "lines": "Agency\nYork", "default": True}
        assert one == "0ce6cb16-8cec-5cd3-a433-a807eea23e17"
        elsewhere = Sending.model_validate({"contact_blocks": {"york": {"lines": "Agency\nYork"}}}).compiled(str(UUID(int=1)))
        assert one not in elsewhere["contact_blocks"]

    def test_kinds_that_share_a_name_have_different_ids(self) -> None:
        said = compiled(reply_to={"desk": {"address": "desk@example.gov.uk"}}, text_senders={"desk": {"sender": "Desk"}})
        assert said["reply_to"].keys().isdisjoint(said["text_senders"].keys())

    def test_the_only_one_is_the_default_without_saying_so(self) -> None:
        [sender] = compiled(text_senders={"desk": {"sender": "Desk"}})["text_senders"].values()
        assert sender == {"name": "desk", "sender": "Desk", "default": True}

    def test_of_several_only_the_one_that_says_so_is(self) -> None:
        several = {"desk": {"sender": "Desk"}, "bell": {"sender": "Bell", "default": True}}
        senders = compiled(text_senders=several)["text_senders"].values()
        assert {sender["name"]: sender["default"] for sender in senders} == {"desk": False, "bell": True}

    @pytest.mark.parametrize("sender", ["FloodWarn", "NHS", "a b", "GOV.UK", "B&B-2_x", "Flood alarm", "447984404008", "60006"])
    def test_a_text_may_be_from(self, sender: str) -> None:
        assert complaints_of_sender(sender) == []

    @pytest.mark.parametrize(
        "sender", ["UK", "Flood warnings", " Flood", "Flood ", "Flood!", "Llifogŷdd", "123", "004479844", "Fl\nood", "+447984404008"]
    )
    def test_a_text_may_not_be_from(self, sender: str) -> None:
        [(place, _)] = complaints_of_sender(sender)
        assert place == "text_senders.one.sender"

    def test_a_contact_block_loses_what_stands_round_its_lines(self) -> None:
        [block] = compiled(contact_blocks={"york": {"lines": "\n Agency \nYork\n\n"}})["contact_blocks"].values()
        assert block["lines"] == "Agency\nYork"

    def test_a_contact_block_says_something(self) -> None:
        assert complaints(contact_blocks={"york": {"lines": " \n"}}) == [("contact_blocks.york.lines", "has 0 lines, and may have 1 to 10")]

    @pytest.mark.parametrize(
        ("kind", "most", "one"),
        [
            ("reply_to", 50, {"address": "desk@example.gov.uk"}),
            ("text_senders", 50, {"sender": "Desk"}),
            ("contact_blocks", 50, {"lines": "Agency\nYork"}),
            ("callbacks", 10, {"url": "https://cases.example.gov.uk/", "for": ["complaint"]}),
        ],
    )
    def test_there_are_as_many_of_a_kind_as_an_item_holds(self, kind: str, most: int, one: dict[str, Any]) -> None:
        assert len(compiled(**{kind: {f"n{number}": one for number in range(most)}})[kind]) == most
        [(place, message)] = complaints(**{kind: {f"n{number}": one for number in range(most + 1)}})
        assert (place, message) == (kind, f"Dictionary should have at most {most} items after validation, not more")


def complaints_of_sender(sender: str) -> list[tuple[str, str]]:
    try:
        Sending.model_validate({"text_senders": {"one": {"sender": sender}}})
    except ValidationError:
        return complaints(text_senders={"one": {"sender": sender}})
    return []


class TestPeople:
    @pytest.mark.parametrize("who", ["a@example.gov.uk", "07700 900142", "+44 (0)7700-900142", "+33 6 12 34 56 78", " b@example.gov.uk "])
    def test_somebody_is_an_email_address_or_a_phone_number(self, who: str) -> None:
        assert compiled(team=[who])["team"] == [who.strip()]

    @pytest.mark.parametrize("who", ["", "Rosalind Okafor", "a@b", "a b@example.gov.uk", "07700", "0770090014200000", "07700 90014x"])
    def test_nobody_else_is_and_what_was_said_is_not_said_again(self, who: str) -> None:
        assert complaints(team=[who]) == [("team.0", "is neither an email address nor a phone number")]

    def test_five_addresses_and_five_numbers_are_guests_and_no_sixth(self) -> None:
        guests = [f"guest{n}@example.gov.uk" for n in range(5)] + [f"0770090010{n}" for n in range(5)]
        assert compiled(guestlist=guests)["guestlist"] == guests
        for one_more in ("sixth@example.gov.uk", "07700900199"):
            assert complaints(guestlist=[*guests, one_more]) == [("guestlist", "may hold 5 email addresses and 5 phone numbers")]

    def test_a_team_has_two_hundred_members_and_no_more(self) -> None:
        team = [f"member{n}@example.gov.uk" for n in range(200)]
        assert compiled(team=team)["team"] == team
        [(place, message)] = complaints(team=[*team, "one-more@example.gov.uk"])
        assert (place, message) == ("team", "List should have at most 200 items after validation, not 201")


class TestNumbers:
    @pytest.mark.parametrize("given", ["07984404008", "07984 404 008", "+44 7984 404008", "0044 7984404008", "447984404008"])
    def test_a_british_number_is_dialled_one_way_however_it_is_written(self, given: str) -> None:
        assert dialled(given) == "447984404008"

    def test_a_number_abroad_is_dialled_as_it_is(self) -> None:
        assert dialled("+33 6 12 34 56 78") == "33612345678"

    @pytest.mark.parametrize(
        "given", ["", "+", "7984404008", "0798440", "07984404008000", "+44 0 7984404008", "+0123456789", "07984-x04008"]
    )
    def test_what_is_no_whole_number_is_not_dialled(self, given: str) -> None:
        with pytest.raises(ValueError, match="is not a phone number, as 07984404008"):
            dialled(given)

    def test_they_need_the_permission_to_be_texted(self) -> None:
        assert complaints(inbound_numbers=["07984404008"]) == [("inbound_numbers", "needs the permission inbound_sms")]

    def test_a_wrong_permission_is_the_only_thing_wrong(self) -> None:
        [(place, _)] = complaints(permissions=["inbound"], inbound_numbers=["07984404008"])
        assert place == "permissions.0"

    def test_one_number_written_in_two_ways_is_one(self) -> None:
        twice = ["07984404008", "+447984404008"]
        assert complaints(permissions=["inbound_sms"], inbound_numbers=twice) == [
            ("inbound_numbers", "holds the same entry twice, as numbers 1 and 2")
        ]


class TestCallbacks:
    @pytest.mark.parametrize(
        "url",
        [
            "https://cases.example.gov.uk",
            "https://x.uk:8443/a?b=c",
            "http://127.0.0.1:9000/told",
            "http://localhost/told",
            "http://localhost",
        ],
    )
    def test_they_go_to_https_or_to_this_machine(self, url: str) -> None:
        callbacks = compiled(callbacks={"cases": {"url": url, "for": ["delivery", "inbound"]}})["callbacks"]
        assert callbacks == {"cases": {"url": url, "for": ["delivery", "inbound"], "key_types": ["live", "team", "test"]}}

    @pytest.mark.parametrize(
        "url",
        [
            "http://cases.example.gov.uk/",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "http://localhost@example.com/",
            "http://127.0.0.1:9000x/",
            "https://user:secret@example.gov.uk/",
            "https://",
            "ftp://localhost/",
        ],
    )
    def test_they_go_nowhere_else(self, url: str) -> None:
        [(place, _)] = complaints(callbacks={"cases": {"url": url, "for": ["delivery"]}})
        assert place == "callbacks.cases.url"

    @pytest.mark.parametrize("part", [{"for": []}, {"for": ["delivery", "delivery"]}, {"key_types": []}, {"for": ["returned_letter"]}])
    def test_they_say_what_they_are_for(self, part: dict[str, Any]) -> None:
        [(place, _)] = complaints(callbacks={"cases": {"url": "https://x.uk/", "for": ["delivery"]} | part})
        assert place.startswith(f"callbacks.cases.{next(iter(part))}")


@pytest.mark.parametrize("days", [2, 91])
def test_messages_are_kept_for_3_to_90_days(days: int) -> None:
    [(place, _)] = complaints(retention_days={"sms": days})
    assert place == "retention_days.sms"


def test_what_is_not_declared_is_refused() -> None:
    assert complaints(sms_senders={}) == [("sms_senders", "Extra inputs are not permitted")]
