"""Prove that a bundle is self-contained, by importing it where nothing else is."""

import subprocess
import sys
import tempfile
from pathlib import Path

from infra.bundling.failures import NotSelfContained
from infra.bundling.pinned import installed
from infra.bundling.reach import FIRST_PARTY

RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3")

IMPORT_ALL = """
import importlib, sys
bundle, runtime, module, name, *others = sys.argv[1:]
sys.path += [bundle, runtime]
if not callable(getattr(importlib.import_module(module), name, None)):
    raise TypeError(f"{module} has no handler named {name}")
for other in others:
    importlib.import_module(other)
"""


def prove(bundle: Path, entry: str) -> None:
    """Import a handler, and the first-party code beside it, from the standard library, the bundle and Lambda's own boto3 alone.

    Only a bundle for the host can be proven. Raises NotSelfContained with the last words of the interpreter.
    """
    files = [path.relative_to(bundle) for package in FIRST_PARTY for path in sorted((bundle / package).rglob("*.py"))]
    modules = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in files]
    with tempfile.TemporaryDirectory() as runtime:
        for path in (path for distribution in RUNTIME for path in installed(distribution)):
            (Path(runtime) / path.name).symlink_to(path)
        clean = [sys.executable, "-I", "-S", "-B", "-c", IMPORT_ALL, str(bundle), runtime]
        told = subprocess.run(
            [*clean, f"functions.{entry}", entry.rpartition(".")[2], *modules],
            env={},
            cwd=runtime,
            capture_output=True,
            text=True,
            check=False,
        )
    if told.returncode:
        raise NotSelfContained(f"{entry}: {told.stderr.strip().splitlines()[-1]}")
