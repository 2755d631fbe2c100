"""The Harbour Board's app, in the board's own account: it says when a harbour closes, and hears of floods."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from cdk_nag import AwsSolutionsChecks, ServerlessChecks
from constructs import Construct

from commonweal_constructs import (
    Commonweal,
    DepartmentStage,
    EventPublisher,
    Foundation,
    Function,
    OutboxTable,
    SubscriptionConsumer,
    Table,
    acknowledge,
)

PLATFORM = Commonweal(stage="prod", account="222222222222", region="eu-west-2", department="harbour-board")
STAGE = DepartmentStage(app="harbours", name="prod", account="777788889999", region="eu-west-2", keeps_data=True, log_days=365)
TOLD = "harbours@example.gov.uk"
BUILT = Path(__file__).parent / "build" / "handlers"


class Harbours(cdk.Stack):
    """A table of harbours that says what changes, a consumer of flood warnings, and two functions that people call."""

    def __init__(self, scope: Construct, handlers: Path) -> None:
        super().__init__(scope, "harbours", stack_name=STAGE.prefix, env=STAGE.environment, termination_protection=STAGE.keeps_data)
        foundation, code = Foundation(self, stage=STAGE), lambda_.Code.from_asset(str(handlers))
        key, alarms = foundation.key, foundation.alarms
        alarms.add_subscription(EmailSubscription(TOLD))
        acknowledge(alarms, "SNS itself tries a mail again, and the alarm stands until it is over.", "Serverless-SNSRedrivePolicy")
        harbours = OutboxTable(self, "Harbours", platform=PLATFORM, name=STAGE.prefix, code=code, stage=STAGE, key=key, alarms=alarms)
        close = Function(self, "Close", name=f"{STAGE.prefix}-close", code=code, handler="close.handler", stage=STAGE, key=key)
        announce = EventPublisher(
            self,
            "Announce",
            platform=PLATFORM,
            name=f"{STAGE.prefix}-announce",
            code=code,
            handler="announce.handler",
            stage=STAGE,
            key=key,
        )
        for called in (close, announce):
            called.failures_are_heard("Whoever calls it waits for its answer.")
        flooded = SubscriptionConsumer(
            self,
            "Flooded",
            platform=PLATFORM,
            name=f"{STAGE.prefix}-flooded",
            code=code,
            handler="flooded.handler",
            stage=STAGE,
            key=key,
            alarms=alarms,
            remembers=Table(self, "Heard", name=f"{STAGE.prefix}-heard", stage=STAGE, key=key),
        )
        for writes in (close, flooded.function):
            harbours.let_write(writes)


def build(app: cdk.App, handlers: Path = BUILT) -> Harbours:
    """The app's one stack; what cdk-nag finds in it fails the synthesis."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    return Harbours(app, handlers)


if __name__ == "__main__":
    if not BUILT.is_dir():
        raise SystemExit(f"{BUILT} is not there: build what the functions run first, as step 3 of the README says")
    harbours = cdk.App(analytics_reporting=False)
    build(harbours)
    harbours.synth()
