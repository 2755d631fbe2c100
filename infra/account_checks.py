"""What must hold of a department's AWS accounts: some take what it subscribes to, and there are no more than a policy can name."""

from collections.abc import Iterator

from infra.declaration_source import Problem
from infra.declared import Declared

MOST_ACCOUNTS = 40
"""What the policy of a role names within IAM's 2,048 characters, and that of a queue within its 50 principals, with room to spare."""


def within(one: Declared) -> Iterator[Problem]:
    """What can be wrong with the accounts in one file."""
    department, problem = one.department, one.source.problem
    if len(department.accounts) > MOST_ACCOUNTS:
        yield problem(("accounts",), f"are more than the {MOST_ACCOUNTS} that a role can name: say aws_organisation instead")
    if department.accounts or department.aws_organisation:
        return
    for name, subscription in department.subscriptions.items():
        if subscription.webhook is None:
            yield problem(
                ("subscriptions", name), "comes to a queue that nobody may read: give accounts, aws_organisation, or here a webhook"
            )
