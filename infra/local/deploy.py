"""Deploy a synthesised CDK app onto the emulator, through its own CloudFormation: no CDK command, no Node, no bootstrap stack.

A stack whose template (and with it the hashes of its assets) is the one that was deployed last is not touched. Of all that was ever
deployed, only the stacks of departments that nobody declares any more are deleted.
"""

import hashlib
import io
import json
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from infra.bundling.folders import alone
from infra.left_behind import left_behind, take_away
from infra.local.serve import REGION
from infra.stages import STAGES

ACCOUNT = "000000000000"
BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
PACKED = Path(__file__).parents[2] / "build" / "packed"
DEPLOYED = "/commonweal/deployed/"
TEMPLATE_BODY_LIMIT = 51_200
LONGEST_SECONDS = 600.0

type Client = Callable[[str], Any]
type Progress = Callable[[str], None]


class DeploymentFailed(RuntimeError):
    """A stack did not deploy; the text lists the resources that failed, and why."""


@dataclass(frozen=True)
class Asset:
    """A file or folder that a stack needs in a bucket."""

    source: Path
    zipped: bool
    bucket: str
    key: str


@dataclass(frozen=True)
class Stack:
    """A stack of the assembly: its template and its assets."""

    name: str
    template: str
    assets: tuple[Asset, ...]

    @property
    def fingerprint(self) -> str:
        """Changes when the template does; a template names its assets by their hashes."""
        return hashlib.sha256(self.template.encode()).hexdigest()


def deploy(assembly: Path, client: Client, progress: Progress = lambda line: None) -> dict[str, dict[str, str]]:
    """Deploy every stack in the order of their dependencies; answers their outputs by stack. Raises DeploymentFailed."""
    stacks = list(read(assembly))
    ssm = client("ssm")
    deployed = {one["Name"].removeprefix(DEPLOYED): one["Value"] for one in parameters(ssm)}
    outputs = {}
    for stack in stacks:
        found = describe(client("cloudformation"), stack.name)
        if deployed.get(stack.name) == stack.fingerprint and found and found["StackStatus"].endswith("_COMPLETE"):
            progress(f"{stack.name}: unchanged")
        else:
            ssm.put_parameter(Name=BOOTSTRAP, Value="30", Type="String", Overwrite=True)
            upload(stack, client("s3"), progress)
            ssm.put_parameter(Name=DEPLOYED + stack.name, Value="under way", Type="String", Overwrite=True)
            found = apply(stack, found, client, progress)
            ssm.put_parameter(Name=DEPLOYED + stack.name, Value=stack.fingerprint, Type="String", Overwrite=True)
        outputs[stack.name] = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
    for name in left_behind(assembly, STAGES["local"].prefix, client("cloudformation")):
        progress(f"{name}: deleted")
        take_away([name], client("cloudformation"), every=0.1)
    return outputs


def parameters(ssm: Any) -> Iterator[dict[str, str]]:
    """What was noted of earlier deployments."""
    for page in ssm.get_paginator("get_parameters_by_path").paginate(Path=DEPLOYED.rstrip("/")):
        yield from page["Parameters"]


def read(assembly: Path) -> Iterator[Stack]:
    """The stacks of a cloud assembly, each after those it depends on."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    seen = set()

    def after_dependencies(name: str) -> Iterator[Stack]:
        if name in seen:
            return
        seen.add(name)
        artifact = artifacts[name]
        for dependency in artifact.get("dependencies", []):
            yield from after_dependencies(dependency)
        if artifact["type"] == "aws:cloudformation:stack":
            needed = [artifacts[one] for one in artifact.get("dependencies", []) if artifacts[one]["type"] == "cdk:asset-manifest"]
            yield Stack(
                name=artifact["properties"].get("stackName", name),
                template=(assembly / artifact["properties"]["templateFile"]).read_text(),
                assets=tuple(asset for one in needed for asset in assets(assembly, one["properties"]["file"])),
            )

    for name in artifacts:
        yield from after_dependencies(name)


def assets(assembly: Path, manifest: str) -> Iterator[Asset]:
    """The files of one asset manifest."""
    for file in json.loads((assembly / manifest).read_text()).get("files", {}).values():
        for destination in file["destinations"].values():
            yield Asset(
                source=assembly / file["source"]["path"],
                zipped=file["source"].get("packaging") == "zip",
                bucket=here(destination["bucketName"]),
                key=here(destination["objectKey"]),
            )


def here(text: str) -> str:
    """The text with the account, region and partition of the emulator in the place of their pseudo parameters."""
    for name, value in (("AccountId", ACCOUNT), ("Region", REGION), ("Partition", "aws")):
        text = text.replace(f"${{AWS::{name}}}", value)
    return text


def upload(stack: Stack, s3: Any, progress: Progress) -> None:
    """Put each asset where the template looks for it, unless it is there already: keys are hashes."""
    for bucket in {asset.bucket for asset in stack.assets}:
        make_bucket(s3, bucket)
    missing = [asset for asset in stack.assets if not is_there(s3, asset)]
    with ThreadPoolExecutor(4) as people:
        for number, _ in enumerate(people.map(partial(put, s3), missing), start=1):
            progress(f"{stack.name}: {number} of {len(missing)} bundles uploaded")


def put(s3: Any, asset: Asset) -> None:
    """Upload one asset, packed if it is a folder."""
    s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=packed(asset) if asset.zipped else asset.source.read_bytes())


def packed(asset: Asset) -> bytes:
    """The asset's folder as a zip file; packed once for all the emulators that it goes to, also those that start side by side."""
    home = PACKED / Path(asset.key).stem
    kept = home / "bundle.zip"
    with alone(home):
        if not kept.exists():
            fresh = kept.with_suffix(".partial")
            fresh.write_bytes(zipped(asset.source))
            fresh.replace(kept)
            forget_unused(PACKED)
        os.utime(home)
    return kept.read_bytes()


