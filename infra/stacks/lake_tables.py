"""Athena's tables of the registers, spread over stacks: with hundreds of departments they are more than one template may hold."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_glue as glue

from infra.stacks.capability import Platform
from infra.stacks.foundation import environment
from infra.stacks.lake import Lake

STACKS = 4
"""Of up to 250 registers each. A register's name says in which its tables stand, so that none moves when another comes."""

_OWN = {
    "records": ("bigint", "string", "bigint", "string"),
    "history": ("bigint", "string", "bigint", "bigint", "string"),
}
"""The types of the columns that each kind of table begins with."""
_TYPES = {"integer": "bigint", "number": "double", "boolean": "boolean"}

type Registers = Mapping[str, Mapping[str, Any]]


class LakeTables(cdk.Stack):
    """For each of some registers a table of its records and one of their history.

    Columns are named by their place, as `functions/data_access/queries/athena.py` takes them. A table's one partition is the number of a
    snapshot, which every query names: there is none to add when a snapshot is built.
    """

    def __init__(self, platform: Platform, lake: Lake, number: int, registers: Registers) -> None:
        stage, name = platform.stage, f"tables-{number}"
        super().__init__(platform.app, name, stack_name=f"{stage.prefix}-{name}", env=environment(stage))
        self._lake = lake
        # The database is there before its tables, and its bucket's name is told by that stack.
        self.add_stack_dependency(cdk.Stack.of(lake))
        for register, declared in registers.items():
            for kind in _OWN:
                self._table(register, kind, declared["fields"])

    def _table(self, register: str, kind: str, fields: Sequence[Mapping[str, Any]]) -> None:
        home = f"s3://{self._lake.bucket.bucket_name}/registers/{register}/snapshots/"
        types = [*_OWN[kind], *("string" if field["cardinality"] == "n" else _TYPES.get(field["datatype"], "string") for field in fields)]
        glue.CfnTable(
            self,
            f"{register}-{kind}",
            catalog_id=self.account,
            database_name=self._lake.database,
            table_input=glue.CfnTable.TableInputProperty(
                name=f"{register.replace('-', '_')}_{kind}",
                table_type="EXTERNAL_TABLE",
                partition_keys=[glue.CfnTable.ColumnProperty(name="snapshot", type="string")],
                parameters={
                    "classification": "parquet",
                    "projection.enabled": "true",
                    "projection.snapshot.type": "injected",
                    "storage.location.template": f"{home}${{snapshot}}/{kind}.parquet/",
                },
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[glue.CfnTable.ColumnProperty(name=f"c{place}", type=type_) for place, type_ in enumerate(types)],
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


def lay_tables(platform: Platform, lake: Lake, registers: Registers) -> None:
    """Make a table of each kind for every register, each in its stack."""
    shares: dict[int, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for name, declared in sorted(registers.items()):
        shares[zlib.crc32(name.encode()) % STACKS][name] = declared
    for number, some in sorted(shares.items()):
        LakeTables(platform, lake, number, some)
