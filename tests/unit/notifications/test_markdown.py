"""What is read from a body before anybody renders it: structure, typography, the data of QR codes (contract 2.1)."""

import pytest

from functions.notifications.markdown import children, parse, qr_data
from functions.notifications.typography import polish


def kinds(body: str) -> list[str]:
    return [token.type for token in parse(body) if token.nesting >= 0 and not token.hidden]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said \"it's 'fine'\".", "He said “it’s ‘fine’”."),
        ("the '90s", "the ’90s"),
        ("(\"a\") - 'b'", "(“a”) – ‘b’"),
        ("a -- b --- c — d", "a – b – c – d"),
        ("a-b ---- c", "a-b ---- c"),
        ("one , two .", "one, two."),
        ("“first.o’last@example.com”", "“first.o'last@example.com”"),
        ('"a@b.com"', "“a@b.com”"),
        ("GOV.UK, (GOV.UK) GOV.UK.", "GOV.\u200bUK, (GOV.\u200bUK) GOV.\u200bUK."),
        ("GOV.UK/help gov.uk?x www.gov.uk data.gov.uk gov.uk.com", "GOV.UK/help gov.uk?x www.gov.uk data.gov.uk gov.uk.com"),
        ("\\d 'x'", "\\d ‘x’"),
    ],
)
def test_text_is_set_as_a_typesetter_would(text: str, expected: str) -> None:
    assert polish(text) == expected


def test_quotes_around_a_link_know_which_side_they_are_on() -> None:
    [inline] = [token for token in parse('Read "[this](http://x.y)"') if token.type == "inline"]
    assert [child.content for child in children(inline) if child.type == "text"] == ["Read “", "this", "”"]


def test_an_address_is_not_typeset() -> None:
    [inline] = [token for token in parse("https://x.y/it's--a'b") if token.type == "inline"]
    assert "".join(child.content for child in children(inline)) == "https://x.y/it's--a'b"


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ("qr: https://x.y/a_b?c='d' - e", "https://x.y/a_b?c='d' - e"),
        ("QR:text", "text"),
        ("qr: ", None),
        ("see qr: x", None),
        ("qr: a\nb", None),
    ],
)
def test_the_data_of_a_qr_code_is_kept_as_it_was_written(body: str, data: str | None) -> None:
    [inline] = [token for token in parse(body) if token.type == "inline"]
    assert qr_data(inline) == data


def test_a_list_that_follows_a_list_continues_it_in_its_own_item_too() -> None:
    body = "* a\n\n  * b\n\n  1. c\n\n1. d"
    assert kinds(body).count("bullet_list_open") == 2
    assert "ordered_list_open" not in kinds(body)


def test_lists_with_text_between_them_stay_apart() -> None:
    assert kinds("* a\n\ntext\n\n1. b") == [
        "bullet_list_open", "list_item_open", "inline", "paragraph_open", "inline", "ordered_list_open", "list_item_open", "inline",
    ]  # fmt: skip


def test_a_fence_that_nothing_ends_is_only_dropped() -> None:
    assert kinds("```\n# heading") == ["heading_open", "inline"]


def test_what_is_fenced_is_not_markdown() -> None:
    [fence] = parse("```text\n# *not* a heading\n~~~")
    assert (fence.type, fence.content) == ("fence", "# *not* a heading\n")
