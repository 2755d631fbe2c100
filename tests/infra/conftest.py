import os
import sys
from pathlib import Path

import pytest

from infra import declarations
from infra.bundling.folders import alone
from infra.stages import STAGES
from tests.infra.templates import ROOT, Deployment, synthesised


@pytest.fixture(scope="session", autouse=True)
def compiled_declarations() -> None:
    """Bundles hold what the departments declare, which is written before they are made."""
    with alone(ROOT / "build"):
        declarations.write()


@pytest.fixture(scope="session", params=list(STAGES))
def deployment(request: pytest.FixtureRequest) -> Deployment:
    """Each stage in turn."""
    stage: str = request.param
    return synthesised(stage)


@pytest.fixture(scope="session")
def prod() -> Deployment:
    return synthesised("prod")


@pytest.fixture(scope="session")
def local() -> Deployment:
    return synthesised("local")


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CDK finds the environment's own Node, whoever runs the tests."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
