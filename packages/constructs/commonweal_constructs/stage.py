"""Where an app is deployed, and how carefully what it holds is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import aws_cdk as cdk

from commonweal_constructs.naming import check

LOG_DAYS = (30, 365)


class Stage(Protocol):
    """What the constructs ask of a stage."""

    @property
    def prefix(self) -> str:
        """What the names of its resources begin with."""

    @property
    def region(self) -> str: ...

    @property
    def keeps_data(self) -> bool:
        """Whether tables, keys and logs outlive their stack."""

    @property
    def log_days(self) -> int:
        """How long logs are kept: 30 days or 365."""


@dataclass(frozen=True)
class DepartmentStage:
    """A stage of a department's own app, in its own account: its resources are called `<app>-<name>-…`."""

    app: str
    name: str
    account: str
    region: str
    keeps_data: bool = False
    log_days: int = 30

    def __post_init__(self) -> None:
        """Raises ValueError, which names the field."""
        check(account=self.account, region=self.region, app=self.app, name=self.name)
        if self.log_days not in LOG_DAYS:
            raise ValueError(f"log_days: {self.log_days} is not 30 or 365")

    @property
    def prefix(self) -> str:
        return f"{self.app}-{self.name}"

    @property
    def environment(self) -> cdk.Environment:
        """Where its stacks go."""
        return cdk.Environment(account=self.account, region=self.region)
