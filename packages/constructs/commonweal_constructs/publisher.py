"""Speak for a department: a function of its account takes on the role that the platform made for it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from commonweal_constructs.function import Function
from commonweal_constructs.platform import Commonweal
from commonweal_constructs.stage import Stage


class EventPublisher(Function):
    """A function that may publish the department's events, and finds in its environment where (`Publisher` of commonweal_events)."""

    def __init__(  # noqa: PLR0913  # each is one thing that differs between functions
        self,
        scope: Construct,
        identity: str,
        *,
        platform: Commonweal,
        name: str,
        code: lambda_.Code,
        handler: str,
        stage: Stage,
        key: kms.IKey,
        environment: dict[str, str] | None = None,
        timeout: cdk.Duration | None = None,
        memory: int = 512,
    ) -> None:
        super().__init__(
            scope,
            identity,
            name=name,
            code=code,
            handler=handler,
            stage=stage,
            key=key,
            environment=environment,
            timeout=timeout,
            memory=memory,
        )
        let_publish(self, platform)


def let_publish(function: Function, platform: Commonweal) -> None:
    """Let a function take on the department's role, and tell it the bus. What it may say there is the role's own matter."""
    function.allow(["sts:AssumeRole"], platform.role_arn)
    function.add_environment("COMMONWEAL_ROLE", platform.role_arn)
    function.add_environment("COMMONWEAL_BUS", platform.bus_arn)
