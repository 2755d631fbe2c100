"""What a request for a dataset asks for: which representation, as at which entry, and whether the caller has the answer already."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from functions.common.failures import Invalid, Refusal
from functions.data_access.negotiation import CSV, JSON, chosen

if TYPE_CHECKING:
    from functions.data_access.registers import Head
    from functions.data_access.replica import Replica

NDJSON = "application/x-ndjson"
RSF = "application/uk-gov-rsf"
MEDIA_TYPES = {"json": JSON, "csv": CSV, "ndjson": NDJSON, "rsf": RSF}

_SUFFIXED = re.compile(r"(?P<path>/datasets/[^/]+/(records(/.+)?|changes))\.(?P<format>json|csv|ndjson|rsf)", re.DOTALL)
_KEYED = re.compile(r"(?P<before>/datasets/[^/]+/records/)(?P<key>.+?)(?P<behind>(/history)?)", re.DOTALL)
_ROWS = re.compile(r"/datasets/[^/]+/(records|changes)(/.*)?", re.DOTALL)


def is_for_rows(request: Mapping[str, Any]) -> bool:
    """Whether a request, as the routes know it, is for what is in a dataset, and not only about it."""
    return _ROWS.fullmatch(str(request["rawPath"])) is not None


def readdress(event: dict[str, Any]) -> dict[str, Any]:
    """A request as the routes know it: a suffix becomes what is accepted, outranking `Accept`; a key with slashes becomes one segment."""
    path, headers = str(event["rawPath"]), event.get("headers") or {}
    if suffixed := _SUFFIXED.fullmatch(path):
        path = suffixed["path"]
        headers = {name: value for name, value in headers.items() if name.lower() != "accept"}
        headers["accept"] = MEDIA_TYPES[suffixed["format"]]
    # API Gateway has already decoded the address, so that a slash inside a key looks like one between segments.
    if keyed := _KEYED.fullmatch(path):
        path = f"{keyed['before']}{quote(keyed['key'], safe='')}{keyed['behind']}"
    return {**event, "rawPath": path, "headers": headers}


def format_of(headers: Mapping[str, str], told: str | None, offered: tuple[str, ...]) -> str:
    """The format to answer in: what the query says, else what is accepted. Raises Refusal 406."""
    if told in offered:
        return told
    media_type = chosen(headers.get("accept", ""), [MEDIA_TYPES[name] for name in offered])
    if media_type is None or told:
        raise Refusal(406, f"This can be had as {', '.join(MEDIA_TYPES[name] for name in offered)}.", code="not_acceptable")
    return next(name for name in offered if MEDIA_TYPES[name] == media_type)


def version(entries: int, asked: str, layout: str, form: str) -> str:
    """The entity tag of an answer: of so many entries, to this query string, with this dictionary. It is known before a row is read."""
    return f'"{entries}-{hashlib.sha256(f"{layout} {asked}".encode()).hexdigest()[:16]}.{form}"'


def last_modified(head: Head | None) -> dict[str, str]:
    """When the register last changed, as HTTP says it."""
    if head is None or not head.updated:
        return {}
    return {"Last-Modified": datetime.fromisoformat(head.updated).strftime("%a, %d %b %Y %H:%M:%S GMT")}


def entries_at(current: Replica, moment: str) -> int:
    """How many entries there were at a moment. The log's own time does not go back, so that few are looked at."""
    least, most = 0, current.size
    while least < most:
        middle = (least + most + 1) // 2
        [stamp] = current.connection.execute("SELECT timestamp FROM entries WHERE number = ?", (middle,)).fetchone()
        least, most = (middle, most) if stamp <= moment else (least, middle - 1)
    return least


def whole_number(query: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    """A parameter that is a whole number from 0 on. Raises Invalid."""
    given = query.get(name)
    if given is None:
        return default
    if not re.fullmatch(r"[0-9]{1,15}", given, re.ASCII) or int(given) > most:
        raise Invalid(f"must be a whole number from 0 to {most}", name)
    return int(given)
