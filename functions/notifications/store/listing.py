"""Lists in the order of time, newest first, a page at a time: a partition of the index for each day, from the newest to the oldest kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import batched

from functions.common import clock
from functions.common.failures import Refusal
from functions.common.table import Item
from functions.notifications.notification import Notification, Service
from functions.notifications.store import messages
from functions.notifications.store.table import DAY_OF, stands, table
from schemas.grammar import KeyType

PAGE = 250
"""What a page holds (contract 1.2)."""
LARGEST_PAGE = 4_000_000
"""Bytes of words in a page: Lambda answers with at most 6 MB, and there is more to a notification than its words."""
TOGETHER = 100
"""Notifications that are read at once, as many as DynamoDB gives: a page may be full before the next are needed."""
MOST_LOOKS = 100
"""Queries that a page may cost once it holds anything: what is rare is found over several pages, none of which takes long."""
MOST_LOOKS_IN_VAIN = 200
"""Queries that a page may cost while it holds nothing: 100,000 notifications, looked through in less than 20 seconds."""


def notifications(  # each is a part of the one question
    service: Service,
    key_type: KeyType,
    *,
    statuses: frozenset[str],
    channels: frozenset[str],
    reference: str | None,
    older_than: str | None,
) -> list[Notification]:
    """Up to `PAGE` of a service's notifications that keys of one type asked for; of all statuses and channels where none is named.

    A page ends early at `LARGEST_PAGE`, and at `MOST_LOOKS`, but holds something while there is something: clients ask for the next page
    until one is empty. So where `MOST_LOOKS_IN_VAIN` find nothing the answer is no empty page, which would say that there is no more, but
    a Refusal (400, which no client repeats by itself).
    """
    before = _place(service.id, older_than)
    if before is None:
        return []

    def wanted(item: Item) -> bool:
        return (not statuses or item["status"] in statuses) and (not channels or item["channel"] in channels)

    if reference is not None:
        # This index has keys alone: what is wanted shows when it is read.
        items = _bounded(_items(_partition("gsi2", messages.referenced(service.id, key_type, reference), before)), wanted)
    else:
        index = newest(lambda day: messages.listed(service.id, key_type, day), service.longest_kept, before)
        items = filter(None, _items(_bounded(index, wanted)))
    return fitting(map(messages.read, items), lambda one: (one.subject, one.body))


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


def fitting[One](found: Iterable[One], words: Callable[[One], object]) -> list[One]:
    """As many of these as a page holds, one at the least; `words` are what may make one large. Those after it are not looked at."""
    page: list[One] = []
    size = 0
    for one in found:
        # Twice JSON, as Lambda's answer has it: a quotation mark takes four bytes.
        size += len(json.dumps(json.dumps(words(one))))
        if page and size > LARGEST_PAGE:
            break
        page.append(one)
        if len(page) == PAGE:
            break
    return page


def _place(service_id: str, older_than: str | None) -> str | None:
    """From where a page goes back: "" is now, None nowhere, for what is not the service's own is as if not there."""
    if older_than is None:
        return ""
    known = messages.find(service_id, older_than)
    return messages.moment(known) if known else None


def _partition(index: str, partition: str, before: str) -> Iterator[Item | None]:
    after: str | None = before or _AFTER_ALL
    while after is not None:
        # Twice a page, so that a filter need not ask again at once.
        found = table.query(partition, index=index, after=after, descending=True, limit=2 * PAGE)
        yield from found.items
        yield None
        after = found.after


def _bounded(looked_at: Iterator[Item | None], wanted: Callable[[Item], bool]) -> Iterator[Item]:
    found = looks = 0
    for item in looked_at:
        if item is None:
            looks += 1
            if found and looks > MOST_LOOKS:
                return
            if looks > MOST_LOOKS_IN_VAIN:
                raise Refusal(400, _IN_VAIN, code="BadRequestError")
        elif wanted(item):
            found += 1
            yield item
            if found == PAGE:
                return


def _items(entries: Iterable[Item | None]) -> Iterator[Item | None]:
    """The items of these entries, their words unread; a None after each reading, as after a query."""
    for together in batched(filter(None, entries), TOGETHER, strict=False):
        keys = [(item["pk"], item["sk"]) for item in together]
        items = table.get_many(keys)
        yield from (items[key] for key in keys if key in items and stands(items[key]))
        yield None


_IN_VAIN = "Nothing was found in too many notifications: ask without a status or a type, or for what is older_than a notification"
_AFTER_ALL = datetime.max.replace(tzinfo=UTC).isoformat()
"""Text that comes after every time."""
