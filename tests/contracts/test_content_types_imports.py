"""A function that starts pays for no content type: each is imported when an edition of it comes, and is in the bundle then."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundling.reach import reach
from schemas.content.registry import TYPES, model

ROOT = Path(__file__).parents[2]


def imported(code: str) -> set[str]:
    """The content types that a program has imported when it ends."""
    program = f"import sys\n{code}\nprint(*(name for name in sys.modules if name.startswith('schemas.content.')))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.rpartition(".")[2] for name in done.stdout.split()} & TYPES


def test_the_registry_imports_no_type_and_an_edition_only_its_own() -> None:
    assert imported("from schemas.content.registry import TYPES, accept") == set()
    assert imported("from schemas.content import registry\nregistry.model('organisation')") == {"organisation"}


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_is_where_its_name_says(name: str) -> None:
    assert model(name).__module__ == f"schemas.content.{name}"
    assert model(name).model_fields["schema_name"].annotation.__args__ == (name,)  # type: ignore[union-attr]


def test_what_takes_content_carries_every_type() -> None:
    carried = reach("publishing.api", ROOT).files
    assert {f"schemas/content/{name}.py" for name in TYPES} <= carried
