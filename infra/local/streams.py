"""How functions hear tables: each stream is read on its own thread, and at once.

Upstream one thread runs every stream function in turn, and looks at no queue meanwhile; after each wake that found nothing it
sleeps for 50 ms.
"""

import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from infra.local.upstream import replace, upstream

type Mapping = dict[str, Any]

resting = threading.Event()
"""Set at stop: no mapping is found any more, so nothing new is taken from a stream or a queue."""

_only: ContextVar[str | None] = ContextVar("only", default=None)
_reading: set[str] = set()


def read_side_by_side() -> None:
    """Give each stream its thread (services.lambda_svc._iter_all_esms, _poll_dynamodb_streams, _ESM_IDLE_WAKE_GAP_SECONDS)."""
    lambdas = "services.lambda_svc"
    every, read = upstream(lambdas, "_iter_all_esms"), upstream(lambdas, "_poll_dynamodb_streams")
    wake, start = upstream("core.concurrency", "esm_wake"), upstream("core.concurrency", "spawn_background")

    def chosen() -> Iterator[tuple[str, str, Mapping]]:
        if resting.is_set():
            return
        wanted = _only.get()
        for account, region, mapping in every():
            if wanted in (None, mapping["UUID"]):
                yield account, region, mapping

    def read_one(account: str, region: str, mapping: Mapping) -> None:
        _only.set(mapping["UUID"])
        try:
            while read():
                pass
        finally:
            _reading.discard(mapping["UUID"])
            if has_work(account, region, mapping):  # it came between the last look and the line above
                wake.set()

    def poll() -> bool:
        for account, region, mapping in chosen():
            if mapping["UUID"] not in _reading and has_work(account, region, mapping):
                _reading.add(mapping["UUID"])
                start(read_one, account, region, mapping, thread_name="stream")
        return False

    replace(lambdas, "_iter_all_esms", chosen)
    replace(lambdas, "_poll_dynamodb_streams", poll)
    replace(lambdas, "_ESM_IDLE_WAKE_GAP_SECONDS", 0.002)


def has_work(account: str, region: str, mapping: Mapping) -> bool:
    """Whether a stream's mapping has records that it has not read, and is not resting after a failure."""
    table = table_of(mapping)
    if table is None or not mapping.get("Enabled", True) or resting.is_set():
        return False
    if upstream("services.lambda_svc", "_esm_backoff_until").get_scoped(account, region, mapping["UUID"], 0) > time.time():
        return False
    position = upstream("services.lambda_svc", "_dynamodb_stream_positions").get_scoped(account, region, mapping["UUID"])
    end: int = upstream("services.dynamodb", "stream_end_position")(table, account_id=account, region=region)
    return end > position if position is not None else end > 0


def table_of(mapping: Mapping) -> str | None:
    """The table whose stream a mapping reads; None for a mapping of something else."""
    source = str(mapping.get("EventSourceArn", ""))
    return source.split(":table/")[1].split("/stream/")[0] if ":dynamodb:" in source and "/stream/" in source else None


def busy() -> bool:
    """Whether a stream is being read, a batch of a queue handled, or a function at work."""
    at_work: int = upstream("core.lambda_runtime", "workers_in_use")()
    return bool(_reading or upstream("services.lambda_svc", "_esm_inflight") or at_work)
