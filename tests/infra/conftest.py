import os
import sys
from collections.abc import Iterator
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
    found_by(monkeypatch)


@pytest.fixture(scope="module")
def node_for_all() -> Iterator[None]:
    """The same, for what many tests look at and is made once."""
    with pytest.MonkeyPatch.context() as environment:
        found_by(environment)
        yield


def found_by(environment: pytest.MonkeyPatch) -> None:
    """Put Node where the CDK looks for it."""
    environment.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    environment.setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
