"""A small CDK app with every kind of part that Commonweal has: what the local stack is proven with."""

from pathlib import Path

from aws_cdk import (
    App,
    CfnOutput,
    Duration,
    Environment,
    RemovalPolicy,
    Stack,
    aws_apigatewayv2,
    aws_apigatewayv2_integrations,
    aws_cloudwatch,
    aws_dynamodb,
    aws_events,
    aws_events_targets,
    aws_iam,
    aws_lambda,
    aws_lambda_event_sources,
    aws_logs,
    aws_ses,
    aws_sqs,
)
from constructs import Construct

HANDLERS = str(Path(__file__).parent / "handlers")
SOURCE = "uk.gov.sample"


class Ground(Stack):
    """The bus with its archive, the table, the API."""

    def __init__(self, scope: Construct, name: str, env: Environment) -> None:
        super().__init__(scope, name, env=env)
        self.bus = aws_events.EventBus(self, "Bus", event_bus_name="sample")
        self.bus.archive(
            "Archive", archive_name="sample", event_pattern=aws_events.EventPattern(source=[SOURCE]), retention=Duration.days(7)
        )
        aws_events.CfnEventBusPolicy(
            self,
            "Others",
            statement_id="others",
            event_bus_name=self.bus.event_bus_name,
            statement={
                "Sid": "others",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": "events:PutEvents",
                "Resource": self.bus.event_bus_arn,
            },
        )
        self.table = aws_dynamodb.Table(
            self,
            "Table",
            partition_key=aws_dynamodb.Attribute(name="pk", type=aws_dynamodb.AttributeType.STRING),
            sort_key=aws_dynamodb.Attribute(name="sk", type=aws_dynamodb.AttributeType.STRING),
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=aws_dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.api = aws_apigatewayv2.HttpApi(
            self,
            "Api",
            cors_preflight=aws_apigatewayv2.CorsPreflightOptions(
                allow_origins=["*"], allow_methods=[aws_apigatewayv2.CorsHttpMethod.ANY], allow_headers=["x-api-key"]
            ),
        )
        aws_ses.EmailIdentity(self, "Sender", identity=aws_ses.Identity.domain("example.gov"))
        CfnOutput(self, "ApiId", value=self.api.api_id)
        CfnOutput(self, "BusName", value=self.bus.event_bus_name)
        CfnOutput(self, "BusTable", value=self.table.table_name)


class Work(Stack):
    """POST /orders -> table -> relay -> bus -> queue -> take -> table -> relay -> bus -> queue -> tell -> email."""

    def __init__(self, scope: Construct, name: str, env: Environment, ground: Ground) -> None:
        super().__init__(scope, name, env=env)
        self.ground = ground
        order = self.function("order")
        self.table_to(order)
        aws_apigatewayv2.HttpRoute(  # in this stack: a route made by the API would stand in the API's, and be a cycle
            self,
            "Orders",
            http_api=ground.api,
            route_key=aws_apigatewayv2.HttpRouteKey.DEFAULT,
            integration=aws_apigatewayv2_integrations.HttpLambdaIntegration("OrdersTo", order),
        )
        relay = self.function("relay")
        ground.bus.grant_put_events_to(relay)
        relay.add_event_source(
            aws_lambda_event_sources.DynamoEventSource(
                ground.table,
                starting_position=aws_lambda.StartingPosition.TRIM_HORIZON,
                batch_size=10,
                filters=[aws_lambda.FilterCriteria.filter({"dynamodb": {"NewImage": {"outbox": {"S": aws_lambda.FilterRule.exists()}}}})],
            )
        )
        take, self.taken = self.consumer("take", "OrderPlaced")
        self.table_to(take)
        tell, _ = self.consumer("tell", "OrderTaken")
        self.table_to(tell)
        sender = self.format_arn(service="ses", resource="identity", resource_name="example.gov")
        tell.add_to_role_policy(aws_iam.PolicyStatement(actions=["ses:SendEmail"], resources=[sender]))
        self.department()
        aws_cloudwatch.CompositeAlarm(
            self,
            "Trouble",
            alarm_rule=aws_cloudwatch.AlarmRule.from_alarm(
                take.metric_errors().create_alarm(self, "Errors", threshold=1, evaluation_periods=1), aws_cloudwatch.AlarmState.ALARM
            ),
        )
        CfnOutput(self, "TakeFunction", value=take.function_name)
        CfnOutput(self, "RelayFunction", value=relay.function_name)
        CfnOutput(self, "OrderQueue", value=self.taken.queue_url)

    def function(self, name: str) -> aws_lambda.Function:
        return aws_lambda.Function(
            self,
            name.title(),
            runtime=aws_lambda.Runtime.PYTHON_3_13,
            handler=f"{name}.{name}",
            code=aws_lambda.Code.from_asset(HANDLERS),
            timeout=Duration.seconds(10),
            environment={"TABLE": self.ground.table.table_name, "BUS": self.ground.bus.event_bus_name, "SOURCE": SOURCE},
            log_group=aws_logs.LogGroup(
                self, f"{name.title()}Logs", retention=aws_logs.RetentionDays.ONE_WEEK, removal_policy=RemovalPolicy.DESTROY
            ),
        )

    def table_to(self, function: aws_lambda.Function) -> None:
        self.ground.table.grant(function, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")

    def consumer(self, name: str, hears: str) -> tuple[aws_lambda.Function, aws_sqs.Queue]:
        function = self.function(name)
        queue = aws_sqs.Queue(
            self,
            f"{name.title()}Queue",
            visibility_timeout=Duration.seconds(20),
            enforce_ssl=True,
            dead_letter_queue=aws_sqs.DeadLetterQueue(
                queue=aws_sqs.Queue(self, f"{name.title()}Dead", enforce_ssl=True), max_receive_count=5
            ),
        )
        aws_events.Rule(
            self,
            f"{name.title()}Rule",
            event_bus=self.ground.bus,
            event_pattern=aws_events.EventPattern(source=[SOURCE], detail_type=[hears]),
            targets=[aws_events_targets.SqsQueue(queue)],
        )
        function.add_event_source(aws_lambda_event_sources.SqsEventSource(queue, batch_size=10, report_batch_item_failures=True))
        return function, queue

    def department(self) -> None:
        """A role that may say two pairs of source and type, and nothing else."""
        role = aws_iam.Role(self, "Department", role_name="sample-department", assumed_by=aws_iam.AccountRootPrincipal())
        for source, kind in ((SOURCE, "OrderPlaced"), (f"{SOURCE}.other", "OtherThing")):
            role.add_to_policy(
                aws_iam.PolicyStatement(
                    actions=["events:PutEvents"],
                    resources=[self.ground.bus.event_bus_arn],
                    conditions={"StringEquals": {"events:source": source, "events:detail-type": kind}},
                )
            )


app = App()
here = Environment(account="000000000000", region="eu-west-2")
ground = Ground(app, "sample-ground", here)
Work(app, "sample-work", here, ground)
app.synth()
