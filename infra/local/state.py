"""What lasts between two runs: the emulator's state, whole, in `<home>/state`.

Upstream saves at a clean stop only, service by service, and leaves out unread stream records and sent emails. Here all services
are copied in one step of the event loop, when nothing has changed for a second (or after fifteen, if something always does),
written beside the last state, and put in its place by one marker: a kill at any moment leaves the one or the other, never a mixture.
"""

import asyncio
import hashlib
import json
import logging
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from infra.local.streams import table_of
from infra.local.upstream import replace, upstream, wrap

QUIET_SECONDS = 1.0
PATIENCE_SECONDS = 15.0
READS = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "Receive")
log = logging.getLogger("commonweal.state")

type Scope = dict[str, Any]
type Asgi = Callable[[Scope, Callable[..., Awaitable[Any]], Callable[..., Awaitable[None]]], Awaitable[None]]


class Checkpoints:
    """Saves the emulator's state to `folder` when it has changed and is quiet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.saved = 0
        self._first_change: float | None = None
        self._last_change = 0.0

    def changed(self) -> None:
        self._last_change = time.monotonic()
        self._first_change = self._first_change or self._last_change

    def watch(self, app: Asgi) -> Asgi:
        """The same application, noticing requests that may change something."""

        async def watched(scope: Scope, receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[None]]) -> None:
            await app(scope, receive, send)
            if scope["type"] == "http" and may_change(scope):
                self.changed()

        return watched

    async def keep(self) -> None:
        """Save whenever it is time to, for ever. A failure is logged and tried again."""
        wake = upstream("core.concurrency", "esm_wake")
        producers_wake = wake.set

        def woken() -> None:
            producers_wake()
            self.changed()

        wake.set = woken  # every queue and stream calls it, for work that comes and for work that is done
        while True:
            await asyncio.sleep(0.2)
            now = time.monotonic()
            if self._first_change is None or (now - self._last_change < QUIET_SECONDS and now - self._first_change < PATIENCE_SECONDS):
                continue
            self._first_change = None
            try:
                states = self.copy()
                await asyncio.to_thread(self.write, states)
            except Exception:
                log.exception("the state could not be saved; it will be tried again")
                self.changed()

    def copy(self) -> dict[str, Any]:
        """What every service wants kept. On the event loop, so that no request changes it meanwhile."""
        return {name: state for name, get in upstream("app", "_build_persistence_save_dict")().items() if (state := get()) is not None}

    def write(self, states: Mapping[str, Any]) -> None:
        """Write beside the last state, mark it complete, put it in its place."""
        version, encode = upstream("core.persistence", "_state_format_version"), upstream("core.persistence", "_json_default")
        staged = self.folder / "next"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        for name, state in states.items():
            text = json.dumps({"__ministack_format__": version(name), "payload": state}, default=encode)
            (staged / f"{name}.json").write_text(text)
        (staged / "complete").touch()
        settle(self.folder)
        self.saved += 1

    def save_at_stop(self, getters: Mapping[str, Any]) -> None:
        """In the place of upstream's own saving (app.save_all)."""
        self.write(self.copy())


def may_change(scope: Scope) -> bool:
    """Whether a request to the emulator may change its state: not a GET, and not an action that says it reads."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return False
    target = dict(scope["headers"]).get(b"x-amz-target", b"").decode("latin-1")
    return not target.rpartition(".")[2].startswith(READS)


def settle(folder: Path) -> None:
    """Put a complete new state in the place of the old, or drop an incomplete one. At start this ends what a kill cut short."""
    staged = folder / "next"
    if (staged / "complete").exists():
        for file in staged.glob("*.json"):
            file.replace(folder / file.name)
        (staged / "complete").unlink()
    shutil.rmtree(staged, ignore_errors=True)


def save_whole(checkpoints: Checkpoints) -> None:
    """Let a clean stop save as a checkpoint does (app.save_all)."""
    replace("app", "save_all", checkpoints.save_at_stop)


def keep_unread_stream_records() -> None:
    """After a start stream positions are back but the records are not, and as many new ones are skipped (services.dynamodb.get_state,
    load_persisted_state): here the unread ones are kept, and the count of those before them.
    """
    records, trimmed = upstream("services.dynamodb", "_stream_records"), upstream("services.dynamodb", "_stream_trimmed")
    positions, mappings = upstream("services.lambda_svc", "_dynamodb_stream_positions"), upstream("services.lambda_svc", "_esms")

    def first_unread(account: str, region: str, table: str) -> int:
        end: int = trimmed.get_scoped(account, region, table, 0) + len(records.get_scoped(account, region, table, []))
        here = [(name, one) for (owner, place, name), one in mappings.all_items() if (owner, place) == (account, region)]
        return min([end, *(int(positions.get_scoped(account, region, name, 0)) for name, one in here if table_of(one) == table)])

    def get(original: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        kept: list[dict[str, Any]] = []
        for (account, region, table), written in records.all_items():
            start, gone = first_unread(account, region, table), trimmed.get_scoped(account, region, table, 0)
            unread = written[max(0, start - gone) :]
            kept.append({"scope": [account, region, table], "trimmed": max(start, gone), "records": json.loads(json.dumps(unread))})
        return original() | {"streams": kept}

    def load(original: Callable[[Any], None], state: dict[str, Any]) -> None:
        original(state)
        for stream in state.get("streams", ()):
            records.set_scoped(*stream["scope"], stream["records"])
            trimmed.set_scoped(*stream["scope"], stream["trimmed"])

    wrap("services.dynamodb", "get_state", get)
    wrap("services.dynamodb", "load_persisted_state", load)


def keep_sent_emails(most: int = 5000) -> None:
    """Texts are kept and emails are not (services.ses.get_state, load_persisted_state, _sent_emails)."""
    sent = upstream("services.ses", "_sent_emails")

    def get(original: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        return original() | {"sent": [[*scope, list(emails[-most:])] for scope, emails in sent.all_items()]}

    def load(original: Callable[[Any], None], state: dict[str, Any]) -> None:
        original(state)
        for account, region, key, emails in state.get("sent", ()):
            sent.set_scoped(account, region, key, emails)

    wrap("services.ses", "get_state", get)
    wrap("services.ses", "load_persisted_state", load)


def hash_each_bundle_once(most: int = 64) -> None:
    """Each save hashes the code of every function, 0.1 s in all (services.lambda_svc._write_code_blob, CODE_BLOB_DIR)."""
    folder = Path(upstream("services.lambda_svc", "CODE_BLOB_DIR"))

    @lru_cache(most)
    def digest(code: bytes) -> str:
        return hashlib.sha256(code).hexdigest()

    def write(original: Callable[[bytes], str], code: bytes) -> str:
        return digest(code) if (folder / f"{digest(code)}.zip").exists() else original(code)

    wrap("services.lambda_svc", "_write_code_blob", write)


def end_deployments_cut_short() -> None:
    """A stack that was being deployed at a stop stays in progress for ever (services.cloudformation.load_persisted_state, _stacks)."""
    stacks = upstream("services.cloudformation", "_stacks")

    def load(original: Callable[[Any], None], state: dict[str, Any]) -> None:
        original(state)
        for stack in stacks.all_values():
            if stack["StackStatus"].endswith("_IN_PROGRESS"):
                stack["StackStatus"] = "CREATE_FAILED" if stack["StackStatus"].startswith("CREATE") else "UPDATE_ROLLBACK_COMPLETE"
                stack["_template"] = {}  # how far it came nobody knows: the next update compares resource by resource

    wrap("services.cloudformation", "load_persisted_state", load)
