"""`commonweal replay`: give one consumer once more what was on the bus."""

import signal
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from infra.tools.failures import Failed
from infra.tools.screen import aligned, amount, screen
from infra.tools.target import StageName, target

if TYPE_CHECKING:
    from infra.tools import archive
    from infra.tools.target import Target


def replay(
    consumer_name: Annotated[str, typer.Argument(metavar="CONSUMER", help="As its entry point is called, e.g. publishing.render.")],
    since: Annotated[str, typer.Option("--from", help="ISO 8601, e.g. 2026-11-23T09:30:00Z; UTC where it names no zone.")],
    until: Annotated[str, typer.Option("--to", help="The same; now, where it is left out.")] = "",
    rate: Annotated[int, typer.Option(min=1, max=1000, help="Events a second.")] = 50,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    stage: StageName = "local",
) -> None:
    """Give one consumer again what it heard between two moments, from the archive. In AWS an event takes some minutes to get there."""
    from infra.tools import archive

    deployed = target(stage)
    to = archive.consumer(deployed, consumer_name)
    begin, end = moment(since), moment(until) if until else datetime.now(UTC)
    if begin >= end:
        raise Failed("--from must be before --to.")
    name = f"{deployed.prefix}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    pace, heard, others = None if dry_run else archive.Pace(rate), Counter[str](), Counter[str]()
    # One after the other: what they give back comes to one staging queue.
    for number, kept in enumerate(archive.archives(deployed), start=1):
        archive.start(deployed, kept, f"{name}-{number}", begin, end)
        some, more = _drip(deployed, f"{name}-{number}", to, pace)
        heard, others = heard + some, others + more
    _tell(heard, others, consumer_name, dry_run=dry_run)


def _drip(deployed: "Target", name: str, to: "archive.Consumer", pace: "archive.Pace | None") -> tuple[Counter[str], Counter[str]]:
    """Hand on what the consumer would hear, at a pace; without one count. Gives the counts by type, of what it hears and of the rest."""
    from infra.tools import archive

    heard, others, wanted = Counter[str](), Counter[str](), archive.Wanted(deployed, to.pattern)
    try:
        with screen().status("Replaying"):
            for batch in archive.staged(deployed, name):
                for event in batch:
                    mine = wanted(event)
                    if mine and pace:
                        pace.wait()
                        archive.hand_on(deployed, to, event)
                    (heard if mine else others)[event["detail-type"]] += 1
    except BaseException:
        archive.give_up(deployed, name)
        screen().print(f"Stopped after {amount(heard.total(), 'event')}. The archive still has them all.")
        raise
    return heard, others


def _tell(heard: Counter[str], others: Counter[str], consumer: str, *, dry_run: bool) -> None:
    for line in aligned([(f"{number:,}", type_) for type_, number in heard.most_common()]):
        screen().print(line)
    done = "would be replayed to" if dry_run else "replayed to"
    left = f"; {amount(others.total(), 'other event')} it does not hear" if others else ""
    screen().print(f"{amount(heard.total(), 'event')} {done} {consumer}{left}.", markup=False)


def moment(text: str) -> datetime:
    """A moment in ISO 8601, in UTC where it names no zone. Raises Failed."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Failed(f"{text!r} is not a time such as 2026-11-23T09:30:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
