"""What it costs to make a message from its template: an email in HTML and plain text, a text, a letter as a PDF."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jinja2
from markdown_it import MarkdownIt

from functions.notifications import email, letters, sms
from functions.notifications.filling import filled
from functions.notifications.notification import Template
from infra import declarations
from schemas.platform import Channel
from tests.benchmarks.messages import EMAIL, LETTER, NOTICED, TEXT, WARNED
from tests.benchmarks.report import Section

ROUNDS, PARTS, MICRO = 9, 12, 1_000_000
SENDER = "Flood warnings"
DAY = datetime.date(2026, 11, 23)

PLACEHOLDER = re.compile(r"\(\(([^()?]+)(?:\?\?([^()]+))?\)\)")
PART = """## What to do in ((description))

((message)) This is a warning for ((county)), and it covers ((flood area id)).

* Move people and pets to safety, and take medicine with you.
* Turn off gas, electricity and water, if it is safe to do so.
* ((severity)) means that there is danger to life.

^ Call 999 if you are in danger.

((tidal??The tide is high at noon. Stay away from the sea front until it has turned.)) Find out more at https://www.gov.uk/check-flooding
or read [what to do in a flood](https://www.gov.uk/help-during-flood).

"""
LONG_TEXT = "((severity)): ((description)) (((flood area id))), ((county)). ((message)) ((tidal??The tide is high at noon.)) " * 4
LONG_VALUES = {**WARNED, "tidal": "yes"}


@dataclass(frozen=True)
class Rendering:
    """A message made by us, and with Jinja2; where it is made of Markdown, also with Jinja2 and the parser that we use."""

    ours: Callable[[], object]
    jinja: Callable[[], object] | None = None
    markdown: Callable[[], object] | None = None


def measure(rounds: int = ROUNDS) -> Section:
    """Each in turn, round by round, so that a busy moment hits all."""
    shown = {
        "email, declared: `flood-warning`": (_email(_declared(EMAIL), WARNED), 100),
        "email, long": (_email(_template("email", PART * PARTS), LONG_VALUES), 10),
        "text, declared: `flood-warning`": (_text(_declared(TEXT), WARNED), 200),
        "text, long": (_text(_template("sms", LONG_TEXT), LONG_VALUES), 200),
        "*floor: a letter that says nothing*": (Rendering(lambda: letters.render(_on_paper("", ""))), 2),
        "letter, declared: `flood-risk-notice`": (_letter(_declared(LETTER), NOTICED | {"floodline": "0345 988 1188"}), 2),
        "letter, long": (_letter(_template("letter", PART * PARTS), LONG_VALUES), 1),
    }
    costs: dict[str, list[tuple[float, ...]]] = {name: [] for name in shown}
    for _ in range(rounds):
        for name, (rendering, times) in shown.items():
            made = (rendering.ours, rendering.jinja, rendering.markdown)
            costs[name].append(tuple(_mean(make, times) if make else 0.0 for make in made))
    return Section(
        title="Rendering a message",
        how="CPU to fill a template and to make the message of it: an email's HTML and plain text, a text, a letter's PDF. "
        f"Best mean of {rounds} rounds. The floor is Jinja2 with autoescape, its templates compiled once: for an email it fills an HTML "
        "and a plain text that are otherwise finished, to the same words, so that it need read no Markdown; for a letter it fills the "
        "words alone. Beside it, for an email: Jinja2 fills the Markdown, and markdown-it-py makes HTML of it. "
        f"The long ones have {len(PART * PARTS):,} characters, the long text {len(LONG_TEXT)}.",
        columns=("message", "µs of CPU", "Jinja2, µs", "times Jinja2", "Jinja2 and markdown-it-py, µs"),
        rows=[_row(name, *(min(one) for one in zip(*found, strict=True))) for name, found in costs.items()],
    )


def _row(name: str, ours: float, jinja: float, markdown: float) -> tuple[str, ...]:
    return name, _micro(ours), _micro(jinja), f"{ours / jinja:,.1f}" if jinja else "", _micro(markdown)


def _micro(seconds: float) -> str:
    return f"{seconds * MICRO:,.0f}" if seconds else ""


def _mean(make: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        make()
    return (time.process_time() - began) / times


def _email(template: Template, values: Mapping[str, str]) -> Rendering:
    def render() -> tuple[str, str]:
        subject, body = filled(template, values)
        return email.parts(subject or "", body, SENDER)

    subject, body = (_in_jinja(text) for text in (template.subject or "", template.body.strip()))
    html, text, words = map(_compiled, (*email.parts(subject, body, SENDER), body))
    given, parser = _named(values), MarkdownIt("commonmark")
    return Rendering(render, lambda: (html.render(given), text.render(given)), lambda: parser.render(words.render(given)))


def _text(template: Template, values: Mapping[str, str]) -> Rendering:
    words, given = _compiled(f"{SENDER}: {_in_jinja(template.body)}"), _named(values)
    return Rendering(lambda: sms.render(filled(template, values)[1], SENDER), lambda: words.render(given))


def _letter(template: Template, values: Mapping[str, str]) -> Rendering:
    def render() -> letters.RenderedLetter:
        subject, body = filled(template, values)
        return letters.render(_on_paper(subject or "", body))

    words, given = _compiled(_in_jinja(template.body)), _named(values)
    return Rendering(render, lambda: words.render(given))


def _on_paper(subject: str, body: str) -> letters.LetterContent:
    address = tuple(line for name, line in NOTICED.items() if name.startswith("address"))
    return letters.LetterContent(address, "Environment Agency\nYork", subject, body, DAY)


def _declared(asked: Mapping[str, str]) -> Template:
    said = declarations.compile(declarations.load())["templates"][asked["template_id"]]
    return _template(said["channel"], said["body"], said.get("subject"), said["defaults"])


def _template(channel: Channel, body: str, subject: str | None = "((severity))", defaults: Mapping[str, str] | None = None) -> Template:
    return Template("", "", "", channel, 1, body, subject, None, defaults=defaults or {})


_compiled = jinja2.Environment(autoescape=True, keep_trailing_newline=True).from_string


def _in_jinja(text: str) -> str:
    def written(match: re.Match[str]) -> str:
        name = _name(match[1])
        return f"{{% if {name} %}}{match[2]}{{% endif %}}" if match[2] else f"{{{{ {name} }}}}"

    return PLACEHOLDER.sub(written, text)


def _named(values: Mapping[str, str]) -> dict[str, str]:
    return {_name(name): value for name, value in values.items()}


def _name(name: str) -> str:
    """A placeholder's name as Jinja takes it."""
    return name.replace(" ", "").replace("_", "")
