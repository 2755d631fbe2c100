"""The CDK app's templates, made anew only when a source has changed: synthesis takes nine seconds, and starts Node."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.bundling.folders import alone

SOURCES = ("app.py", "cdk.json", "uv.lock", "infra", "functions", "schemas")
NOT_SOURCES = ("infra/local", "infra/tools", "schemas/declarations.json")
"""What synthesis does not read, or writes itself."""


class SynthesisFailed(RuntimeError):
    """The CDK app did not synthesise; the text is the end of what it printed."""


def digest(root: Path) -> str:
    """Changes when a source of the templates does, or the Python that reads them."""
    seen = hashlib.sha256(sys.version.encode())
    for file in sources(root):
        seen.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return seen.hexdigest()


def sources(root: Path) -> Iterator[Path]:
    """Every file that synthesis reads, in one order."""
    for name in SOURCES:
        found = root / name
        for file in sorted(found.rglob("*")) if found.is_dir() else [found]:
            place = file.relative_to(root).as_posix()
            if file.is_file() and "__pycache__" not in file.parts and not place.startswith(NOT_SOURCES):
                yield file


def is_fresh(root: Path, assembly: Path, note: Path) -> bool:
    """Whether `assembly` was made from the sources as they are."""
    return (assembly / "manifest.json").exists() and note.exists() and note.read_text() == digest(root)


def synthesise(root: Path, assembly: Path, note: Path, stage: str = "local") -> None:
    """Synthesise a stage into `assembly`, unless another process just has, and note what from. Raises SynthesisFailed."""
    note.parent.mkdir(parents=True, exist_ok=True)
    # One at a time, whatever the stage: all write the same compiled declarations.
    with alone(root / "build"):
        if is_fresh(root, assembly, note):
            return
        note.unlink(missing_ok=True)
        before = digest(root)
        shutil.rmtree(assembly, ignore_errors=True)
        run_app(root, assembly, stage)
        note.write_text(before)


def run_app(root: Path, assembly: Path, stage: str) -> None:
    """Run the CDK app for a stage. Raises SynthesisFailed."""
    environment = os.environ | {
        "CDK_OUTDIR": str(assembly),
        "COMMONWEAL_STAGE": stage,
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",  # where the environment's own Node is
    }
    done = subprocess.run([sys.executable, "app.py"], cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SynthesisFailed("\n".join((done.stderr or done.stdout).strip().splitlines()[-20:]))
