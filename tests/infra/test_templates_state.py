"""What the platform keeps: encrypted, recoverable, for as long as the stage says, and past its own stack where it must be."""

import json
from datetime import timedelta

import pytest

from functions.common.claim_check import KEPT_FOR
from infra.retention import CARRIER, CARRIER_DAYS
from schemas.declaration import RETENTIONS
from tests.infra.templates import Deployment

TABLE, BUCKET, LOG = "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Logs::LogGroup"
HOLDS_SOMETHING = (TABLE, BUCKET, LOG, "AWS::KMS::Key", "AWS::SecretsManager::Secret", "AWS::Events::Archive")


def key(deployment: Deployment) -> str:
    return deployment.platform_key.name


def test_every_room_has_one_table(deployment: Deployment) -> None:
    rooms = ["bus", "data-access", "departments", "notifications", "publishing"]
    names = {table.stack: table.properties["TableName"] for table in deployment.all(TABLE)}
    assert names == {room: f"{deployment.stage.prefix}-{room}" for room in rooms}


def test_every_table_can_be_brought_back_to_any_second_and_is_under_the_platforms_key(deployment: Deployment) -> None:
    for table in deployment.all(TABLE):
        assert table.properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, table.name
        encrypted = {"KMSMasterKeyId": key(deployment), "SSEEnabled": True, "SSEType": "KMS"}
        assert table.properties["SSESpecification"] == encrypted, table.name


