"""The CDK app's templates as tests read them: synthesised once, every reference followed to what it names."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from infra.local import synth
from infra.stages import STAGES, Stage

ROOT = Path(__file__).parents[2]

type Json = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """A resource of a stack; `name` is what every reference to it became, and how a failing test calls it."""

    name: str
    stack: str
    type: str
    properties: Json
    kept: bool
    after: frozenset[str]


@dataclass
class Deployment:
    """All that one stage deploys."""

    stage: Stage
    home: Path
    templates: dict[str, Json] = field(init=False)

    def __post_init__(self) -> None:
        self.templates = {path.name.split(".")[0]: json.loads(path.read_text()) for path in sorted(self.home.glob("*.template.json"))}
        self.resources = {resource.name: resource for stack in self.templates for resource in self._of(stack)}

    def all(self, kind: str) -> list[Resource]:
        """Every resource of a type; there is at least one."""
        found = [resource for resource in self.resources.values() if resource.type == kind]
        assert found, f"{self.stage.name} has no {kind}"
        return found

    @property
    def platform_key(self) -> Resource:
        """The key that all of it is encrypted with, but for the queues of departments."""
        (found,) = [one for one in self.all("AWS::KMS::Key") if one.stack == "foundation"]
        return found

    def named(self, name: str, kind: str) -> Resource:
        """The resource that has this physical name, without the stage's prefix."""
        wanted = f"{self.stage.prefix}-{name}"
        (found,) = [one for one in self.all(kind) if wanted in (one.properties.get(key) for key in NAMES)]
        return found

    def policies(self, role: str) -> list[Json]:
        """The statements of every policy of a role."""
        return [statement for one, statement in self.statements() if one == role]

    def statements(self) -> list[tuple[str, Json]]:
        """Every statement of a role's policies, with the role."""
        return [
            (role, statement)
            for policy in self.resources.values()
            if policy.type in POLICIES
            for role in policy.properties["Roles"]
            for statement in policy.properties["PolicyDocument"]["Statement"]
        ]

    def outputs(self, stack: str) -> Json:
        """What a stack tells whoever asks, but for what only other stacks read."""
        told = self.templates[stack].get("Outputs", {})
        return {name: self._read(output["Value"], stack) for name, output in told.items() if "Export" not in output}

    def _of(self, stack: str) -> Iterator[Resource]:
        for key, made in self.templates[stack].get("Resources", {}).items():
            kept = made.get("DeletionPolicy") == made.get("UpdateReplacePolicy") == "Retain"
            after = frozenset(f"{stack}/{other}" for other in made.get("DependsOn", ()))
            yield Resource(f"{stack}/{key}", stack, made["Type"], self._read(made.get("Properties", {}), stack), kept, after)

    def _read(self, value: Any, stack: str) -> Any:
        match value:
            case {"Ref": "AWS::Partition"}:
                return "aws"
            case {"Ref": name}:
                return f"{stack}/{name}"
            case {"Fn::GetAtt": [name, "Arn"]}:
                return f"{stack}/{name}"
            case {"Fn::GetAtt": [name, attribute]}:
                return f"{stack}/{name}.{attribute}"
            case {"Fn::Join": [between, parts]}:
                return between.join(self._read(part, stack) for part in parts)
            case {"Fn::ImportValue": export}:
                return self._exported(export)
            case dict():
                return {key: self._read(inner, stack) for key, inner in value.items()}
            case list():
                return [self._read(inner, stack) for inner in value]
        return value

    def _exported(self, export: str) -> Any:
        for stack, template in self.templates.items():
            for output in template.get("Outputs", {}).values():
                if output.get("Export", {}).get("Name") == export:
                    return self._read(output["Value"], stack)
        raise LookupError(f"nobody exports {export}")


POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
NAMES = ("TopicName", "QueueName", "FunctionName", "TableName", "BucketName", "Name", "RoleName")


@cache
def synthesised(stage: str) -> Deployment:
    """A stage as app.py synthesises it, cdk-nag included; what was synthesised from the same sources is read again."""
    return Deployment(STAGES[stage], synth.synthesise(ROOT, stage))


def listed(value: str | list[str]) -> list[str]:
    """What IAM takes as one or several, as several."""
    return [value] if isinstance(value, str) else value


def allows(statements: list[Json], action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Whether IAM would: some statement names the action and the resource, and each of its conditions holds."""
    return any(
        action in listed(statement["Action"])
        and resource in listed(statement["Resource"])
        and all(
            context.get(key) in listed(wanted)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
            if _understood(operator)
        )
        for statement in statements
        if statement["Effect"] == "Allow"
    )


def _understood(operator: str) -> bool:
    assert operator == "StringEquals", f"no test knows what {operator} means"
    return True
