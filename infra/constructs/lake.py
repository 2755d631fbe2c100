"""What Athena knows of snapshots: a database, for each register a table of its records and one of their history, and a work group.

A table's columns are named by their place, as `functions/data_access/queries/athena.py` takes them. Its one partition is the number of a
snapshot, which every query names: there is none to add when a snapshot is built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.bucket import PrivateBucket
from infra.constructs.function import Function
from infra.stages import Stage

KEPT = cdk.Duration.days(1)
"""How long an answer of Athena's is there for who asks the same again."""
MOST_BYTES = 50 * 2**30
"""That one query may read."""

_OWN = {
    "records": ("bigint", "string", "bigint", "string"),
    "history": ("bigint", "string", "bigint", "bigint", "string"),
}
"""The types of the columns that each kind of table begins with."""
_TYPES = {"integer": "bigint", "number": "double", "boolean": "boolean"}


class Lake(Construct):
    """The tables of a bucket's snapshots, and where queries of them run."""

    def __init__(
        self, scope: Construct, *, stage: Stage, key: kms.IKey, bucket: PrivateBucket, registers: Mapping[str, Mapping[str, Any]]
    ) -> None:
        super().__init__(scope, "Lake")
        self._bucket = bucket
        self._answers = PrivateBucket(self, "Answers", stage=stage, key=key, expires=KEPT)
        self._tables = list[str]()
        self.database = f"{stage.prefix}_data".replace("-", "_")
        self.group = f"{stage.prefix}-data"
        account = cdk.Stack.of(self).account
        database = glue.CfnDatabase(
            self, "Database", catalog_id=account, database_input=glue.CfnDatabase.DatabaseInputProperty(name=self.database)
        )
        for register, declared in registers.items():
            for kind in _OWN:
                self._table(account, register, kind, declared["fields"]).add_dependency(database)
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
        tables = [stack.format_arn(service="glue", resource="table", resource_name=f"{self.database}/{name}") for name in self._tables]
        function.allow(["glue:GetDatabase", "glue:GetTable"], catalogue, database, *tables)
        function.allow(["s3:GetBucketLocation", "s3:ListBucket"], self._bucket.bucket_arn, self._answers.bucket_arn)
        function.allow_objects(["s3:GetObject", "s3:PutObject"], self._answers)

    def _table(self, account: str, register: str, kind: str, fields: Sequence[Mapping[str, Any]]) -> glue.CfnTable:
        home = f"s3://{self._bucket.bucket_name}/registers/{register}/snapshots/"
        types = [*_OWN[kind], *("string" if field["cardinality"] == "n" else _TYPES.get(field["datatype"], "string") for field in fields)]
        column, name = glue.CfnTable.ColumnProperty, f"{register.replace('-', '_')}_{kind}"
        self._tables.append(name)
        return glue.CfnTable(
            self,
            f"{register}-{kind}",
            catalog_id=account,
            database_name=self.database,
            table_input=glue.CfnTable.TableInputProperty(
                name=name,
                table_type="EXTERNAL_TABLE",
                partition_keys=[column(name="snapshot", type="string")],
                parameters={
                    "classification": "parquet",
                    "projection.enabled": "true",
                    "projection.snapshot.type": "injected",
                    "storage.location.template": f"{home}${{snapshot}}/{kind}.parquet/",
                },
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[column(name=f"c{place}", type=type_) for place, type_ in enumerate(types)],
                    location=home,
                    input_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                    output_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
                        # By place: what stands in the files has the names that fields have.
                        parameters={"parquet.column.index.access": "true"},
                    ),
                ),
            ),
        )
