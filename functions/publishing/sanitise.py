"""What HTML a page may hold. Whatever else is written is taken out; its text stays, unless it is a script's or a style's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from functools import cache, lru_cache, partial
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3

_TAGS = frozenset(
    {
        "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup",
        "data", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5",
        "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "path", "pre", "q", "rp", "rt", "ruby", "s", "samp",
        "section", "small", "span", "strong", "sub", "summary", "sup", "svg", "table", "tbody", "td", "tfoot", "th", "thead", "time",
        "tr", "u", "ul", "var", "wbr",
    }
)  # fmt: skip
_CHART = frozenset({"rect", "text"})

_ATTRIBUTES = {
    "*": {"aria-hidden", "aria-label", "aria-labelledby", "class", "dir", "id", "lang", "role", "title"},
    "a": {"draggable", "href", "hreflang", "rel", "type"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "td": {"colspan", "headers", "rowspan", "style"},
    "th": {"abbr", "colspan", "headers", "rowspan", "scope", "style"},
    "time": {"datetime"},
    "path": {"d", "fill"},
    "svg": {"direction", "fill", "focusable", "font-size", "height", "viewBox", "width", "xmlns"},
    "rect": {"fill-opacity", "height", "stroke", "width", "x", "y"},
    "text": {"x", "y"},
}
_DRAWN = re.compile(
    r"true|false|ltr|currentColor|barchart|govuk-button__start-icon|http://www\.w3\.org/2000/svg|0 0 33 40|M0 0h13l20 20-20 20H0l20-20z"
    r"|-?\d{1,6}(?:\.\d{1,3})?%?"
)
"""All that a drawing may say of itself: the arrow on a button that starts a service, and a chart of ours."""
_DRAWINGS = frozenset({"svg", "path", "rect", "text"})
_WITH_DATA = frozenset({"a", "div", "span"})

_UNSUITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u0340\u0341\u17a3\u17d3\u2028-\u202e\u206a-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff"
    "\ufff9-\uffff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
"""Characters that are no text, or have a better way to be said in markup (Unicode Technical Report 20)."""
_ALIGNMENT = re.compile(r"(?:^|;)\s*text-align\s*:\s*(left|right|center)\b", re.IGNORECASE)
_DEEPEST = 500
"""As many elements may be inside of one another, counting those alone that something must close."""
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>]*)[^<>]*>?")
_CLOSE_THEMSELVES = frozenset(
    {
        "br", "caption", "col", "colgroup", "dd", "dt", "hr", "img", "input", "li", "option", "p", "rp", "rt", "source", "tbody", "td",
        "tfoot", "th", "thead", "tr", "wbr",
    }
)  # fmt: skip
_AS_BROWSERS_READ = {ord("\\"): "/", **dict.fromkeys([*range(0x20)])}
"""What browsers make of characters that are none of an address."""
_SURROGATES = re.compile("[\ud800-\udfff]")


def suitable(text: str) -> str:
    """The same text without the characters that markup should not have."""
    return _UNSUITABLE.sub("", text)


def sanitise(html: str) -> str:
    """The same HTML with everything left out that could run, load or disturb more than its own text. Charts of ours stay."""
    return _finished(_page().clean(_shallow(html)))


def sanitise_written(html: str, image_hosts: Collection[str] = ()) -> str:
    """The same for HTML made of what an author wrote, in which a chart is none of ours. Images come from these hosts, if any is named."""
    return _finished(kept(html, image_hosts))


def kept(html: str, image_hosts: Collection[str] = ()) -> str:
    """What sanitising leaves of HTML that an author wrote, before an alignment becomes a class and an image without a source goes."""
    return _written(frozenset(image_hosts)).clean(_shallow(html))


def _shallow(html: str) -> str:
    # The sanitiser's parser walks up from each element, and so takes a quadratic time over what is as deep as it is long.
    html = _SURROGATES.sub("", html)
    if html.count("<") <= _DEEPEST:
        return html
    depths: Counter[str] = Counter()

    def keep(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name in _CLOSE_THEMSELVES:
            return tag[0]
        if tag[1]:
            depths[name] -= depths[name] > 0
            return tag[0]
        if depths.total() >= _DEEPEST:
            return ""
        depths[name] += 1
        return tag[0]

    return _TAG.sub(keep, html)


def _cleaner(tags: frozenset[str], image_hosts: frozenset[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_attribute, image_hosts),
        generic_attribute_prefixes={"data-"},
        url_schemes={"http", "https", "mailto", "ftp", "tel"},  # the reference has no tel, and readers have telephones
        link_rel=None,
        clean_content_tags={"script", "style"},
    )


@cache
def _page() -> nh3.Cleaner:
    return _cleaner(_TAGS | _CHART, frozenset())


@lru_cache(maxsize=16)
def _written(image_hosts: frozenset[str]) -> nh3.Cleaner:
    return _cleaner(_TAGS, image_hosts)


def _attribute(image_hosts: frozenset[str], tag: str, name: str, value: str) -> str | None:
    if tag in _DRAWINGS:
        return value if _DRAWN.fullmatch(value) else None
    if name.startswith("data-"):
        return value if tag in _WITH_DATA else None
    if name == "style":
        found = _ALIGNMENT.search(value)
        return f"text-align:{found[1].lower()}" if found else None
    if tag == "img" and name == "src":
        return value if _may_show(value, image_hosts) else None
    return value


def _may_show(source: str, hosts: frozenset[str]) -> bool:
    address = source.translate(_AS_BROWSERS_READ).strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme not in {"", "http", "https"}:
        return False
    within = not parts.scheme and not address.startswith("//")
    return within or not hosts or parts.hostname in hosts


def _finished(html: str) -> str:
    if "<img" not in html and ' style="' not in html:
        return html
    return "".join(_Finisher(html).parts)


class _Finisher(HTMLParser):
    """Copies what was sanitised. An alignment becomes a class, for pages allow no styles; an image that has no source goes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written, given = self.get_starttag_text() or "", dict(attrs)
        if tag == "img" and not given.get("src"):
            return
        if style := given.get("style"):
            name = f"cell-text-{style.removeprefix('text-align:')}"
            written = written.replace(f' style="{style}"', "", 1)
            before, mark, after = written.partition(' class="')
            written = f"{before}{mark}{name} {after}" if mark else f'{written[:-1]} class="{name}">'
        self.parts.append(written)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")
