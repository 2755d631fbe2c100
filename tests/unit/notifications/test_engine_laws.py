"""What holds of every message, whatever its template and its values."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from functions.notifications import sms
from functions.notifications.email import html_part, parts
from functions.notifications.templates import bullets, fill, highlighted, missing, placeholders, prose, with_defaults
from schemas.placeholders import same

NAMES = st.sampled_from(["name", "Name", "first_name", "first name", "w", "list"])
MARKS = st.sampled_from(
    [
        "((name))", "((w??shown ((", "((first_name??x))", "))", "# ", "## ", "* ", "1. ", "^ ", "---", "\n", "\n\n", "    ", "```",
        "|a|\n|-|\n",
        "[a](", ")", "http://x.y/?a=", "https://", "![i](", '"', "'", "<", ">", "&lt;", "&quot;", "&#60;", "\\", "javascript:", "`", "qr: ",
        "<script>", "</main>", "<img src=x onerror=alert(1)>", '" onclick="alert(1)', "mailto:", "tel:", "a@b.c", "GOV.UK", " - ", " ,",
    ]
)  # fmt: skip
TEXTS = st.lists(MARKS | st.text(max_size=20), max_size=12).map("".join)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXTS
    | st.lists(TEXTS | st.none() | st.integers(), max_size=4)
    | st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)
)
PERSONALISATIONS = st.dictionaries(NAMES | st.text(max_size=10), VALUES, max_size=5)

DOCUMENT = {"html", "head", "meta", "title", "style", "body", "div", "header", "main", "h1"}
ELEMENTS = DOCUMENT | {"h2", "h3", "p", "ul", "ol", "li", "blockquote", "hr", "br", "a"}
ATTRIBUTES = {"lang", "charset", "name", "content", "style", "href", "title", "aria-level"}


class Seen(HTMLParser):
    """The names in a document that are markup, and where its links lead."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(TEXTS, PERSONALISATIONS)
def test_any_template_renders_with_any_values(template: str, values: dict[str, object]) -> None:
    body = fill(template, values, bullets)
    parts(fill(template, values, prose), body, "Sender")
    sms.fragments(sms.render(fill(template, values, prose), "Sender"))
    missing(values, template)


@given(TEXTS, PERSONALISATIONS, TEXTS)
def test_nothing_that_anybody_wrote_becomes_markup(template: str, values: dict[str, object], subject: str) -> None:
    seen = Seen(html_part(subject, fill(template, values, bullets), subject))
    assert seen.elements <= ELEMENTS
    assert seen.attributes <= ATTRIBUTES
    assert seen.open == [], "every element is closed, and in its own order"
    assert all(link.lower().startswith(("http:", "https:", "mailto:", "tel:")) for link in seen.links)


@given(TEXTS)
def test_a_highlighted_template_is_text_and_marks(template: str) -> None:
    assert Seen(highlighted(template)).elements <= {"span"}


@given(TEXTS, PERSONALISATIONS)
def test_a_template_misses_nothing_that_it_is_given(template: str, values: dict[str, object]) -> None:
    names = placeholders(template)
    # Of two spellings of one name the last one's value counts, so that no other may stand beside the one that is given.
    others = {name: value for name, value in values.items() if same(name) not in set(map(same, names))}
    assert missing(others | dict.fromkeys(names, "given"), template) == []


@given(PERSONALISATIONS, PERSONALISATIONS)
def test_a_default_stands_in_for_what_is_not_given_and_for_nothing_else(values: dict[str, object], defaults: dict[str, object]) -> None:
    def folded(personalisation: object) -> dict[str, object]:
        assert isinstance(personalisation, dict)
        return {same(name): value for name, value in personalisation.items()}

    result, wanted = folded(with_defaults(values, defaults)), folded(defaults)
    kept = {name: value for name, value in folded(values).items() if value is not None}
    assert {name: repr(value) for name, value in result.items()} == {name: repr(value) for name, value in (wanted | kept).items()}


@given(TEXTS)
def test_a_rendered_text_is_one_that_rendering_leaves_alone(text: str) -> None:
    assert sms.render(sms.render(text)) == sms.render(text)


# 3GPP TS 23.038 §6.2.1: the default alphabet in the order of its codes, 0x1B being the escape to the extension table of §6.2.1.1.
DEFAULT_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€"}
USER_DATA_BITS = 140 * 8
HEADER_BITS = 6 * 8
"""What a concatenated message spends to say which part it is (TS 23.040 §9.2.3.24.1), a byte of length included."""


def septets(text: str) -> list[int] | None:
    """The text in the codes of the default alphabet; None where it has a character that these do not have."""
    escapes = {character: code for code, character in EXTENSION.items()}
    codes: list[int] = []
    for character in text:
        if character in escapes:
            codes += [0x1B, escapes[character]]
        elif character in DEFAULT_ALPHABET and character != "\x1b":
            codes.append(DEFAULT_ALPHABET.index(character))
        else:
            return None
    return codes


def billed(text: str) -> int:
    """The fragments of a text, by filling messages with its units one after another."""
    codes = septets(text)
    unit_bits, units = (7, len(codes)) if codes is not None else (16, len(text.encode("utf-16-be")) // 2)
    if units * unit_bits <= USER_DATA_BITS:
        return 1
    room, count = 0, 0
    for _ in range(units):
        if room < unit_bits:
            room, count = USER_DATA_BITS - HEADER_BITS, count + 1
            room -= room % unit_bits
        room -= unit_bits
    return count


def test_the_default_alphabet_is_whole() -> None:
    assert len(DEFAULT_ALPHABET) == len(set(DEFAULT_ALPHABET)) == 128


SENT = st.text(st.sampled_from([*DEFAULT_ALPHABET.replace("\x1b", ""), *"^{}\\[~]|€ŵŷâêÿ"]), max_size=40)


@given(SENT, st.integers(1, 40))
def test_the_count_of_fragments_agrees_with_filling_them(text: str, times: int) -> None:
    rendered = sms.render(text * times)
    assert sms.fragments(rendered) == billed(rendered)


@given(st.sampled_from(["a", "à", "^", "€", "ÿ", "ŵ", "é{"]), st.integers(1, 950))
def test_the_count_agrees_at_every_length(unit: str, times: int) -> None:
    assert sms.fragments(unit * times) == billed(unit * times)
