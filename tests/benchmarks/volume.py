"""Thousands of notifications over HTTP while AWS and the providers fail: every one is accounted for, and none leaves twice."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

import httpx

from functions.common import clock
from functions.notifications.statuses import FINAL
from tests.benchmarks.local_stack import LocalStack
from tests.benchmarks.messages import EMAIL, TEXT, WARNED
from tests.benchmarks.report import Section, milliseconds, quantile
from tests.benchmarks.tokens import notify_token
from tests.benchmarks.weather import Weather, bad_weather
from tests.integration.faults import FaultProxy

NOTIFICATIONS, CLIENTS = 10_000, 8
LIVE, TEMPORARY, PERMANENT = 10, 25, 26
"""Of so many, one is asked for with a live key; with a test key, one fails for now and one for good."""
LONGEST_SENDING, LONGEST_REST = 600.0, 1_200.0
"""Seconds: what is not asked for by then is not asked for, and what has not ended after that is lost."""
LOST = 50
"""Of so many, the answer to one is taken for lost, and it is asked for again."""
TRIES = 60
NUMBERED = re.compile(r"Number (\d+)\b")

type KeyType = Literal["live", "test"]


@dataclass(frozen=True)
class Asked:
    """One request, as long as it took until it was taken: what its tries were answered with, and the seconds of the last."""

    number: int
    answers: tuple[str, ...]
    took: float


@dataclass(frozen=True)
class Ledger:
    """Each notification as the API tells of it, by its number, and how often each number left for a provider."""

    told: Mapping[int, Sequence[Mapping[str, Any]]]
    left: Counter[int]

    @property
    def outcomes(self) -> Counter[tuple[str, str, str]]:
        """How many came to which end, by key type and channel."""
        return Counter((_key_type(number), one["type"], one["status"]) for number, all_ in self.told.items() for one in all_)

    def ended(self) -> list[datetime]:
        """When each came to its end."""
        return [datetime.fromisoformat(one["completed_at"]) for all_ in self.told.values() for one in all_]

    def problems(self, asked: Sequence[int]) -> Iterator[str]:
        """What does not add up."""
        for number in asked:
            notifications, left = self.told.get(number, ()), self.left[number]
            if len(notifications) != 1:
                yield f"number {number} is {len(notifications)} notifications"
                continue
            status = notifications[0]["status"]
            if status not in FINAL:
                yield f"number {number} is still {status}"
            if left > 1:
                yield f"number {number} left {left} times"
            if _key_type(number) == "test" and left:
                yield f"number {number} left, with a test key"
            if _key_type(number) == "live" and status == "delivered" and not left:
                yield f"number {number} is {status} and never left"
        yield from (f"nobody asked for number {number}" for number in self.told.keys() - set(asked))


def measure(stack: LocalStack, proxy: FaultProxy, notifications: int = NOTIFICATIONS) -> Section:
    """Ask for them all, so many clients at once, in bad weather; then wait for the last, and add up. Fails where it does not add up."""
    began, beginning = time.monotonic(), clock.now()
    with bad_weather(proxy) as weather:
        with ThreadPoolExecutor(CLIENTS) as clients:
            numbers = [range(first, notifications, CLIENTS) for first in range(CLIENTS)]
            shares = clients.map(partial(_ask_for, stack, began + LONGEST_SENDING), numbers)
            asked = [one for share in shares for one in share]
        sending = time.monotonic() - began
        _wait(stack, time.monotonic() + LONGEST_REST)
    # What would leave twice has until then.
    stack.settle(LONGEST_REST)
    ledger = Ledger(_told(stack), _left(stack))
    problems = list(ledger.problems([one.number for one in asked]))
    assert not problems, f"{len(problems)} problems: {'; '.join(problems[:10])}"
    return _section(asked, ledger, weather, sending, [(ended - beginning).total_seconds() for ended in ledger.ended()])


def _section(asked: Sequence[Asked], ledger: Ledger, weather: Weather, sending: float, ended: Sequence[float]) -> Section:
    again = Counter(answer for one in asked for answer in one.answers[:-1])
    took, most = [one.took for one in asked], quantile(ended, 0.95)
    ambiguous = sum(count for (_, _, status), count in ledger.outcomes.items() if status == "technical-failure")
    return Section(
        title="Thousands of notifications in bad weather",
        how=f"{len(asked):,} emails and texts over HTTP, {CLIENTS} clients at once, each request under an Idempotency-Key and sent again "
        f"under it until it is taken. One in {LIVE} has a live key and leaves for the emulator's SES or SNS; the others the simulator "
        f"carries. Meanwhile {weather.broken:,} calls of the functions are broken ({_listed(weather)}): writes and events throttled, their "
        "answers lost, events and messages doubled, providers away or silent. Then everything is added up: the requests, what the API "
        "tells of each notification, and what the providers were given.",
        columns=("key", "channel", "came to", "notifications"),
        rows=[(*kind, f"{count:,}") for kind, count in sorted(ledger.outcomes.items())],
        found=f"All {len(asked):,} are accounted for: none lost, none twice. {ambiguous} had a provider that never answered; they are not "
        f"sent again. Asked for in {sending:.0f} s, {len(asked) / sending:.0f} a second (p50 {milliseconds(quantile(took, 0.5))} ms, "
        f"p95 {milliseconds(quantile(took, 0.95))} ms); sent again after: {_counted(again)}. 95% had come to their end "
        f"after {most:.0f} s, {0.95 * len(asked) / most:.0f} a second; the last after {max(ended):.0f} s.",
    )


def _ask_for(stack: LocalStack, end: float, numbers: Sequence[int]) -> list[Asked]:
    """Ask for one after another, until time is out."""
    with httpx.Client(base_url=stack.http.base_url, timeout=60, trust_env=False) as client:
        return [_ask(stack, client, number) for number in numbers if time.monotonic() < end]


def _ask(stack: LocalStack, client: httpx.Client, number: int) -> Asked:
    """Ask for one, again and again where it is not taken."""
    path, body = _request(number)
    answers: list[str] = []
    for _ in range(TRIES):
        headers = {**notify_token(_key(stack, _key_type(number))), "Idempotency-Key": f"volume-{number}"}
        began = time.perf_counter()
        try:
            answer = client.post(path, json=body, headers=headers)
        except httpx.HTTPError as failure:
            answers.append(type(failure).__name__)
            continue
        is_lost = number % LOST == 0 and not answers
        answers.append("a lost answer" if is_lost else str(answer.status_code))
        if is_lost:
            continue
        if answer.is_success:
            return Asked(number, tuple(answers), time.perf_counter() - began)
        assert answer.status_code == 429 or answer.is_server_error, f"{answer.status_code} {answer.text}"
        time.sleep(min(float(answer.headers.get("Retry-After", 0.2)), 5.0))
    raise AssertionError(f"number {number} is not taken: {Counter(answers)}")


def _request(number: int) -> tuple[str, dict[str, Any]]:
    """The path and the body of one request. What is sent names its number."""
    about = {"reference": f"{number}", "personalisation": {**WARNED, "description": f"Number {number}"}}
    if number % 2:
        address = _failing(number, "temp-fail@simulator.notify", "perm-fail@simulator.notify") or f"number-{number}@example.com"
        return "/v2/notifications/email", {**EMAIL, **about, "email_address": address}
    phone = _failing(number, "07700 900003", "07700 900002") or f"07700 900{300 + number % 600}"
    return "/v2/notifications/sms", {**TEXT, **about, "phone_number": phone}


def _failing(number: int, temporary: str, permanent: str) -> str | None:
    if _key_type(number) == "live":
        return None
    return temporary if number % TEMPORARY == 0 else permanent if number % PERMANENT == 0 else None


def _key_type(number: int) -> KeyType:
    # Pairs, so that both channels have both keys.
    return "live" if number // 2 % LIVE == 0 else "test"


def _key(stack: LocalStack, key_type: KeyType) -> str:
    return stack.key if key_type == "live" else stack.test_key


def _wait(stack: LocalStack, end: float) -> None:
    """Wait until every notification has come to an end, as the API tells it; or until time is out."""
    unfinished = "&".join(f"status={status}" for status in ("created", "sending", "pending"))
    while time.monotonic() < end:
        if not any(_page(stack, key_type, unfinished) for key_type in ("live", "test")):
            return
        time.sleep(2)


def _told(stack: LocalStack) -> dict[int, list[Mapping[str, Any]]]:
    """All that the API lists, page by page."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    for key_type in ("live", "test"):
        page = _page(stack, key_type)
        while page:
            for one in page:
                found.setdefault(int(one["reference"]), []).append(one)
            page = _page(stack, key_type, f"older_than={page[-1]['id']}")
    return found


def _page(stack: LocalStack, key_type: KeyType, query: str = "") -> list[Mapping[str, Any]]:
    headers = notify_token(_key(stack, key_type))
    found: list[Mapping[str, Any]] = (
        stack.http.get(f"/v2/notifications?{query}", headers=headers).raise_for_status().json()["notifications"]
    )
    return found


def _left(stack: LocalStack) -> Counter[int]:
    """How often each number was handed to a provider."""
    emails = stack.http.get(f"{stack.platform.endpoint}/_ministack/ses/messages").json()["messages"]
    texts = stack.http.get(f"{stack.platform.endpoint}/_ministack/sns/sms-messages").json()["sms_messages"]
    words = [email["Subject"] for account in emails.values() for email in account]
    words += [text["Message"] for received in texts.values() for text in received]
    return Counter(int(number[1]) for text in words if (number := NUMBERED.search(text)))


def _listed(weather: Weather) -> str:
    kinds: Counter[str] = Counter()
    for (kind, _), met in weather.met.items():
        kinds[kind] += met
    return _counted(kinds)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} × {name}" for name, count in counts.most_common() if count) or "none"
