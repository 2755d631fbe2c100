"""Lists in the order of time, newest first, a page at a time: a partition of the index for each day, from the newest to the oldest kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import batched

from functions.common import clock
from functions.common.table import Item
from functions.notifications.notification import KeyType, Notification, Service
from functions.notifications.store import messages
from functions.notifications.store.table import DAY_OF, table

PAGE = 250
"""What a page holds (contract 1.2)."""
MOST_LOOKS = 100
"""Queries that a page may cost once it holds anything: what is rare is found over several pages, none of which takes long."""


def notifications(  # each is a part of the one question
    service: Service,
    key_type: KeyType,
    *,
    statuses: frozenset[str],
    channels: frozenset[str],
    reference: str | None,
    older_than: str | None,
) -> list[Notification]:
    """Up to `PAGE` of a service's notifications that keys of one type asked for; of all statuses and channels where none is named."""
    before = _place(service.id, older_than)
    if before is None:
        return []

    def wanted(item: Item) -> bool:
        return (not statuses or item["status"] in statuses) and (not channels or item["channel"] in channels)

    if reference is not None:
        return _of_reference(messages.referenced(service.id, key_type, reference), before, wanted)
    index = newest(lambda day: messages.listed(service.id, key_type, day), service.longest_kept, before)
    return _read(_bounded(index, wanted))


def newest(partition_of: Callable[[str], str], days: int, before: str) -> Iterator[Item | None]:
    """The entries of `gsi1` from `before` back, through so many days; a None after each query, so that who reads can count them."""
    day = date.fromisoformat(before[DAY_OF]) if before else clock.now().date()
    oldest = clock.now().date() - timedelta(days=days)
    while day >= oldest:
        yield from _partition("gsi1", partition_of(day.isoformat()), before)
        day -= timedelta(days=1)


def page(index: Iterator[Item | None]) -> list[Item]:
    """Up to `PAGE` entries of an index."""
    found: list[Item] = []
    for item in index:
        if item is not None:
            found.append(item)
        if len(found) == PAGE:
            break
    return found


def _place(service_id: str, older_than: str | None) -> str | None:
    """From where a page goes back: "" is now, None nowhere, for what is not the service's own is as if not there."""
    if older_than is None:
        return ""
    known = messages.find(service_id, older_than)
    return messages.moment(known) if known else None


def _of_reference(partition: str, before: str, wanted: Callable[[Item], bool]) -> list[Notification]:
    found: list[Notification] = []
    # This index has keys alone: what is wanted shows when it is read.
    for entries in batched(filter(None, _partition("gsi2", partition, before)), PAGE, strict=False):
        found += [one for one in _read(entries) if wanted({"status": one.status, "channel": one.channel})]
        if len(found) >= PAGE:
            break
    return found[:PAGE]


def _partition(index: str, partition: str, before: str) -> Iterator[Item | None]:
    after: str | None = before or _AFTER_ALL
    while after is not None:
        # Twice a page, so that a filter need not ask again at once.
        found = table.query(partition, index=index, after=after, descending=True, limit=2 * PAGE)
        yield from found.items
        yield None
        after = found.after


def _bounded(index: Iterator[Item | None], wanted: Callable[[Item], bool]) -> Iterator[Item]:
    found = looks = 0
    for item in index:
        if item is None:
            looks += 1
            if found and looks > MOST_LOOKS:
                return
        elif wanted(item):
            found += 1
            yield item
            if found == PAGE:
                return


def _read(entries: Iterable[Item]) -> list[Notification]:
    keys: Sequence[tuple[str, str]] = [(item["pk"], item["sk"]) for item in entries]
    items = table.get_many(keys)
    return [messages.read(items[key]) for key in keys if key in items]


_AFTER_ALL = datetime.max.replace(tzinfo=UTC).isoformat()
"""Text that comes after every time."""
