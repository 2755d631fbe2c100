"""Nothing that was said is lost without somebody being told: queues, their dead letters, and the alarms on them."""

from tests.infra.templates import Deployment, Json, Resource, allows, listed

QUEUE, RULE = "AWS::SQS::Queue", "AWS::Events::Rule"
EVENTS = {"Service": "events.amazonaws.com"}
DAY = 24 * 3600


def dead_letter_queues(deployment: Deployment) -> dict[str, str]:
    """Every queue that something which fails goes to, and what that is."""
    found = {bus.properties["DeadLetterConfig"]["Arn"]: bus.name for bus in deployment.all("AWS::Events::EventBus")}
    found |= {queue.properties["RedrivePolicy"]["deadLetterTargetArn"]: queue.name for queue in work_queues(deployment)}
    found |= {target["DeadLetterConfig"]["Arn"]: rule.name for rule in deployment.all(RULE) for target in rule.properties["Targets"]}
    found |= {one.properties["RedrivePolicy"]["deadLetterTargetArn"]: one.name for one in heard_topics(deployment)}
    for function in deployment.all("AWS::Lambda::Function"):
        variables = function.properties["Environment"]["Variables"]
        if "RELAY_FAILURES" in variables:
            found[variables["RELAY_FAILURES"]] = function.name
    return found


def heard_topics(deployment: Deployment) -> list[Resource]:
    """Every topic's way to a queue. An alarm that could not be written to somebody stands in CloudWatch, and is told to others, too."""
    return [one for one in deployment.all("AWS::SNS::Subscription") if one.properties["Protocol"] != "email"]


def work_queues(deployment: Deployment) -> list[Resource]:
    """Every queue that a function, or a person, works off."""
    return [queue for queue in deployment.all(QUEUE) if "RedrivePolicy" in queue.properties]


def is_a_departments(queue: Resource) -> bool:
    """Whether it is a department's own, in a stack of its own."""
    return queue.stack.startswith("department-")


def policy(deployment: Deployment, queue: str) -> list[Json]:
    """The statements of a queue's own policy."""
    (found,) = [one for one in deployment.all("AWS::SQS::QueuePolicy") if queue in one.properties["Queues"]]
    statements: list[Json] = found.properties["PolicyDocument"]["Statement"]
    return statements


def test_every_queue_has_a_dead_letter_queue_or_is_one(deployment: Deployment) -> None:
    working, dead = {queue.name for queue in work_queues(deployment)}, dead_letter_queues(deployment).keys()
    assert working.isdisjoint(dead)
    assert working | dead == {queue.name for queue in deployment.all(QUEUE)}


def test_no_two_share_a_dead_letter_queue(deployment: Deployment) -> None:
    # A consumer and its rule, a relay for each table, the bus, and the topic on which texts come in.
    some = len(work_queues(deployment)) + len(deployment.all(RULE)) + len(deployment.all("AWS::DynamoDB::Table")) + 2
    assert len(dead_letter_queues(deployment)) == some


def test_every_dead_letter_queue_has_an_alarm_that_tells_of_the_first_letter(deployment: Deployment) -> None:
    topic = deployment.named("alarms", "AWS::SNS::Topic")
    watched = set()
    for alarm in deployment.all("AWS::CloudWatch::Alarm"):
        said = alarm.properties
        assert said["AlarmActions"] == [topic.name], alarm.name
        if said["MetricName"] != "ApproximateNumberOfMessagesVisible":
            continue
        assert (said["Threshold"], said["ComparisonOperator"], said["Statistic"]) == (0, "GreaterThanThreshold", "Maximum")
        assert (said["EvaluationPeriods"], said["Period"]) == (1, 60)
        (dimension,) = said["Dimensions"]
        watched.add(dimension["Value"].removesuffix(".QueueName"))
    assert watched == dead_letter_queues(deployment).keys()


def test_alarms_may_speak_on_their_topic_and_use_its_key(deployment: Deployment) -> None:
    topic, key = deployment.named("alarms", "AWS::SNS::Topic"), deployment.platform_key
    assert topic.properties["KmsMasterKeyId"] == key.name
    (policy,) = [one for one in deployment.all("AWS::SNS::TopicPolicy") if topic.name in one.properties["Topics"]]
    alarms = {"Service": "cloudwatch.amazonaws.com"}
    ours = {"aws:SourceAccount": deployment.stage.account}
    speaking = [one for one in policy.properties["PolicyDocument"]["Statement"] if one["Principal"] == alarms]
    assert allows(speaking, "sns:Publish", topic.name, ours)
    assert not allows(speaking, "sns:Publish", topic.name, {"aws:SourceAccount": "999999999999"})
    unlocking = [one for one in key.properties["KeyPolicy"]["Statement"] if one["Principal"] == alarms]
    assert allows(unlocking, "kms:GenerateDataKey", "*", ours)
    assert allows(unlocking, "kms:Decrypt", "*", ours)


def test_a_relay_that_falls_behind_is_told_of_long_before_its_stream_forgets(deployment: Deployment) -> None:
    relays = {
        one.name for one in deployment.all("AWS::Lambda::Function") if one.properties["Environment"]["Variables"]["FUNCTION"] == "bus.relay"
    }
    ages = [one for one in deployment.all("AWS::CloudWatch::Alarm") if one.properties["MetricName"] == "IteratorAge"]
    assert {one.properties["Dimensions"][0]["Value"] for one in ages} == relays
    assert all(one.properties["Threshold"] < DAY * 1000 / 10 for one in ages)


