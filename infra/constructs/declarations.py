"""Have what is declared in files applied at each deployment that changes it."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from infra.constructs.function import Function

TIMEOUT = cdk.Duration.minutes(2)
"""What the function has. CloudFormation waits a little longer for its answer."""


class Declarations(Construct):
    """The custom resource behind which a function answers CloudFormation (`functions/common/cloudformation.py`)."""

    def __init__(self, scope: Construct, function: Function) -> None:
        super().__init__(scope, "Declarations")
        function.failures_are_heard("CloudFormation waits for its answer, and fails the deployment without one.")
        cdk.CustomResource(
            self,
            "Default",
            service_token=function.function_arn,
            # Otherwise a function that cannot start holds the deployment for an hour.
            service_timeout=cdk.Duration.seconds(TIMEOUT.to_seconds() + 30),
            resource_type="Custom::Declarations",
            # Another bundle holds other declarations: so it is applied again.
            properties={"Bundle": function.fingerprint},
        )
