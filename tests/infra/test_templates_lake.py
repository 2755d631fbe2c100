"""What Athena knows of the registers' snapshots, and what the datasets' function may do there."""

from __future__ import annotations

import json

from functions.data_access import dictionary
from functions.data_access.queries import athena, columns
from infra import declarations
from tests.infra.templates import Deployment

TABLE, GROUP, FUNCTION = "AWS::Glue::Table", "AWS::Athena::WorkGroup", "AWS::Lambda::Function"


def test_each_register_has_a_table_of_records_and_one_of_their_history_in_the_shape_that_queries_take(prod: Deployment) -> None:
    made = {one.properties["TableInput"]["Name"]: one.properties["TableInput"] for one in prod.all(TABLE)}
    registers = declarations.compile(declarations.load())["registers"]
    assert set(made) == {athena.table(register, kind) for register in registers for kind in ("records", "history")}
    for register, declared in registers.items():
        known = columns.of(dictionary.of(declared))
        for kind, own in (("records", 4), ("history", 5)):
            table = made[athena.table(register, kind)]
            shape = [(one["Name"], one["Type"]) for one in table["StorageDescriptor"]["Columns"]]
            assert [name for name, _ in shape] == [f"c{place}" for place in range(own + len(known.fields))]
            types = {"integer": "bigint", "number": "double", "boolean": "boolean"}
            assert [kept for _, kept in shape[own:]] == [types.get(known[name].kind, "string") for name in known.fields]
            assert table["Parameters"]["projection.snapshot.type"] == "injected"
            home = table["Parameters"]["storage.location.template"]
            assert home.endswith(f"/registers/{register}/snapshots/${{snapshot}}/{kind}.parquet/")


def test_a_query_reads_so_much_and_its_answer_is_encrypted_and_goes_after_a_day(prod: Deployment) -> None:
    [group] = prod.all(GROUP)
    configured = group.properties["WorkGroupConfiguration"]
    assert configured["EnforceWorkGroupConfiguration"]
    assert configured["BytesScannedCutoffPerQuery"] == 50 * 2**30
    assert configured["ResultConfiguration"]["EncryptionConfiguration"]["EncryptionOption"] == "SSE_KMS"
    answers = prod.named(f"answers-{prod.stage.account}", "AWS::S3::Bucket")
    assert [rule["ExpirationInDays"] for rule in answers.properties["LifecycleConfiguration"]["Rules"]] == [1]


def test_the_datasets_function_may_ask_there_and_write_nothing_but_answers(prod: Deployment) -> None:
    function = prod.named("data-access-datasets", FUNCTION)
    statements = [(_actions(one["Action"]), json.dumps(one["Resource"])) for one in prod.policies(function.properties["Role"])]
    asked = [resource for actions, resource in statements if any(one.startswith(("athena:", "glue:")) for one in actions)]
    assert len(asked) == 2
    assert [resource.count("*") for resource in asked if "*" in resource] == [1]
    assert f":table/{prod.stage.prefix.replace('-', '_')}_data/*" in "".join(asked)
    assert ["-answers-" in resource for actions, resource in statements if "s3:PutObject" in actions] == [True]
    assert not [actions for actions, _ in statements if {"dynamodb:PutItem", "dynamodb:DeleteItem"} & set(actions)]
    variables = function.properties["Environment"]["Variables"]
    assert {"LAKE", "WORKGROUP", "LARGEST_REPLICA", "REPLICA_BYTES", "KEYS_TABLE"} <= set(variables)


def test_the_pages_of_the_catalogue_only_read_and_leave_large_registers_to_it(prod: Deployment) -> None:
    function = prod.named("data-access-pages", FUNCTION)
    allowed = {action for one in prod.policies(function.properties["Role"]) for action in _actions(one["Action"])}
    reading = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "s3:GetObject"}
    assert {action for action in allowed if action.startswith(("athena:", "dynamodb:", "s3:", "secretsmanager:"))} == reading
    assert {"kms:Sign", "kms:Encrypt"} & allowed == set()
    datasets = prod.named("data-access-datasets", FUNCTION).properties["Environment"]["Variables"]
    assert function.properties["Environment"]["Variables"]["LARGEST_REPLICA"] == datasets["LARGEST_REPLICA"]


def test_on_a_laptop_there_is_none_and_every_dataset_is_read_in_the_function(local: Deployment) -> None:
    assert not [one for one in local.resources.values() if one.type in (TABLE, GROUP)]
    for name in ("data-access-datasets", "data-access-pages"):
        assert "LARGEST_REPLICA" not in local.named(name, FUNCTION).properties["Environment"]["Variables"]


def _actions(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given
