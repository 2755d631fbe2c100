"""Where a page ended, as a text that only this platform can write: the next page's `_cursor`.

It is bound to the dataset, to the number of entries that the first page was read at, and to the query (its conditions, its search and its
order), not to who asks. How many records a page has, and which columns, may change from page to page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass

from functions.common import keyring
from functions.common.failures import Invalid
from functions.data_access.queries.columns import Scalar
from functions.data_access.queries.query import Query

SIGNATURE = 16
"""Bytes of it: enough that nobody guesses one."""
MOST = 4_000
"""Characters of a cursor that is looked at at all."""

_PURPOSE = b"cursor"


@dataclass(frozen=True, slots=True)
class Place:
    """As at how many entries, and behind which record: its values in the order of the query."""

    as_at: int
    after: tuple[Scalar | None, ...]


def written(dataset: str, query: Query, place: Place) -> str:
    """The cursor of a place."""
    body = json.dumps([place.as_at, *place.after], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_signature(dataset, query, body) + body).decode().rstrip("=")


def read(cursor: str, dataset: str, query: Query) -> Place:
    """The place of a cursor. Raises Invalid for one that was not given for this query of this dataset."""
    unlike = Invalid("is not one that was given for this query: begin without it, or use an answer's next link as it is", "_cursor")
    if len(cursor) > MOST:
        raise unlike
    try:
        whole = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise unlike from None
    body = whole[SIGNATURE:]
    if not hmac.compare_digest(whole[:SIGNATURE], _signature(dataset, query, body)):
        raise unlike
    as_at, *after = json.loads(body)
    return Place(as_at, tuple(after))


def _signature(dataset: str, query: Query, body: bytes) -> bytes:
    asked = repr((dataset, query.where, query.search, query.whole_order)).encode()
    secret = hmac.digest(keyring.pepper(), _PURPOSE, hashlib.sha256)
    return hmac.digest(secret, hashlib.sha256(asked).digest() + body, hashlib.sha256)[:SIGNATURE]