def test_every_queue_is_encrypted_with_the_platforms_key_or_its_departments_and_taken_from_over_tls_alone(deployment: Deployment) -> None:
    for queue in deployment.all(QUEUE):
        key = deployment.resources[queue.properties["KmsMasterKeyId"]]
        # A department's queue has a key of its own.
        assert key.stack == (queue.stack if is_a_departments(queue) else "foundation"), queue.name
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        refusals = [one for one in policy(deployment, queue.name) if one["Effect"] == "Deny" and one["Condition"] == plain]
        assert [(one["Action"], one["Principal"], one["Resource"]) for one in refusals] == [("sqs:*", {"AWS": "*"}, queue.name)]


def test_only_the_rule_bus_or_topic_that_a_queue_belongs_to_may_send_to_it(deployment: Deployment) -> None:
    senders: dict[str, list[tuple[dict[str, str], str]]] = {}
    for bus in deployment.all("AWS::Events::EventBus"):
        senders[bus.properties["DeadLetterConfig"]["Arn"]] = [(EVENTS, bus.name)]
    for rule in deployment.all(RULE):
        for target in rule.properties["Targets"]:
            for arn in (target["Arn"], target["DeadLetterConfig"]["Arn"]):
                senders.setdefault(arn, []).append((EVENTS, rule.name))
    for heard in (one.properties for one in heard_topics(deployment)):
        both = (heard["Endpoint"], heard["RedrivePolicy"]["deadLetterTargetArn"])
        senders |= {queue: [({"Service": "sns.amazonaws.com"}, heard["TopicArn"])] for queue in both}
    for queue in deployment.all(QUEUE):
        if is_a_departments(queue):
            continue  # `test_department_stack.py`
        let_in = [one for one in policy(deployment, queue.name) if one["Effect"] == "Allow"]
        expected = [
            {
                "Action": "sqs:SendMessage",
                "Condition": {"ArnEquals": {"aws:SourceArn": source}},
                "Effect": "Allow",
                "Principal": principal,
                "Resource": queue.name,
            }
            for principal, source in senders.get(queue.name, [])
        ]
        assert sorted(let_in, key=str) == sorted(expected, key=str), queue.name


def test_what_a_rule_cannot_deliver_it_tries_for_a_day_and_then_keeps(deployment: Deployment) -> None:
    for rule in deployment.all(RULE):
        assert rule.properties.get("State", "ENABLED") == "ENABLED"
        (target,) = rule.properties["Targets"]
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": DAY, "MaximumRetryAttempts": 185}, rule.name
        assert deployment.resources[target["DeadLetterConfig"]["Arn"]].type == QUEUE


def test_dead_letters_wait_longer_than_the_queue_they_came_from_kept_them(deployment: Deployment) -> None:
    for queue in deployment.all(QUEUE):
        days = 7 if "RedrivePolicy" in queue.properties else 14
        assert queue.properties["MessageRetentionPeriod"] == days * DAY, queue.name


def test_what_goes_to_somebody_elses_machine_is_tried_for_hours_and_the_rest_five_times(deployment: Deployment) -> None:
    tries = {
        queue.properties["QueueName"].removeprefix(f"{deployment.stage.prefix}-"): queue.properties["RedrivePolicy"]["maxReceiveCount"]
        for queue in work_queues(deployment)
    }
    providers = dict.fromkeys([f"notifications-deliver-{what}" for what in ("email", "text", "letter")], 60)
    waited_for = {"notifications-receipts": 20, "notifications-check-letter": 20}
    # What its service may not send today waits until another day has begun.
    tomorrow = {"notifications-request": 40}
    often = {"bus-forward": 50, "notifications-call-back": 60, **providers, **waited_for, **tomorrow}
    assert {name: count for name, count in tries.items() if count != 5} == often


SENDS_ON = {
    "notifications.reports": {"RECEIPTS_QUEUE", "RECEIVED_QUEUE"},
    "notifications.dispatch": {"EMAIL_QUEUE", "TEXT_QUEUE", "LETTER_QUEUE"},
    "notifications.announce": {"CALLBACK_QUEUE"},
    "notifications.configure": {"CALLBACK_QUEUE"},
    **{f"publishing.{what}": {"REFRESH_QUEUE"} for what in ("render", "spread", "refresh")},
    **{f"notifications.deliver_{what}": {"RECEIPTS_QUEUE"} for what in ("email", "text", "letter")},
}
"""What else a function may send to: the queue of a consumer of its own room."""


def test_every_consumer_may_send_what_it_cannot_understand_to_quarantine_and_else_where_its_room_says(deployment: Deployment) -> None:
    quarantine = deployment.named("bus-quarantine", QUEUE).name
    for function in deployment.all("AWS::Lambda::Function"):
        variables = function.properties["Environment"]["Variables"]
        sends = {
            resource
            for statement in deployment.policies(function.properties["Role"])
            if "sqs:SendMessage" in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }
        entry = variables["FUNCTION"]
        told = {name: variables[name] for name in variables if name.endswith("_QUEUE") or name == "RELAY_FAILURES"}
        declared = {resource for resource in sends if resource.startswith("arn:")}  # the departments' queues, elsewhere and here
        assert sends - declared == set(told.values()), function.name
        assert not declared or entry == "bus.forward"
        assert told.keys() - {"QUARANTINE_QUEUE", "RELAY_FAILURES"} == SENDS_ON.get(entry, set()), function.name
        assert told.get("QUARANTINE_QUEUE", quarantine) == quarantine
        assert ("RELAY_FAILURES" in told) == (entry == "bus.relay")
        assert all(name.startswith(f"{entry.split('.')[0]}/") for variable, name in told.items() if variable in SENDS_ON.get(entry, set()))
