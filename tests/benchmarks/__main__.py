"""Measure all, show it, and write `docs/benchmarks.md`: `python -m tests.benchmarks`, or with names to measure those alone, unwritten."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from tests.benchmarks import (
    bare_hop,
    beginnings,
    data_queries,
    departments,
    flow,
    govspeak,
    handing_over,
    ingress,
    loading,
    memory,
    pages,
    paths,
    publishing,
    renaming,
    rendering,
    sending,
    snapshots,
    volume,
)
from tests.benchmarks.local_stack import LocalStack, local_stack
from tests.benchmarks.report import Section, page
from tests.integration.faults import FaultProxy

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
screen = Console()

ON_THE_STACK, RENAMING, IN_BAD_WEATHER = "stack", "renaming", "volume"
IN_PROCESS: dict[str, Callable[[], Section]] = {
    "beginnings": beginnings.measure,
    "calls": paths.measure,
    "sending": sending.measure,
    "rendering": rendering.measure,
    "govspeak": govspeak.measure,
    "pages": pages.measure,
    "publishing": publishing.calls,
    "loading": loading.measure,
    "snapshots": snapshots.measure,
    "records": data_queries.measure,
    "departments": departments.measure,
}
PARTS = (*IN_PROCESS, ON_THE_STACK, RENAMING, IN_BAD_WEATHER)


def main() -> None:
    """Measure, show and write."""
    command = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="What the platform costs, beside floors and rivals.")
    command.add_argument("parts", nargs="*", help=f"only these, and write no page: {', '.join(PARTS)}")
    command.add_argument("--pages", type=int, default=renaming.PAGES, help="how many show the topic that is renamed")
    asked = command.parse_args()
    parts = asked.parts
    unknown = set(parts) - set(PARTS)
    if unknown:
        command.error(f"there is no {', '.join(sorted(unknown))}")
    busy = os.getloadavg()[0]
    began = time.monotonic()
    sections = []
    for section in measured(set(parts) or set(PARTS), asked.pages):
        screen.print(Markdown(section.markdown()))
        sections.append(section)
    screen.print(f"[dim]Measured in {time.monotonic() - began:.0f} s[/]")
    if not parts:
        PAGE.write_text(page(sections, busy))
        screen.print(f"Written to {PAGE.relative_to(PAGE.parents[1])}")


def measured(parts: set[str], pages: int) -> Iterator[Section]:
    """Each part, as it is ready; `pages` show the topic that is renamed."""
    for name, measure in IN_PROCESS.items():
        if name in parts:
            with screen.status(f"Measuring {name} …"):
                found = measure()
            yield found
    if ON_THE_STACK in parts:
        yield from _on_the_stack()
    if RENAMING in parts:
        yield _through_a_proxy(f"Publishing {pages:,} pages, and renaming their topic …", partial(renaming.measure, pages=pages))
    if IN_BAD_WEATHER in parts:
        yield _through_a_proxy(f"Asking for {volume.NOTIFICATIONS:,} notifications in bad weather …", volume.measure)
        with screen.status(f"Asking for records, of {data_queries.MANY:,} …"):
            found = data_queries.measure(data_queries.MANY)
        yield found


def _on_the_stack() -> Iterator[Section]:
    with screen.status("Starting the local stack …") as status, local_stack() as stack:
        looks = memory.Looks(stack)
        looks.take("deployed and seeded")
        hop = bare_hop.build(stack.platform, stack.platform.state_dir)
        status.update("Sending events, and waiting for their emails …")
        yield flow.measure(stack, hop)
        looks.take(f"after {flow.EVENTS} events, one at a time")
        status.update("Asking for emails, and waiting for them …")
        yield handing_over.measure(stack, hop)
        looks.take(f"after {handing_over.SENDS} emails, one at a time")
        status.update("Publishing, and waiting for the pages …")
        yield publishing.measure(stack, hop)
        status.update("Sending events as fast as they are taken …")
        yield ingress.measure(stack)
        looks.take(f"after {ingress.CLIENTS} clients at once")
        yield from looks.sections()


def _through_a_proxy(doing: str, measure: Callable[[LocalStack, FaultProxy], Section]) -> Section:
    """On a stack of its own, whose functions reach AWS through a proxy that counts their calls, and may break them."""
    proxy = FaultProxy()
    try:
        with screen.status("Starting the local stack, with a proxy before it …") as status, local_stack(proxy) as stack:
            status.update(doing)
            return measure(stack, proxy)
    finally:
        proxy.stop()


if __name__ == "__main__":
    main()
