"""Let a department go: what an operator calls by `commonweal department remove`, step by step."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.common import declarations
from functions.common.failures import Invalid
from functions.common.log import logger
from functions.departments import standing_down
from functions.departments.store import services as store

BUNDLED = ("schemas/declared.json",)

_DECLARED = Path(__file__).parents[2] / "schemas" / "declared.json"

type Answer = dict[str, Any]


def offboarding(event: Mapping[str, Any], _: LambdaContext) -> Answer:
    """Do what is asked: `declared`, or with a `department` and `who` has it done, `standing`, `suspend`, `remove` or `restore`.

    What cannot be is answered with `refused`, and changes nothing.
    """
    if event["ask"] == "declared":
        return {"departments": json.loads(_DECLARED.read_bytes()), "registers": dict(declarations.compiled()["registers"])}
    slug, who = str(event["department"]), str(event.get("who", ""))
    try:
        answer = _ASKED[event["ask"]](slug, who)
    except Invalid as wrong:
        return {"refused": wrong.message}
    logger.info("offboarding", asked=event["ask"], department=slug)
    return answer


def _standing(slug: str, _: str) -> Answer:
    found = standing_down.find(slug)
    services = [{"name": one.name, "keys": _keys(str(one.id))} for one in found.services]
    return {**found.model_dump(mode="json", exclude={"services"}), "services": services, "audit": store.audit_of(slug)}


def _keys(service: str) -> list[str]:
    return [key.name for key in store.keys_of(service) if not key.revoked_at]


def _suspend(slug: str, who: str) -> Answer:
    return {"suspended_at": standing_down.suspend(slug, who).suspended_at}


def _remove(slug: str, who: str) -> Answer:
    return {"keys_revoked": standing_down.remove(slug, who)}


def _restore(slug: str, who: str) -> Answer:
    standing_down.restore(slug, who)
    return {}


_ASKED: Mapping[str, Callable[[str, str], Answer]] = {
    "standing": _standing,
    "suspend": _suspend,
    "remove": _remove,
    "restore": _restore,
}
