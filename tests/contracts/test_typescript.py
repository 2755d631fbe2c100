"""The TypeScript types are those of the schemas; the compiler, at its strictest, takes them, every good sample and what people write."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from infra.tools import typescript

HERE = Path(__file__).parent / "typescript"


@pytest.fixture(scope="module")
def generated() -> Path:
    """The types as the generator makes them now."""
    types = typescript.WORKSHOP / "src"
    typescript.write(types)
    return types


def test_the_types_in_the_tree_are_those_of_the_schemas(generated: Path) -> None:
    made, kept = ({file.relative_to(home): file.read_text() for file in home.rglob("*.ts")} for home in (generated, typescript.TYPES))
    assert made == kept, "write them again: python -m infra.tools.typescript"


def test_the_compiler_takes_them_and_every_good_sample_and_refuses_what_is_wrong(generated: Path) -> None:
    tried = typescript.WORKSHOP / "tried"
    shutil.rmtree(tried, ignore_errors=True)
    tried.mkdir()
    shutil.copyfile(HERE / "uses.ts", tried / "uses.ts")
    (tried / "samples.ts").write_text(samples())
    settings = json.loads((typescript.PACKAGE / "tsconfig.json").read_text())
    (typescript.WORKSHOP / "tsconfig.json").write_text(json.dumps({**settings, "include": ["src/**/*.d.ts", "tried/*.ts"]}))
    typescript.node("node", "node_modules/typescript/bin/tsc", "--project", ".")


def samples() -> str:
    """Every good sample, as data of its type."""
    lines = ['import type { EventTypes } from "../src/index.js";']
    found = [path for path in sorted((typescript.ROOT / "events").glob("*/*/*.json")) if not path.name.startswith("bad-")]
    for number, path in enumerate(found):
        event = json.loads(path.read_text())
        lines.append(f'export const sample{number}: EventTypes["{event["type"]}"] = {json.dumps(event["data"])};')
    assert len(lines) > 30
    return "\n".join(lines)
