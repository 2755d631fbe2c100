"""Departments: who is who, their keys, and each one's way in."""

from __future__ import annotations

import aws_cdk as cdk

from infra.constructs.department import DepartmentRole
from infra.constructs.function import Function
from infra.constructs.table import RoomTable
from infra.stacks.capability import Capability, Platform


class Departments(Capability):
    """Services and keys over HTTP; what the departments' files declare, applied at each deployment; a role for each department."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform, "departments")
        table = self.room_table()
        routes = ["ANY /departments", "ANY /departments/{proxy+}", "ANY /services/{proxy+}"]
        manage = self.http("departments.api", routes=routes, writes=table, keys=True)
        self._let_make_keys(manage)
        self._declare(table)
        for department in platform.departments:
            if department.accounts:
                DepartmentRole(self, department, stage=platform.stage, bus=platform.bus.bus)

    def _declare(self, table: RoomTable) -> None:
        declare = Function(
            self,
            "departments.declare",
            stage=self.platform.stage,
            key=self.platform.foundation.key,
            environment={"ADMIN_SECRET": self.platform.foundation.admin_name},
            timeout=cdk.Duration.minutes(2),
        )
        self.give(declare, writes=table)
        self.let_check_keys(declare)
        self._let_make_keys(declare)
        declare.failures_are_heard("CloudFormation waits for its answer, and fails the deployment without one.")
        declare.allow(["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], self.platform.foundation.admin.secret_arn)
        cdk.CustomResource(
            self,
            "Declarations",
            service_token=declare.function_arn,
            # Otherwise a function that cannot start holds the deployment for an hour.
            service_timeout=cdk.Duration.seconds(150),
            resource_type="Custom::Declarations",
            # Another bundle holds other declarations: so it is applied again.
            properties={"Bundle": declare.fingerprint},
        )

    def _let_make_keys(self, function: Function) -> None:
        """The secret itself is kept only where a scope needs it, as a ciphertext that only its own service's context opens."""
        function.add_environment("KEYS_KMS_KEY", self.platform.foundation.key.key_arn)
        function.allow(["kms:Encrypt"], self.platform.foundation.key.key_arn)
