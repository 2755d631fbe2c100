"""The CDK app: which stacks, for which stage. `COMMONWEAL_STAGE` or `-c stage=` says which; local is the default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra import declarations
from infra.catalogue import site
from infra.catalogue.model import catalogue
from infra.catalogue.templates import deployed
from infra.local import synth
from infra.stacks.bus import BusStack
from infra.stacks.capability import Platform
from infra.stacks.data_access import DataAccess
from infra.stacks.department import DepartmentStack, has_a_stack
from infra.stacks.departments import Departments
from infra.stacks.edge import Edge, Origin
from infra.stacks.foundation import Foundation
from infra.stacks.notifications import Notifications
from infra.stacks.operations import Operations
from infra.stacks.publishing import Publishing
from infra.stages import STAGES

CONTEXT = {
    # Bundles are copied by nobody: what is deployed is what was built.
    "aws:cdk:disable-asset-staging": True,
    # They name lines of the CDK's own JavaScript, and take a seventh of the time.
    "aws:cdk:disable-stack-trace": True,
    # What another stack uses cannot be taken away under it.
    "@aws-cdk/core:defaultCrossStackReferences": "strong",
}


def checked_app(**options: Any) -> cdk.App:
    """An app whose synthesis fails at whatever cdk-nag finds and nobody has acknowledged."""
    app = cdk.App(context=CONTEXT, analytics_reporting=False, **options)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    return app


def build(app: cdk.App) -> Platform:
    """Every stack of one stage."""
    stage = STAGES[os.environ.get("COMMONWEAL_STAGE") or app.node.try_get_context("stage") or "local"]
    departments = declarations.write()
    platform = Platform(app, stage, departments, Foundation(app, stage), sources=synth.digest(Path(__file__).parent))
    bus, known = BusStack(platform), Departments(platform)
    rooms = [bus, known, Publishing(platform), Notifications(platform), DataAccess(platform)]
    for department in departments:
        if has_a_stack(department):
            # It is known here before anybody comes in as it.
            DepartmentStack(platform, department).add_stack_dependency(known)
    Operations(platform, sorted(entry for room in rooms for entry in room.consumers))
    if stage.zone:
        Origin(platform, stage.zone)
        Edge(platform, stage.zone)
    cdk.Tags.of(app).add("Service", "commonweal")
    cdk.Tags.of(app).add("Stage", stage.name)
    return platform


def document(platform: Platform, assembly: Path) -> None:
    """Make the documentation from the templates, which say who hears what, for the function that serves it."""
    if platform.documentation:
        found = catalogue(platform.stage, deployed(assembly, platform.stage), platform.departments)
        site.write(found, platform.documentation, served=True)


if __name__ == "__main__":
    commonweal = checked_app()
    built = build(commonweal)
    document(built, Path(commonweal.synth().directory))
