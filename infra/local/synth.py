"""The CDK app's templates, made anew only when a source has changed: `python -m infra.local.synth <stage>` makes them in cdk.out/<stage>.

Synthesis takes many seconds, and starts Node.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.bundling.folders import alone

SOURCES = (
    "app.py",
    "cdk.json",
    "uv.lock",
    "infra",
    "functions",
    "schemas",
    "packages/constructs/commonweal_constructs",
    "events",
    "docs/openapi",
)
NOT_SOURCES = ("infra/local", "infra/tools", "schemas/declarations.json", "schemas/declared.json")
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


def assembly(root: Path, stage: str) -> Path:
    """Where the templates of a stage are; beside it stands what they were made from."""
    return root / "cdk.out" / stage


def is_fresh(root: Path, stage: str = "local") -> bool:
    """Whether the templates of a stage were made from the sources as they are."""
    home, note = assembly(root, stage), _note(root, stage)
    return (home / "manifest.json").exists() and note.exists() and note.read_text() == digest(root)


def synthesise(root: Path, stage: str = "local") -> Path:
    """Synthesise a stage, unless that was done from the same sources; where its templates are. Raises SynthesisFailed."""
    # One at a time, whatever the stage: all write the same compiled declarations.
    with alone(root / "build"):
        home, note = assembly(root, stage), _note(root, stage)
        if not is_fresh(root, stage):
            note.unlink(missing_ok=True)
            before = digest(root)
            shutil.rmtree(home, ignore_errors=True)
            _run_app(root, stage)
            note.write_text(before)
        return home


def _note(root: Path, stage: str) -> Path:
    return assembly(root, stage).with_suffix(".digest")


def _run_app(root: Path, stage: str) -> None:
    environment = os.environ | {
        "CDK_OUTDIR": str(assembly(root, stage)),
        "COMMONWEAL_STAGE": stage,
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",  # where the environment's own Node is
    }
    assembly(root, stage).parent.mkdir(exist_ok=True)
    done = subprocess.run([sys.executable, "app.py"], cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SynthesisFailed("\n".join((done.stderr or done.stdout).strip().splitlines()[-20:]))


if __name__ == "__main__":
    try:
        synthesise(Path(__file__).parents[2], sys.argv[1])
    except SynthesisFailed as failed:
        sys.exit(str(failed))
