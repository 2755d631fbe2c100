"""Who may do what: the least that each needs, and no wildcard but where AWS takes nothing else."""

from infra.stacks.capability import SAID_BY_DEPARTMENTS
from schemas.declaration import REQUESTS
from tests.infra.templates import Deployment, Json, Resource, listed

NO_RESOURCE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "dynamodb:ListStreams"}
"""What AWS takes no resource for."""
COUNTERS = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["quota#*"]}}
"""How another room may write to the keys' table: what it counts, and nothing else."""
STANDING = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["departments"]}}
"""How another room may read whether a department is suspended: that, and no key."""
SEALING = ("departments.api", "departments.declare", "departments.developers", "notifications.configure")
TABLE_WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"}


def roles(deployment: Deployment) -> dict[str, Resource]:
    """The functions, by their roles."""
    return {function.properties["Role"]: function for function in deployment.all("AWS::Lambda::Function")}


def who(deployment: Deployment, role: str) -> str:
    """The entry point that has this role, or the role's own name."""
    function = roles(deployment).get(role)
    name: str = function.properties["Environment"]["Variables"]["FUNCTION"] if function else role
    return name


def who_may(deployment: Deployment, action: str) -> set[str]:
    """The entry points that may do this to anything."""
    return {who(deployment, role) for role, statement in deployment.statements() if action in listed(statement["Action"])}


def test_no_permission_names_actions_by_a_wildcard(deployment: Deployment) -> None:
    assert [one for one in deployment.statements() if "*" in "".join(listed(one[1]["Action"])) or "NotAction" in one[1]] == []


def test_every_permission_names_its_resources_where_aws_takes_any(deployment: Deployment) -> None:
    everywhere = [set(listed(statement["Action"])) for _, statement in deployment.statements() if statement["Resource"] == "*"]
    assert everywhere
    # On a laptop SNS carries texts, and a telephone number has no ARN.
    texting = set() if deployment.stage.zone else {"sns:Publish"}
    caches = {"cloudfront:ListDistributions"} if deployment.stage.zone else set()
    assert set().union(*everywhere) == NO_RESOURCE | texting | caches
    assert who_may(deployment, "cloudfront:ListDistributions") == ({"publishing.invalidate"} if deployment.stage.zone else set())
    assert who_may(deployment, "dynamodb:ListStreams") == {"bus.relay"}


def test_each_sender_may_use_its_own_provider_and_nobody_else_may(deployment: Deployment) -> None:
    assert who_may(deployment, "ses:SendEmail") == {"notifications.deliver_email"}
    carries, carries_not = (
        ("sms-voice:SendTextMessage", "sns:Publish") if deployment.stage.zone else ("sns:Publish", "sms-voice:SendTextMessage")
    )
    assert who_may(deployment, carries) == {"notifications.deliver_text"}
    assert who_may(deployment, carries_not) == set()
    printing = f"arn:aws:s3:::{deployment.stage.prefix}-notifications-{deployment.stage.account}/print/*"
    leave = {who(deployment, role) for role, one in deployment.statements() if printing in listed(one["Resource"])}
    assert leave == {"notifications.deliver_letter"}


def test_within_a_resource_only_the_keys_of_objects_queues_tables_senders_of_texts_and_the_edges_cache_are_left_open(
    deployment: Deployment,
) -> None:
    opened = {
        (resource, who(deployment, role))
        for role, statement in deployment.statements()
        for resource in listed(statement["Resource"])
        if "*" in resource and resource != "*"
    }
    buckets = {bucket.properties["BucketName"] for bucket in deployment.all("AWS::S3::Bucket")}
    objects = {resource for resource, _ in opened if resource.startswith("arn:aws:s3:::")}
    assert {resource.removeprefix("arn:aws:s3:::").split("/")[0] for resource in objects} == buckets
    assert all(resource.count("*") == 1 and resource.endswith("/*") for resource in objects)
    others = {(resource.split(":")[2], resource.split(":")[5], of) for resource, of in opened if resource not in objects}
    queues = {("sqs", f"{deployment.stage.prefix}-to-*", "bus.forward")}
    if deployment.stage.zone is None:
        assert others == queues
        return
    scanner = deployment.all("AWS::GuardDuty::MalwareProtectionPlan")[0].properties["Role"]
    senders = {("sms-voice", f"{kind}/*", "notifications.deliver_text") for kind in ("sender-id", "phone-number", "pool")}
    caches = {("cloudfront", "distribution/*", "publishing.invalidate")}
    tables = {("glue", f"table/{deployment.stage.prefix.replace('-', '_')}_data/*", "data_access.datasets")}
    assert others == queues | senders | caches | tables | {("events", "rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*", scanner)}


