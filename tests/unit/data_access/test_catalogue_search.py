from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.data_access.catalogue import words
from functions.data_access.catalogue.searching import PAGE, Facet, Listing, Wanted, search, wanted

FLOODS = Listing(
    "flood-warning", "Flood warnings", "Every warning issued.", "agency", "Environment Agency", ("flooding", "environment"),
    ("floodAreaID", "severity"), 3, "2026-11-23T09:30:00Z",
)  # fmt: skip
COUNCILS = Listing(
    "local-authority-eng", "Local authorities in England", "With the dates between which each has existed.", "communities", "Communities",
    ("geography",), ("local-authority-eng", "start-date"), 354, "2026-11-24T09:30:00Z",
)  # fmt: skip
PLACES = Listing(
    "territory", "Territories", "Places that are no countries, some of which warn of floods.", "foreign-office", "Foreign Office",
    ("geography", "environment"), ("territory",), 79, "2026-11-22T09:30:00Z",
)  # fmt: skip
ALL = [PLACES, FLOODS, COUNCILS]


def found(**query: str) -> list[str]:
    return [listing.name for listing in search(ALL, wanted(query)).listings]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["flood-warning", "local-authority-eng", "territory"]),
        ("england", ["local-authority-eng"]),
        ("  WARNINGS  ", ["flood-warning"]),  # words are found at their beginning, whatever their case
        ("authority", ["local-authority-eng"]),  # and in their plural
        ("territories", ["territory"]),
        ("flood", ["flood-warning", "territory"]),  # a title counts for more than a description
        ("flood geography", ["territory"]),  # all words are in it
        ("start date", ["local-authority-eng"]),  # a field's name, in words
        ("floodareaid", ["flood-warning"]),  # and as programs write it
        ("communities", ["local-authority-eng"]),
        ("lood", []),
        ("a lood", []),
        ("<>", []),  # no word at all
    ],
)
def test_datasets_are_found_by_their_words(text: str, names: list[str]) -> None:
    assert found(q=text) == names


def test_department_and_keyword_narrow_a_search() -> None:
    assert found(keyword="geography") == ["local-authority-eng", "territory"]
    assert found(keyword="geography", department="communities") == ["local-authority-eng"]
    assert found(q="flood", keyword="environment", department="agency") == ["flood-warning"]
    assert found(department="nobody") == []


def test_what_would_narrow_it_is_told_with_how_many_it_would_leave() -> None:
    told = search(ALL, Wanted(text="flood", department="agency"))
    assert told.departments == [Facet("agency", "Environment Agency", 1), Facet("foreign-office", "Foreign Office", 1)]
    assert told.keywords == [Facet("environment", "Environment", 1), Facet("flooding", "Flooding", 1)]
    assert search(ALL, Wanted()).keywords == [
        Facet("environment", "Environment", 2),
        Facet("geography", "Geography", 2),
        Facet("flooding", "Flooding", 1),
    ]


def test_they_are_sorted_as_asked() -> None:
    assert found(sort="updated") == ["local-authority-eng", "flood-warning", "territory"]
    assert found(q="flood", sort="title") == ["flood-warning", "territory"]
    assert found(q="flood", sort="updated") == ["flood-warning", "territory"]
    assert found(sort="relevance") == found()


def test_many_come_page_by_page() -> None:
    many = [Listing(f"d{number}", f"Dataset {number:03}", "", "agency", "Agency", (), ()) for number in range(2 * PAGE + 1)]
    pages = [search(many, wanted({"page": str(page)})) for page in (1, 2, 3, 4)]
    assert [len(page.listings) for page in pages] == [PAGE, PAGE, 1, 0]
    assert [listing.name for page in pages for listing in page.listings] == [f"d{number}" for number in range(2 * PAGE + 1)]
    assert {(page.total, page.pages) for page in pages} == {(2 * PAGE + 1, 3)}


@given(st.dictionaries(st.sampled_from(["q", "department", "keyword", "sort", "page", "other"]), st.text()))
def test_whatever_an_address_says_is_read_and_leads_back_to_itself(query: Mapping[str, str]) -> None:
    asked = wanted(query)
    again = dict(parse_qsl(urlsplit(asked.address(page=asked.page)).query))
    assert wanted(again) == asked
    search(ALL, asked)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("floodAreaID", "Flood area ID"),
        ("local-authority-eng", "Local authority eng"),
        ("isTidal", "Is tidal"),
        ("HTTPStatus", "HTTP status"),
        ("start_date", "Start date"),
        ("name", "Name"),
        ("x", "X"),
        ("Größe (m²)", "Größe (m²)"),
        ("_id", "_id"),
        ("", ""),
    ],
)
def test_a_field_is_called_as_people_would_write_it(name: str, label: str) -> None:
    assert words.label(name) == label


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1.0 KB"),
        (999_949, "999.9 KB"),
        (999_960, "1.0 MB"),
        (2_500_000_000, "2.5 GB"),
    ],
)
def test_sizes_are_said_in_the_largest_unit_that_fits(count: int, said: str) -> None:
    assert words.size(count) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1996-04-01", "1 April 1996"),
        ("1996-04", "April 1996"),
        ("1996", "1996"),
        ("2026-07-01T12:00:00Z", "1 July 2026 at 1:00pm"),
        ("2026-12-01T00:05:00+00:00", "1 December 2026 at 12:05am"),
        ("2026-12-01T00:05:00", "2026-12-01T00:05:00"),  # nobody knows where
        ("1996-02-30", "1996-02-30"),
        ("soon", "soon"),
    ],
)
def test_days_and_moments_are_said_as_far_as_they_go(value: str, said: str) -> None:
    assert words.day_or_moment(value) == said
