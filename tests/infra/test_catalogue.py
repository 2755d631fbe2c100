"""The documentation of each stage is made from that stage's own templates, and lies in the bundle that serves it."""

from __future__ import annotations

import hashlib

import pytest

from infra import declarations
from infra.bundling import SHELF, Platform, fingerprint
from infra.catalogue import site
from infra.catalogue.model import Catalogue, catalogue
from infra.catalogue.templates import deployed
from schemas.platform import EVENTS
from tests.infra.templates import ROOT, Deployment


@pytest.fixture
def found(deployment: Deployment) -> Catalogue:
    return catalogue(deployment.stage, deployed(deployment.home, deployment.stage), declarations.load())


def test_every_rule_but_that_of_replays_wakes_somebody(deployment: Deployment) -> None:
    rules = deployed(deployment.home, deployment.stage).rules
    assert [rule.name for rule in rules if not rule.consumers] == ["replay"]


def test_every_type_is_said_by_somebody_whom_the_roles_let_say_it(found: Catalogue) -> None:
    assert [one.type for one in found.types if not any(producer.ways for producer in one.producers)] == []
    assert {one.type for one in found.types} >= set(EVENTS)


def test_who_hears_a_published_page_is_who_renders_and_who_spreads_it(found: Catalogue) -> None:
    (published,) = [one for one in found.types if one.type == "platform.ContentPublished.v1"]
    assert {consumer.entry for consumer in published.consumers} == {"bus.journal", "publishing.render", "publishing.spread"}
    assert all(consumer.does for consumer in published.consumers)


def test_the_bundle_that_serves_the_documentation_holds_that_of_its_stage(deployment: Deployment, found: Catalogue) -> None:
    shelf = ROOT / "build" / "bundles" / Platform.of(deployment.stage.name) / f"bus.catalogue-{deployment.stage.name}" / SHELF
    made = site.files(found, served=True)
    held = {path.relative_to(shelf).as_posix(): path.read_bytes() for path in shelf.rglob("*") if path.is_file()}
    assert {path for path in made | held if made.get(path) != held.get(path)} == set()


def test_what_is_deployed_is_that_bundle_by_its_fingerprint(deployment: Deployment) -> None:
    (function,) = [
        one for one in deployment.all("AWS::Lambda::Function") if one.properties["Handler"] == "functions.bus.catalogue.catalogue"
    ]
    home = ROOT / "build" / "bundles" / Platform.of(deployment.stage.name) / f"bus.catalogue-{deployment.stage.name}"
    # The CDK hashes what it is given.
    assert function.properties["Code"]["S3Key"] == f"{hashlib.sha256(fingerprint(home).encode()).hexdigest()}.zip"
