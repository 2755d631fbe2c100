"""The way in: one HTTP API everywhere, and in front of it, in AWS alone, a name, a firewall and a cache."""

import json

from tests.infra.templates import Deployment, Resource

EDGE = {"edge", "origin"}
ROOMS = {"foundation", "bus", "departments", "publishing", "notifications", "data-access", "operations"}


def only(deployment: Deployment, kind: str) -> Resource:
    (found,) = deployment.all(kind)
    return found


def test_a_stage_has_an_edge_where_it_has_a_name_and_this_machine_has_none(deployment: Deployment) -> None:
    assert (deployment.stage.zone is None) == (deployment.stage.name == "local")
    of_departments = {stack for stack in deployment.templates if stack.startswith(("department-", "tables-"))}
    assert deployment.templates.keys() - of_departments == ROOMS | (EDGE if deployment.stage.zone else set())


def test_nothing_behind_the_edge_knows_of_it(deployment: Deployment) -> None:
    assert not [name for name in ROOMS if any(f"-{edge}:" in json.dumps(deployment.templates[name]) for edge in EDGE)]


def test_the_edge_answers_over_tls_behind_the_firewall_and_finds_the_api_by_its_name(prod: Deployment) -> None:
    said = only(prod, "AWS::CloudFront::Distribution").properties["DistributionConfig"]
    assert said["Aliases"] == ["commonweal.example"]
    assert said["WebACLId"] == only(prod, "AWS::WAFv2::WebACL").name
    assert said["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert said["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    (origin,) = said["Origins"]
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["OriginCustomHeaders"] == [{"HeaderName": "X-Forwarded-Host", "HeaderValue": "commonweal.example"}]
    assert origin["DomainName"] == only(prod, "AWS::ApiGatewayV2::DomainName").properties["DomainName"] == "origin.commonweal.example"


def test_the_edge_stands_where_cloudfront_looks_for_it(prod: Deployment) -> None:
    artifacts = json.loads((prod.home / "manifest.json").read_text())["artifacts"]
    regions = {name: artifacts[name]["environment"].rsplit("/", 1)[1] for name in prod.templates}
    assert regions == {name: "us-east-1" if name == "edge" else "eu-west-2" for name in prod.templates}


def test_the_cache_keeps_only_what_the_origin_says_may_be_kept_and_never_for_another_key(prod: Deployment) -> None:
    said = only(prod, "AWS::CloudFront::CachePolicy").properties["CachePolicyConfig"]
    assert (said["MinTTL"], said["DefaultTTL"]) == (0, 0)
    told_apart_by = said["ParametersInCacheKeyAndForwardedToOrigin"]
    assert set(told_apart_by["HeadersConfig"]["Headers"]) == {"Authorization", "X-Api-Key", "Accept"}
    assert told_apart_by["QueryStringsConfig"] == {"QueryStringBehavior": "all"}


def test_the_firewall_has_the_rules_that_aws_keeps_and_stops_floods(prod: Deployment) -> None:
    rules = {rule["Name"]: rule for rule in only(prod, "AWS::WAFv2::WebACL").properties["Rules"]}
    assert [name for name in rules if name.startswith("AWSManagedRules")]
    (flood,) = [rule for rule in rules.values() if "RateBasedStatement" in rule["Statement"]]
    assert flood["Action"] == {"Block": {}}
    # What departments publish is long, and markup.
    overridden = rules["AWSManagedRulesCommonRuleSet"]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert {rule["Name"]: rule["ActionToUse"] for rule in overridden} == {
        "SizeRestrictions_BODY": {"Count": {}},
        "CrossSiteScripting_BODY": {"Count": {}},
    }


def test_emails_of_a_stage_with_a_name_are_signed_in_that_name(prod: Deployment, local: Deployment) -> None:
    sender = only(prod, "AWS::SES::EmailIdentity")
    assert sender.properties["EmailIdentity"] == "commonweal.example"
    keys = [one for one in prod.all("AWS::Route53::RecordSet") if one.properties["Name"].startswith(f"{sender.name}.DkimDNSTokenName")]
    assert len(keys) == 3
    assert "AWS::Route53::RecordSet" not in {one.type for one in local.resources.values()}


def test_there_is_one_api_and_no_way_round_the_edge(deployment: Deployment) -> None:
    api = only(deployment, "AWS::ApiGatewayV2::Api").properties
    assert (api["ProtocolType"], api["DisableExecuteApiEndpoint"]) == ("HTTP", deployment.stage.zone is not None)


def test_the_api_refuses_floods_and_its_log_names_nobody(deployment: Deployment) -> None:
    said = only(deployment, "AWS::ApiGatewayV2::Stage").properties
    assert said["StageName"] == "$default"
    assert said["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 2_000, "ThrottlingRateLimit": 1_000}
    assert deployment.resources[said["AccessLogSettings"]["DestinationArn"]].type == "AWS::Logs::LogGroup"
    logged = json.loads(said["AccessLogSettings"]["Format"])
    assert set(logged.values()) == {
        "$context.requestTime",
        "$context.routeKey",
        "$context.status",
        "$context.responseLatency",
        "$context.requestId",
    }


def test_each_route_is_answered_by_its_own_room(deployment: Deployment) -> None:
    routes = {route.properties["RouteKey"]: route.stack for route in deployment.all("AWS::ApiGatewayV2::Route")}
    assert routes["$default"] == "publishing"
    assert routes["POST /events"] == routes["GET /healthcheck"] == "bus"
    assert routes["ANY /registers/{proxy+}"] == "data-access"
    assert routes["ANY /data"] == routes["ANY /data/{proxy+}"] == "data-access"
    assert routes["ANY /api/action/{proxy+}"] == routes["GET /datastore/dump/{proxy+}"] == "data-access"
    assert routes["ANY /v2/notifications"] == "notifications"
    assert routes["ANY /v2/content/{proxy+}"] == "publishing"
    assert routes["ANY /departments"] == "departments"
    assert len(routes) == len(deployment.all("AWS::ApiGatewayV2::Route"))


def test_only_this_api_may_call_a_function_and_only_the_one_behind_its_routes(deployment: Deployment) -> None:
    behind = [one.properties["IntegrationUri"] for one in deployment.all("AWS::ApiGatewayV2::Integration")]
    api = only(deployment, "AWS::ApiGatewayV2::Api").name
    permissions = [one.properties for one in deployment.all("AWS::Lambda::Permission")]
    assert sorted(one["FunctionName"] for one in permissions) == sorted(behind)
    for permission in permissions:
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert permission["SourceArn"].endswith(f":{api}/*")


def test_whoever_asks_is_told_where_everything_is(deployment: Deployment) -> None:
    assert deployment.outputs("foundation").keys() == {"ApiId", "AdminSecret"}
    assert deployment.outputs("bus").keys() == {"BusName", "BusTable"}
    for department in ("cabinet-office", "communities", "environment-agency", "foreign-office"):
        assert "RoleArn" in deployment.outputs(f"department-{department}")
    assert deployment.outputs("foundation")["AdminSecret"] == f"{deployment.stage.prefix}/admin-key"


def test_everything_says_which_stage_it_is_of(deployment: Deployment) -> None:
    for kind in ("AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::S3::Bucket"):
        for resource in deployment.all(kind):
            tags = {tag["Key"]: tag["Value"] for tag in resource.properties["Tags"]}
            assert (tags["Service"], tags["Stage"]) == ("commonweal", deployment.stage.name), resource.name


def test_the_declarations_are_applied_again_when_they_have_changed_and_nothing_waits_an_hour(deployment: Deployment) -> None:
    applied = set()
    for resource in deployment.all("Custom::Declarations"):
        declarations = resource.properties
        declare = deployment.resources[declarations["ServiceToken"]]
        applied.add(declare.properties["Environment"]["Variables"]["FUNCTION"])
        assert declare.stack == resource.stack
        assert declarations["Bundle"]
        assert int(declarations["ServiceTimeout"]) > declare.properties["Timeout"]
    assert applied == {"departments.declare", "notifications.declare"}
