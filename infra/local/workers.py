"""The processes that functions run in, and what they say: how many there are, for how long, and that no line of theirs is lost."""

import queue
import time
from collections.abc import Callable
from typing import Any

from infra.local.upstream import UpstreamChanged, replace, upstream, wrap


def read_each_invocation_to_its_last_line() -> None:
    """The emulator guesses from a silence when an invocation has said its last line, so that one with none costs 50 ms, and on a busy
    machine the last lines wait, perhaps for ever, for the worker's next invocation. Here a worker marks its end
    (core.lambda_runtime._PYTHON_WORKER_SCRIPT, Worker._drain_stderr_bounded).
    """
    end = "\x1eend of the invocation"
    script, answer = upstream("core.lambda_runtime", "_PYTHON_WORKER_SCRIPT"), "        _real_stdout.flush()\n\nrun()"
    if answer not in script:
        raise UpstreamChanged("core.lambda_runtime", "_PYTHON_WORKER_SCRIPT, ending with an answer")
    mark = f"        sys.stderr.write({end + chr(10)!r})\n        sys.stderr.flush()\n"
    replace("core.lambda_runtime", "_PYTHON_WORKER_SCRIPT", script.replace(answer, mark + answer))

    def drain(original: Callable[..., str], worker: Any, *waits: float, **named: float) -> str:
        if not worker.config["Runtime"].startswith("python"):
            return original(worker, *waits, **named)
        lines: list[str] = []
        latest = time.monotonic() + 2
        while time.monotonic() < latest:
            reading = worker._stderr_thread.is_alive()
            try:
                line = worker._stderr_queue.get(timeout=0.01)
            except queue.Empty:
                if not reading:  # the process ended without its mark
                    break
                continue
            if line == end:
                break
            lines.append(line)
        return "\n".join(lines)

    wrap("core.lambda_runtime", "Worker._drain_stderr_bounded", drain)


def keep_few_workers() -> None:
    """Five batches of a queue at a time are five processes of 50 MB: two are plenty (services.lambda_svc._ESM_SQS_DEFAULT_CONCURRENCY)."""
    replace("services.lambda_svc", "_ESM_SQS_DEFAULT_CONCURRENCY", 2)


def let_idle_workers_go(after: float = 15 * 60) -> None:
    """The first worker of each function is kept for ever, some 60 MB each (services.lambda_svc.reap_idle_workers)."""
    workers, lock = upstream("core.lambda_runtime", "_workers"), upstream("core.lambda_runtime", "_lock")

    def reap(original: Callable[[], int]) -> int:
        with lock:
            idle = [one for pool in workers.values() for one in pool if not one.in_use and time.time() - one.last_used > after]
            for key in list(workers):
                workers[key] = [one for one in workers[key] if one not in idle]
        upstream("core.lambda_runtime", "kill_workers")(idle)
        return len(idle) + original()

    wrap("services.lambda_svc", "reap_idle_workers", reap)


def forget_old_log_lines(kept: int = 2000) -> None:
    """Logs grow without end in memory (services.lambda_svc._emit_lambda_logs, services.eventbridge._events_log_list)."""
    groups = upstream("services.cloudwatch_logs", "_log_groups")

    def emit(original: Callable[..., None], function: dict[str, Any], *arguments: Any, **named: Any) -> None:
        original(function, *arguments, **named)
        config = function.get("config") or function
        name = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config.get('FunctionName')}"
        streams = (groups.get(name) or {}).get("streams", {})  # one stream for each invocation
        while len(streams) > kept:
            streams.pop(next(iter(streams)), None)

    def entries(original: Callable[[], list[Any]]) -> list[Any]:
        log = original()
        del log[:-kept]
        return log

    wrap("services.lambda_svc", "_emit_lambda_logs", emit)
    wrap("services.eventbridge", "_events_log_list", entries)
