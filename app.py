"""The CDK app: which stacks, for which stage. `COMMONWEAL_STAGE` or `-c stage=` says which; local is the default."""

from __future__ import annotations

import os

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra import declarations
from infra.stacks.bus import BusStack
from infra.stacks.capability import Platform
from infra.stacks.data_access import DataAccess
from infra.stacks.departments import Departments
from infra.stacks.edge import Edge, Origin
from infra.stacks.foundation import Foundation
from infra.stacks.notifications import Notifications
from infra.stacks.operations import Operations
from infra.stacks.publishing import Publishing
from infra.stages import STAGES


def build(app: cdk.App) -> Platform:
    """Every stack of one stage."""
    stage = STAGES[os.environ.get("COMMONWEAL_STAGE") or app.node.try_get_context("stage") or "local"]
    departments = declarations.write()
    platform = Platform(app, stage, departments, Foundation(app, stage))
    rooms = [BusStack(platform), Departments(platform), Publishing(platform), Notifications(platform), DataAccess(platform)]
    Operations(platform, sorted(entry for room in rooms for entry in room.consumers))
    if stage.zone:
        Origin(platform, stage.zone)
        Edge(platform, stage.zone)
    cdk.Tags.of(app).add("Service", "commonweal")
    cdk.Tags.of(app).add("Stage", stage.name)
    return platform


if __name__ == "__main__":
    # Bundles are copied by nobody: what is deployed is what was built.
    app = cdk.App(context={"aws:cdk:disable-asset-staging": True}, analytics_reporting=False)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    build(app)
    app.synth()
