"""The one HTTP API. Each capability adds its routes; `$default` is publishing's."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from commonweal_constructs.findings import acknowledge
from commonweal_constructs.log import Log
from infra.constructs.function import Function, construct_id
from infra.stages import Stage

RATE = 1_000
BURST = 2_000
"""Requests a second, and at once, that the whole API takes before it answers 429."""


class PublicApi(Construct):
    """The API itself, on the stage `$default`: clients drop a stage path."""

    def __init__(self, scope: Construct, *, stage: Stage, key: kms.IKey) -> None:
        super().__init__(scope, "Api")
        self.api = apigateway.CfnApi(
            self,
            "HttpApi",
            name=stage.prefix,
            protocol_type="HTTP",
            # Where there is an edge, nobody needs a way round it.
            disable_execute_api_endpoint=stage.zone is not None,
        )
        log = Log(self, "AccessLog", name=f"/commonweal/{stage.name}/api", stage=stage, key=key)
        apigateway.CfnStage(
            self,
            "Default",
            api_id=self.api.ref,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(throttling_rate_limit=RATE, throttling_burst_limit=BURST),
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn,
                # No caller's address and no path: a path may hold somebody's id.
                format='{"time":"$context.requestTime","route":"$context.routeKey","status":"$context.status",'
                '"milliseconds":"$context.responseLatency","request":"$context.requestId"}',
            ),
        )

    @property
    def id(self) -> str:
        """The API's id."""
        return self.api.ref


class Routes(Construct):
    """One function behind some routes of the API, e.g. `GET /registers/{proxy+}`. Who may use them is for the function to say."""

    def __init__(self, scope: Construct, entry: str, *, api_id: str, function: Function, routes: Sequence[str]) -> None:
        super().__init__(scope, f"{construct_id(entry)}Routes")
        stack = cdk.Stack.of(self)
        integration = apigateway.CfnIntegration(
            self,
            "Integration",
            api_id=api_id,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
        )
        for route in routes:
            made = apigateway.CfnRoute(
                self,
                _identity(route),
                api_id=api_id,
                route_key=route,
                target=f"integrations/{integration.ref}",
                authorization_type="NONE",
            )
            acknowledge(made, "It is for everybody, or its function checks keys in the way of its own protocol.", "AwsSolutions-APIG4")
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal=iam.ServicePrincipal("apigateway.amazonaws.com").service,
            source_arn=stack.format_arn(service="execute-api", resource=api_id, resource_name="*"),
        )
        function.failures_are_heard("A request waits for it, and is told when it fails.")


def _identity(route: str) -> str:
    return "".join(part.title() for part in route.replace("{proxy+}", "Under").replace("$", "").replace("/", " ").replace("-", " ").split())
