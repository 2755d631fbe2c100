"""One department's own: its role, the queue of its subscriptions, and what it may cost."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_budgets as budgets

from infra.constructs.department import DepartmentRole, trusted
from infra.stacks.capability import Platform
from infra.stacks.department_queue import DepartmentQueue
from infra.stacks.foundation import environment
from schemas.declaration import Department

TAG = "Department"
"""What the department's own resources are told apart by in the bill."""
NOTICES = (("ACTUAL", 80), ("FORECASTED", 100))
"""Per cent of a month's budget at which its people are told: spent, and to be expected by the end of the month."""


class DepartmentStack(cdk.Stack):
    """What one department needs in the platform's account, apart from every other: nothing of it stands in a template that others share."""

    def __init__(self, platform: Platform, department: Department) -> None:
        self._slug = department.department
        stage = platform.stage
        super().__init__(
            platform.app, f"department-{self._slug}", stack_name=f"{stage.prefix}-department-{self._slug}", env=environment(stage)
        )
        # Its queue's policies name the function that sends to it, and AWS takes no name of somebody who is not there.
        self.add_stack_dependency(cdk.Stack.of(platform.bus))
        role = DepartmentRole(self, department, stage=stage, bus=platform.bus.bus) if trusted(department) else None
        if role:
            cdk.CfnOutput(self, "RoleArn", value=role.role_arn)
        if subscribes(department):
            queue = DepartmentQueue(self, department, stage=stage, alarms=platform.foundation.alarms, role=role)
            cdk.CfnOutput(self, "QueueUrl", value=queue.queue.queue_url)
        if department.budget:
            self._budget(department, department.budget.monthly_gbp * stage.usd_to_the_pound)
        cdk.Tags.of(self).add(TAG, self._slug)

    def _budget(self, department: Department, usd: float) -> None:
        """Tell the department's people of what its own resources cost: what it uses of the shared ones, nobody's bill can tell."""
        told = budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=department.contacts.finance or department.contact)
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=self.stack_name,
                budget_type="COST",
                time_unit="MONTHLY",
                # AWS takes budgets in dollars alone.
                budget_limit=budgets.CfnBudget.SpendProperty(amount=round(usd, 2), unit="USD"),
                cost_filters={"TagKeyValue": [f"user:{TAG}${self._slug}"]},
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        notification_type=kind, comparison_operator="GREATER_THAN", threshold=per_cent, threshold_type="PERCENTAGE"
                    ),
                    subscribers=[told],
                )
                for kind, per_cent in NOTICES
            ],
        )


def subscribes(department: Department) -> bool:
    """Whether anything comes to a queue of its own."""
    return any(subscription.webhook is None for subscription in department.subscriptions.values())


def has_a_stack(department: Department) -> bool:
    """Whether a department needs anything of its own: one that sends over HTTP and hears by webhooks needs nothing."""
    return bool(trusted(department)) or subscribes(department)
