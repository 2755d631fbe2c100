"""Where a letter may go (contract 1.6, cases 57 to 60)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notifications.countries import EUROPE, REST_OF_WORLD, country
from functions.notifications.postal import NotAnAddress, address, lines_of, postcode


def refusal(*lines: str, international: bool = False) -> str:
    with pytest.raises(NotAnAddress) as refused:
        address(lines, international=international)
    return str(refused.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("n14w q", "N1 4WQ"),
        ("SW1A1AA", "SW1A 1AA"),
        ("ec1a 1bb", "EC1A 1BB"),
        ("W1A 0AX", "W1A 0AX"),
        ("M1 1AE", "M1 1AE"),
        ("B33 8TH", "B33 8TH"),
        ("CR2 6XH", "CR2 6XH"),
        ("DN55 1PT", "DN55 1PT"),
        ("GIR 0AA", "GIR 0AA"),
        ("BF1 2AT", "BF1 2AT"),
        ("JE2 3AB", "JE2 3AB"),
        ("N1 4WQ.", "N1 4WQ"),
    ],
)
def test_a_postcode_is_known_by_its_form(given: str, expected: str) -> None:
    assert postcode(given) == expected


@pytest.mark.parametrize("given", ["", "N1", "QQ1 1AA", "SW1A 1AC", "N1 4W", "N123 4WQ", "London N1 4WQ", "GIR 1AA", "12345", "N1 4WQ1"])
def test_what_only_looks_like_a_postcode_is_none(given: str) -> None:
    assert postcode(given) is None


def test_the_lines_are_found_whatever_the_case_of_their_names() -> None:
    given = {"Address Line 1": "a\nb", "ADDRESS-LINE-2": None, "addressline3": " ", "address_line_4": 5, "Postcode": "n14wq", "name": "x"}
    assert lines_of(given) == ["a", "b", "5", "n14wq"]


def test_a_blank_seventh_line_does_not_hide_the_postcode() -> None:
    assert lines_of({"address_line_1": "a", "address_line_7": " ", "postcode": "N1 4WQ"}) == ["a", "N1 4WQ"]


def test_an_address_at_home_ends_with_its_postcode() -> None:
    found = address(["  Jo   Bloggs ", "1 High Street,", "", "london , n1", "n14wq", "England"])
    assert found.lines == ("Jo Bloggs", "1 High Street", "london, n1", "N1 4WQ")
    assert (found.postcode, found.country, found.zone, found.is_international) == ("N1 4WQ", None, "uk", False)


def test_an_address_abroad_ends_with_its_country() -> None:
    found = address(["Jo", "1 Rue", "75000 Paris", "FRANCE"], international=True)
    assert found.lines == ("Jo", "1 Rue", "75000 Paris", "France")
    assert (found.postcode, found.country, found.zone, found.is_international) == (None, "France", "europe", True)


@pytest.mark.parametrize(
    ("line", "name", "zone"),
    [
        ("the USA", "United States", "rest-of-world"),
        ("United States of America", "United States", "rest-of-world"),
        ("Cote d'Ivoire", "Côte d’Ivoire", "rest-of-world"),
        ("Deutschland", "Germany", "europe"),
        ("Türkiye", "Turkey", "europe"),
        ("Éire", "Ireland", "europe"),
        ("The Netherlands", "Netherlands", "europe"),
        ("Trinidad & Tobago", "Trinidad and Tobago", "rest-of-world"),
    ],
)
def test_a_country_is_known_by_what_people_call_it(line: str, name: str, zone: str) -> None:
    assert country(line) == (name, zone)


def test_every_country_is_known_by_its_own_name() -> None:
    names = [*EUROPE.split(", "), *REST_OF_WORLD.split(", ")]
    assert len(names) == len(set(names)) > 220
    assert all((found := country(name.upper())) and found[0] == name for name in names)


def test_islands_with_british_postcodes_pay_british_postage() -> None:
    found = address(["Jo", "St Helier", "JE2 3AB", "Jersey"])
    assert (found.lines, found.zone) == (("Jo", "St Helier", "Jersey", "JE2 3AB"), "uk")


@pytest.mark.parametrize("line", ["BFPO 57", "bfpo57", "BFPO c/o 57", "B.F.P.O. 57"])
def test_the_forces_are_found_by_number(line: str) -> None:
    found = address(["Pte Smith", line, "Akrotiri", "BF1 2AT", "United Kingdom"])
    assert found.lines == ("Pte Smith", "Akrotiri", "BF1 2AT", "BFPO 57")
    assert (found.is_bfpo, found.zone, found.postcode) == (True, "uk", "BF1 2AT")


def test_refusals_say_what_is_wrong() -> None:
    assert refusal() == "Address must be at least 3 lines"
    assert refusal("a", "N1 4WQ", "United Kingdom") == "Address must be at least 3 lines"
    assert refusal(*"abcdefg", "N1 4WQ") == "Address must be no more than 7 lines"
    assert refusal("a", "b", "c") == "Must be a real UK postcode"
    assert refusal("a", "b", "France") == "Must be a real UK postcode"
    assert refusal("a", "b", "c", international=True) == "Last line of address must be a real UK postcode or another country"
    assert refusal("a", "-", "N1 4WQ") == "The first 2 lines of the address must both include at least one alphanumeric character"
    assert refusal("a", "~b", "N1 4WQ") == "Address lines must not start with any of the following characters: @ ( ) = [ ] ” \\ / , < >"
    assert refusal("a", "BFPO 1", "c", "France", international=True) == "The last line of a BFPO address must not be a country."
    assert refusal("a", "NFA", "N1 4WQ") == "Must be a real address"


@given(st.lists(st.text(), max_size=9), st.booleans())
def test_any_lines_are_an_address_or_no_address(lines: list[str], international: bool) -> None:
    try:
        found = address(lines, international=international)
    except NotAnAddress:
        return
    assert 3 <= len(found.lines) <= 7
    assert address(found.lines, international=international) == found, "an address that was tidied is tidy"


@given(st.sampled_from(["N1 4WQ", "SW1A 1AA", "EC1A 1BB", "B33 8TH"]), st.data())
def test_a_postcode_is_the_same_however_it_is_spaced(code: str, data: st.DataObject) -> None:
    letters = code.replace(" ", "")
    spaced = "".join(letter + data.draw(st.sampled_from(["", " ", "  "])) for letter in letters)
    assert postcode(spaced.lower()) == code
