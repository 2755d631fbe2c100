"""Every function, of every stage: what it runs on, who it is, what wakes it."""

import json

from infra.bundling import entries
from tests.infra.templates import Deployment, Resource

FUNCTION, MAPPING = "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"


def entry(function: Resource) -> str:
    """The entry point of a function, e.g. `notifications.dispatch`."""
    name: str = function.properties["Environment"]["Variables"]["FUNCTION"]
    return name


def woken_by(deployment: Deployment, kind: str) -> list[tuple[Resource, Resource, Resource]]:
    """Each mapping from a queue or a stream: itself, its source and its function."""
    found = [
        (mapping, deployment.resources[mapping.properties["EventSourceArn"].removesuffix(".StreamArn")], mapping.properties["FunctionName"])
        for mapping in deployment.all(MAPPING)
    ]
    return [(mapping, source, deployment.resources[function]) for mapping, source, function in found if source.type == kind]


def test_every_entry_point_is_deployed_and_is_the_handler_that_it_says(deployment: Deployment) -> None:
    functions = deployment.all(FUNCTION)
    only_behind_an_edge = set() if deployment.stage.zone else {"publishing.invalidate"}
    assert {entry(one) for one in functions} == set(entries()) - only_behind_an_edge
    assert [one.properties["Handler"] for one in functions] == [f"functions.{entry(one)}.{entry(one).split('.')[1]}" for one in functions]


def test_every_function_runs_python_3_13_on_arm64_and_is_traced(deployment: Deployment) -> None:
    for function in deployment.all(FUNCTION):
        said = function.properties
        assert (said["Runtime"], said["Architectures"], said["TracingConfig"]) == ("python3.13", ["arm64"], {"Mode": "Active"}), (
            function.name
        )


