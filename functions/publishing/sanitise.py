"""What HTML a page may hold. Whatever else is written is taken out; its text stays, unless it is a script's or a style's."""

from __future__ import annotations

import nh3

_TAGS = frozenset(
    {
        "a", "abbr", "article", "aside", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del",
        "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span",
        "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "wbr",
    }
)  # fmt: skip

_ATTRIBUTES = {
    "*": {"aria-hidden", "aria-label", "aria-labelledby", "class", "dir", "id", "lang", "role", "title"},
    "a": {"href", "hreflang", "rel", "type"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"abbr", "colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
}

_cleaner = nh3.Cleaner(
    tags=set(_TAGS),
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "ftp", "tel"},
    link_rel=None,
    clean_content_tags={"script", "style"},
)


def sanitise(html: str) -> str:
    """The same HTML with everything left out that could run, load or disturb more than its own text."""
    return _cleaner.clean(html)
