"""What else a text in Govspeak can be asked for: its headings, links and words, and its validity."""

import pytest

from functions.publishing.govspeak import (
    Header,
    Options,
    StructuredHeader,
    extracted_links,
    headers,
    is_valid,
    structured_headers,
    to_text,
)

TEXT = "# Title\n\n## One & *only*\n\n### Part\n\n##### Too deep\n\n$CTA\n### Other {#chosen}\n$CTA\n\n## Two\n"


def test_headings_are_told_in_their_order() -> None:
    assert headers(TEXT) == [
        Header("Title", 1, "title"),
        Header("One & only", 2, "one--only"),
        Header("Part", 3, "part"),
        Header("Too deep", 5, "too-deep"),
        Header("Other", 3, "chosen"),
        Header("Two", 2, "two"),
    ]


def test_headings_are_told_as_a_tree() -> None:
    part, other = StructuredHeader("Part", 3, "part", []), StructuredHeader("Other", 3, "chosen", [])
    assert structured_headers(TEXT) == [
        StructuredHeader("One & only", 2, "one--only", [part, other]),
        StructuredHeader("Two", 2, "two", []),
    ]


def test_contents_have_the_numbers_that_the_headings_have() -> None:
    numbered = Options(auto_numbered_headers=True)
    assert [header.text for header in headers("## A\n\n### B\n\n### C\n\n## D", numbered)] == ["1. A", "1.1 B", "1.2 C", "2. D"]


def test_links_are_told_that_leave_the_page() -> None:
    text = "[a](/b) [c](https://d.uk) [e](#f) [g](mailto:h@i.uk) g[^1]\n\n[k](//l.uk/)\n\n[^1]: [j](/j)"
    assert extracted_links(text) == ["/b", "https://d.uk", "//l.uk/", "/j"]
    assert extracted_links(text, website_root="https://www.gov.uk")[0] == "https://www.gov.uk/b"


@pytest.mark.parametrize(
    ("govspeak", "words"),
    [
        ("# foo\n\nbar    baz  ", "foo bar baz"),
        ("re*con*sider &amp; <b>a</b>.", "reconsider & a."),
        ("* one\n* two", "one two"),
        ("|a|b|\n|-|-|\n|c|1|\n{barchart}", "a b c 1"),
        ("<script>x</script>y", "y"),
    ],
)
def test_the_words_of_a_text(govspeak: str, words: str) -> None:
    assert to_text(govspeak) == words


@pytest.mark.parametrize(
    "govspeak",
    [
        "",
        TEXT,
        "a <b>c</b>",
        "<table><tr><td style='text-align: right;'>a</td></tr></table>",
        "{button start}[a](/b){/button}",
        "|a|b|\n|-|-|\n|c|1|\n{barchart}",
        "a < b & c",
        "![a](https://b.uk/c.png)",
        "[Attachment:nobody]",
    ],
)
def test_a_text_is_valid_that_sanitising_takes_nothing_from(govspeak: str) -> None:
    assert is_valid(govspeak)


@pytest.mark.parametrize(
    "govspeak",
    [
        "<script>a</script>",
        "a <iframe src='https://b.uk'></iframe>",
        "<a href='javascript:a'>b</a>",
        "<a onclick='a'>b</a>",
        "<p style='color: red'>a</p>",
        "<svg><rect></rect></svg>",
        "a\n{: onclick='b'}",
        "[a](/b){:onclick='c'}",
    ],
)
def test_a_text_is_not_valid_that_asks_for_what_is_taken_out(govspeak: str) -> None:
    assert not is_valid(govspeak)


def test_images_come_from_where_they_may() -> None:
    hosts = Options(allowed_image_hosts=["ours.uk"])
    assert is_valid("![a](https://ours.uk/b.png) ![c](/d.png)", hosts)
    assert not is_valid("![a](https://theirs.uk/b.png)", hosts)
