"""Deployment: in order, once, and clear about what failed."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.deploy import DeploymentFailed

from .conftest import Sample


def app(folder: Path, **stacks: dict[str, Any]) -> Path:
    """A cloud assembly of stacks without assets, each depending on the one before."""
    artifacts: dict[str, Any] = {}
    for name, resources in stacks.items():
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps({"Resources": resources, "Outputs": {"Name": {"Value": name}}}))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": f"{name}.json"},
            "dependencies": list(artifacts)[-1:],
        }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": dict(reversed(artifacts.items()))}))
    return folder


QUEUE = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {}}}


def test_stacks_are_deployed_after_those_they_depend_on_and_answer_their_outputs(sample: Sample, tmp_path: Path) -> None:
    said: list[str] = []
    assert sample.aws.deploy(app(tmp_path, ground=QUEUE, house=QUEUE), said.append) == {
        "ground": {"Name": "ground"},
        "house": {"Name": "house"},
    }
    assert next(line for line in said if "resources" in line).startswith("ground: 1 resources in")


def test_what_has_not_changed_is_not_deployed_again(sample: Sample, assembly: Path) -> None:
    said: list[str] = []
    assert sample.aws.deploy(assembly, said.append) == sample.outputs
    assert said == ["sample-ground: unchanged", "sample-work: unchanged"]


def test_what_has_changed_is_updated(sample: Sample, tmp_path: Path) -> None:
    said: list[str] = []
    sample.aws.deploy(app(tmp_path, grows=QUEUE))
    sample.aws.deploy(app(tmp_path, grows=QUEUE | {"Second": QUEUE["Queue"]}), said.append)
    assert said[0] == "grows: updating"
    assert len(sample.aws.client("cloudformation").describe_stack_resources(StackName="grows")["StackResources"]) == 2


def test_the_stack_of_a_department_that_nobody_declares_any_more_goes_and_no_other(sample: Sample, tmp_path: Path) -> None:
    said: list[str] = []
    parks, roads = (f"commonweal-local-department-{slug}" for slug in ("parks", "roads"))
    sample.aws.deploy(app(tmp_path, **{parks: QUEUE, roads: QUEUE}))
    sample.aws.deploy(app(tmp_path / "later", **{roads: QUEUE}), said.append)
    assert said[-1] == f"{parks}: deleted"
    assert {roads, "sample-ground", "sample-work"} <= sample.aws.outputs().keys()
    assert parks not in sample.aws.outputs()
    # And it may come back.
    assert parks in sample.aws.deploy(app(tmp_path, **{parks: QUEUE, roads: QUEUE}))


def test_a_resource_type_that_nobody_considered_fails_the_deployment(sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(DeploymentFailed, match=r"odd: .*Unrecognized resource types: \[AWS::Odd::Thing\]"):
        sample.aws.deploy(app(tmp_path, odd={"Thing": {"Type": "AWS::Odd::Thing"}}))


def test_a_failure_names_each_resource_and_why_and_the_next_deployment_starts_afresh(sample: Sample, tmp_path: Path) -> None:
    bus = "arn:aws:events:eu-west-2:000000000000:event-bus/sample"
    broken = {"Archive": {"Type": "AWS::Events::Archive", "Properties": {"SourceArn": bus, "EventPattern": {"source": "not a list"}}}}
    with pytest.raises(DeploymentFailed, match=r"broken ended as CREATE_FAILED\n  Archive \(AWS::Events::Archive\): .*pattern"):
        sample.aws.deploy(app(tmp_path, broken=broken))
    assert sample.aws.deploy(app(tmp_path, broken=QUEUE)) == {"broken": {"Name": "broken"}}


def test_a_template_too_long_for_a_call_is_deployed_all_the_same(sample: Sample, tmp_path: Path) -> None:
    long = {
        f"Queue{number}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"long-{number}-{'x' * 60}"}} for number in range(400)
    }
    assert sample.aws.deploy(app(tmp_path, long=long)) == {"long": {"Name": "long"}}


def test_a_reference_to_a_secret_is_its_arn_and_its_text_is_as_asked_for(sample: Sample, tmp_path: Path) -> None:
    generated = {"GenerateSecretString": {"ExcludePunctuation": True, "PasswordLength": 200}}
    secret = {"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "sample/secret", **generated}}}
    for description in ("made", "changed"):
        secret["Secret"]["Properties"]["Description"] = description  # type: ignore[index]
        folder = app(tmp_path, secret=secret)
        template = json.loads((folder / "secret.json").read_text()) | {"Outputs": {"Ref": {"Value": {"Ref": "Secret"}}}}
        (folder / "secret.json").write_text(json.dumps(template))
        arn = sample.aws.deploy(folder)["secret"]["Ref"]
        found = sample.aws.client("secretsmanager").get_secret_value(SecretId=arn)
        assert arn == found["ARN"]
        assert found["SecretString"].isalnum()
        assert len(found["SecretString"]) == 200
