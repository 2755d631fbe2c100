"""`python -m commonweal_events.generate`: write the classes of types of events into a folder of one's own."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from commonweal_events.generate.projection import projected
from commonweal_events.generate.python import files
from commonweal_events.generate.versions import Unusable, Version, every

PACKAGE = "__init__.py"
"""Makes the folder a package, by one name for whoever imports it or is given it. One's own stays as it is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what differs, and print it; gives the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        texts = {name: text for version in every(asked.schema) for name, text in _files(version, tuple(asked.fields or ())).items()}
    except (Unusable, ValueError) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    home = Path(asked.to)
    if not (home / PACKAGE).is_file():
        texts = {PACKAGE: "", **texts}
    changed = [name for name, text in texts.items() if not (home / name).is_file() or (home / name).read_text(encoding="utf-8") != text]
    if asked.check:
        for name in changed:
            print(f"{home / name} is not what the schemas say: generate it again", file=sys.stderr)
        return 1 if changed else 0
    home.mkdir(parents=True, exist_ok=True)
    for name in changed:
        (home / name).write_text(texts[name], encoding="utf-8")
        print(home / name)
    return 0


def _files(version: Version, fields: tuple[str, ...]) -> dict[str, str]:
    if fields:
        version = replace(version, text=json.dumps(projected(version.definition, fields)))
    return files(version, fields)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m commonweal_events.generate", description=__doc__)
    parser.add_argument(
        "schema", nargs="+", help="a file, a folder of files or an address that ends in <owner>/<Fact>/<major>.<minor>.<patch>.json"
    )
    parser.add_argument("--to", required=True, metavar="FOLDER", help="where the modules go")
    parser.add_argument("--fields", nargs="+", metavar="FIELD", help="those that a subscription is given, of one type")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where what is there differs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
