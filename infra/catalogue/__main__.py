"""Write the documentation into build/docs, from the templates of the local stage or the one named: `python -m infra.catalogue prod`."""

import sys
from pathlib import Path

from infra import declarations
from infra.catalogue import site
from infra.catalogue.model import catalogue
from infra.catalogue.templates import deployed
from infra.local import synth
from infra.stages import STAGES

ROOT = Path(__file__).parents[2]
OUTPUT = ROOT / "build" / "docs"


def main(name: str) -> None:
    """Synthesise what is not synthesised yet, and write the site of a stage."""
    print(f"Synthesising {name}", flush=True)
    stage = STAGES[name]
    found = catalogue(stage, deployed(synth.synthesise(ROOT, name), stage), declarations.load())
    amount = site.write(found, OUTPUT)
    print(f"{amount} files in {OUTPUT.relative_to(ROOT)}: open {OUTPUT.relative_to(ROOT)}/index.html")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "local")
