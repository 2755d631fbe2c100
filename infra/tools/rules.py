"""The rules of a stage as they are synthesised, and an event as EventBridge shows it to them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.catalogue import pattern
from infra.catalogue.templates import AWS_BUS

type Entry = Mapping[str, Any]
"""What EventBridge hands to the targets of a rule."""


@dataclass(frozen=True)
class Rule:
    """A rule by its name, without the stage's prefix: the pattern it was given, and whether it listens to AWS's own services."""

    name: str
    pattern: Mapping[str, Any]
    hears_aws: bool

    def matches(self, entry: Entry) -> bool:
        """Whether it sends this to its queue."""
        return not self.why_not(entry)

    def why_not(self, entry: Entry) -> list[str]:
        """Every reason for which it does not."""
        if self.hears_aws != _is_of_aws(entry):
            return [f"it listens to {'AWS services, on the bus of the account' if self.hears_aws else 'the shared bus'}"]
        return pattern.why_not(self.pattern, entry)


def rules(assembly: Path, prefix: str) -> list[Rule]:
    """Every rule with a pattern in the templates of a synthesised stage, by name."""
    found = [
        Rule(
            resource["Properties"]["Name"].removeprefix(f"{prefix}-"),
            resource["Properties"]["EventPattern"],
            resource["Properties"].get("EventBusName", AWS_BUS) == AWS_BUS,
        )
        for template in sorted(assembly.rglob("*.template.json"))
        for resource in json.loads(template.read_bytes()).get("Resources", {}).values()
        # A schedule is a rule, too, and listens to nobody.
        if resource["Type"] == "AWS::Events::Rule" and "EventPattern" in resource["Properties"]
    ]
    return sorted(found, key=lambda rule: rule.name)


def entry(event: Mapping[str, Any]) -> Entry:
    """A CloudEvent as the relay puts it on the bus, and EventBridge hands it on; what AWS itself says is that already."""
    if "detail-type" in event:
        return event
    return pattern.delivered(event, account="000000000000", region="eu-west-2")


def _is_of_aws(entry: Entry) -> bool:
    # Nobody but AWS may put an event whose source begins so.
    return str(entry.get("source")).startswith("aws.")
