"""Who a message may go to: the rules for email addresses and phone numbers, and what is said when they are not met (contract 3.1, 3.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.notifications import international
from functions.notifications.templates import OBSCURE_WHITESPACE

if TYPE_CHECKING:
    import phonenumbers

NOT_AN_EMAIL_ADDRESS = "Not a valid email address"
TOO_SHORT = "Not enough digits"
TOO_LONG = "Too many digits"
UNKNOWN_CHARACTER = "Must not contain letters or symbols"
UNSUPPORTED_COUNTRY = "Not a valid country prefix"
INVALID_NUMBER = "Number is not valid – double check the phone number you entered"

_MAILBOX = re.compile(r"([a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+)@([^\s@]+)")
_LABEL = re.compile(r"[a-z0-9]+(--?[a-z0-9]+)*", re.IGNORECASE)
_TOP_LEVEL = re.compile(r"[a-z]{2,63}|xn--([a-z0-9]+-)*[a-z0-9]+", re.IGNORECASE)

_BLANKS = OBSCURE_WHITESPACE + "\u00a0\u202f"
_NO_BLANKS = {ord(character): None for character in _BLANKS}
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−"}
_LONGEST = 320
_NOT_IN_A_NUMBER = re.compile(r"[^0-9()+\-\s]")
# Ofcom keeps these for drama; the library calls them invalid, and people test with them.
_DRAMA_NUMBER = re.compile(r"7700[09]\d{5}")
_NO_PRICE = frozenset({247})
"""Country codes that no network here carries texts to; non-geographic ones are refused by their region."""


class NotARecipient(ValueError):
    """This cannot be sent to; the text says why, in the contract's words."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes: an email address in lower case, or a phone number in E.164 without its plus.

    Of a phone number it also says how many fragments at home one fragment there costs, where that is known.
    """

    address: str
    is_international: bool = False
    is_landline: bool = False
    rate_multiplier: int | None = None


def email_address(given: str) -> Recipient:
    """The address as it is sent to: trimmed and in lower case. Raises NotARecipient."""
    address = given.translate(_NO_BLANKS).strip()
    match = _MAILBOX.fullmatch(address)
    if match is None or len(address) > _LONGEST or ".." in address:
        raise NotARecipient(NOT_AN_EMAIL_ADDRESS)
    try:
        host = match[2].encode("idna").decode()
    except UnicodeError:
        raise NotARecipient(NOT_AN_EMAIL_ADDRESS) from None
    labels = host.split(".")
    well_formed = len(host) <= 253 and len(labels) > 1 and all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels)
    if not well_formed or not _TOP_LEVEL.fullmatch(labels[-1]):
        raise NotARecipient(NOT_AN_EMAIL_ADDRESS)
    return Recipient(address.lower())


def phone_number(given: str) -> Recipient:
    """The number as it is dialled. Tried as given, then without plus signs and leading zeros. Raises NotARecipient."""
    if len(given) > _LONGEST:
        raise NotARecipient(TOO_LONG)
    try:
        return _number(given.strip())
    except NotARecipient:
        plain = given.translate(_NO_BLANKS).translate(_DASHES)
        return _number(plain.replace("+", "").strip().lstrip("0("))


def _number(given: str) -> Recipient:
    import phonenumbers  # here, for only texts need it and it takes long to load

    if _NOT_IN_A_NUMBER.search(given.translate(_NO_BLANKS)):
        raise NotARecipient(UNKNOWN_CHARACTER)
    number = _possible(given)
    is_drama = number.country_code == 44 and _DRAMA_NUMBER.fullmatch(str(number.national_number)) is not None
    region = international.HOME if is_drama else phonenumbers.region_code_for_number(number)
    if number.country_code in _NO_PRICE or region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY:
        raise NotARecipient(UNSUPPORTED_COUNTRY)
    kind = phonenumbers.PhoneNumberType.MOBILE if is_drama else phonenumbers.number_type(number)
    if kind not in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
    ):
        raise NotARecipient(INVALID_NUMBER)
    return Recipient(
        address=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+"),
        is_international=region != international.HOME,
        is_landline=number.country_code == 44 and kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.UAN),
        rate_multiplier=international.rate_multiplier(region),
    )


def _possible(given: str) -> phonenumbers.PhoneNumber:
    """The number read as a British one, else as one abroad without its plus."""
    import phonenumbers

    number = _parse(given)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.IS_POSSIBLE:
        return number
    if not given.startswith("+"):
        try:
            abroad = _parse(f"+{given}")
        except NotARecipient:
            pass
        else:
            if phonenumbers.is_possible_number(abroad):
                return abroad
    if reason == phonenumbers.ValidationResult.INVALID_COUNTRY_CODE:
        raise NotARecipient(UNSUPPORTED_COUNTRY)
    too_long = reason in (phonenumbers.ValidationResult.TOO_LONG, phonenumbers.ValidationResult.INVALID_LENGTH)
    raise NotARecipient(TOO_LONG if too_long else TOO_SHORT)


def _parse(given: str) -> phonenumbers.PhoneNumber:
    import phonenumbers

    try:
        return phonenumbers.parse(given, "GB")
    except phonenumbers.NumberParseException as refusal:
        if refusal.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise NotARecipient(UNSUPPORTED_COUNTRY) from None
        too_long = refusal.error_type == phonenumbers.NumberParseException.TOO_LONG
        raise NotARecipient(TOO_LONG if too_long else TOO_SHORT) from None
