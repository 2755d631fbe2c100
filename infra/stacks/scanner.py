"""GuardDuty looks at what callers upload, and says by a tag on the object whether it is harmful."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_guardduty as guardduty
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from commonweal_constructs.findings import acknowledge
from infra.constructs.bucket import PrivateBucket
from infra.stages import Stage

_RULES = "DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
"""The rule by which GuardDuty hears of new objects: it makes and names it itself."""
_PROBE = "malware-protection-resource-validation-object"
"""The object with which it finds out whether it may."""


class Scanner(Construct):
    """Malware Protection for S3, for the objects of a bucket whose keys begin with `prefix`."""

    def __init__(self, scope: Construct, *, bucket: PrivateBucket, prefix: str, stage: Stage, key: kms.IKey) -> None:
        super().__init__(scope, "Scanner")
        role = iam.Role(
            self,
            "Role",
            role_name=f"{stage.prefix}-scanner",
            assumed_by=iam.ServicePrincipal("malware-protection-plan.guardduty.amazonaws.com"),
        )
        home = f"arn:{cdk.Aws.PARTITION}:s3:::{bucket.literal_name}"
        rules = f"arn:{cdk.Aws.PARTITION}:events:{stage.region}:{stage.account}:rule/{_RULES}"
        for actions, resource in (
            (["events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"], rules),
            (["events:DescribeRule", "events:ListTargetsByRule"], rules),
            (["s3:PutBucketNotification", "s3:GetBucketNotification", "s3:ListBucket"], home),
            (["s3:PutObject"], f"{home}/{_PROBE}"),
            (["s3:GetObject", "s3:GetObjectVersion"], f"{home}/{prefix}*"),
            (["s3:PutObjectTagging", "s3:GetObjectTagging"], f"{home}/{prefix}*"),
            (["s3:PutObjectVersionTagging", "s3:GetObjectVersionTagging"], f"{home}/{prefix}*"),
            (["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
        plan = guardduty.CfnMalwareProtectionPlan(
            self,
            "Plan",
            role=role.role_arn,
            protected_resource=guardduty.CfnMalwareProtectionPlan.CFNProtectedResourceProperty(
                s3_bucket=guardduty.CfnMalwareProtectionPlan.S3BucketProperty(bucket_name=bucket.literal_name, object_prefixes=[prefix])
            ),
            actions=guardduty.CfnMalwareProtectionPlan.CFNActionsProperty(
                tagging=guardduty.CfnMalwareProtectionPlan.CFNTaggingProperty(status="ENABLED")
            ),
        )
        # It tries its permissions when it is made.
        plan.node.add_dependency(role, bucket)
        for resource, reason in (
            (rules, "GuardDuty names its rule itself, and no other begins so."),
            (f"{home}/{prefix}*", "Objects are made as they are needed: a prefix is the narrowest there is."),
        ):
            acknowledge(role, reason, f"AwsSolutions-IAM5[Resource::{resource.replace(cdk.Aws.PARTITION, '<AWS::Partition>')}]")
