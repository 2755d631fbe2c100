"""What becomes of the things that hold something when their stack goes."""

from __future__ import annotations

import aws_cdk as cdk

from commonweal_constructs.stage import Stage


def removal(stage: Stage) -> cdk.RemovalPolicy:
    """They outlive the stack where the stage keeps its data, and go with it elsewhere."""
    return cdk.RemovalPolicy.RETAIN if stage.keeps_data else cdk.RemovalPolicy.DESTROY