def forget_unused(folder: Path) -> None:
    """Drop what was not deployed for a week."""
    last_week = time.time() - 7 * 24 * 3600
    for home in folder.iterdir():
        with suppress(FileNotFoundError):  # what another deployment has just dropped
            if home.stat().st_mtime < last_week:
                shutil.rmtree(home, ignore_errors=True)


def make_bucket(s3: Any, bucket: str) -> None:
    """Make sure that the bucket is there."""
    try:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        return


def is_there(s3: Any, asset: Asset) -> bool:
    """Whether the asset was uploaded before."""
    try:
        s3.head_object(Bucket=asset.bucket, Key=asset.key)
    except s3.exceptions.ClientError:
        return False
    return True


def zipped(folder: Path) -> bytes:
    """The folder as a zip file, the same bytes for the same content."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
                entry.external_attr = (path.stat().st_mode & 0o777) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return content.getvalue()


def describe(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """The stack as CloudFormation describes it; None when there is none."""
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except cloudformation.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if found["StackStatus"] == "DELETE_COMPLETE" else found


def apply(stack: Stack, found: dict[str, Any] | None, client: Client, progress: Progress) -> dict[str, Any]:
    """Create the stack, or update it when it is there; answers its description. Raises DeploymentFailed."""
    cloudformation, started = client("cloudformation"), time.monotonic()
    wanted = {"StackName": stack.name, "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]}
    wanted |= template_of(stack, client("s3"))
    if found and found["StackStatus"] in ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"):
        # It never worked, and CloudFormation takes no update of such a stack.
        cloudformation.delete_stack(StackName=stack.name)
        wait(cloudformation, stack.name)
        found = None
    progress(f"{stack.name}: {'updating' if found else 'creating'}")
    try:
        if found:
            cloudformation.update_stack(**wanted)
        else:
            cloudformation.create_stack(OnFailure="DO_NOTHING", **wanted)
    except cloudformation.exceptions.ClientError as error:
        if found and "No updates are to be performed" in str(error):
            return found
        raise DeploymentFailed(f"{stack.name}: {error.response['Error']['Message']}") from None
    done = wait(cloudformation, stack.name)
    if done is None or done["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise DeploymentFailed(f"{stack.name} ended as {done and done['StackStatus']}\n" + "\n".join(failures(cloudformation, stack.name)))
    resources = len(json.loads(stack.template).get("Resources", {}))
    progress(f"{stack.name}: {resources} resources in {time.monotonic() - started:.1f} s")
    return done


def template_of(stack: Stack, s3: Any) -> dict[str, str]:
    """The template as a parameter of CreateStack: in the call, or in the bucket when it is too long for it."""
    if len(stack.template.encode()) <= TEMPLATE_BODY_LIMIT:
        return {"TemplateBody": stack.template}
    bucket, key = f"commonweal-templates-{ACCOUNT}", f"{stack.name}/{stack.fingerprint}.json"
    make_bucket(s3, bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=stack.template.encode())
    return {"TemplateURL": f"{s3.meta.endpoint_url}/{bucket}/{key}"}


def wait(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """The stack when nothing is in progress any more. Raises DeploymentFailed when that takes ten minutes."""
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        found = describe(cloudformation, name)
        if found is None or not found["StackStatus"].endswith("IN_PROGRESS"):
            return found
        time.sleep(0.05)
    raise DeploymentFailed(f"{name} is still in progress after {LONGEST_SECONDS:.0f} seconds")


def failures(cloudformation: Any, name: str) -> Iterator[str]:
    """One line for each resource that failed of itself, not because another did."""
    for event in reversed(cloudformation.describe_stack_events(StackName=name)["StackEvents"]):
        kind, reason = event["ResourceType"], event.get("ResourceStatusReason", "")
        if event["ResourceStatus"].endswith("_FAILED") and kind != "AWS::CloudFormation::Stack" and "cancelled" not in reason:
            yield f"  {event['LogicalResourceId']} ({kind}): {reason}"
