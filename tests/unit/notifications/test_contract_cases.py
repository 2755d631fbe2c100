"""The sixty numbered cases of contract 2.2, each by its number."""

from __future__ import annotations

import re
import time

import pytest

from functions.notifications import email, postal, sms, templates
from functions.notifications.sanitise import sanitise
from functions.notifications.typography import polish

RULE = ("=-" * 65)[:65]


def html(body: str) -> str:
    """The content of the HTML part without its styles."""
    content = email.html_part("Subject", body, "Sender").split("<main>")[1].split("</main>")[0]
    return re.sub(r' style="[^"]*"', "", content)


def plain(body: str) -> str:
    return email.parts("Subject", body, "Sender")[1].rstrip("\n")


def filled(text: str, **values: object) -> str:
    return templates.fill(text, values, templates.prose)


def subject(text: str, **values: object) -> str:
    return polish(templates.one_line(filled(text, **values)))


FILLED = [
    ("1", "((colour))", {"colour": "red"}, "red"),
    ("2", "the quick (((colour))) fox", {"colour": "brown"}, "the quick (brown) fox"),
    ("3-empty", "the (()) brown fox", {"": "red"}, "the (()) brown fox"),
    ("3-unclosed", "the ((quick brown fox", {"quick brown fox": "red"}, "the ((quick brown fox"),
    ("5", "((warning?))", {"warning?": "stop"}, "stop"),
    ("6-shown", "((warning??foo??bar))", {"warning": True}, "foo??bar"),
    ("6-hidden", "((warning??foo??bar))", {"warning": False}, ""),
    ("7", "((w??line\nbreak))", {"w": True}, "line\nbreak"),
    ("8-spaces", "((a))", {"a": "   "}, "   "),
    ("8-float", "((a))", {"a": 0.1 + 0.2}, "0.30000000000000004"),
    ("8-boolean", "((a))", {"a": False}, "False"),
    ("10-one", "((a))", {"a": ["one"]}, "one"),
    ("10-two", "((a))", {"a": ["one", "two"]}, "one and two"),
    ("10-three", "((a))", {"a": ["one", "two", "three"]}, "one, two and three"),
    ("11-none", "((a))", {"a": ["one", None, None]}, "one"),
    ("11-blank", "((a))", {"a": [" ", " \t ", "\u180e"]}, ""),
    ("11-mixed", "((a))", {"a": [1, {"two": 2}, "three", None]}, "1, {'two': 2} and three"),
    ("12", "((a(b)c))", {"abc": 1}, "((a(b)c))"),
    ("13-spaces", "((name))", {" Name": "Jo"}, "Jo"),
    ("13-last", "((foo))", {"foo": 1, "FOO": 2, "f_o_o": 3}, "3"),
]


@pytest.mark.parametrize(("text", "values", "expected"), [pytest.param(*row, id=number) for number, *row in FILLED])
def test_a_placeholder_becomes_its_value(text: str, values: dict[str, object], expected: str) -> None:
    assert templates.fill(text, values, templates.prose) == expected


@pytest.mark.parametrize("text", [pytest.param("the (()) brown fox", id="3-empty"), pytest.param("the ((quick brown fox", id="3-unclosed")])
def test_brackets_that_hold_no_name_are_no_placeholder(text: str) -> None:
    assert templates.placeholders(text) == []


def test_case_4_names_are_found_once_in_their_first_spelling() -> None:
    assert templates.placeholders("((name)) ((Name)) ((date_of_birth)) ((DateOfBirth))") == ["name", "date_of_birth"]


def test_case_5_one_question_mark_is_part_of_a_name() -> None:
    assert templates.placeholders("((warning?))") == ["warning?"]


@pytest.mark.parametrize("value", [1, "1", "yes", "y", "true", True, "include", "show"])
def test_case_9_a_conditional_shows(value: object) -> None:
    assert filled("((w??shown))", w=value) == "shown"


@pytest.mark.parametrize("value", [0, "0", 2, "off", "no", "false", "any string", [], ["true"], {"True": True}])
def test_case_9_a_conditional_hides(value: object) -> None:
    assert filled("((w??shown))", w=value) == ""


def test_case_10_a_list_in_an_email_is_bullets() -> None:
    assert templates.fill("((a))", {"a": ["one"]}, templates.bullets) == "\n\n* one"


def test_case_14_none_is_missing() -> None:
    assert templates.missing({"name": "Jo", "colour": None}, "((name)) ((colour))") == ["colour"]


def test_case_15_what_is_unfilled_is_highlighted() -> None:
    assert templates.highlighted("((name))") == '<span class="placeholder">((name))</span>'
    assert templates.fill("((name))", {"name": "Jo"}, templates.prose) == "Jo"


