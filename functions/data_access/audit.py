"""Audit a register: what an operator calls by `commonweal register audit`, as often as it takes."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.common.log import logger
from functions.data_access import auditing
from functions.data_access.merkle import Frontier
from functions.data_access.registers import Head
from functions.data_access.store import log
from schemas.proof import parsed, printed

SECONDS = 45
"""After which it answers with how far it has come, to be called again with that."""


def audit(event: Mapping[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Audit the register that the event names, from where an earlier answer ended (`reached`) on.

    `roots` are those of earlier checkpoints: `sha-256:…` by the number of entries. The answer says how many entries hold (`reached`), of
    how many; `is_done` where that is all; and `entry` and `what` where something does not hold.
    """
    register = str(event["register"])
    began = time.monotonic()
    head = log.head(register) or Head("")
    roots = {int(size): parsed(root) for size, root in event.get("roots", {}).items()}
    done = auditing.audit(register, head, _frontier(event.get("reached")), roots, lambda: time.monotonic() - began < SECONDS)
    answer: dict[str, Any] = {
        "size": head.size,
        "root-hash": printed(head.root) if done.finding is None else None,
        "reached": {"size": done.frontier.size, "tiles": [base64.b64encode(tile).decode() for tile in done.frontier.tiles]},
        "is_done": done.finding is not None or done.frontier.size >= head.size,
    }
    if done.finding:
        logger.error("a register was tampered with", register=register, entry=done.finding.entry)
        answer |= {"entry": done.finding.entry, "what": done.finding.what}
    return answer


def _frontier(reached: Mapping[str, Any] | None) -> Frontier:
    return Frontier(reached["size"], tuple(base64.b64decode(tile) for tile in reached["tiles"])) if reached else Frontier()
