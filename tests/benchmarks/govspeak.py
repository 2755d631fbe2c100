"""What it costs to make HTML of Govspeak: each thing that publishers write, and a long document."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from markdown_it import MarkdownIt

from functions.publishing.govspeak import Options, to_html
from tests.benchmarks.report import Section

ROUNDS, MICRO = 9, 1_000_000
FILE = {"id": "f.pdf", "title": "Plan", "url": "/f.pdf", "filename": "f.pdf", "file_size": 32768, "number_of_pages": 2}
CONTACT = {
    "content_id": "c",
    "title": "Floodline",
    "email": "help@example.gov.uk",
    "contact_numbers": [{"label": "Call", "number": "0345"}],
}
OPTIONS = Options(attachments=[FILE], images=[{"id": "i.png", "url": "/i.png", "alt_text": "A river"}], contacts=[CONTACT])

SNIPPETS = {
    "a heading": "## What to do in a flood",
    "a paragraph, its quotes and dashes": 'It\'s "safe" -- for now -- to stay. Move *people* and pets to [higher ground](https://example.com/ground)...',
    "information": "^Call 999 if you are in danger.^",
    "a call to action with a list": "$CTA\nBefore you go:\n\n* turn off gas\n* take medicine\n$CTA",
    "a contact": "$C\n**Floodline**\n0345 988 1188\n$C",
    "steps": "s1. Move people.\ns2. Move pets.\ns3. Move the car.\n",
    "legislation": "$LegislativeList\n* 1. One\n* 2. Two\n  * a) Sub\n$EndLegislativeList",
    "devolved": ":england:This is for you.:england:",
    "a table": "| |# Height|# Time|\n|---|---:|---|\n|# Monday|1.2 m|09:30|\n|# Tuesday|1.4 m|10:15|",
    "a table and its bar chart": "|Year|Homes|Shops|\n|---|---|---|\n|2024|1,010|300|\n|2025|220|150|\n{barchart stacked}",
    "a button": "{button start}[Start now](https://example.com/start){/button}",
    "an attachment": "[Attachment:f.pdf]",
    "an image": "[Image:i.png]",
    "whom to turn to": "[Contact:c]",
    "a footnote": "It rose by a metre[^1].\n\n[^1]: At Romsey.",
    "an abbreviation": "*[EA]: Environment Agency\n\nAsk the EA.",
    "a quotation": '> "Stay away from the sea front."',
}
SECTION = """## {number:03} What to do

Move *people* and pets to safety, or read [what to do](https://www.gov.uk/flood). Stay.

"""
LONG = "".join(SECTION.format(number=number) for number in range(200))


def measure(rounds: int = ROUNDS) -> Section:
    """Each in turn, round by round, so that a busy moment hits all."""
    texts = {**{name: (text, 50) for name, text in SNIPPETS.items()}, f"200 headed sections, {len(LONG) / 1000:.1f} KB": (LONG, 1)}
    plain = MarkdownIt("commonmark").enable("table")
    costs: dict[str, list[tuple[float, ...]]] = {name: [] for name in texts}
    for _ in range(rounds):
        for name, (text, times) in texts.items():
            makers = (partial(to_html, text, OPTIONS), partial(plain.render, text))
            costs[name].append(tuple(_mean(make, times) for make in makers))
    return Section(
        title="Govspeak",
        how="CPU to make sanitised HTML of what publishers write, with what the edition has for it to name. "
        f"Best mean of {rounds} rounds. "
        "The floor is markdown-it-py on the same text, which knows none of the extensions and sanitises nothing. "
        "*Published:* the Ruby gem takes about 9,500 µs a snippet, and 1,500,000 µs for a document of this kind.",
        columns=("text", "µs of CPU", "markdown-it-py, µs", "times markdown-it-py"),
        rows=[_row(name, *(min(one) for one in zip(*found, strict=True))) for name, found in costs.items()],
    )


def _row(name: str, ours: float, floor: float) -> tuple[str, ...]:
    return name, f"{ours * MICRO:,.0f}", f"{floor * MICRO:,.0f}", f"{ours / floor:,.1f}"


def _mean(make: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        make()
    return (time.process_time() - began) / times
