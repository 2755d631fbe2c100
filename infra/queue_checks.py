"""What must hold of the queues that a department's events may be handed on to: each is the department's own, where the platform can send.

One function sends for every department, by one permission: whoever could name a queue of another's, or of the platform, could speak there.
"""

from collections.abc import Iterable, Iterator

from infra.declared import Declared
from infra.lined_yaml import Problem
from infra.stages import STAGES


def within(one: Declared) -> Iterator[Problem]:
    """What can be wrong with the queues in one file."""
    regions = sorted({stage.region for stage in STAGES.values()})
    for name, queue in one.department.queues.items():
        region, account, called = _parts(queue.arn)
        if region not in regions:
            yield _problem(one, name, f"is in {region}, and the platform sends to queues in {', '.join(regions)}")
        for stage in STAGES.values():
            if account == stage.account and called.startswith(f"{stage.prefix}-"):
                yield _problem(one, name, f"is a queue of the platform itself, in the stage {stage.name}: name one of the department's own")


def between(all_of_them: Iterable[Declared]) -> Iterator[Problem]:
    """Queues that are another department's: declared by it, or in an account of it."""
    all_of_them = list(all_of_them)
    accounts = {account: one.department.department for one in all_of_them for account in one.department.accounts}
    queues: dict[str, str] = {}
    for one in all_of_them:
        slug = one.department.department
        for name, queue in one.department.queues.items():
            account = _parts(queue.arn)[1]
            if (owner := queues.setdefault(queue.arn, slug)) != slug:
                yield _problem(one, name, f"is already a queue of {owner}: name one of the department's own")
            elif (owner := accounts.get(account, slug)) != slug:
                yield _problem(one, name, f"is in {account}, an account of {owner}: name one of the department's own")


def _problem(one: Declared, name: str, what: str) -> Problem:
    return one.source.problem(("queues", name, "arn"), what)


def _parts(arn: str) -> tuple[str, str, str]:
    region, account, name = arn.split(":")[3:]
    return region, account, name
