"""What it costs to make the pages of a content item: each type's sample, and the first page of a process."""

from __future__ import annotations

import time
from statistics import median

from functions.publishing import site
from tests import read_side
from tests.benchmarks.report import Section, milliseconds
from tests.contracts.content.samples import GOOD

ROUNDS = 15
ORIGIN = "https://example.org"


def measure(rounds: int = ROUNDS) -> Section:
    """Each type in turn, round by round, so that a busy moment hits all."""
    items = {name: read_side.item(name) for name in sorted(GOOD.keys() - {"redirect", "special_route"})}
    began = time.process_time()
    site._views.cache_clear()
    site.home([])
    first = time.process_time() - began
    made = {name: site.pages_of(item, read_side.LISTED, origin=ORIGIN) for name, item in items.items()}
    costs: dict[str, list[float]] = {name: [] for name in items}
    for _ in range(rounds):
        for name, item in items.items():
            began = time.process_time()
            site.pages_of(item, read_side.LISTED, origin=ORIGIN)
            costs[name].append(time.process_time() - began)
    return Section(
        title="Making pages",
        how="CPU to make all pages of the sample of each content type: HTML, structured data, feed and print page, with links beside it. "
        f"Median of {rounds} rounds, once the views are compiled.",
        columns=("content type", "pages", "KB of text", "ms of CPU", "ms for each page"),
        rows=[
            (
                f"`{name}`",
                str(len(made[name])),
                f"{sum(len(page.html) for page in made[name]) / 1024:.0f}",
                milliseconds(median(costs[name])),
                milliseconds(median(costs[name]) / len(made[name])),
            )
            for name in items
        ],
        found=f"The first page of a process, for which the views that it needs are compiled, takes {milliseconds(first)} ms.",
    )
