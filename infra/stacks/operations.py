"""Operations: one dashboard for the flow of events, from queue to queue."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.stacks.capability import Platform
from infra.stacks.foundation import environment

OUTCOMES = ("applied", "stale", "quarantined", "transient")


class Operations(cdk.Stack):
    """What an engineer looks at first."""

    def __init__(self, platform: Platform, consumers: list[str]) -> None:
        super().__init__(platform.app, "operations", stack_name=f"{platform.stage.prefix}-operations", env=environment(platform.stage))
        self._stage = platform.stage
        dashboard = cloudwatch.Dashboard(self, "Flow", dashboard_name=platform.stage.prefix)
        dashboard.add_widgets(*(_graph(outcome.title(), 6, [self._outcome(entry, outcome) for entry in consumers]) for outcome in OUTCOMES))
        dashboard.add_widgets(
            _graph("From event to effect", 12, [self._latency(entry) for entry in consumers]),
            _graph("Waiting for the bus", 12, [_waiting_for(platform.bus.name)]),
        )

    def _outcome(self, entry: str, outcome: str) -> cloudwatch.Metric:
        return self._metric("Event", entry, "Sum", {"Outcome": outcome})

    def _latency(self, entry: str) -> cloudwatch.Metric:
        return self._metric("Latency", entry, "p95", {})

    def _metric(self, name: str, entry: str, statistic: str, dimensions: dict[str, str]) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="Commonweal",
            metric_name=name,
            dimensions_map={"Function": entry, "Stage": self._stage.name, **dimensions},
            statistic=statistic,
            label=entry,
            period=cdk.Duration.minutes(1),
        )


def _graph(title: str, width: int, metrics: list[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=metrics, width=width)


def _waiting_for(bus: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name="IngestionToInvocationSuccessLatency",
        dimensions_map={"EventBusName": bus},
        statistic="p95",
        period=cdk.Duration.minutes(1),
    )
