"""How many events a second the local stack takes in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx

from tests.benchmarks.local_stack import LocalStack, warning
from tests.benchmarks.report import Section, milliseconds, quantile

EVENTS, CLIENTS, BATCH = 200, 8, 100

type Ask = Callable[[httpx.Client], object]


def measure(stack: LocalStack, events: int = EVENTS) -> Section:
    """From one client, from eight at once, and in batches."""
    emit = [partial(_emit, stack, number) for number in range(events)]
    batch = [_warning(number) for number in range(BATCH)]
    _measured(stack, emit[: CLIENTS * 3], CLIENTS)  # a worker for each client
    return Section(
        title="Events a second through ingress",
        how=f"{events} flood warnings over HTTP into the emulator's HTTP API, each checked, written and answered with 202. What follows "
        "from them begins meanwhile, on the same cores, and is worked off so long after the first was sent: every page, entry and request. "
        "The floor is the same way in, to a handler that answers at once and calls nothing.",
        columns=("how they are sent", "events a second", "ms a request, p50", "p95", "worked off after"),
        rows=[
            ("*floor: `GET /healthcheck`, one client*", *_measured(stack, [_check] * events)[:-1], ""),
            (f"*floor: `GET /healthcheck`, {CLIENTS} clients*", *_measured(stack, [_check] * events, CLIENTS)[:-1], ""),
            ("one client", *_measured(stack, emit)),
            (f"{CLIENTS} clients", *_measured(stack, emit, CLIENTS)),
            (f"a batch of {BATCH}, one client", *_measured(stack, [partial(stack.send, batch)], each=BATCH)),
        ],
    )


def _warning(number: int) -> dict[str, object]:
    return warning(f"901FWF{number % 50:03}", f"Place {number}")


def _check(client: httpx.Client) -> None:
    client.get("/healthcheck").raise_for_status()


def _emit(stack: LocalStack, number: int, client: httpx.Client) -> None:
    stack.send(_warning(number), client)


def _measured(stack: LocalStack, asked: Sequence[Ask], at_once: int = 1, each: int = 1) -> tuple[str, ...]:
    """Ask for it all, so many at once, and wait until what follows is worked off: events a second, p50, p95, how long it all took."""
    shares = [asked[number::at_once] for number in range(at_once)]
    began = time.monotonic()
    with ThreadPoolExecutor(at_once) as clients:
        took = [seconds for share in clients.map(partial(_ask, stack), shares) for seconds in share]
    rate = len(asked) * each / (time.monotonic() - began)
    settled = stack.settle() - began
    return f"{rate:,.0f}", milliseconds(quantile(took, 0.5)), milliseconds(quantile(took, 0.95)), f"{settled:.0f} s"


def _ask(stack: LocalStack, asked: Iterable[Ask]) -> list[float]:
    """Ask for one after another; how long each took."""
    took = []
    with httpx.Client(base_url=stack.http.base_url, timeout=60, trust_env=False) as client:
        for ask in asked:
            began = time.perf_counter()
            ask(client)
            took.append(time.perf_counter() - began)
    return took