def test_no_policy_is_aws_own_or_part_of_a_role(deployment: Deployment) -> None:
    assert not [role.name for role in deployment.all("AWS::IAM::Role") if role.properties.keys() & {"ManagedPolicyArns", "Policies"}]


def test_a_function_writes_to_the_table_of_its_own_room_and_reads_no_other_but_the_keys(deployment: Deployment) -> None:
    keys = f"arn:aws:dynamodb:eu-west-2:{deployment.stage.account}:table/{deployment.stage.prefix}-departments"
    for role, statement in deployment.statements():
        actions = {action for action in listed(statement["Action"]) if action.startswith("dynamodb:")}
        if not actions or statement["Resource"] == "*":
            continue
        away = {resource for resource in listed(statement["Resource"]) if not resource.startswith(f"{role.split('/')[0]}/")}
        assert away <= {keys}, role
        if away and statement.get("Condition") == COUNTERS:
            assert actions == {"dynamodb:UpdateItem"}, role
            continue
        if away and statement.get("Condition") == STANDING:
            assert actions == {"dynamodb:GetItem"}, role
            continue
        assert not away or actions == {"dynamodb:GetItem", "dynamodb:Query"}, role
        assert actions & TABLE_WRITES in (set(), TABLE_WRITES)


def test_the_keys_are_read_by_what_checks_them_and_nobody_else(deployment: Deployment) -> None:
    checked = {
        "bus.ingress",
        "data_access.actions",
        "data_access.datasets",
        "data_access.load_rsf",
        "data_access.uploads",
        "departments.api",
        "departments.declare",
        "departments.developers",
        "notifications.api",
        "notifications.configure",
        "notifications.manage",
        "notifications.reports",
        "publishing.api",
        "publishing.drafts",
        "publishing.finding",
        "publishing.linking",
        "publishing.reserving",
    }
    told = {name for name, variables in environments(deployment).items() if "KEYS_TABLE" in variables}
    assert told == checked
    # Webhooks, callbacks and the links that unsubscribe are signed with what the same secret gives, and ids hidden.
    signs = {"bus.forward", "bus.share", "notifications.call_back", "notifications.public", "notifications.request"}
    assert who_may(deployment, "secretsmanager:GetSecretValue") == checked | signs
    assert who_may(deployment, "secretsmanager:PutSecretValue") == {"departments.declare"}


def test_whoever_acts_on_what_departments_say_knows_whether_one_is_suspended(deployment: Deployment) -> None:
    acting = {
        function.properties["Environment"]["Variables"]["FUNCTION"]
        for rule in deployment.all("AWS::Events::Rule")
        if (pattern := rule.properties.get("EventPattern", {})).get("source") == SAID_BY_DEPARTMENTS["source"]
        or {f"platform.{request}" for request in REQUESTS} & set(pattern.get("detail-type", ()))
        for function in deployment.all("AWS::Lambda::Function")
        if rule.properties["Name"] == function.properties["FunctionName"]
    }
    assert {"bus.reactions", "publishing.request", "notifications.request", "data_access.append"} <= acting
    # It hands on what came for a department.
    acting.add("bus.forward")
    assert {name for name, variables in environments(deployment).items() if "DEPARTMENTS_TABLE" in variables} == acting


def test_a_function_is_told_of_a_place_only_where_it_may_go_there(deployment: Deployment) -> None:
    for role, function in roles(deployment).items():
        variables = function.properties["Environment"]["Variables"]
        for place, prefix in (("CLAIMS", "/claims/"), ("BUCKET", "/")):
            if place in variables:
                bucket = deployment.resources[variables[place]].properties["BucketName"]
                assert any(one.startswith(f"arn:aws:s3:::{bucket}{prefix}") for one in resources(deployment, role)), function.name
        if "TABLE" in variables:
            assert variables["TABLE"] in resources(deployment, role), function.name


def test_what_needs_neither_a_table_nor_peoples_words_gets_neither(deployment: Deployment) -> None:
    told = environments(deployment)
    assert "TABLE" not in told["notifications.dispatch"]
    assert not [entry for entry in ("call_back", "public", "announce", "dispatch") if "BUCKET" in told[f"notifications.{entry}"]]