def test_case_16_a_value_is_escaped_in_html() -> None:
    value = "<script>alert('foo')</script>"
    assert html(filled("((name))", name=value)) == "<p>&lt;script&gt;alert(‘foo’)&lt;/script&gt;</p>"


HTML = [
    (
        "17",
        "&lsqb; &rsqb; &lpar; &rpar; &ast; &sol; &num; &amp; &nbsp; &Hat;",
        "<p>[ ] ( ) * / # &amp; &nbsp; ^</p>",
    ),
    ("18-times", "&timestamp=&times;", "<p>&amp;timestamp=×</p>"),
    ("18-query", "&times=1,2,3", "<p>&amp;times=1,2,3</p>"),
    ("18-micro", "200&microg", "<p>200&amp;microg</p>"),
    ("18-minus", "2&minus;1", "<p>2−1</p>"),
    (
        "20",
        "[a](https://example.com/?redirect=%2Fhomepage%3Fsuccess=true)",
        '<p><a href="https://example.com/?redirect=%2Fhomepage%3Fsuccess=true">a</a></p>',
    ),
    ("21-mailto", "[m](mailto:a@b)", '<p><a href="mailto:a%40b">m</a></p>'),
    ("21-tel", "[t](tel:+44123)", '<p><a href="tel:%2B44123">t</a></p>'),
    ("22", "# heading", "<h2>heading</h2>"),
    ("22-tight", "#heading", "<h2>heading</h2>"),
    ("23-deep", "### x", "<p>x</p>"),
    ("24-stars", "a\n\n***\n\nb", "<p>a</p><hr><p>b</p>"),
    ("24-dashes", "a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
    ("25-tight", "1.one\n2.two", "<ol><li>one</li><li>two</li></ol>"),
    ("26-star-tight", "*one\n*two", "<ul><li>one</li><li>two</li></ul>"),
    ("26-star", "* one\n* two", "<ul><li>one</li><li>two</li></ul>"),
    ("26-dash", "- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
    ("26-bullet", "• one\n• two", "<ul><li>one</li><li>two</li></ul>"),
    ("26-plus", "+ one\n+ two\n+ three", "<p>+ one</p><p>+ two</p><p>+ three</p>"),
    ("27", "^ inset text", "<blockquote><p>inset text</p></blockquote>"),
    ("28-bold", "something **important**", "<p>something **important**</p>"),
    ("28-star", "a *x*", "<p>a *x*</p>"),
    ("28-underscore", "_x_", "<p>_x_</p>"),
    ("28-code", "`thing`", "<p>`thing`</p>"),
    ("28-strike", "~~Strike~~", "<p>~~Strike~~</p>"),
    ("29", "foo ****** bar", "<p>foo ****** bar</p>"),
    ("30-stars", "**b** text", "<ul><li><ul><li>b** text</li></ul></li></ul>"),
    ("30-indented", "    indented", "<div>indented</div>"),
    ("31-table", "a | b\n--|--\nc | d", ""),
    ("31-image", "![alt](http://x/image.png)", ""),
    ("32", '```\nprint("hello")\n```', '<div>print("hello")</div>'),
    ("33-www", "[w](www.example.com/x)", '<p><a href="http://www.example.com/x">w</a></p>'),
    ("34", "example.com www.example.com ftp://x.y a@b.com", "<p>example.com www.example.com ftp://x.y a@b.com</p>"),
    ("35-bracket", "this (http://example.com)", '<p>this (<a href="http://example.com">http://example.com</a>)</p>'),
    ("35-dot", "http://x/a?b=c&d=e.", '<p><a href="http://x/a?b=c&amp;d=e">http://x/a?b=c&amp;d=e</a>.</p>'),
    ("36", "* one\n* two\n\n1. a\n2. b", "<ul><li>one</li><li>two</li><li>a</li><li>b</li></ul>"),
    ("37", "before\n\n\n\n\nafter", "<p>before</p><p>after</p>"),
    ("38", "GOV.UK", "<p>GOV.\u200bUK</p>"),
    ("38-path", "gov.uk/foo", "<p>gov.uk/foo</p>"),
    ("38-www", "www.gov.uk", "<p>www.gov.uk</p>"),
    ("38-email", "x@y.gov.uk", "<p>x@y.gov.uk</p>"),
    ("39", "a\n\n&nbsp;\n\nb", "<p>a</p><p>&nbsp;</p><p>b</p>"),
    ("40", "first.o’last@example.com", "<p>first.o'last@example.com</p>"),
    ("41-range", "2004-2008", "<p>2004-2008</p>"),
    ("41-em", "em — dash", "<p>em – dash</p>"),
    ("41-four", "a ---- b", "<p>a ---- b</p>"),
    ("42-comma", "Hello Jo ,", "<p>Hello Jo,</p>"),
]


@pytest.mark.parametrize(("body", "expected"), [pytest.param(*row, id=number) for number, *row in HTML])
def test_markdown_becomes_html(body: str, expected: str) -> None:
    assert html(body) == expected


def test_case_19_a_quote_in_an_address_is_encoded() -> None:
    assert 'href="https://example.com%22onclick=%22alert%28%27hi"' in html("https://example.com\"onclick=\"alert('hi')")


def test_case_22_a_heading_is_large() -> None:
    assert re.search(r'<h2 style="[^"]*font-size: 27px', email.html_part("Subject", "# heading", "Sender"))


PLAIN = [
    ("22", "# heading", f"heading\n{'=' * 65}"),
    ("22-tight", "#heading", f"heading\n{'=' * 65}"),
    ("23", "## heading", f"heading\n{'-' * 65}"),
    ("23-deep", "### x", "x"),
    ("24-stars", "a\n\n***\n\nb", f"a\n\n{RULE}\n\nb"),
    ("24-dashes", "a\n\n---\n\nb", f"a\n\n{RULE}\n\nb"),
    ("25-tight", "1.one\n2.two", "1. one\n2. two"),
    ("25-renumbered", "1. a\n1. b", "1. a\n2. b"),
    ("25-restarted", "1. a\n\ntext\n\n1. b", "1. a\n\ntext\n\n1. b"),
    ("26", "*one\n• two", "• one\n• two"),
    ("30", "    indented", "indented"),
    ("31-table", "a | b\n--|--\nc | d", ""),
    ("31-image", "![alt](http://x/image.png)", ""),
    ("32", '```\nprint("hello")\n```', 'print("hello")'),
    ("33", '[Example](http://example.com "T")', "Example (T): http://example.com"),
    ("36", "* one\n* two\n\n1. a\n2. b", "• one\n• two\n• a\n• b"),
]


@pytest.mark.parametrize(("body", "expected"), [pytest.param(*row, id=number) for number, *row in PLAIN])
def test_markdown_becomes_plain_text(body: str, expected: str) -> None:
    assert plain(body) == expected


def test_case_40_an_apostrophe_in_an_address_stays_straight_in_a_subject() -> None:
    assert subject('Ask first.o’last@example.com, it\'s "free"') == "Ask first.o'last@example.com, it’s “free”"


@pytest.mark.parametrize("body", [pytest.param("a" + " " * 1_000_000 + "b", id="42-spaces"), pytest.param("a" * 100_000, id="42-letters")])
def test_no_body_is_slow(body: str) -> None:
    began = time.process_time()
    email.parts("Subject", body, "Sender")
    polish(body)
    assert time.process_time() - began < 1


def test_case_43_a_subject_is_one_line() -> None:
    assert subject("\u200c Your tax   ((status))", status=" is\ndue ") == "Your tax is due"


def test_case_43_a_subject_is_plain_and_its_page_is_html() -> None:
    assert subject("<b> &") == "<b> &"
    assert templates.highlighted("<b> &") == "&lt;b&gt; &amp;"


SANITISED = [
    ("44", "Amala, please [click this (evil link](https://evil.link)", r"Amala, please \[click this \(evil link\]\(\)"),
    ("45-links", "https://evil.link and www.evil.link", r" and www\. evil\. link"),
    ("45-name", "Marie.Curie-Sklodowska", r"Marie\. Curie\-Sklodowska"),
    ("46-heading", "## Rogue Header", r"\#\# Rogue Header"),
    ("46-escaped", r"\# Rogue", r"\\\# Rogue"),
    ("46-localhost", "https://localhost/", "https://localhost/"),
]


@pytest.mark.parametrize(("value", "expected"), [pytest.param(*row, id=number) for number, *row in SANITISED])
def test_a_value_is_sanitised(value: str, expected: str) -> None:
    assert sanitise(value) == expected


TEXTS = [
    ("47-polish", "Łōdź", "Lodz"),
    ("47-mark", "It Just Works™", "It Just Works?"),
    ("47-cedilla", "ç", "c"),
    ("47-punctuation", "“”‘’–—…", "\"\"''--..."),
    ("47-emoji", "😬", "?"),
    ("47-zero-thirds", "↉", "?"),
    ("47-tab", "a\tb", "a b"),
    ("47-zero-width", "a\u200bb", "ab"),
    ("49-spaces", "  G      D       S  ", "G D S"),
    ("49-lines", "P1 \n\n\n\n\n\n P2", "P1\n\nP2"),
    ("49-dot", "Jumps over the lazy dog   .  ", "Jumps over the lazy dog."),
    ("56-mixed", "Zoë 😀 Ŵ ł", "Zoë ? Ŵ l"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row, id=number) for number, *row in TEXTS])
def test_a_text_is_made_what_phones_can_show(text: str, expected: str) -> None:
    assert sms.render(text) == expected


def test_case_48_a_prefix_alone_is_an_empty_message() -> None:
    assert sms.render("  ", "GDS") == "GDS:"
    assert sms.length(sms.render("  ", "GDS")) == 4
    assert templates.is_blank(sms.render("  "))


FRAGMENTS: list[tuple[str, str, int]] = [
    ("50", "à" * 160, 1),
    ("50", "à" * 161, 2),
    ("50", "à" * 306, 2),
    ("50", "à" * 307, 3),
    ("50", "à" * 918, 6),
    ("50", "à" * 919, 7),
    ("51", "ÿ" * 70, 1),
    ("51", "ÿ" * 71, 2),
    ("51", "ÿ" * 134, 2),
    ("51", "ÿ" * 135, 3),
    ("51", "ÿ" * 402, 6),
    ("52", "à" * 70 + "ÿ", 2),
    ("53", "🚀" * 160, 1),
    ("53", "🚀" * 161, 2),
    ("54", "^" * 80, 1),
    ("54", "^" * 81, 2),
    ("54", "a" * 158 + "|", 1),
    ("54", "a" * 159 + "|", 2),
    ("54", "€" * 80, 1),
    ("54", "€" * 81, 2),
    ("54", "â" * 69 + "{", 1),
    ("54", "â" * 70 + "{", 2),
]


@pytest.mark.parametrize(("text", "count"), [pytest.param(text, n, id=f"{case}-{text[0]}{len(text)}") for case, text, n in FRAGMENTS])
def test_fragments_are_counted(text: str, count: int) -> None:
    assert sms.fragments(sms.render(text)) == count


OVER = [("55-letters", "a" * 917 + "cc", 1), ("55-welsh", "Ŵ" * 917 + "cc", 1), ("55-flag", "🏳️‍🌈" * 917 + "cc", 1835)]


@pytest.mark.parametrize(("text", "over"), [pytest.param(*row, id=number) for number, *row in OVER])
def test_the_limit_counts_what_is_shown_and_no_prefix(text: str, over: int) -> None:
    assert sms.length(sms.render(text)) - sms.LIMIT == over


def test_case_56_a_text_is_filled_tidied_and_prefixed() -> None:
    assert sms.render(filled("Hi\t((n)) , ok .\n\n\n\nbye", n="Bob"), "Svc") == "Svc: Hi Bob, ok.\n\nbye"


def test_case_57_an_address_is_tidied() -> None:
    lines = postal.lines_of({"address_line_1": "line 1", "address_line_2": "line 2     ,   ", "postcode": "n14w q"})
    assert postal.address(lines).lines == ("line 1", "line 2", "N1 4WQ")


def test_case_57_postcode_is_ignored_beside_a_seventh_line() -> None:
    lines = postal.lines_of({"address_line_1": "a", "address_line_2": "b", "address_line_7": "N1 4WQ", "postcode": "SW1A 1AA"})
    assert lines == ["a", "b", "N1 4WQ"]


def test_case_58_one_line_and_a_postcode_are_not_enough() -> None:
    with pytest.raises(postal.NotAnAddress, match=r"^Address must be at least 3 lines$"):
        postal.address(["line 1", "N1 4WQ"])


def test_case_59_the_country_of_home_is_left_out() -> None:
    assert postal.address("1 Street\nLondon\nSW1A 1AA\nUnited Kingdom".splitlines()).lines == ("1 Street", "London", "SW1A 1AA")


def test_case_59_a_country_decides_the_postage() -> None:
    assert postal.address(["A", "Paris", "France"], international=True).zone == "europe"


def test_case_59_a_bfpo_number_comes_last_and_no_country_after_it() -> None:
    assert postal.address(["Pte Smith", "BFPO 57", "Akrotiri"]).lines == ("Pte Smith", "Akrotiri", "BFPO 57")
    with pytest.raises(postal.NotAnAddress, match=r"^The last line of a BFPO address must not be a country\.$"):
        postal.address(["Pte Smith", "BFPO 57", "Cyprus"], international=True)


@pytest.mark.parametrize("start", list('@()=[]"\\/,<>~'))
def test_case_60_no_line_starts_with_a_mark(start: str) -> None:
    with pytest.raises(postal.NotAnAddress, match=r"^Address lines must not start with any of the following characters: @ \( \) = "):
        postal.address(["A", f"{start}B", "N1 4WQ"])


@pytest.mark.parametrize("line", ["NFA", "nfa", "No fixed abode", "of no fixed address, London"])
def test_case_60_nowhere_is_no_address(line: str) -> None:
    with pytest.raises(postal.NotAnAddress, match=r"^Must be a real address$"):
        postal.address(["A", line, "N1 4WQ"])
