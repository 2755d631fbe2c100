"""Workers before they are asked for: the first event after a start is not kept waiting for six functions to import what they need."""

import logging
import time

from infra.local import streams
from infra.local.upstream import upstream

PAUSE_SECONDS = 3.0
"""Left to the deployment, which may replace functions, and to whoever opens the site at once."""


def warm_functions() -> None:
    """Start one worker of each function, one after another (services.lambda_svc._functions, core.lambda_runtime.acquire_worker,
    ensure_spawned, release_worker).
    """
    acquire, release = upstream("core.lambda_runtime", "acquire_worker"), upstream("core.lambda_runtime", "release_worker")
    time.sleep(PAUSE_SECONDS)
    for (_, _, name), function in upstream("services.lambda_svc", "_functions").all_items():
        config = function["config"]
        if streams.resting.is_set() or not str(config.get("Runtime", "")).startswith("python"):
            continue
        worker, _ = acquire(name, config, function["code_zip"], qualifier=config.get("Version", "$LATEST"))
        try:
            upstream("core.lambda_runtime", "ensure_spawned")(worker)
        except RuntimeError:
            logging.getLogger("commonweal").exception("%s does not start", name)
        finally:
            release(worker)
