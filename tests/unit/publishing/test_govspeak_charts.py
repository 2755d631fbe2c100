"""Bar charts: drawn of a table that stays, from numbers as people write them, and nothing that an author could smuggle in."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from functions.publishing.govspeak import to_html
from functions.publishing.govspeak.chart import number
from functions.publishing.sanitise import sanitise

TABLE = "|Year|Cats|Dogs|\n|---|---|---|\n|2024|10|30|\n|2025|20|15|\n"


class _Svg(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, Any]]] = []
        self.said: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def bars(self) -> list[dict[str, Any]]:
        return [attributes for tag, attributes in self.elements if tag == "rect" and attributes["width"].endswith("%")]


def chart(table: str, order: str = "{barchart}") -> _Svg:
    found = re.search(r"<svg class=\"barchart\".*?</svg>", to_html(table + order), re.DOTALL)
    return _Svg(found[0] if found else "")


def test_the_chart_goes_before_its_table_and_the_table_stays() -> None:
    html = to_html(f"before\n\n{TABLE}{{barchart}}\n\nafter")
    assert re.findall(r"before|<svg|<table|after", html) == ["before", "<svg", "<table", "after"]
    assert html.count("<td>") == 6


def test_screen_readers_hear_the_table() -> None:
    tag, attributes = chart(TABLE).elements[0]
    assert tag == "svg"
    assert attributes["aria-hidden"] == "true"
    assert attributes["focusable"] == "false"


def test_bars_are_as_long_as_their_numbers_and_say_them() -> None:
    drawn = chart(TABLE)
    assert [float(bar["width"][:-1]) for bar in drawn.bars()] == [20, 60, 40, 30]
    assert drawn.said == ["2024", "Cats: 10", "Dogs: 30", "2025", "Cats: 20", "Dogs: 15"]


def test_one_series_needs_no_name() -> None:
    assert chart("|a|b|\n|-|-|\n|x|£5|\n").said == ["x", "£5"]


def test_stacked_bars_lie_end_to_end_and_differ_in_shade() -> None:
    drawn = chart(TABLE, "{barchart stacked}")
    first, second = drawn.bars()[:2]
    assert float(second["x"][:-1]) == float(first["x"][:-1]) + float(first["width"][:-1])
    assert first["fill-opacity"] != second["fill-opacity"]
    assert drawn.said == ["Cats", "Dogs", "2024: 10, 30", "2025: 20, 15"]


def test_a_column_of_totals_is_not_stacked() -> None:
    table = "|Year|Cats|Dogs|All|\n|---|---|---|---|\n|2024|10|30|40|\n"
    assert len(chart(table, "{barchart stacked}").bars()) == 2


def test_what_is_below_zero_lies_left_of_it() -> None:
    loss, gain = chart("|a|b|\n|-|-|\n|x|-10|\n|y|20|\n", "{barchart negative}").bars()
    assert (loss["x"], loss["width"]) == ("0.00%", "20.00%")
    assert (gain["x"], gain["width"]) == ("20.00%", "40.00%")


def test_a_compact_chart_has_thin_bars() -> None:
    assert float(chart(TABLE, "{barchart compact}").bars()[0]["height"]) < float(chart(TABLE).bars()[0]["height"])


def test_colour_says_nothing() -> None:
    colours = {attributes.get(name) for _, attributes in chart(TABLE, "{barchart stacked}").elements for name in ("fill", "stroke")}
    assert colours <= {None, "currentColor"}


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("12", 12), ("£1,234.50", 1234.5), ("45%", 45), ("-3", -3), ("−3", -3), ("-£3", -3), ("£-3", -3), ("(3)", -3), (".5", 0.5),
        ("10 people", 10), ("", None), ("n/a", None), ("-", None), ("9" * 400, None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(figure: str, value: float | None) -> None:
    assert number(figure) == value


@pytest.mark.parametrize("table", ["|a|\n|-|\n|1|\n", "|a|b|\n|-|-|\n|c|d|\n", "|a|b|\n|-|-|\n"])
def test_a_table_without_numbers_has_no_chart(table: str) -> None:
    assert "<svg" not in to_html(f"{table}{{barchart}}")


def test_cells_without_a_number_have_no_bar_but_say_what_they_say() -> None:
    drawn = chart("|a|b|\n|-|-|\n|x|1|\n|y|n/a|\n")
    assert drawn.said == ["x", "1", "y", "n/a"]
    assert drawn.bars()[1]["width"] == "0.00%"


def test_a_cell_is_text_in_the_chart() -> None:
    html = to_html("|a|b|\n|-|-|\n|&lt;b onclick=x&gt;|1|\n{barchart}")
    assert '<text x="0" y="16">&lt;b onclick=x&gt;</text>' in html


def test_a_chart_is_shown_as_it_was_drawn() -> None:
    for order in ("{barchart}", "{barchart stacked}", "{barchart compact negative}"):
        html = to_html(TABLE.replace("15", "-15") + order)
        assert sanitise(html) == html


def test_an_author_draws_nothing() -> None:
    drawing = '<svg class="barchart"><rect x="1" y="1" width="1" height="1"></rect><text x="1" y="1">a</text></svg>'
    assert "rect" not in to_html(drawing)
    assert "<text" not in to_html(drawing)


@pytest.mark.parametrize(
    "place", ["<div data-barchart='0'></div>", "<div data-barchart='7'></div>", "<a title='<div data-barchart=\"0\"></div>'>a</a>"]
)
def test_a_place_for_a_chart_that_an_author_writes_breaks_nothing(place: str) -> None:
    html = to_html(f"{place}\n\n{TABLE}{{barchart}}")
    assert sanitise(html) == html
    assert "title" not in html or "<svg" not in html.partition("</a>")[0]


def test_a_chart_is_drawn_once() -> None:
    assert to_html("<div data-barchart='0'></div>\n\n" * 3 + f"{TABLE}{{barchart}}").count("<svg") == 1


def test_charts_know_their_tables() -> None:
    html = to_html(f"|a|b|\n|-|-|\n|first|1|\n{{barchart}}\n\n{TABLE}\n\n|a|b|\n|-|-|\n|second|1|\n{{barchart}}")
    assert html.count("<svg") == 2
    assert html.index(">first</text>") < html.index("2024") < html.index(">second</text>")
