"""The stages that the platform is deployed to, and what differs between them. Nothing else may ask which stage it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Zone:
    """A public hosted zone of Route 53, which exists before the platform does."""

    name: str
    id: str


@dataclass(frozen=True)
class Stage:
    """Where a deployment goes and how carefully it is kept.

    `zone` is that of the edge: without one there is no edge. `keeps_data` makes tables, buckets and logs survive their stack. With a
    `lake`, Athena reads the datasets that are larger than a function. `usd_to_the_pound` turns budgets into AWS's currency: a low rate
    tells early.
    """

    name: str
    account: str
    region: str
    zone: Zone | None = None
    keeps_data: bool = False
    lake: bool = True
    archive_days: int = 30
    log_days: int = 30
    usd_to_the_pound: float = 1.25

    @property
    def prefix(self) -> str:
        """What the names of this stage's resources begin with."""
        return f"commonweal-{self.name}"


STAGES = {
    stage.name: stage
    for stage in (
        # The emulator's own account. Its Athena does not know partitions that a query names.
        Stage("local", account="000000000000", region="eu-west-2", lake=False),
        Stage("dev", account="111111111111", region="eu-west-2", zone=Zone("dev.commonweal.example", id="Z00000000000000000DEV")),
        Stage(
            "prod",
            account="222222222222",
            region="eu-west-2",
            zone=Zone("commonweal.example", id="Z0000000000000000PROD"),
            keeps_data=True,
            archive_days=365,
            log_days=365,
        ),
    )
}
