"""A departments table with its pepper, its KMS key and its admin secret, in a mocked AWS: what these tests stand on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import boto3

from functions.common import clients, keyring, sealing
from functions.departments.services import DepartmentLine, MadeKey, NewKey, NewService, Service
from functions.departments.store import services as store
from tests.unit.mocked import REGION, mocked_aws

PEPPER = "a pepper that only Secrets Manager knows"


@dataclass
class Ground:
    """The mocked AWS, with the few things that several tests do."""

    kms_key: str

    def service(self, department: str = "environment-agency", name: str = "floods") -> Service:
        """A service of a department, both made here."""
        store.keep_department(DepartmentLine(slug=department, title=department, contact="someone@example.gov.uk"))
        return store.create_service(department, NewService(name=name, title=name), declared=True)

    def key(self, owner: Service, name: str = "live", **asked: Any) -> MadeKey:
        """A key of a service, that may send notifications unless asked otherwise."""
        return store.create_key(owner, NewKey.model_validate({"name": name, "type": "live", "scopes": ["notifications:send"], **asked}))

    def items(self) -> list[dict[str, Any]]:
        """Everything in the table."""
        return clients.dynamodb().scan(TableName="departments")["Items"]

    def events(self) -> list[dict[str, Any]]:
        """Every event that stands in an outbox."""
        return [event for item in self.items() if "outbox" in item for event in json.loads(item["outbox"]["S"])]

    def admin_secret(self) -> str:
        """What the admin secret holds."""
        return clients.secrets().get_secret_value(SecretId="admin")["SecretString"]


@contextmanager
def ground() -> Iterator[Ground]:
    """Make it, and forget all that the process keeps."""
    settings = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "TABLE": "departments",
        "KEYS_TABLE": "departments",
        "PEPPER_SECRET": "pepper",
        "ADMIN_SECRET": "admin",
    }
    with patch.dict("os.environ", settings), mocked_aws():
        forget()
        boto3.client("dynamodb").create_table(
            TableName="departments",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name="pepper", SecretString=PEPPER)
        secrets.create_secret(Name="admin", SecretString="not a key yet")
        kms_key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
        with patch.dict("os.environ", {"SEALING_KEY": kms_key}):
            yield Ground(kms_key)
    forget()


def forget() -> None:
    """A new process."""
    clients._client.cache_clear()
    keyring.pepper.cache_clear()
    sealing.forget()
    keyring._kept.clear()


def request(method: str, path: str, key: str, body: str | None = None) -> dict[str, Any]:
    """A request as API Gateway hands it to the entry point (payload 2.0)."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-api-key": key},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default", "requestId": "1"},
        "body": body,
        "isBase64Encoded": False,
    }


def calls(client: Any) -> list[str]:
    """The names of the operations that a client is asked from now on, as they come."""
    made: list[str] = []
    client.meta.events.register("before-call", lambda model, **_: made.append(model.name))
    return made
