"""Where a letter goes: the rules for postal addresses, and what is said when they are not met (contract 1.6, cases 57 to 60).

An address is three to seven lines, of which the last is a British postcode, a country or, for the forces, a BFPO number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from functions.notifications import countries
from functions.notifications.countries import Zone
from functions.notifications.templates import WITHOUT_OBSCURE
from schemas.placeholders import same

TOO_FEW_LINES = "Address must be at least 3 lines"
TOO_MANY_LINES = "Address must be no more than 7 lines"
NOT_A_POSTCODE = "Must be a real UK postcode"
NOT_A_POSTCODE_OR_COUNTRY = "Last line of address must be a real UK postcode or another country"
NOTHING_TO_READ = "The first 2 lines of the address must both include at least one alphanumeric character"
BAD_START = "Address lines must not start with any of the following characters: @ ( ) = [ ] ” \\ / , < >"
FORCES_ABROAD = "The last line of a BFPO address must not be a country."
NO_FIXED_ABODE = "Must be a real address"

FEWEST_LINES, MOST_LINES = 3, 7

_KEYS = tuple(f"addressline{number}" for number in range(1, 8))
_POSTCODE_KEY = "postcode"
_STARTS_BADLY = frozenset('@()=[]"”“\\/,<>~')
_BEFORE_PUNCTUATION = re.compile(r" +(?=[,.])")
_NOWHERE = re.compile(r"nfa|.*\bno fixed (?:abode|address)\b.*", re.IGNORECASE)
_FORCES = re.compile(r"\s*b\.?f\.?p\.?o\.?\s*(?:c/o\s*)?(\d{1,4})\s*", re.IGNORECASE)

# The forms of Royal Mail's postcodes: which letters stand where in each (BS 7666). The areas are those that there are.
_AREAS = (
    "AB|AL|BA|BB|BD|BF|BH|BL|BN|BR|BS|BT|BX|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|"
    "DT|DY|EC|EH|EN|EX|FK|FY|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|LA|LD|"
    "LE|LL|LN|LS|LU|ME|MK|ML|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|SA|SE|SG|SK|SL|"
    "SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE|B|E|G|"
    "L|M|N|S|W"
)
_POSTCODE = re.compile(
    rf"((?:{_AREAS})(?:[0-9]{{1,2}}|[0-9][ABCDEFGHJKMNPRSTUVWXY])|GIR(?=0AA))"
    r"([0-9][ABD-HJLNP-UW-Z]{2})"
)


class NotAnAddress(ValueError):
    """A letter cannot go there; the text says why, in the contract's words."""


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address as it is printed: its lines, the postcode, the country or the BFPO number last."""

    lines: tuple[str, ...]
    postcode: str | None
    country: str | None
    zone: Zone
    is_bfpo: bool = False

    @property
    def is_international(self) -> bool:
        """Whether it needs postage for abroad."""
        return self.zone != "uk"


def lines_of(personalisation: Mapping[str, object]) -> list[str]:
    """The lines of an address in a personalisation: `address_line_1` to `_7`, or to `_6` and `postcode`; blank ones are left out."""
    given = {same(name): str(value) for name, value in personalisation.items() if value is not None}
    last = _KEYS[-1] if given.get(_KEYS[-1], "").strip() else _POSTCODE_KEY
    return normalised(line for key in (*_KEYS[:-1], last) if (line := given.get(key)))


def normalised(lines: Iterable[str]) -> list[str]:
    """The lines with their white space tidied, commas at their ends and blank lines left out."""
    single = (line for several in lines for line in several.splitlines())
    tidy = (_BEFORE_PUNCTUATION.sub("", " ".join(line.translate(WITHOUT_OBSCURE).split())).rstrip(", ") for line in single)
    return [line for line in tidy if line]


def postcode(line: str) -> str | None:
    """The British postcode that a line is, in its usual form (`n14w q` is `N1 4WQ`); None when it is none."""
    match = _POSTCODE.fullmatch(re.sub(r"[\W_]", "", line).upper())
    return f"{match[1]} {match[2]}" if match else None


def address(lines: Sequence[str], *, international: bool = False) -> PostalAddress:
    """The address that these lines are. `international` says whether the service may send abroad. Raises NotAnAddress."""
    given = normalised(lines)
    forces = [line for line in given if _FORCES.fullmatch(line)]
    found = _forces_address(given, forces) if forces else _civil_address(given)
    _check_count(found.lines)
    if found.zone == "uk" and found.postcode is None and not found.is_bfpo:
        raise NotAnAddress(NOT_A_POSTCODE_OR_COUNTRY if international else NOT_A_POSTCODE)
    if found.is_international and not international:
        raise NotAnAddress(NOT_A_POSTCODE)
    _check_lines(found.lines)
    return found


def _forces_address(given: Sequence[str], forces: Sequence[str]) -> PostalAddress:
    """An address of the British Forces Post Office, which finds its people by number: wherever it stood, it is printed last."""
    if countries.country(given[-1]):
        raise NotAnAddress(FORCES_ABROAD)
    others = [line for line in given if line not in forces and not _is_home(line)]
    code = postcode(others[-1]) if others else None
    kept = [*others[:-1], code] if code else others
    number = _FORCES.sub(r"BFPO \1", forces[-1])
    return PostalAddress((*kept, number), code, None, "uk", is_bfpo=True)


def _civil_address(given: Sequence[str]) -> PostalAddress:
    """Any other address. One whose last line is neither a postcode nor a country comes without either."""
    lines = list(given)
    while len(lines) > 1 and _is_home(lines[-1]):
        lines.pop()
    if not lines:
        return PostalAddress((), None, None, "uk")
    island = countries.ISLANDS.get(countries.folded(lines[-1]))
    if island and len(lines) > 1 and postcode(lines[-2]):
        lines[-2:] = [island, lines[-2]]
    if code := postcode(lines[-1]):
        return PostalAddress((*lines[:-1], code), code, None, "uk")
    if abroad := countries.country(lines[-1]):
        name, zone = abroad
        return PostalAddress((*lines[:-1], name), None, name, zone)
    return PostalAddress(tuple(lines), None, None, "uk")


def _is_home(line: str) -> bool:
    return countries.folded(line) in countries.UNITED_KINGDOM


def _check_count(lines: Sequence[str]) -> None:
    if len(lines) < FEWEST_LINES:
        raise NotAnAddress(TOO_FEW_LINES)
    if len(lines) > MOST_LINES:
        raise NotAnAddress(TOO_MANY_LINES)


def _check_lines(lines: Sequence[str]) -> None:
    if not all(any(map(str.isalnum, line)) for line in lines[:2]):
        raise NotAnAddress(NOTHING_TO_READ)
    if any(line[0] in _STARTS_BADLY for line in lines):
        raise NotAnAddress(BAD_START)
    if any(_NOWHERE.fullmatch(line) for line in lines):
        raise NotAnAddress(NO_FIXED_ABODE)
