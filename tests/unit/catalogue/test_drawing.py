"""Where boxes and lines stand."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from infra.catalogue.drawing import HEIGHT, drawn

COLUMNS = st.tuples(st.integers(1, 8), st.integers(1, 12), st.integers(0, 8))


@given(COLUMNS, st.data())
def test_no_boxes_overlap_and_all_are_inside(sizes: tuple[int, int, int], data: st.DataObject) -> None:
    columns = [{f"{place}.{row}": f"box {row}" for row in range(size)} for place, size in enumerate(sizes)]
    pairs = [(left, right) for before, after in pairwise(columns) for left in before for right in after]
    lines = data.draw(st.lists(st.sampled_from(pairs), max_size=20, unique=True))
    drawing = drawn(columns, lines)
    assert len(drawing.boxes) == sum(sizes)
    assert len(drawing.paths) == len(lines)
    for x in {box.x for box in drawing.boxes}:
        tops = sorted(box.y for box in drawing.boxes if box.x == x)
        assert all(below - above >= HEIGHT for above, below in pairwise(tops))
    assert all(box.x + box.width <= drawing.width and 0 <= box.y <= drawing.height - HEIGHT for box in drawing.boxes)


def test_lines_that_need_not_cross_do_not() -> None:
    drawing = drawn([{"a": "A", "b": "B"}, {"x": "X", "y": "Y"}, {}], [("a", "y"), ("b", "x")])
    heights = {box.name: box.y for box in drawing.boxes}
    assert (heights["a"] < heights["b"]) == (heights["y"] < heights["x"])


def test_a_text_that_does_not_fit_is_cut() -> None:
    (box,) = drawn([{"a": "An office with a very long name indeed, and more"}], []).boxes
    assert box.text.startswith("An office with a very long")
    assert box.text.endswith("…")
