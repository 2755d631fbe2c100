"""Where the platform of this machine is, and its demonstration keys: what `make run` writes to `.local/platform.json` when it is ready."""

import json
from pathlib import Path
from typing import Any, Literal

from infra.tools.failures import Failed

ABOUT = Path(__file__).parents[2] / ".local" / "platform.json"
NOT_RUNNING = "The platform is not running: start it with `make run`."


def about(file: Path = ABOUT) -> dict[str, Any]:
    """What the file says. Raises Failed when there is none."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failed(NOT_RUNNING) from None
    return found


def url() -> str:
    """Where the platform is."""
    found: str = about()["url"]
    return found


def emitting_key(department: str, kind: Literal["live", "test"] = "live") -> str:
    """A key of a department with which events are sent, or only checked. Raises Failed when there is none."""
    known = about().get("departments", {})
    if department not in known:
        raise Failed(
            f"The platform that runs here does not know {department}, or no service of it: its files are those of its start.\n"
            f"Where infra/departments/{department}.yaml is newer, stop it and start it again (make run); else give a key with --key."
        )
    services = known[department].get("services", {})
    found = [service["keys"][kind] for service in services.values() if kind in service["keys"] and _may_emit(service["id"], kind)]
    if not found:
        raise Failed(f"There is no key for {department}: give one with --key.")
    key: str = found[0]
    return key


def _may_emit(service_id: str, kind: str) -> bool:
    from functions.common import declarations

    declared = declarations.service(service_id)
    return declared is None or any("events:emit" in key["scopes"] for key in declared["keys"].values() if key["type"] == kind)
