"""Structured logs and metrics, set up once for every function.

What may stand in a log line is named here and at each call: ids, types, outcomes and times. Never an event's data.
"""

from __future__ import annotations

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from functions.common.settings import function, stage

logger = Logger(service=function(), utc=True, log_record_order=["level", "message", "timestamp"])


def count(name: str, value: float = 1, *, unit: MetricUnit = MetricUnit.Count, **dimensions: str) -> None:
    """Say a metric in CloudWatch's embedded format, on a line of its own: it costs no call."""
    metrics = EphemeralMetrics(namespace="Commonweal")
    metrics.add_dimension("Function", function())
    metrics.add_dimension("Stage", stage())
    for dimension, text in dimensions.items():
        metrics.add_dimension(dimension, text)
    metrics.add_metric(name, unit, value)
    metrics.flush_metrics()
