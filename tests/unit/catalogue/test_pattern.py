"""What a pattern that does not match says, and what is no pattern."""

from typing import Any

import pytest

from infra.catalogue.pattern import InvalidPattern, matches, why_not

EVENT: dict[str, Any] = {
    "source": "uk.gov.environment-agency.floods",
    "detail-type": "environment-agency.FloodWarningIssued.v1",
    "detail": {
        "data": {
            "severityLevel": 1,
            "county": "East Sussex",
            "message": None,
            "areas": ["Lewes", "Uckfield"],
            "floodArea": [{"county": "Kent", "tidal": True}, {"county": "Essex", "tidal": False}],
        }
    },
}


def about_data(**asked: object) -> dict[str, object]:
    return {"detail": {"data": asked}}


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (
            {"source": ["a.b", {"prefix": "aws."}]},
            'source is "uk.gov.environment-agency.floods", not "a.b" or a text that begins with "aws."',
        ),
        (
            {"detail-type": [{"suffix": ".v2"}]},
            'detail-type is "environment-agency.FloodWarningIssued.v1", not a text that ends with ".v2"',
        ),
        ({"replay-name": [{"exists": True}]}, "replay-name is not there, and is to be any value"),
        (about_data(message=[{"exists": False}]), "detail.data.message is there (null), and is not to be"),
        (about_data(severityLevel=[{"numeric": [">", 1, "<=", 4]}]), "detail.data.severityLevel is 1, not a number above 1 and at most 4"),
        (about_data(severityLevel=["1"]), 'detail.data.severityLevel is 1, not "1"'),
        (
            about_data(county=[{"anything-but": {"equals-ignore-case": ["EAST SUSSEX", "KENT"]}}]),
            'detail.data.county is "East Sussex", not anything but "EAST SUSSEX" in any case or "KENT" in any case',
        ),
        (about_data(county=[{"wildcard": "West *"}]), 'detail.data.county is "East Sussex", not a text like "West *"'),
        (about_data(county=[{"cidr": "10.0.0.0/8"}]), 'detail.data.county is "East Sussex", not an address in 10.0.0.0/8'),
        (about_data(areas=["Hove"]), 'detail.data.areas is "Lewes", "Uckfield", not "Hove"'),
        (
            about_data(floodArea={"county": ["Kent"], "tidal": [False]}),
            "detail.data.floodArea has no member of which all is true; the nearest: detail.data.floodArea.tidal is true, not false",
        ),
        (about_data(county={"name": ["Kent"]}), 'detail.data.county.name is not there, and is to be "Kent"'),
    ],
)
def test_a_condition_that_fails_says_what_it_found_and_what_it_wants(pattern: dict[str, object], reason: str) -> None:
    assert why_not(pattern, EVENT) == [reason]


def test_every_condition_that_fails_is_named() -> None:
    assert why_not({"source": ["a.b"], "detail-type": ["c"], "detail": {"data": {"county": ["East Sussex"]}}}, EVENT) == [
        'source is "uk.gov.environment-agency.floods", not "a.b"',
        'detail-type is "environment-agency.FloodWarningIssued.v1", not "c"',
    ]


def test_of_several_ways_each_says_what_it_lacks_and_all_together_what_is_lacking_in_all() -> None:
    pattern = {"source": ["a.b"], "detail": {"data": {"$or": [{"severityLevel": [2]}, {"county": ["Kent"]}]}}}
    assert why_not(pattern, EVENT) == [
        'source is "uk.gov.environment-agency.floods", not "a.b"',
        "The first of 2 ways: detail.data.severityLevel is 1, not 2",
        'The second of 2 ways: detail.data.county is "East Sussex", not "Kent"',
    ]


def test_what_matches_lacks_nothing() -> None:
    pattern = {"detail": {"data": {"$or": [{"severityLevel": [2]}, {"floodArea": {"county": ["Essex"], "tidal": [False]}}]}}}
    assert matches(pattern, EVENT)
    assert why_not(pattern, EVENT) == []


def test_a_long_value_is_cut() -> None:
    [reason] = why_not({"source": ["a.b"]}, {"source": "x" * 1000})
    assert len(reason) < 100


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ({}, "the pattern: is an object with at least one field"),
        ({"source": "a.b"}, "source: is an object with at least one field"),
        ({"source": []}, "source: is a list with at least one value"),
        (about_data(county=[{"begins-with": "E"}]), "detail.data.county: begins-with is no operator: there are anything-but, cidr, "),
        (about_data(level=[{"numeric": ["<", 1, ">", 0]}]), "detail.data.level: numeric: a range has its lower limit first"),
        (about_data(level=[{"numeric": ["!=", 1]}]), 'detail.data.level: numeric: "!=" is no comparison'),
        (about_data(level=[{"anything-but": [1, "a"]}]), "detail.data.level: anything-but takes texts or numbers"),
        (about_data(level=[{"exists": "yes"}]), "detail.data.level: exists takes true or false"),
        (about_data(level=[{"cidr": "10.0.0.0"}]), 'detail.data.level: cidr: "10.0.0.0" is no block of addresses'),
        (about_data(level=[{"wildcard": "a**b"}]), "detail.data.level: wildcard: two * may not follow each other"),
        ({"$or": [{"source": ["a"]}]}, "$or: is a list of at least two objects"),
        (
            {"source": ["a"], "$or": [{"source": {"b": ["c"]}}, {"id": ["d"]}]},
            "$or: source is asked both for a value and for fields inside",
        ),
    ],
)
def test_what_the_bus_would_refuse_is_refused_with_the_field(pattern: dict[str, object], problem: str) -> None:
    with pytest.raises(InvalidPattern) as refused:
        matches(pattern, EVENT)
    assert str(refused.value).startswith(problem)
