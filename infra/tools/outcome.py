"""What an event did, told hop by hop."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra.tools.following import ACCEPTED, ENDS, NOTIFICATION, REJECTED, STATUS, member, named
from infra.tools.sending import Hop

PUBLISHED, UNPUBLISHED, APPENDED = "platform.ContentPublished.v1", "platform.ContentUnpublished.v1", "platform.RecordAppended.v1"
FORWARDED = "platform.EventForwarded.v1"
REQUESTS = frozenset({*ENDS, NOTIFICATION})


@dataclass(frozen=True)
class Told:
    """One thing that happened: how many milliseconds after the event was accepted, and the same for programs."""

    what: str
    after_ms: int | None
    lines: Sequence[str]
    facts: dict[str, Any] = field(default_factory=dict)


def outcome(accepted_at: str, hops: Sequence[Hop], url: str, prove: Callable[[Hop], str]) -> list[Told]:
    """Everything in the order of time. `prove` gives the reason why an entry is not in its register's log, or nothing when it is."""

    def after(hop: Hop) -> int:
        return milliseconds(accepted_at, hop["time"])

    found = _all(hops, url, after, prove)
    return sorted(found, key=lambda told: (told.after_ms is None, told.after_ms))


def milliseconds(since: str, until: str) -> int:
    """From one moment to another."""
    return round((datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds() * 1000)


def _all(hops: Sequence[Hop], url: str, after: Callable[[Hop], int], prove: Callable[[Hop], str]) -> Iterator[Told]:
    yield from _reactions(hops, after)
    for hop in _of(hops, PUBLISHED):
        address = url + member(hop, "base_path")
        version = member(hop, "user_facing_version")
        yield Told("page published", after(hop), [f"{address}  (edition {version})"], {"url": address, "version": version})
    for hop in _of(hops, UNPUBLISHED):
        address = url + member(hop, "base_path")
        yield Told("page unpublished", after(hop), [f"{address}  ({member(hop, 'type')})"], {"url": address, "type": member(hop, "type")})
    yield from _messages(hops, after)
    for hop in _of(hops, APPENDED):
        yield _entry(hop, after(hop), prove)
    for hop in _of(hops, FORWARDED):
        yield Told("handed on", after(hop), [f"to the {member(hop, 'target')} {member(hop, 'name')}"], dict(hop["data"]))
    for hop in _of(hops, REJECTED):
        yield Told("rejected", after(hop), [f"{member(hop, 'consumer')}: {member(hop, 'reason')}"], dict(hop["data"]))


def _reactions(hops: Sequence[Hop], after: Callable[[Hop], int]) -> Iterator[Told]:
    requests = [hop for hop in hops if hop["type"] in REQUESTS and hop.get("causationid")]
    # A long list of subscribers is asked for page by page: the pages that follow the first are no reactions.
    first = [hop for hop in requests if all(hop["causationid"] != other["id"] for other in requests)]
    if first:
        lines = [f"{named(hop['type'])}  {hop.get('subject') or ''}" for hop in first]
        facts = {"requests": [{"type": hop["type"], "subject": hop.get("subject"), "id": hop["id"]} for hop in first]}
        yield Told("reactions", max(map(after, first)), lines, facts)


def _messages(hops: Sequence[Hop], after: Callable[[Hop], int]) -> Iterator[Told]:
    accepted = _of(hops, ACCEPTED)
    statuses = sorted(_of(hops, STATUS), key=lambda hop: str(hop["time"]))
    if not accepted and not statuses:
        if asked := _of(hops, NOTIFICATION):
            lists = ", ".join(sorted({str(hop["subject"]) for hop in asked if hop.get("subject")}))
            yield Told("messages", None, [f"nobody is on the list {lists} (docs/onboarding.md: Who is told)"], {"channels": {}})
        return
    latest = {member(hop, "notification_id"): (member(hop, "channel"), "accepted") for hop in accepted}
    handed_over: dict[str, int] = {}
    for hop in statuses:
        latest[member(hop, "notification_id")] = member(hop, "channel"), member(hop, "status")
        handed_over.setdefault(member(hop, "notification_id"), after(hop))
    channels: dict[str, Counter[str]] = {}
    for channel, status in latest.values():
        channels.setdefault(channel, Counter())[status] += 1
    lines = [
        f"{channel}: {', '.join(f'{number} {status}' for status, number in found.items())}" for channel, found in sorted(channels.items())
    ]
    yield Told("messages handed over", max(handed_over.values(), default=None), lines, {"channels": channels})


def _entry(hop: Hop, after_ms: int, prove: Callable[[Hop], str]) -> Told:
    appended = hop["data"]
    number, total = appended["entry_number"], appended["total_entries"]
    line = f"{appended['register_name']}  {appended['key']}  entry {number} of {total}"
    wrong = prove(hop)
    said = f"proof NOT verified: {wrong}" if wrong else f"proof verified: entry {number} is in the log of {total} under that root hash"
    proof = {"verified": not wrong} | ({"reason": wrong} if wrong else {})
    return Told("register entry", after_ms, [line, f"root hash {appended['root_hash']}", said], {**appended, **proof})


def _of(hops: Sequence[Hop], type_: str) -> list[Hop]:
    return [hop for hop in hops if hop["type"] == type_]
