"""A measured table, on the screen and in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

OPENING = """# What it costs

Measured on {cpus} × {model} with {memory} GB, {system}, Python {python}, boto3 {boto3}, MiniStack {ministack}; when, and how busy the
machine was before, is said of each. `make bench` makes this page anew; `.venv/bin/python -m tests.benchmarks <part> --write` makes one
part of it anew. Absolute times are this machine's; the ratios hold elsewhere. What is marked *published* was not measured here.
"""


@dataclass(frozen=True)
class Section:
    """One question and its figures. `found` says what they come to; `columns` and `rows` are of one width, the first column is what."""

    title: str
    how: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    found: str = ""

    def markdown(self) -> str:
        """The section as a part of the page."""
        aligned = ["---", *["---:"] * (len(self.columns) - 1)]
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in (self.columns, aligned, *self.rows))
        return "\n\n".join(part for part in (f"## {self.title}", self.how, table, self.found) if part) + "\n"


def page(sections: Sequence[Section], busy: float, before: str = "") -> str:
    """The whole page; `busy` is the machine's load average before the run. Sections of the page `before` stay, but those measured anew."""
    when = f"*Measured on {datetime.now(UTC).strftime('%-d %B %Y')}; the load average before was {busy:.1f}.*"
    kept = {text.partition("\n")[0]: f"## {text.rstrip()}\n" for text in before.split("\n## ")[1:]}
    new = {section.title: f"{section.markdown()}\n{when}\n" for section in sections}
    return "\n".join([_opening(), *(kept | new).values()])


def milliseconds(seconds: float) -> str:
    """Two significant digits and more: 0.65, 4.2, 18, 430."""
    shown = seconds * 1000
    return f"{shown:,.0f}" if shown >= 10 else f"{shown:.1f}" if shown >= 1 else f"{shown:.2f}"


def quantile(values: Sequence[float], part: float) -> float:
    """The value that this part of them does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(part * 1000) // 1000) - 1)]


def spread(shown: str, seconds: Sequence[float]) -> tuple[str, ...]:
    """A row of milliseconds: half of them took no longer, 95%, and all."""
    return shown, *(milliseconds(quantile(seconds, part)) for part in (0.5, 0.95, 1.0))


def _opening() -> str:
    return OPENING.format(
        cpus=os.cpu_count(),
        model=_processor(),
        memory=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        system=f"{platform.system()} {platform.release().split('-')[0]}",
        python=platform.python_version(),
        boto3=version("boto3"),
        ministack=version("ministack"),
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
