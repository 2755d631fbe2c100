"""A drawing of who says what to whom: three columns of boxes, and lines between neighbouring columns. Only where things stand; no SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

WIDTHS, HEIGHT = (230, 330, 230), 32
"""Those of the columns, which fit the width of a page."""
ACROSS, DOWN = 80, 10
PADDING, LETTER = 10, 7.5
MARGIN = 2
SWEEPS = 6

type Line = tuple[str, str]


@dataclass(frozen=True)
class Box:
    """A box with its text, and where its upper left corner is."""

    name: str
    text: str
    x: float
    y: float
    width: int


@dataclass(frozen=True)
class Drawing:
    """Boxes, the paths of the lines between them, and how large it all is."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    paths: tuple[str, ...]


def drawn(columns: Sequence[Mapping[str, str]], lines: Sequence[Line]) -> Drawing:
    """Place the boxes of each of three columns at most, given as texts by names, and join them as `lines` say, from left to right."""
    order = [list(column) for column in columns]
    for sweep in range(SWEEPS):
        _untangle(order, lines, leftwards=sweep % 2 == 1)
    tallest = max((len(column) for column in order), default=0)
    height = MARGIN * 2 + tallest * (HEIGHT + DOWN)
    lefts = [MARGIN + sum(WIDTHS[:place]) + place * ACROSS for place in range(len(columns))]
    boxes = {
        name: Box(name, _fitting(columns[place][name], WIDTHS[place]), lefts[place], _top(row, len(column), height), WIDTHS[place])
        for place, column in enumerate(order)
        for row, name in enumerate(column)
    }
    width = MARGIN + lefts[-1] + WIDTHS[len(columns) - 1]
    return Drawing(width, height, tuple(boxes.values()), tuple(_path(boxes[start], boxes[end]) for start, end in lines))


def _fitting(text: str, width: int) -> str:
    """What of a text fits into a box: what is beside the drawing says it whole."""
    most = int((width - 2 * PADDING) / LETTER)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _untangle(order: list[list[str]], lines: Sequence[Line], *, leftwards: bool) -> None:
    """Sort each column by where its neighbours stand in the one before it, so that fewer lines cross."""
    if leftwards:
        order, lines = order[::-1], [(end, start) for start, end in lines]
    for before, column in pairwise(order):
        standing, beside = _heights(column), _heights(before)
        seen = {name: [beside[there] for there, here in lines if here == name and there in beside] or [standing[name]] for name in column}
        means = {name: fmean(heights) for name, heights in seen.items()}
        column.sort(key=means.__getitem__)


def _heights(column: Sequence[str]) -> dict[str, float]:
    """How far down its column each box stands, from 0 to 1."""
    return {name: row / len(column) for row, name in enumerate(column)}


def _top(row: int, boxes: int, height: int) -> float:
    """Boxes of a column share its height evenly."""
    share = height / boxes
    return round(row * share + (share - HEIGHT) / 2, 1)


def _path(start: Box, end: Box) -> str:
    left, right = start.x + start.width, end.x
    middle = (left + right) / 2
    out, into = start.y + HEIGHT / 2, end.y + HEIGHT / 2
    return f"M{left:g} {out:g}C{middle:g} {out:g} {middle:g} {into:g} {right:g} {into:g}"
