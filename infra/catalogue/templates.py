"""What a stage's synthesised templates say of the bus: which rule fills which queue, who works it off, and who may put what on the bus."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.catalogue import pattern
from infra.stages import Stage

type Json = dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """A rule by its name, without the stage's prefix: its pattern, and the entry points that work off the queues it fills.

    One that `hears_aws` is on the account's own bus, on which AWS's services speak and nobody else; every other is on the shared bus.
    """

    name: str
    pattern: Json
    consumers: tuple[str, ...] = ()
    hears_aws: bool = False

    def takes(self, event: Mapping[str, object]) -> bool:
        """Whether an event, as EventBridge delivers it, goes to this rule's queues. Raises InvalidPattern."""
        return not self.why_not(event)

    def why_not(self, event: Mapping[str, object]) -> list[str]:
        """Every reason for which it does not. Raises InvalidPattern where EventBridge would refuse the rule."""
        # Nobody but AWS may put an event whose source begins so.
        if self.hears_aws != str(event.get("source")).startswith("aws."):
            return [f"it listens to {'AWS services, on the bus of the account' if self.hears_aws else 'the shared bus'}"]
        return pattern.why_not(self.pattern, event)

    def asks_for(self, type_: str) -> bool:
        """Whether it takes a type, or some events of it, because its pattern asks for types: one that takes all of them asks for none."""
        return not self.hears_aws and pattern.asks_for(self.pattern, type_)


@dataclass(frozen=True)
class Speaker:
    """A role that may put events on the bus: of these sources, and where `types` are named, of these types alone."""

    role: str
    sources: frozenset[str]
    types: frozenset[str] | None

    def may_say(self, source: str, type_: str) -> bool:
        """Whether IAM lets it put an event of this source and type."""
        return source in self.sources and (self.types is None or type_ in self.types)


@dataclass(frozen=True)
class Deployed:
    """All of it, of one stage; `queues` by their names in AWS."""

    rules: tuple[Rule, ...]
    speakers: tuple[Speaker, ...]
    queues: frozenset[str]


def deployed(assembly: Path, stage: Stage) -> Deployed:
    """Read every template of a synthesised stage, such as `cdk.out/local`; nothing is in it where it never was synthesised."""
    return read({path.name.split(".")[0]: json.loads(path.read_bytes()) for path in sorted(assembly.rglob("*.template.json"))}, stage)


def read(templates: Mapping[str, Json], stage: Stage) -> Deployed:
    """The same of templates by the names of their stacks."""
    resources = {place: resource for stack, template in templates.items() for place, resource in _resources(stack, template)}
    followed = _References(templates)
    workers = _workers(resources, followed)
    buses = {place for place, resource in resources.items() if resource["Type"] == "AWS::Events::EventBus"}
    rules = [
        Rule(
            properties["Name"].removeprefix(f"{stage.prefix}-"),
            properties["EventPattern"],
            tuple(sorted({entry for target in properties.get("Targets", []) for entry in workers.get(target["Arn"], ())})),
            hears_aws=properties.get("EventBusName") not in buses,
        )
        for properties in followed.of_type(resources, "AWS::Events::Rule")
        # A schedule is a rule, too, and listens to nobody.
        if "EventPattern" in properties
    ]
    queues = (properties.get("QueueName", "") for properties in followed.of_type(resources, "AWS::SQS::Queue"))
    return Deployed(tuple(sorted(rules, key=lambda rule: rule.name)), tuple(_speakers(resources, followed)), frozenset(queues))


class _References:
    """References of templates, followed to the resource they name: `bus/ReactionsQueueD45BDF16`."""

    def __init__(self, templates: Mapping[str, Json]) -> None:
        self._exports = {
            output["Export"]["Name"]: (stack, output["Value"])
            for stack, template in templates.items()
            for output in template.get("Outputs", {}).values()
            if isinstance(output.get("Export", {}).get("Name"), str)
        }

    def of_type(self, resources: Mapping[str, Json], kind: str) -> Iterator[Json]:
        """The properties of every resource of a type."""
        for place, resource in resources.items():
            if resource["Type"] == kind:
                yield self.read(resource.get("Properties", {}), place.partition("/")[0])

    def read(self, value: Any, stack: str) -> Any:
        match value:
            case {"Ref": "AWS::Partition"}:
                return "aws"
            case {"Ref": name} | {"Fn::GetAtt": [name, *_]}:
                return f"{stack}/{name}"
            case {"Fn::ImportValue": str(name)} if name in self._exports:
                other, exported = self._exports[name]
                return self.read(exported, other)
            case {"Fn::Join": [str(between), list(parts)]}:
                return between.join(str(self.read(part, stack)) for part in parts)
            case dict():
                return {key: self.read(inner, stack) for key, inner in value.items()}
            case list():
                return [self.read(inner, stack) for inner in value]
        return value


def _resources(stack: str, template: Json) -> Iterator[tuple[str, Json]]:
    for name, resource in template.get("Resources", {}).items():
        yield f"{stack}/{name}", resource


def _workers(resources: Mapping[str, Json], followed: _References) -> dict[str, set[str]]:
    """The entry points by the queue that wakes them."""
    entries = {
        place: variables["FUNCTION"]
        for place, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::Function"
        and "FUNCTION" in (variables := resource["Properties"].get("Environment", {}).get("Variables", {}))
    }
    found: dict[str, set[str]] = {}
    for properties in followed.of_type(resources, "AWS::Lambda::EventSourceMapping"):
        if entry := entries.get(properties["FunctionName"]):
            found.setdefault(properties["EventSourceArn"], set()).add(entry)
    return found


def _speakers(resources: Mapping[str, Json], followed: _References) -> Iterator[Speaker]:
    names = {place: r["Properties"].get("RoleName", place) for place, r in resources.items() if r["Type"] == "AWS::IAM::Role"}
    policies = [
        (names.get(role, role), statement)
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        for properties in followed.of_type(resources, kind)
        for role in properties.get("Roles", [])
        for statement in properties["PolicyDocument"]["Statement"]
    ]
    policies += [
        (properties.get("RoleName", ""), statement)
        for properties in followed.of_type(resources, "AWS::IAM::Role")
        for policy in properties.get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    for role, statement in policies:
        if statement["Effect"] == "Allow" and "events:PutEvents" in _listed(statement["Action"]):
            said = statement.get("Condition", {}).get("StringEquals", {})
            types = said.get("events:detail-type")
            yield Speaker(role, frozenset(_listed(said.get("events:source", []))), frozenset(_listed(types)) if types else None)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
