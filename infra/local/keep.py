"""The whole keys of this machine's demo services, kept in a file for its owner only."""

import json
from pathlib import Path


class Keys:
    """Keys by service and id. Each is written down before the next is made, so that an interruption loses at most one."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._texts: dict[str, dict[str, str]] = json.loads(file.read_text())
        except (FileNotFoundError, ValueError):
            self._texts = {}

    def text(self, service_id: str, key_id: str | None) -> str | None:
        """A key's whole text, if it is kept."""
        return self._texts.get(service_id, {}).get(key_id) if key_id else None

    def add(self, service_id: str, key_id: str, text: str) -> str:
        """Keep a key's whole text; answers it."""
        self._texts.setdefault(service_id, {})[key_id] = text
        fresh = self._file.with_suffix(".new")
        fresh.parent.mkdir(exist_ok=True)
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(self._texts, indent=2) + "\n")
        fresh.replace(self._file)
        return text
