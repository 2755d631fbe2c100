"""Prove on this machine that an entry is in a register's log: nothing of what the register says is believed but the root hash."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from schemas.proof import PROOF_IDENTIFIER, printed, verify_entry

type Get = Callable[[str], bytes]
"""Fetches a path. Raises LookupError, with the reason, when there is nothing."""


def disproof(get: Get, appended: Mapping[str, Any]) -> str:
    """Why what `RecordAppended` says is not shown by the register; nothing where entry, item and inclusion are all as it says."""
    register, number, size = f"/registers/{appended['register_name']}", appended["entry_number"], appended["total_entries"]
    try:
        entry = json.loads(get(f"{register}/entries/{number}"))[0]
        proof = json.loads(get(f"{register}/proof/entries/{number}/{size}/{PROOF_IDENTIFIER}"))
        item = get(f"{register}/items/{appended['item_hash']}")
        if (entry["key"], entry["item-hash"]) != (appended["key"], [appended["item_hash"]]):
            return f"entry {number} is of another key or item"
        if printed(sha256(item).digest()) != appended["item_hash"]:
            return "the item does not have its hash"
        if not verify_entry(entry, proof, {"total-entries": size, "root-hash": appended["root_hash"]}):
            return "the audit path does not lead from the entry to the root hash"
    except LookupError as missing:
        return str(missing)
    except (ValueError, TypeError) as wrong:
        return f"the register's answer cannot be read: {wrong}"
    return ""
