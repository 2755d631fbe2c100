"""The platform beside which a department's app stands: what is there for the department, by the names that a stage gives."""

from __future__ import annotations

from dataclasses import dataclass

from commonweal_constructs.naming import check


@dataclass(frozen=True)
class Commonweal:
    """One stage of the platform (`prod`, say), in its own account, and what is in it for one department."""

    stage: str
    account: str
    region: str
    department: str

    def __post_init__(self) -> None:
        """Raises ValueError, which names the field."""
        check(account=self.account, region=self.region, stage=self.stage, department=self.department)

    @property
    def prefix(self) -> str:
        return f"commonweal-{self.stage}"

    @property
    def bus_arn(self) -> str:
        """The shared bus."""
        return self._arn("events", f"event-bus/{self.prefix}")

    @property
    def role_arn(self) -> str:
        """The role in which the department puts its own events on the bus, and nothing else."""
        return f"arn:aws:iam::{self.account}:role/{self.prefix}-department-{self.department}"

    @property
    def queue_arn(self) -> str:
        """The queue to which the events come that the department subscribes to."""
        return self._arn("sqs", f"{self.prefix}-to-{self.department}")

    @property
    def dead_letters_arn(self) -> str:
        """Where a message of that queue ends that was taken five times and never settled."""
        return f"{self.queue_arn}-dead"

    @property
    def keys_arn(self) -> str:
        """Every key of the platform's account: which of them opens anything is said by their own policies and by conditions."""
        return self._arn("kms", "key/*")

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"
