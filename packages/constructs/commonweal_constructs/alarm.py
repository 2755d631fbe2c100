"""Alarms: somebody is told."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct


def alarm(scope: Construct, identity: str, *, says: str, metric: cloudwatch.IMetric, above: float, topic: sns.ITopic) -> None:
    """Tell the topic when one measurement is above a number. No measurement is no trouble."""
    cloudwatch.Alarm(
        scope,
        identity,
        alarm_description=says,
        metric=metric,
        threshold=above,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    ).add_alarm_action(actions.SnsAction(topic))
