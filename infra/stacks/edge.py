"""The edge: the public name, its certificate, the firewall and the cache. Nothing behind it knows that it is there."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_wafv2 as waf

from commonweal_constructs.findings import acknowledge
from infra.constructs.zone import hosted
from infra.stacks.capability import Platform
from infra.stacks.foundation import environment
from infra.stages import Zone

MANAGED_RULES = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesAmazonIpReputationList")
REQUESTS_IN_FIVE_MINUTES = 10_000
"""From one address, before the firewall stops it."""


class Origin(cdk.Stack):
    """The API under a name of its own, in its own Region, for the edge to find."""

    def __init__(self, platform: Platform, zone: Zone) -> None:
        super().__init__(platform.app, "origin", stack_name=f"{platform.stage.prefix}-origin", env=environment(platform.stage))
        records = hosted(self, zone)
        name = f"origin.{zone.name}"
        certificate = acm.Certificate(self, "Certificate", domain_name=name, validation=acm.CertificateValidation.from_dns(records))
        domain = apigateway.DomainName(
            self, "Domain", domain_name=name, certificate=certificate, security_policy=apigateway.SecurityPolicy.TLS_1_2
        )
        apigateway.CfnApiMapping(self, "Mapping", api_id=platform.foundation.api.id, domain_name=domain.name, stage="$default")
        alias = targets.ApiGatewayv2DomainProperties(domain.regional_domain_name, domain.regional_hosted_zone_id)
        route53.ARecord(self, "Address", zone=records, record_name="origin", target=route53.RecordTarget.from_alias(alias))


class Edge(cdk.Stack):
    """CloudFront and its firewall, which AWS keeps in us-east-1. It knows the origin by name alone."""

    def __init__(self, platform: Platform, zone: Zone) -> None:
        super().__init__(
            platform.app,
            "edge",
            stack_name=f"{platform.stage.prefix}-edge",
            env=cdk.Environment(account=platform.stage.account, region="us-east-1"),
        )
        records = hosted(self, zone)
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            domain_names=[zone.name],
            certificate=acm.Certificate(self, "Certificate", domain_name=zone.name, validation=acm.CertificateValidation.from_dns(records)),
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            web_acl_id=self._firewall(platform.stage.prefix).attr_arn,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.HttpOrigin(
                    f"origin.{zone.name}",
                    protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                    # Addresses in answers are the public ones, whatever a viewer says of the host.
                    custom_headers={"X-Forwarded-Host": zone.name},
                ),
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                cache_policy=self._cache_policy(platform.stage.prefix),
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
            ),
        )
        acknowledge(distribution, "The platform serves everybody, wherever they are.", "AwsSolutions-CFR1")
        acknowledge(distribution, "The API's own access log says the same, without the callers' addresses.", "AwsSolutions-CFR3")
        alias = route53.RecordTarget.from_alias(targets.CloudFrontTarget(distribution))
        route53.ARecord(self, "Address", zone=records, target=alias)
        route53.AaaaRecord(self, "Address6", zone=records, target=alias)

    def _cache_policy(self, prefix: str) -> cloudfront.CachePolicy:
        return cloudfront.CachePolicy(
            self,
            "CachePolicy",
            cache_policy_name=prefix,
            comment="What the origin says may be kept, for whoever asks the same with the same key and in the same form",
            min_ttl=cdk.Duration.seconds(0),
            default_ttl=cdk.Duration.seconds(0),
            max_ttl=cdk.Duration.days(1),
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list("Authorization", "X-Api-Key", "Accept"),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
            enable_accept_encoding_gzip=True,
            enable_accept_encoding_brotli=True,
        )

    def _firewall(self, prefix: str) -> waf.CfnWebACL:
        rules = [_managed(number, name) for number, name in enumerate(MANAGED_RULES)]
        flood = waf.CfnWebACL.RuleProperty(
            name="TooManyFromOneAddress",
            priority=len(rules),
            action=waf.CfnWebACL.RuleActionProperty(block={}),
            statement=waf.CfnWebACL.StatementProperty(
                rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(limit=REQUESTS_IN_FIVE_MINUTES, aggregate_key_type="IP")
            ),
            visibility_config=_seen_as("TooManyFromOneAddress"),
        )
        return waf.CfnWebACL(
            self,
            "Firewall",
            name=prefix,
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_seen_as(prefix),
            rules=[*rules, flood],
        )


def _managed(priority: int, name: str) -> waf.CfnWebACL.RuleProperty:
    group = waf.CfnWebACL.ManagedRuleGroupStatementProperty(vendor_name="AWS", name=name)
    if name == "AWSManagedRulesCommonRuleSet":
        # Documents and batches are larger than the 8 KB that one allows, and documents hold markup; the functions look for themselves.
        group = waf.CfnWebACL.ManagedRuleGroupStatementProperty(
            vendor_name="AWS",
            name=name,
            rule_action_overrides=[
                waf.CfnWebACL.RuleActionOverrideProperty(name=body, action_to_use=waf.CfnWebACL.RuleActionProperty(count={}))
                for body in ("SizeRestrictions_BODY", "CrossSiteScripting_BODY")
            ],
        )
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=waf.CfnWebACL.StatementProperty(managed_rule_group_statement=group),
        visibility_config=_seen_as(name),
    )


def _seen_as(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False)
