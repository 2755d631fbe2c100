"""What HTML a page may hold, whoever wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.publishing.govspeak import to_html
from functions.publishing.sanitise import sanitise, sanitise_written

PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<a href='", "javascript:x", "https://a.uk", "'>", "</a>", "<img src=", "<img onerror=x src='a.png' alt='>'>",
        "<svg>", "<path d='M0'>", "<text>", "</svg>", "<rect x='1%' y='&#10;1'>", "<style>", "</style>", "<script>", "</script>", "<!--",
        "-->", "<table>", "<td style='text-align:left;a'>", "</table>", "<td style=text-align:right class='a b'>", "&amp;", "&lt;",
        "&#x202e;", "&", "<", ">", "\"", "'", "<math>", "<title>", "<textarea>", "<foreignObject>", "<div data-a=b>", "<p data-a=b>", "x",
        " ", "\n", "\ud800", "\x00",
    ]
)  # fmt: skip
HTML = st.lists(PIECES | st.text(max_size=4), max_size=24).map("".join)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java&#10;script:alert(1)">x</a>',
        '<a href=" javascript:alert(1)">x</a>',
        '<img src=x onerror="alert(1)">',
        '<iframe src="https://example.com"></iframe>',
        '<form action="https://example.com"><input name="password"></form>',
        '<p style="position:fixed">x</p>',
        '<td style="position:fixed">x</td>',
        "<style>body{display:none}</style>",
        '<svg onload="alert(1)"></svg>',
        '<svg><a href="javascript:alert(1)"><text>x</text></a></svg>',
        '<svg><style>alert</style><rect x="1" onclick="alert(1)"></rect></svg>',
        '<a href="data:text/html,<script>x</script>">x</a>',
        '<img src="data:image/svg+xml,alert">',
    ],
)
def test_nothing_that_runs_or_disturbs_gets_through(html: str) -> None:
    for safe in (sanitise(html), to_html(html)):
        for harm in ("script", "alert", "iframe", "form", "style", "onerror", "javascript", "data:", "fixed"):
            assert harm not in safe


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ('<a href="javascript:x" onclick="y">t</a>', "<a>t</a>"),
        ('<a href="mailto:a@b.uk">a</a>', '<a href="mailto:a@b.uk">a</a>'),
        ('<a href="ftp://b.uk">a</a>', '<a href="ftp://b.uk">a</a>'),
        ('<a href="tel:+44">a</a>', '<a href="tel:+44">a</a>'),
        ('<img src="ftp://b.uk/a.png" alt="a">', ""),
        ('<img src="/a.png" alt="a">', '<img src="/a.png" alt="a">'),
        ('<div data-module="a" draggable="true">a</div>', '<div data-module="a">a</div>'),
        ('<span data-a="b">a</span><p data-a="b">c</p>', '<span data-a="b">a</span><p>c</p>'),
        ('<p role="note" aria-label="a" class="b" id="c">d</p>', '<p role="note" aria-label="a" class="b" id="c">d</p>'),
        ('<svg width="9e9" class="x"><path d="M0 0h13"></path></svg>', "<svg><path></path></svg>"),
        (
            '<table><tr><th style="color:red; text-align: CENTER" scope="col">a &amp; b</th></tr></table>',
            '<table><tbody><tr><th scope="col" class="cell-text-center">a &amp; b</th></tr></tbody></table>',
        ),
    ],
)
def test_what_a_page_may_hold(html: str, safe: str) -> None:
    assert sanitise(html) == safe
    assert sanitise_written(html) == safe


@pytest.mark.parametrize(
    "source",
    [
        "https://theirs.uk/a.png", "//theirs.uk/a.png", "///theirs.uk/a.png", "/\\theirs.uk/a.png", "\\\\theirs.uk/a.png",
        "https:theirs.uk/a.png", "https:///theirs.uk/a.png", " https://theirs.uk/a.png", "https://ours.uk@theirs.uk/a.png", "https://[",
        "h\nttps://theirs.uk/a.png",
    ],
)  # fmt: skip
def test_an_image_comes_from_a_host_that_is_allowed(source: str) -> None:
    assert sanitise_written(f'a<img alt="b" src="{source}">c', ["ours.uk"]) == "ac"


@pytest.mark.parametrize("source", ["https://ours.uk/a.png", "//OURS.uk/a.png", "/a.png", "a.png"])
def test_an_image_from_such_a_host_or_from_here_stays(source: str) -> None:
    assert f'src="{source}"' in sanitise_written(f'<img src="{source}">', ["ours.uk"])


@given(HTML)
def test_to_sanitise_twice_is_to_sanitise_once(html: str) -> None:
    once = sanitise(html)
    assert sanitise(once) == once
    written = sanitise_written(html, ["ours.uk"])
    assert sanitise_written(written, ["ours.uk"]) == written
    assert sanitise(written) == written
