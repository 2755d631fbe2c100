"""Departments: who is who, and their keys."""

from __future__ import annotations

from infra.constructs.table import RoomTable
from infra.stacks.capability import Capability, Platform


class Departments(Capability):
    """Services and keys over HTTP; what the departments' files declare, applied at each deployment."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, "departments")
        table = self.room_table()
        routes = ["ANY /departments", "ANY /departments/{proxy+}", "ANY /services/{proxy+}"]
        manage = self.http("departments.api", routes=routes, writes=table, keys=True)
        # The secret itself is kept only where a scope needs it.
        self.let_seal(manage)
        self._help_developers(table)
        self._declare(table)

    def _help_developers(self, table: RoomTable) -> None:
        """Outside developers get keys, see what they used, and change them, by themselves."""
        zone = self.platform.stage.zone
        developers = self.http(
            "departments.developers",
            routes=["ANY /developers", "ANY /developers/{proxy+}", "POST /api-umbrella/v1/users.json"],
            writes=table,
            keys=True,
            # On a laptop the front door's port is not known before it opens: the emulator says it.
            environment={"PUBLIC_URL": f"https://{zone.name}"} if zone else {},
        )
        # Their email addresses.
        self.let_seal(developers)
        self.let_unseal(developers)
        self.let_know_visitors(developers)

    def _declare(self, table: RoomTable) -> None:
        admin = self.platform.foundation.admin.secret_arn
        declare = self.declarations("departments.declare", writes=table, environment={"ADMIN_SECRET": self.platform.foundation.admin_name})
        self.let_check_keys(declare)
        self.let_seal(declare)
        declare.allow(["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], admin)