def test_every_function_has_a_role_of_its_own_which_only_lambda_takes_on(deployment: Deployment) -> None:
    roles = [deployment.resources[function.properties["Role"]] for function in deployment.all(FUNCTION)]
    assert len({role.name for role in roles}) == len(roles)
    for role in roles:
        (trust,) = role.properties["AssumeRolePolicyDocument"]["Statement"]
        assert trust == {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
        assert "ManagedPolicyArns" not in role.properties


def test_every_function_writes_to_a_log_of_its_own_and_no_other(deployment: Deployment) -> None:
    logs = [function.properties["LoggingConfig"]["LogGroup"] for function in deployment.all(FUNCTION)]
    assert len(set(logs)) == len(logs)
    for function, log in zip(deployment.all(FUNCTION), logs, strict=True):
        may_log = [one for one in deployment.policies(function.properties["Role"]) if "logs:PutLogEvents" in one["Action"]]
        assert [one["Resource"] for one in may_log] == [log]
        name = function.properties["FunctionName"].removeprefix(f"{deployment.stage.prefix}-")
        assert deployment.resources[log].properties["LogGroupName"] == f"/commonweal/{deployment.stage.name}/{name}"


def test_what_a_function_is_told_is_encrypted_with_the_platforms_key(deployment: Deployment) -> None:
    key = deployment.platform_key
    assert {function.properties["KmsKeyArn"] for function in deployment.all(FUNCTION)} == {key.name}


def test_a_function_behind_the_api_gives_up_before_the_api_does(deployment: Deployment) -> None:
    behind = [deployment.resources[one.properties["IntegrationUri"]] for one in deployment.all("AWS::ApiGatewayV2::Integration")]
    assert max(function.properties["Timeout"] for function in behind) < 30  # API Gateway's quota for HTTP APIs


def test_a_consumer_hands_back_the_events_that_failed_and_no_others(deployment: Deployment) -> None:
    consumers = woken_by(deployment, "AWS::SQS::Queue")
    assert {entry(function) for _, _, function in consumers} >= {"bus.reactions", "notifications.deliver_email", "publishing.render"}
    # What waits for somebody else's machine, or opens somebody else's file, takes few at a time; what looks once at many, many.
    batches = {
        "data_access.snapshot": 1000,
        "notifications.check_letter": 1,
        "publishing.spread": 1,
        "notifications.call_back": 1,
        **{f"notifications.deliver_{what}": 2 for what in ("email", "text", "letter")},
    }
    for mapping, _, function in consumers:
        assert mapping.properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"], mapping.name
        assert mapping.properties["BatchSize"] == batches.get(entry(function), 10)


def test_no_message_is_handed_out_again_while_its_batch_may_still_be_gathered_and_worked_on(deployment: Deployment) -> None:
    for mapping, queue, function in woken_by(deployment, "AWS::SQS::Queue"):
        gathering = mapping.properties.get("MaximumBatchingWindowInSeconds", 0)
        assert queue.properties["VisibilityTimeout"] >= 6 * function.properties["Timeout"] + gathering, queue.name


def test_registers_counts_what_waits_for_other_machines_and_what_is_made_again_alone_are_worked_on_by_few_at_a_time(
    deployment: Deployment,
) -> None:
    bounded = {
        entry(function): mapping.properties["ScalingConfig"]["MaximumConcurrency"]
        for mapping, _, function in woken_by(deployment, "AWS::SQS::Queue")
        if "ScalingConfig" in mapping.properties
    }
    carried = dict.fromkeys(["notifications.deliver_email", "notifications.deliver_text"], 50)
    assert bounded == {
        "data_access.append": 2,
        "data_access.snapshot": 2,
        "notifications.tally": 2,
        "notifications.call_back": 100,
        "publishing.refresh": 5,
        **carried,
    }
    assert not [one.name for one in deployment.all(FUNCTION) if "ReservedConcurrentExecutions" in one.properties]


def test_who_keeps_replicas_has_room_for_them_and_the_builder_of_snapshots_for_the_files_made_of_them(deployment: Deployment) -> None:
    roomy = {
        entry(one): one.properties["EphemeralStorage"]["Size"] for one in deployment.all(FUNCTION) if "EphemeralStorage" in one.properties
    }
    replicas = {
        entry(one): int(one.properties["Environment"]["Variables"]["REPLICA_BYTES"])
        for one in deployment.all(FUNCTION)
        if "REPLICA_BYTES" in one.properties["Environment"]["Variables"]
    }
    assert {"data_access.actions", "data_access.datasets", "data_access.snapshot"} <= set(replicas)
    assert set(replicas) <= set(roomy) <= {*replicas, "data_access.load"}
    assert all(roomy[name] * 2**20 > most for name, most in replicas.items())
    assert roomy["data_access.snapshot"] * 2**20 > 2 * replicas["data_access.snapshot"]


def test_each_table_has_one_relay_in_its_own_stack_and_each_relay_one_table(deployment: Deployment) -> None:
    relays = woken_by(deployment, "AWS::DynamoDB::Table")
    assert {entry(function) for _, _, function in relays} == {"bus.relay"}
    assert sorted(table.name for _, table, _ in relays) == sorted(table.name for table in deployment.all("AWS::DynamoDB::Table"))
    assert len({function.name for _, _, function in relays}) == len(relays)
    assert all(mapping.stack == table.stack == function.stack for mapping, table, function in relays)


def test_a_relay_hears_of_writes_with_an_outbox_alone_from_the_first_and_gives_none_up(deployment: Deployment) -> None:
    for mapping, _, _ in woken_by(deployment, "AWS::DynamoDB::Table"):
        said = mapping.properties
        (only,) = said["FilterCriteria"]["Filters"]
        assert json.loads(only["Pattern"]) == {"dynamodb": {"NewImage": {"outbox": {"S": [{"exists": True}]}}}}
        assert (said["StartingPosition"], said["MaximumRetryAttempts"], said["BisectBatchOnFunctionError"]) == (
            "TRIM_HORIZON",
            10_000,
            True,
        )
        assert said.get("ParallelizationFactor", 1) == 1
        assert "MaximumRecordAgeInSeconds" not in said


def test_nothing_wakes_a_function_before_it_may_do_what_it_does(deployment: Deployment) -> None:
    for mapping in deployment.all(MAPPING):
        role = deployment.resources[mapping.properties["FunctionName"]].properties["Role"]
        policies = {one.name for one in deployment.all("AWS::IAM::Policy") if role in one.properties["Roles"]}
        function = deployment.resources[mapping.properties["FunctionName"]]
        assert policies <= mapping.after | function.after, mapping.name
