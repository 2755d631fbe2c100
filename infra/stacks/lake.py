"""Where snapshots are queried that are larger than a function: a database, whose tables are in `lake_tables.py`, and a work group."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kms as kms
from constructs import Construct

from commonweal_constructs.findings import acknowledge
from infra.constructs.bucket import PrivateBucket
from infra.constructs.function import Function
from infra.stages import Stage

KEPT = cdk.Duration.days(1)
"""How long an answer of Athena's is there for who asks the same again."""
MOST_BYTES = 50 * 2**30
"""That one query may read."""


class Lake(Construct):
    """The database of a bucket's snapshots, and where queries of them run."""

    def __init__(self, scope: Construct, *, stage: Stage, key: kms.IKey, bucket: PrivateBucket) -> None:
        super().__init__(scope, "Lake")
        self.bucket = bucket
        self._answers = PrivateBucket(self, "Answers", stage=stage, key=key, expires=KEPT)
        self.database = f"{stage.prefix}_data".replace("-", "_")
        self.group = f"{stage.prefix}-data"
        account = cdk.Stack.of(self).account
        glue.CfnDatabase(self, "Database", catalog_id=account, database_input=glue.CfnDatabase.DatabaseInputProperty(name=self.database))
        athena.CfnWorkGroup(
            self,
            "WorkGroup",
            name=self.group,
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=MOST_BYTES,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(selected_engine_version="Athena engine version 3"),
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{self._answers.bucket_name}/",
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS", kms_key=key.key_arn
                    ),
                ),
            ),
        )

    def let_ask(self, function: Function, above: int) -> None:
        """Let a function ask here about registers of more than so many entries."""
        stack = cdk.Stack.of(self)
        function.add_environment("LAKE", self.database)
        function.add_environment("WORKGROUP", self.group)
        function.add_environment("LARGEST_REPLICA", str(above))
        group = stack.format_arn(service="athena", resource="workgroup", resource_name=self.group)
        function.allow(["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults"], group)
        catalogue = stack.format_arn(service="glue", resource="catalog")
        database = stack.format_arn(service="glue", resource="database", resource_name=self.database)
        tables = stack.format_arn(service="glue", resource="table", resource_name=f"{self.database}/*")
        function.allow(["glue:GetDatabase", "glue:GetTable"], catalogue, database, tables)
        named = f"arn:<AWS::Partition>:glue:{stack.region}:{stack.account}:table/{self.database}/*"
        reason = "Its tables come and go with the registers, and nothing else is in this database."
        acknowledge(function.identity, reason, f"AwsSolutions-IAM5[Resource::{named}]")
        function.allow(["s3:GetBucketLocation", "s3:ListBucket"], self.bucket.bucket_arn, self._answers.bucket_arn)
        function.allow_objects(["s3:GetObject", "s3:PutObject"], self._answers)
