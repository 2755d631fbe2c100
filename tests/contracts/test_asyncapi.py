"""The AsyncAPI document of the events: valid as AsyncAPI's own schema has it, whole, and true of the samples."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator, Draft202012Validator

from infra.bundling.folders import alone
from infra.catalogue import asyncapi
from infra.stages import STAGES, Stage
from tests.unit.catalogue.ground import small_catalogue

HERE = Path(__file__).parent / "asyncapi"
WORKSHOP = Path(__file__).parents[2] / "build" / "asyncapi"
DOCUMENT: dict[str, Any] = json.loads(asyncapi.text(small_catalogue()))


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    """AsyncAPI 3.0.0 as its maintainers publish it, at the version of the lock: fetched once for each lock."""
    installed, wanted = WORKSHOP / "installed", hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with alone(WORKSHOP):
        if not installed.is_file() or installed.read_text() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(HERE / name, WORKSHOP / name)
            environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
            done = subprocess.run(command, cwd=WORKSHOP, env=environment, capture_output=True, text=True, check=False, timeout=120)
            assert done.returncode == 0, done.stderr
            installed.write_text(wanted)
    return Draft7Validator(json.loads((WORKSHOP / "node_modules/@asyncapi/specs/schemas/3.0.0.json").read_bytes()))


def references(node: object) -> Iterator[str]:
    """The references of the document, but for those inside schemas, which are the schemas' own."""
    if isinstance(node, dict):
        if isinstance(found := node.get("$ref"), str):
            yield found
        for name, inner in node.items():
            if name != "payload":
                yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_it_is_valid(validator: Draft7Validator, stage: Stage) -> None:
    document = json.loads(asyncapi.text(dataclasses.replace(small_catalogue(), stage=stage)))
    assert [str(error) for error in validator.iter_errors(document)] == []
    assert document["servers"]["ingress"]["host"] == (stage.zone.name if stage.zone else "127.0.0.1:8000")


def test_the_validator_refuses_what_is_not_asyncapi(validator: Draft7Validator) -> None:
    broken = copy.deepcopy(DOCUMENT)
    next(iter(broken["operations"].values()))["action"] = "publish"
    assert not validator.is_valid(broken)


def test_every_reference_leads_somewhere() -> None:
    for reference in set(references(DOCUMENT)):
        node: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node


@pytest.mark.parametrize("one", small_catalogue().types, ids=lambda one: one.type)
def test_a_message_takes_the_good_samples_of_its_type_and_refuses_the_bad_ones(one: Any) -> None:
    validator = Draft202012Validator(DOCUMENT["components"]["messages"][one.type]["payload"]["schema"], validate_formats=True)
    assert [sample.name for sample in one.good if not validator.is_valid(sample.event)] == []
    assert [sample.name for sample in one.bad if validator.is_valid(sample.event)] == []


def test_every_type_has_a_channel_that_says_whose_it_is_and_who_hears_it() -> None:
    assert set(DOCUMENT["channels"]) == {one.type for one in small_catalogue().types}
    channel = DOCUMENT["channels"]["environment-agency.FloodWarningIssued.v1"]
    assert (channel["x-owner"], channel["x-classification"]) == ("environment-agency", "official")
    assert channel["x-consumers"] == ["bus.journal", "bus.reactions", "communities"]
    assert channel["servers"] == [{"$ref": "#/servers/bus"}, {"$ref": "#/servers/ingress"}]
