"""Measure all, show it, and write `docs/benchmarks.md`: `python -m tests.benchmarks`, or with names to measure those alone, unwritten."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from tests.benchmarks import beginnings, flow, ingress, memory, paths, sending
from tests.benchmarks.local_stack import local_stack
from tests.benchmarks.report import Section, page

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
screen = Console()

ON_THE_STACK = "stack"
IN_PROCESS: dict[str, Callable[[], Section]] = {
    "beginnings": beginnings.measure,
    "calls": paths.measure,
    "sending": sending.measure,
}


def main() -> None:
    """Measure, show and write."""
    command = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="What the platform costs, beside floors and rivals.")
    command.add_argument("parts", nargs="*", help=f"only these, and write no page: {', '.join([*IN_PROCESS, ON_THE_STACK])}")
    parts = command.parse_args().parts
    unknown = set(parts) - {*IN_PROCESS, ON_THE_STACK}
    if unknown:
        command.error(f"there is no {', '.join(sorted(unknown))}")
    busy = os.getloadavg()[0]
    began = time.monotonic()
    sections = []
    for section in measured(set(parts) or {*IN_PROCESS, ON_THE_STACK}):
        screen.print(Markdown(section.markdown()))
        sections.append(section)
    screen.print(f"[dim]Measured in {time.monotonic() - began:.0f} s[/]")
    if not parts:
        PAGE.write_text(page(sections, busy))
        screen.print(f"Written to {PAGE.relative_to(PAGE.parents[1])}")


def measured(parts: set[str]) -> Iterator[Section]:
    """Each part, as it is ready."""
    for name, measure in IN_PROCESS.items():
        if name in parts:
            with screen.status(f"Measuring {name} …"):
                found = measure()
            yield found
    if ON_THE_STACK in parts:
        with screen.status("Starting the local stack …") as status, local_stack() as stack:
            looks = memory.Looks(stack)
            looks.take("deployed and seeded")
            status.update("Sending events, and waiting for their emails …")
            yield flow.measure(stack)
            looks.take(f"after {flow.EVENTS} events, one at a time")
            status.update("Sending events as fast as they are taken …")
            yield ingress.measure(stack)
            looks.take(f"after {ingress.CLIENTS} clients at once")
            yield from looks.sections()


if __name__ == "__main__":
    main()
