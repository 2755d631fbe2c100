"""`commonweal department new`: all the files of a new department, which do all three things as they stand."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.tools.failures import Failed
from infra.tools.founding import forms
from infra.tools.screen import amount, screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.tools.founding.texts import Founding

ROOT = Path(__file__).parents[2]
_KINDS = "text, number, integer, yes-no, date, time, or choices as open|closed"


def new(
    slug: Annotated[str, typer.Argument(metavar="DEPARTMENT", help="Its name in addresses and types, as harbour-board.")],
    title: Annotated[str, typer.Option(help="How people call it.")] = "",
    contact: Annotated[str, typer.Option(help="An email address.")] = "",
    fact: Annotated[str, typer.Option(help="What happens there, in the past tense: HarbourClosed.")] = "",
    field: Annotated[
        list[str], typer.Option(help=f"A field of it, as reason:text, with ? where it may be absent: {_KINDS}. The first is the key.")
    ] = [],  # noqa: B006  # typer's way
    account: Annotated[list[str], typer.Option(help="An AWS account of its own.")] = [],  # noqa: B006
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Write the file of a new department, the schema of its first fact, and a good and a bad sample of it.

    As they stand, one event publishes a page, tells the subscribers and appends to a register. Nothing is written over.
    """
    from functions.common import clock, ids
    from infra.tools.founding import files

    founding = _asked(slug, title, contact, fact, field, account, ask=not yes)
    written = files.of(founding, ROOT, identities=(ids.new(), ids.new()), time=clock.stamp())
    files.write(written, ROOT)
    to = screen()
    for path in written:
        to.print(str(path), markup=False, soft_wrap=True)
    to.print(f"\n{amount(len(written), 'file')} written. When it says {founding.fact}.v1, a page, messages and a record follow. Next:")
    sample = f"events/{slug}/{founding.fact}/example.json"
    for step in (
        f"read infra/departments/{slug}.yaml, and say in its schema what each field means",
        "commonweal department check && commonweal schema check",
        "make run                      (stop it first where it runs: the next start brings the department in)",
        f"commonweal emit {sample}",
    ):
        to.print(f"  {step}", markup=False, soft_wrap=True)


def _asked(slug: str, title: str, contact: str, fact: str, fields: list[str], accounts: list[str], *, ask: bool) -> "Founding":
    """What the options say, and where they say nothing, what is answered. Raises Failed where an option is not of its form."""
    from infra.tools.founding import fields as reading
    from infra.tools.founding.texts import Founding
    from schemas import grammar

    line, address = partial(forms.held, form=grammar.Line), partial(forms.held, form=grammar.Email)
    # Before anything else: it stands in the paths of all that is written.
    slug = forms.held(slug, grammar.DepartmentSlug)
    title = _given(title, line) or _ask("Title", slug.replace("-", " ").title(), "--title", line, ask=ask)
    contact = _given(contact, address) or _ask("Contact (an email address)", "", "--contact", address, ask=ask)
    question = "What happens there, in the past tense (as HarbourClosed)"
    fact = _given(fact, forms.fact) or _ask(question, "", "--fact", forms.fact, ask=ask)
    if fields:
        known = reading.read(fields)
    else:
        question = f"Its fields, with commas between; the first is the key ({_KINDS})"
        known = _ask(question, "reference, summary:text", "--field", lambda said: reading.read(said.split(",")), ask=ask)
    return Founding(slug, title, contact, fact, known, [forms.held(account, grammar.Account) for account in accounts])


def _given(said: str, form: "Callable[[str], str]") -> str:
    return form(said) if said else ""


def _ask[Answer](question: str, otherwise: str, option: str, form: "Callable[[str], Answer]", *, ask: bool) -> Answer:
    """What is answered; asked again where that is not of its form."""

    def held(said: str) -> Answer:
        try:
            return form(said.strip())
        except Failed as wrong:
            raise typer.BadParameter(str(wrong)) from None

    if ask:
        answer: Answer = typer.prompt(question, default=otherwise or None, value_proc=held)
        return answer
    if not otherwise:
        raise Failed(f"With --yes nothing is asked: give {option}.")
    return form(otherwise)