def test_the_site_reads_its_store_and_reaches_nothing_else(deployment: Deployment) -> None:
    site = deployment.named("publishing-pages", "AWS::Lambda::Function")
    stores = [deployment.resources[site.properties["Environment"]["Variables"][name]] for name in ("TABLE", "BUCKET")]
    table, objects = stores[0].name, f"arn:aws:s3:::{stores[1].properties['BucketName']}/*"
    key = deployment.platform_key
    reached: dict[str, set[str]] = {}
    for statement in deployment.policies(site.properties["Role"]):
        for resource in listed(statement["Resource"]):
            reached.setdefault(resource, set()).update(listed(statement["Action"]))
    reads = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
    its_own = {table: reads, f"{table}/index/gsi1": reads, f"{table}/index/gsi2": reads, objects: {"s3:GetObject"}}
    # What every function may besides: say what it does. The key opens the store.
    assert reached == its_own | {
        key.name: {"kms:Decrypt", "kms:GenerateDataKey"},
        site.properties["LoggingConfig"]["LogGroup"]: {"logs:CreateLogStream", "logs:PutLogEvents"},
        "*": {"xray:PutTraceSegments", "xray:PutTelemetryRecords"},
    }
    assert "VpcConfig" not in site.properties


def test_what_answers_the_public_reads_no_departments_claim_checks(deployment: Deployment) -> None:
    claims = f"arn:aws:s3:::{deployment.stage.prefix}-claims-{deployment.stage.account}/claims/*"
    behind = {one.properties["IntegrationUri"] for one in deployment.all("AWS::ApiGatewayV2::Integration")}
    collectors = {
        roles(deployment)[role].name
        for role, statement in deployment.statements()
        if "s3:GetObject" in listed(statement["Action"]) and claims in listed(statement["Resource"])
    }
    assert collectors
    assert not collectors & behind


def test_the_key_is_used_through_the_services_that_keep_things_but_for_sealed_secrets_and_the_scanner(deployment: Deployment) -> None:
    through = [f"{service}.eu-west-2.amazonaws.com" for service in ("dynamodb", "lambda", "s3", "secretsmanager", "sqs")]
    directly, key = set(), deployment.platform_key.name
    for role, statement in deployment.statements():
        actions = [action for action in listed(statement["Action"]) if action.startswith("kms:")]
        if actions and key in listed(statement["Resource"]) and statement.get("Condition") != {"StringEquals": {"kms:ViaService": through}}:
            directly |= {(who(deployment, role), action) for action in actions}
    sealing = {(entry, "kms:Encrypt") for entry in SEALING}
    opening = {(entry, "kms:Decrypt") for entry in ("departments.developers", "notifications.api", "notifications.call_back")}
    scanner = {plan.properties["Role"] for plan in deployment.resources.values() if plan.type == "AWS::GuardDuty::MalwareProtectionPlan"}
    assert directly == sealing | opening | {(role, f"kms:{action}") for role in scanner for action in ("Decrypt", "GenerateDataKey")}


def test_one_function_may_sign_checkpoints_and_nothing_may_do_more_with_their_key(deployment: Deployment) -> None:
    (key,) = [one for one in deployment.all("AWS::KMS::Key") if "KeySpec" in one.properties]
    assert (key.properties["KeySpec"], key.properties["KeyUsage"]) == ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    users = [
        (who(deployment, role), statement["Action"])
        for role, statement in deployment.statements()
        if key.name in listed(statement["Resource"])
    ]
    assert users == [("data_access.api", ["kms:GetPublicKey", "kms:Sign"])]


def test_the_key_opens_to_services_of_aws_only_for_this_account(deployment: Deployment) -> None:
    key = deployment.platform_key
    assert key.properties["EnableKeyRotation"] is True
    for statement in key.properties["KeyPolicy"]["Statement"]:
        if "Service" in statement["Principal"]:
            values = [value for keys in statement["Condition"].values() for value in keys.values()]
            assert all(deployment.stage.account in value for value in values), statement


def test_what_the_platform_keeps_the_services_that_keep_it_can_read(deployment: Deployment) -> None:
    key = deployment.platform_key
    may: dict[str, set[str]] = {}
    for statement in key.properties["KeyPolicy"]["Statement"]:
        for service in listed(statement["Principal"].get("Service", [])):
            may.setdefault(service, set()).update(listed(statement["Action"]))
    use = {"kms:Decrypt", "kms:GenerateDataKey"}
    assert may.keys() == {
        f"{name}.amazonaws.com" for name in ("events", "cloudwatch", "logs.eu-west-2", "delivery.logs", "sns", "sms-voice")
    }
    assert all(use <= actions for actions in may.values())
    # What an archive asks of its key besides.
    assert {"kms:DescribeKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"} <= may["events.amazonaws.com"]


def environments(deployment: Deployment) -> dict[str, Json]:
    """What each entry point is told."""
    return {
        function.properties["Environment"]["Variables"]["FUNCTION"]: function.properties["Environment"]["Variables"]
        for function in deployment.all("AWS::Lambda::Function")
    }


def resources(deployment: Deployment, role: str) -> set[str]:
    """Every resource that a role's policies name."""
    return {resource for statement in deployment.policies(role) for resource in listed(statement["Resource"])}
