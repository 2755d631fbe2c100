"""What the emulator's CloudFormation lacks: one function for each kind of resource, as in `emulator.py`."""

import json
import string
from collections.abc import Callable
from typing import Any

from infra.local.serve import REGION
from infra.local.upstream import upstream, wrap

INERT = {
    "AWS::Budgets::Budget": "nothing costs anything here",
    "AWS::CloudWatch::CompositeAlarm": "alarms on service metrics never fire here anyway",
    "AWS::Events::EventBusPolicy": "one account only: departments are fenced by their roles",
    "AWS::Logs::Delivery": "the emulator has no vended logs",
    "AWS::Logs::DeliveryDestination": "the emulator has no vended logs",
    "AWS::Logs::DeliverySource": "the emulator has no vended logs",
    "AWS::Logs::QueryDefinition": "a saved query is for people at the console",
    "AWS::SNS::TopicInlinePolicy": "rules and alarms reach topics without permission here",
    "AWS::SQS::QueueInlinePolicy": "rules reach queues without permission here",
    "Custom::S3AutoDeleteObjects": "no stack is ever deleted here; its Node handler would hang the deployment",
}
"""Resource types that deploy as nothing, and why that is right. Any other type the emulator does not know fails the deployment."""


def accept_inert_resources() -> None:
    """CloudFormation refuses a whole template for one unknown type (cloudformation.provisioners._RESOURCE_HANDLERS)."""
    handlers = upstream("services.cloudformation.provisioners", "_RESOURCE_HANDLERS")

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        name = str(properties.get("Name") or f"{stack}-{logical_id}")
        return name, {"Arn": f"arn:aws:inert:{REGION}:000000000000:{name}"}

    for kind in INERT:
        handlers.setdefault(kind, {"create": create, "delete": lambda physical_id, properties: None})


def accept_archives() -> None:
    """AWS::Events::Archive has an API but no CloudFormation handler (services.eventbridge._create_archive, _update_archive, _archives)."""
    handlers = upstream("services.cloudformation.provisioners", "_RESOURCE_HANDLERS")
    create_archive = upstream("services.eventbridge", "_create_archive")
    update_archive = upstream("services.eventbridge", "_update_archive")
    archives = upstream("services.eventbridge", "_archives")

    def request(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        pattern = properties.get("EventPattern") or ""
        return {
            "ArchiveName": name,
            "EventSourceArn": properties["SourceArn"],
            "Description": properties.get("Description", ""),
            "EventPattern": pattern if isinstance(pattern, str) else json.dumps(pattern),
            "RetentionDays": int(properties.get("RetentionDays", 0)),
        }

    def answer(response: tuple[int, dict[str, str], bytes], name: str) -> tuple[str, dict[str, str]]:
        body = json.loads(response[2])
        if response[0] >= 400:
            raise ValueError(body.get("message", str(body)))
        return name, {"Arn": body["ArchiveArn"], "ArchiveName": name}

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        name = properties.get("ArchiveName") or f"{stack}-{logical_id}"[:48]
        return answer(create_archive(request(name, properties)), name)

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        return answer(update_archive(request(physical_id, new)), physical_id)

    handlers.setdefault(
        "AWS::Events::Archive",
        {"create": create, "update": update, "delete": lambda physical_id, properties: archives.pop(physical_id, None)},
    )


def read_cors_as_it_is_stored() -> None:
    """CORS is stored in Pascal case and read in camel case, so that every preflight is a 403 (AWS::ApiGatewayV2::Api's handler)."""
    handler = upstream("services.cloudformation.provisioners", "_RESOURCE_HANDLERS")["AWS::ApiGatewayV2::Api"]

    def camel(properties: dict[str, Any]) -> dict[str, Any]:
        cors = properties.get("CorsConfiguration")
        return properties | {"CorsConfiguration": {key[0].lower() + key[1:]: value for key, value in cors.items()}} if cors else properties

    create, update = handler["create"], handler["update"]
    handler["create"] = lambda logical_id, properties, stack: create(logical_id, camel(properties), stack)
    handler["update"] = lambda physical_id, old, new, *rest: update(physical_id, old, camel(new), *rest)


def refer_to_secrets_by_arn() -> None:
    """Ref of a secret is its name, so that no policy made with it matches, and ExcludePunctuation is not heeded
    (AWS::SecretsManager::Secret's handler, services.secretsmanager._resolve, provisioners._sm_secret_string).
    """
    handler = upstream("services.cloudformation.provisioners", "_RESOURCE_HANDLERS")["AWS::SecretsManager::Secret"]
    resolve = upstream("services.secretsmanager", "_resolve")
    create, update, delete = handler["create"], handler["update"], handler["delete"]

    def by_arn(made: tuple[str, dict[str, str]]) -> tuple[str, dict[str, str]]:
        return made[1]["Arn"], made[1]

    def generate(original: Callable[[dict[str, Any]], str], properties: dict[str, Any]) -> str:
        wanted = properties.get("GenerateSecretString") or {}
        if str(wanted.get("ExcludePunctuation")).lower() == "true":
            excluded = wanted.get("ExcludeCharacters", "") + string.punctuation
            properties = properties | {"GenerateSecretString": wanted | {"ExcludeCharacters": excluded}}
        return original(properties)

    handler["create"] = lambda *given: by_arn(create(*given))
    handler["update"] = lambda arn, *given: by_arn(update(resolve(arn)[0], *given))
    handler["delete"] = lambda arn, properties: delete(resolve(arn)[0], properties)
    wrap("services.cloudformation.provisioners", "_sm_secret_string", generate)
