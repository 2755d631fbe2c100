"""Who can be written to (contract 3.1, 3.2)."""

import pytest

from functions.notifications.recipients import NotARecipient, email_address, phone_number


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("firstname.o'lastname@domain.com", "firstname.o'lastname@domain.com"),
        ("email@domain.COM", "email@domain.com"),
        ("japanese-info@例え.テスト", "japanese-info@例え.テスト"),
        ("email@double--hyphen.com", "email@double--hyphen.com"),
        ("x@domain.superlongtld", "x@domain.superlongtld"),
        (" a\u200bb@c.com\n", "ab@c.com"),
    ],
)
def test_an_email_address_is_trimmed_and_in_lower_case(given: str, address: str) -> None:
    assert email_address(given).address == address


@pytest.mark.parametrize(
    "given",
    [
        "email@123.123.123.123",
        "email@[1.2.3.4]",
        "no-tld@domain",
        '"quoted"@domain.com',
        "two..dots@example.com",
        "a@under_score.com",
        "a@exam|ple.com",
        "a,b@example.com",
        "£@example.com",
        "Name <a@b.c>",
        "incorrect-punycode@xn---x.com",
        "a@b.com.",
        f"a@{'b' * 64}.com",
        f"{'a' * 320}@b.com",
        "a b@c.com",
        "",
    ],
)
def test_what_is_no_email_address_is_refused_in_one_way(given: str) -> None:
    with pytest.raises(NotARecipient, match=r"^Not a valid email address$"):
        email_address(given)


@pytest.mark.parametrize(
    "given",
    ["7723456789", "07723-456-789", "00 44 7723456789", "+44 (0)7723 456 789", "\u200b\t\t+44 (0)7723 456 789\ufeff \r\n"],
)
def test_a_number_is_the_same_however_it_is_written(given: str) -> None:
    assert phone_number(given).address == "447723456789"


@pytest.mark.parametrize(
    ("given", "digits"),
    [
        ("0+44(0)7779123456", "447779123456"),
        ("000007392123456", "447392123456"),
        ("+07044123456", "447044123456"),
        ("04407379123456", "447379123456"),
        ("1‑202–555—010−4", "12025550104"),
        ("230 5 2512345", "23052512345"),
        ("07700900000", "447700900000"),
        ("07700012345", "447700012345"),
    ],
)
def test_numbers_that_people_mistype_are_read(given: str, digits: str) -> None:
    assert phone_number(given).address == digits


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("0772345678910", "Too many digits"),
        ("0772345678", "Number is not valid – double check the phone number you entered"),
        ("07123", "Not enough digits"),
        ("07890x32109", "Must not contain letters or symbols"),
        ("0900 123 4567", "Number is not valid – double check the phone number you entered"),
        ("0845 46 46", "Number is not valid – double check the phone number you entered"),
        ("24741111", "Not a valid country prefix"),
        ("", "Not enough digits"),
        (" " * 1000, "Too many digits"),
    ],
)
def test_a_number_is_refused_with_the_reason(given: str, why: str) -> None:
    with pytest.raises(NotARecipient) as refused:
        phone_number(given)
    assert str(refused.value) == why


def test_landlines_and_numbers_abroad_are_told_apart() -> None:
    assert phone_number("020 7946 0991").is_landline
    assert phone_number("+1 202 555 0104").is_international
    assert not phone_number("07723 456789").is_international


@pytest.mark.parametrize(
    ("given", "rate_multiplier"),
    [
        ("07723 456789", 1),
        ("07700 900000", 1),
        ("+1 202 555 0104", 1),
        ("+33 6 12 34 56 78", 2),
        ("230 5 2512345", 4),
        ("+1 664 496 1234", 6),
        ("+20 100 123 4567", 7),
        ("+7 916 123 45 67", 10),
        ("+7 701 123 4567", None),
        ("+49 151 23456789", None),
    ],
)
def test_a_number_tells_what_a_text_to_it_costs(given: str, rate_multiplier: int | None) -> None:
    assert phone_number(given).rate_multiplier == rate_multiplier


@pytest.mark.parametrize("given", ["07797 123456", "07624 123456", "07781 123456"])
def test_crown_dependencies_share_a_prefix_and_not_a_price(given: str) -> None:
    recipient = phone_number(given)
    assert recipient.is_international
    assert recipient.rate_multiplier == 2
