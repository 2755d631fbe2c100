"""The files of a new department: checked whole beside those of the others before any of them is written."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from infra import declarations
from infra.declarations import DeclarationError
from infra.tools.failures import Failed
from infra.tools.founding import texts
from infra.tools.founding.texts import Founding
from schemas import register_versions

type Files = Mapping[Path, str]
"""Texts by their places, from the root of the repository."""


def of(new: Founding, root: Path, *, identities: tuple[str, str], time: str) -> Files:
    """Every file that it takes. Raises Failed where one of them is there already, or where the declaration would have a mistake."""
    slug, fact = new.slug, new.fact
    found = {
        Path(f"infra/departments/{slug}.yaml"): texts.declaration(new),
        Path(f"schemas/{slug}/{fact}/1.0.0.json"): texts.schema(new),
        Path(f"events/{slug}/{fact}/example.json"): texts.good_sample(new, identities[0], time),
        Path(f"events/{slug}/{fact}/bad-{new.key.name}.json"): texts.bad_sample(new, identities[1], time),
    }
    there = [str(path) for path in found if (root / path).exists()]
    if there:
        raise Failed(f"{slug} is there already, and nothing was written: {', '.join(there)}.")
    _check_the_others(root)
    return {**found, **_layouts(found, new, root)}


def write(files: Files, root: Path) -> None:
    """Write them."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def _check_the_others(root: Path) -> None:
    """Raises Failed where there are mistakes before anything new is there, which would be told as those of the new department."""
    try:
        declarations.load(root / "infra/departments", root / "schemas")
    except DeclarationError as mistakes:
        raise Failed(f"{str(mistakes).replace(f'{root}/', '')}\nMend this first: nothing was written.") from None


def _layouts(files: Files, new: Founding, root: Path) -> Files:
    """What the readers of its registers are promised, beside a declaration that has no mistake."""
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder)
        shutil.copytree(root / "infra/departments", beside / "infra/departments")
        for department in (root / "infra/departments").glob("*.yaml"):
            if (owned := root / "schemas" / department.stem).is_dir():
                shutil.copytree(owned, beside / "schemas" / department.stem)
        write(files, beside)
        try:
            declared = declarations.load(beside / "infra/departments", beside / "schemas")
        except DeclarationError as mistakes:
            said = str(mistakes).replace(f"{beside}/", "")
            raise Failed(f"{new.slug} would have mistakes, and nothing was written:\n{said}{_way_out(new, mistakes)}") from None
        registers = declarations.compile(declared, beside / "schemas")["registers"]
    layouts = {name: register_versions.layout(register) for name, register in registers.items() if register["department"] == new.slug}
    return {
        Path(f"schemas/registers/{name}/1.json"): json.dumps(layout, indent=2, ensure_ascii=False) + "\n"
        for name, layout in layouts.items()
        if not (root / "schemas/registers" / name).exists()
    }


def _way_out(new: Founding, mistakes: DeclarationError) -> str:
    """What to give instead where another has the name that comes of the fact: the mistake may be told of the other's file."""
    taken = any(new.thing in f"{mistake.place} {mistake.what}" for mistake in mistakes.problems)
    return f"\nIts register and its pages are called {new.thing}, after its fact, as another's are: choose another --fact." if taken else ""
