"""What must hold of a department's AWS accounts: they are its own, some take what it subscribes to, and a policy can name them all."""

from collections.abc import Iterable, Iterator

from infra.declared import Declared
from infra.lined_yaml import Problem
from infra.stages import STAGES
from schemas.declaration import Department

MOST_ACCOUNTS = 40
"""What the policy of a role names within IAM's 2,048 characters, and that of a queue within its 50 principals, with room to spare."""

MOST_SAID = 45_000
"""Characters of all types that a role may say: nine of the ten managed policies that IAM lets a role have, each with one statement of
`infra/constructs/department.py`."""
AROUND = 300
"""Characters of a statement beside its types."""


def said_in(type_: str) -> int:
    """The characters that a type takes in a policy: itself, its quotes and a comma."""
    return len(type_) + len('"",')


def within(one: Declared) -> Iterator[Problem]:
    """What can be wrong with the accounts in one file."""
    department, problem = one.department, one.source.problem
    own = {stage.account: stage.name for stage in STAGES.values()}
    for place, account in enumerate(department.accounts):
        if account in own:
            yield problem(("accounts", place), f"{account} is the platform's own account, in which the stage {own[account]} stands")
    if len(department.accounts) > MOST_ACCOUNTS:
        yield problem(("accounts",), f"are more than the {MOST_ACCOUNTS} that a role can name: say aws_organisation instead")
    if department.accounts or department.aws_organisation:
        if _said(department) > MOST_SAID:
            too_many = "are more types than a role can say: part the department in two, or leave accounts out and send events over HTTP"
            yield problem(("emits",), too_many)
        return
    for name, subscription in department.subscriptions.items():
        if subscription.webhook is None:
            yield problem(
                ("subscriptions", name), "comes to a queue that nobody may read: give accounts, aws_organisation, or here a webhook"
            )


def between(all_of_them: Iterable[Declared]) -> Iterator[Problem]:
    """Accounts that two departments cannot both have: whoever is in one could act as either."""
    all_of_them = list(all_of_them)
    accounts: dict[str, str] = {}
    open_to: dict[str, str] = {}
    for one in all_of_them:
        slug, problem = one.department.department, one.source.problem
        for place, account in enumerate(one.department.accounts):
            if (owner := accounts.setdefault(account, slug)) != slug:
                yield problem(("accounts", place), f"{account} is already an account of {owner}, as which it could act: give each its own")
        if one.department.aws_organisation and not one.department.accounts:
            open_to.setdefault(one.department.aws_organisation, slug)
    for one in all_of_them:
        organisation = one.department.aws_organisation or ""
        if (owner := open_to.get(organisation, one.department.department)) != one.department.department:
            yield one.source.problem(
                ("aws_organisation",), f"whoever is in {organisation} could act as {owner}, too: name the accounts of each"
            )


def _said(department: Department) -> int:
    """The characters of a policy that lets a role say all that the department may: a statement for each source and each last day."""
    types = [department.type_of(fact) for fact in department.emits] + [f"platform.{fact}" for fact in department.requests]
    statements = {(emits.source, emits.sunset) for emits in department.emits.values()}
    return sum(map(said_in, types)) + AROUND * (len(statements) + len({request.source for request in department.requests.values()}))
