"""What more departments cost: to synthesise the platform, and to start a function that asks what they declared."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from infra import declarations
from tests.benchmarks.report import Section, milliseconds
from tests.infra import many

NUMBERS = (5, 50, 200)
ROUNDS = 9

READ = """
import json, resource, sys, time, tracemalloc
from pathlib import Path
from functions.common import compiled
file, whole, department = Path(sys.argv[1]), sys.argv[2] == "whole", sys.argv[3]
def read():
    if whole:
        return json.loads(file.read_bytes())
    members, type_ = compiled.read(file), department + ".DecisionPublished.v1"
    return members, [members[name].get(key) for name, key in
                     (("sources", "uk.gov." + department + ".cases"), ("emits", type_), ("requests", type_), ("reactions", type_))]
began = time.process_time()
kept = read()
spent = time.process_time() - began
tracemalloc.start()
again = read()
print(spent, tracemalloc.get_traced_memory()[0])
"""
"""What a consumer looks up of the first event it hears: whose it is, whether it may be, and what should follow."""

SYNTHESISE = """
import sys
from pathlib import Path
import aws_cdk as cdk
from app import CONTEXT
from infra import declarations
from infra.stacks.bus import BusStack
from infra.stacks.capability import Platform
from infra.stacks.department import DepartmentStack, has_a_stack
from infra.stacks.departments import Departments
from infra.stacks.foundation import Foundation
from infra.stages import STAGES
home, stage = Path(sys.argv[1]), STAGES["prod"]
departments = declarations.load(home / "departments", home / "schemas")
app = cdk.App(context=CONTEXT, analytics_reporting=False, outdir=str(home / "assembly"))
platform = Platform(app, stage, departments, Foundation(app, stage))
BusStack(platform)
Departments(platform)
for one in departments:
    if has_a_stack(one):
        DepartmentStack(platform, one)
app.synth()
"""
"""All that grows with departments: what they share, and the stack of each."""


def measure() -> Section:
    """Each number of departments beside the others, in one run."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for number in NUMBERS:
            home = Path(folder) / str(number)
            checked, size = _written(home, number)
            _synthesised(home)  # bundles are made, and kept
            synthesis = _synthesised(home)
            (by_entry, little), (whole, much) = (_read(home, number, how) for how in ("entries", "whole"))
            rows.append(
                (
                    f"{number} departments",
                    milliseconds(checked),
                    f"{synthesis:.1f}",
                    f"{size / 1e6:.2f}",
                    milliseconds(by_entry),
                    f"{little / 1e6:.2f}",
                    milliseconds(whole),
                    f"{much / 1e6:.2f}",
                )
            )
    return Section(
        title="Many departments",
        how="Departments as `tests/infra/many.py` makes them: four types of events, two services, three templates, two registers and a "
        "subscription each. *Check* and *synthesis* are CPU, the latter of the stacks that grow with departments and of one for each, "
        "Node included. *Read* is the CPU and the memory of what a function looks up of one event, in a fresh interpreter, the best "
        f"of {ROUNDS}; *read whole* parses the same file with `json.loads`.",
        columns=("", "check, ms", "synthesis, s", "compiled, MB", "read, ms", "MB", "read whole, ms", "MB"),
        rows=rows,
        found="A function reads the lines it asks for: what it pays grows with the bytes of the file, and not with what stands in them.",
    )


def _written(home: Path, number: int) -> tuple[float, int]:
    """Write so many departments; how long it takes to check and compile them, and what that comes to in bytes."""
    folder, schemas_root = many.written(home, number)
    began = time.process_time()
    declarations.write(folder, schemas_root, home / "declarations.json")
    return time.process_time() - began, (home / "declarations.json").stat().st_size


def _synthesised(home: Path) -> float:
    """Seconds of CPU, of the interpreter and of all that it starts."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", SYNTHESISE, str(home)], env=environment, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def _read(home: Path, number: int, how: str) -> tuple[float, float]:
    """Seconds of CPU and bytes of memory."""
    command = [sys.executable, "-c", READ, str(home / "declarations.json"), how, many.slug(number - 1)]
    told = [
        json.loads(f"[{','.join(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())}]")
        for _ in range(ROUNDS)
    ]
    return min(seconds for seconds, _ in told), told[0][1]