def test_every_table_says_what_changed_and_lets_items_expire(deployment: Deployment) -> None:
    for table in deployment.all(TABLE):
        assert table.properties["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
        assert table.properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
        assert table.properties["BillingMode"] == "PAY_PER_REQUEST"


def test_no_index_holds_an_outbox(deployment: Deployment) -> None:
    for table in deployment.all(TABLE):
        for index in table.properties["GlobalSecondaryIndexes"]:
            assert index["Projection"]["ProjectionType"] != "ALL", table.name
            assert "outbox" not in index["Projection"].get("NonKeyAttributes", [])


def test_every_bucket_is_private_encrypted_and_read_over_tls_alone(deployment: Deployment) -> None:
    policies = {one.properties["Bucket"]: one.properties["PolicyDocument"]["Statement"] for one in deployment.all("AWS::S3::BucketPolicy")}
    for bucket in deployment.all(BUCKET):
        said = bucket.properties
        assert set(said["PublicAccessBlockConfiguration"].values()) == {True}
        (rule,) = said["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {"KMSMasterKeyID": key(deployment), "SSEAlgorithm": "aws:kms"}
        (refusal,) = [one for one in policies[bucket.name] if one["Effect"] == "Deny"]
        assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_an_object_that_is_the_only_copy_is_versioned_and_stays(deployment: Deployment) -> None:
    for bucket in deployment.all(BUCKET):
        rules = bucket.properties.get("LifecycleConfiguration", {}).get("Rules", [])
        versioned = bucket.properties.get("VersioningConfiguration") == {"Status": "Enabled"}
        if bucket.stack == "data-access" and versioned:
            # Segments, tiles and snapshots stay; what waits to be loaded, or was made for one answer, goes.
            assert {rule["Prefix"] for rule in rules} == {"staged/", "uploads/", "refusals/", "downloads/"}
            assert all(rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1} for rule in rules)
        else:
            assert bool(rules) != versioned


def test_peoples_words_go_a_day_after_their_notifications_for_however_long_a_service_keeps_these(deployment: Deployment) -> None:
    (words,) = [bucket for bucket in deployment.all(BUCKET) if bucket.stack == "notifications"]
    rules = words.properties["LifecycleConfiguration"]["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules} == {
        **{f"content/{days:03}/": days + 1 for days in range(3, 91)},
        "print/": 91,
    }


def test_a_claim_check_can_be_redeemed_for_longer_than_its_event_can_be_replayed(deployment: Deployment) -> None:
    (claims,) = [bucket for bucket in deployment.all(BUCKET) if bucket.stack == "foundation"]
    rules = {rule["Prefix"]: rule["ExpirationInDays"] for rule in claims.properties["LifecycleConfiguration"]["Rules"]}
    assert timedelta(days=rules.pop("claims/")) >= KEPT_FOR > timedelta(days=deployment.stage.archive_days)
    assert rules == {f"claims/{days:03}/": days + 1 for days in RETENTIONS}


def test_the_archive_keeps_every_event_once_for_as_long_as_the_stage_says(deployment: Deployment) -> None:
    archives, (bus,) = deployment.all("AWS::Events::Archive"), deployment.all("AWS::Events::EventBus")
    kept = {one.properties["ArchiveName"]: (one.properties["RetentionDays"], one.properties["EventPattern"]) for one in archives}
    prefix, new = deployment.stage.prefix, {"replay-name": [{"exists": False}]}
    assert kept == {
        prefix: (deployment.stage.archive_days, {**new, "detail-type": [{"anything-but": [CARRIER]}]}),
        f"{prefix}-{CARRIER_DAYS}-days": (CARRIER_DAYS, {**new, "detail-type": [CARRIER]}),
    }
    assert {(one.properties["SourceArn"], one.properties["KmsKeyIdentifier"]) for one in archives} == {(bus.name, key(deployment))}


def test_every_log_is_encrypted_and_kept_for_as_long_as_the_stage_says(deployment: Deployment) -> None:
    for log in deployment.all(LOG):
        assert (log.properties["KmsKeyId"], log.properties["RetentionInDays"]) == (key(deployment), deployment.stage.log_days), log.name


def test_production_keeps_events_and_logs_for_a_year(prod: Deployment) -> None:
    assert (prod.stage.archive_days, prod.stage.log_days) == (365, 365)


def test_what_holds_something_outlives_its_stack_in_production_and_nowhere_else(deployment: Deployment) -> None:
    # But for the keys of departments' queues, which open nothing once these are gone.
    held = [one for kind in HOLDS_SOMETHING for one in deployment.all(kind) if not one.stack.startswith("department-")]
    assert {resource.name for resource in held if resource.kept != deployment.stage.keeps_data} == set()


def test_no_table_and_no_stack_of_production_is_deleted_by_mistake(deployment: Deployment) -> None:
    careful = deployment.stage.name == "prod"
    assert {table.properties["DeletionProtectionEnabled"] for table in deployment.all(TABLE)} == {careful}
    artifacts = json.loads((deployment.home / "manifest.json").read_text())["artifacts"]
    for stack in {table.stack for table in deployment.all(TABLE)} | {"foundation"}:
        assert artifacts[stack]["properties"].get("terminationProtection", False) == careful


def test_secrets_are_made_where_they_are_kept(deployment: Deployment) -> None:
    secrets = deployment.all("AWS::SecretsManager::Secret")
    assert {secret.properties["Name"] for secret in secrets} == {f"{deployment.stage.prefix}/{name}" for name in ("pepper", "admin-key")}
    for secret in secrets:
        assert secret.properties["KmsKeyId"] == key(deployment)
        assert secret.properties["GenerateSecretString"]["PasswordLength"] == 64
        assert "SecretString" not in secret.properties


@pytest.mark.parametrize("trace", ["AKIA", "BEGIN PRIVATE KEY", "resolve:secretsmanager", "aws_secret_access_key"])
def test_no_template_holds_the_value_of_a_secret(deployment: Deployment, trace: str) -> None:
    assert trace not in json.dumps(deployment.templates)


def test_functions_are_told_the_names_of_secrets_and_not_what_they_are(deployment: Deployment) -> None:
    names = {secret.properties["Name"] for secret in deployment.all("AWS::SecretsManager::Secret")}
    told = {
        value
        for function in deployment.all("AWS::Lambda::Function")
        for name, value in function.properties["Environment"]["Variables"].items()
        if "SECRET" in name
    }
    assert told == names
