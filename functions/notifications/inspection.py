"""Check a finished letter in a process of its own, which is ended when it takes too long or too much memory.

A PDF of a few kilobytes can keep its reader busy for hours, fill any memory, or bring its reader down. So the reader is not this process:
whatever becomes of it, the letter gets its verdict, and other letters are checked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import Any

from functions.common.failures import Transient
from functions.notifications.precompiled import NotPrintable, Precompiled, check

SECONDS = 20
"""How long a check may take: the function has thirty."""
MEMORY = 768 * 1024 * 1024
"""Bytes: the function has 1024 MB, its own among them. A page scanned at 600 dots to the inch fits in."""

_NEEDED = ("PATH", "LD_LIBRARY_PATH")
"""What of the environment starts Python. No more: credentials are nothing for a process that reads what strangers wrote."""


def inspect(pdf: bytes, *, international: bool = False) -> Precompiled:
    """What `precompiled.check` says of a letter. Raises NotPrintable, and Transient where the check itself does not run."""
    command = [sys.executable, "-m", "functions.notifications.inspection", "international" if international else "domestic"]
    environment = {name: os.environ[name] for name in _NEEDED if name in os.environ} | {"PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        done = subprocess.run(command, input=pdf, capture_output=True, timeout=SECONDS, env=environment, check=False)
    except subprocess.TimeoutExpired:
        raise NotPrintable("too-complex") from None
    if done.returncode < 0:
        # A signal ended it: a fault of the reader, or memory that it asked for in vain.
        raise NotPrintable("too-complex")
    if done.returncode:
        raise Transient("letters cannot be checked")
    verdict = json.loads(done.stdout)
    if "reason" in verdict:
        raise NotPrintable(verdict["reason"], tuple(verdict["pages"]))
    return Precompiled(verdict["pages"], tuple(verdict["address"]), verdict["zone"])


def _verdict(pdf: bytes, *, international: bool) -> dict[str, Any]:
    try:
        checked = check(pdf, international=international)
    except NotPrintable as refused:
        return {"reason": refused.reason, "pages": refused.pages}
    except MemoryError:
        return {"reason": "too-complex", "pages": ()}
    # There is no end to what a broken file can do to its reader, and each means the same to its sender.
    except Exception:
        return {"reason": "unable-to-read-the-file", "pages": ()}
    return {"pages": checked.pages, "address": checked.address, "zone": checked.zone}


def _main() -> None:
    # Before anything is read, so that what is missing here is no fault of the letter.
    import resource

    import pypdf  # noqa: F401
    import pypdfium2  # noqa: F401

    # Only Linux knows this limit; where there is none, the time is limited all the same.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    verdict = _verdict(sys.stdin.buffer.read(), international=sys.argv[1] == "international")
    sys.stdout.write(json.dumps(verdict))


if __name__ == "__main__":
    _main()
