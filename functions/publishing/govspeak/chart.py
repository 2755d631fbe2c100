"""A bar chart of a table, as SVG.

Its table stands beside it and is read instead, so the chart is hidden from screen readers. Bars are of the text's own colour, whatever it
is: the chart is right on paper, in the dark and in forced colours. Widths are parts of the page's, heights and text are not, so that
it can be read on a telephone. Where bars lie end to end they differ in their shade, and the figures stand above in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

_NUMBER = re.compile(r"\s*(\()?\s*([-−–]?)\s*[£$€]?\s*([-−–]?)(\d[\d,]*(?:\.\d+)?|\.\d+)")
_LARGEST = 1e15
_SHADES = ("1", "0.6", "0.3", "0.1")
_TEXT, _BAR, _THIN, _GAP, _SWATCH = 24, 20, 10, 12, 16
"""Heights: of a line of text, a bar, a compact bar, what is between rows, and a box in the legend."""
_LONGEST = 120
"""As many characters of a label are drawn: more are out of sight, and would be drawn again for every row."""
_ROOM = 60
"""How much of the width is for the bars, in per cent: their figures stand beside them."""


@dataclass(frozen=True)
class _Row:
    label: str
    figures: Sequence[str]
    numbers: Sequence[float]


def drawn(cells: Sequence[Sequence[str]], *, stacked: bool, compact: bool) -> Markup:
    """The chart of a table's cells: the first row names the series, the first column the bars. Nothing where there are no numbers."""
    names = list(cells[0][1:]) if cells else []
    rows = [_Row(row[0], row[1:], [number(figure) or 0.0 for figure in row[1:]]) for row in cells[1:] if row]
    if not any(number(figure) is not None for row in rows for figure in row.figures):
        return Markup()
    return _stacked(_without_totals(rows), names, compact=compact) if stacked else _side_by_side(rows, names, compact=compact)


def number(figure: str) -> float | None:
    """What a cell says, if it is a number: £1,234.50, 45%, -3, (3)."""
    found = _NUMBER.match(figure)
    if found is None:
        return None
    bracket, before, after, digits = found.groups()
    value = float(digits.replace(",", ""))
    if value > _LARGEST:
        return None
    return -value if bracket or before or after else value


def _without_totals(rows: Sequence[_Row]) -> Sequence[_Row]:
    # A stacked table's last column may be the sum of the others: its bar would be as long as all of them.
    if any(len(row.numbers) < 3 or abs(sum(row.numbers[:-1]) - row.numbers[-1]) > 1e-6 * max(map(abs, row.numbers)) for row in rows):
        return rows
    return [_Row(row.label, row.figures[:-1], row.numbers[:-1]) for row in rows]


def _side_by_side(rows: Sequence[_Row], names: Sequence[str], *, compact: bool) -> Markup:
    values = [value for row in rows for value in row.numbers]
    scale = _Scale(min(0.0, *values), max(0.0, *values))
    height = _THIN if compact else _BAR
    parts: list[Markup] = []
    top = 0
    for row in rows:
        parts.append(_text("0", top + _SWATCH, row.label))
        top += _TEXT
        for index, (figure, value) in enumerate(zip(row.figures, row.numbers, strict=True)):
            said = f"{names[index]}: {figure}" if len(row.figures) > 1 and index < len(names) else figure
            parts += [_bar(scale, 0.0, value, top, height, "1"), _text(scale.after(value), top + height // 2 + 5, said)]
            top += max(height, _TEXT - 4) + 2
        top += _GAP
    return _picture(parts, top)


def _stacked(rows: Sequence[_Row], names: Sequence[str], *, compact: bool) -> Markup:
    lows = [sum(value for value in row.numbers if value < 0) for row in rows]
    highs = [sum(value for value in row.numbers if value > 0) for row in rows]
    scale = _Scale(min(0.0, *lows), max(0.0, *highs))
    height = _THIN if compact else _BAR
    parts = [*_legend(names[: max(len(row.numbers) for row in rows)])]
    top = len(parts) // 2 * _TEXT + _GAP
    for row in rows:
        parts.append(_text("0", top + _SWATCH, f"{row.label}: {', '.join(row.figures)}"))
        parts += _laid_end_to_end(scale, row.numbers, top + _TEXT, height)
        top += _TEXT + height + _GAP
    return _picture(parts, top)


def _laid_end_to_end(scale: _Scale, numbers: Sequence[float], top: int, height: int) -> Iterator[Markup]:
    ends = {True: 0.0, False: 0.0}
    for index, value in enumerate(numbers):
        start = ends[value < 0]
        ends[value < 0] = start + value
        yield _bar(scale, start, start + value, top, height, _SHADES[index % len(_SHADES)])


def _legend(names: Sequence[str]) -> Iterator[Markup]:
    for index, name in enumerate(names):
        yield _rect("0", index * _TEXT + 2, str(_SWATCH), _SWATCH, _SHADES[index % len(_SHADES)])
        yield _text(str(_TEXT), index * _TEXT + _SWATCH, name)


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    def place(self, value: float) -> float:
        return (value - self.low) / ((self.high - self.low) or 1) * _ROOM

    def after(self, value: float) -> str:
        return _percent(self.place(max(0.0, value)) + 1)


def _bar(scale: _Scale, start: float, end: float, top: int, height: int, shade: str) -> Markup:
    left, right = sorted((scale.place(start), scale.place(end)))
    return _rect(_percent(left), top, _percent(right - left), height, shade)


def _percent(part: float) -> str:
    return f"{part:.2f}%"


def _rect(left: str, top: int, width: str, height: int, shade: str) -> Markup:
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill-opacity="{}" stroke="currentColor"></rect>').format(
        left, top, width, height, shade
    )


def _text(left: str, baseline: int, text: str) -> Markup:
    return Markup('<text x="{}" y="{}">{}</text>').format(left, baseline, text[:_LONGEST])


def _picture(parts: Sequence[Markup], height: int) -> Markup:
    return Markup(
        '<svg class="barchart" width="100%" height="{}" fill="currentColor" font-size="16" direction="ltr" aria-hidden="true"'
        ' focusable="false">{}</svg>\n'
    ).format(height, Markup().join(parts))
