"""Datasets over HTTP: records that are filtered, sorted and paged, their history, and every change (contract 4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response

from functions.common import declarations
from functions.common.failures import Invalid, Refusal
from functions.common.http import Api
from functions.data_access import asking, changes, describing, dictionary, openapi
from functions.data_access.asking import MEDIA_TYPES, NDJSON
from functions.data_access.dictionary import Dictionary
from functions.data_access.listing import csv_page, listed
from functions.data_access.negotiation import CSV, JSON, unchanged
from functions.data_access.queries import columns, cursor, parameters, serving
from functions.data_access.queries.columns import Columns
from functions.data_access.queries.parameters import MOST, Asked
from functions.data_access.queries.query import Condition, Operator
from functions.data_access.queries.running import OverReplica
from functions.data_access.registers import MAXIMUM_KEY
from functions.data_access.store import log, snapshots

if TYPE_CHECKING:
    from functions.data_access.registers import Head
    from functions.data_access.replica import Replica

FILE = "records.csv.gz"
"""Of a snapshot: where the whole of a dataset is as CSV."""
_ANEW = {"Cache-Control": "private, no-cache", "Vary": "Accept, X-Api-Key, Authorization"}


def shape(refusal: Refusal) -> object:
    """A refusal in the words of api.data.gov (contract 3), with the parameter or field at fault."""
    message = f"{refusal.field}: {refusal.message}" if refusal.field else refusal.message
    error = {"code": (refusal.code or "").upper(), "message": message, "field": refusal.field}
    return {"error": {name: value for name, value in error.items() if value}}


api = Api(
    "Datasets",
    shape=shape,
    invalid_status=400,
    readdress=asking.readdress,
    always={
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Link, ETag, Last-Modified, Retry-After, RateLimit, RateLimit-Policy, "
        "X-RateLimit-Limit, X-RateLimit-Remaining",
    },
)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset that is declared, and where its register stands now: one read."""

    name: str
    declared: Mapping[str, Any]
    dictionary: Dictionary
    head: Head | None

    @property
    def size(self) -> int:
        """How many entries its register has."""
        return self.head.size if self.head else 0

    def at_head(self) -> Replica:
        """The replica that holds all of them."""
        from functions.data_access import replica  # local: an answer of 304 needs no SQLite

        return replica.at_head(self.name, self.head, self.dictionary)


@api.get("/datasets")
def datasets() -> Response[Any]:
    """Which datasets there are, whose they are, and what each is about."""
    declared = declarations.compiled()["registers"].items()
    return _json({"datasets": [describing.summary(name, about) for name, about in declared]}, {})


@api.get("/datasets/<dataset>")
def about(dataset: str) -> Response[Any]:
    """What a dataset is: its data dictionary, how much is in it, its newest snapshot, and where the rest is."""
    found = _dataset(dataset)
    headers = _headers(found, "json")
    if unchanged(api.headers, headers["ETag"]):
        return Response(304, headers=headers)
    with found.at_head() as current:
        [records] = current.connection.execute("SELECT count(*) FROM records").fetchone()
    newest = snapshots.newest(dataset)
    return _json(describing.described(dataset, found.declared, found.dictionary, found.head, records, newest), headers)


@api.get("/datasets/<dataset>/openapi.json")
def contract(dataset: str) -> Response[Any]:
    """The OpenAPI document of a dataset, made from its data dictionary."""
    declared = declarations.register(dataset) or _absent(f"There is no dataset {dataset[:80]}.")
    return _json(openapi.document(dataset, declared, dictionary.of(declared), api.base_url), {})


@api.get("/datasets/<dataset>/records")
def records(dataset: str) -> Response[Any]:
    """Records that meet conditions, in an order, page by page: as JSON, CSV or NDJSON. Each field is a parameter, by its name."""
    found = _dataset(dataset)
    known = columns.of(found.dictionary)
    asked = _asked(found, known)
    as_at = found.size if asked.query.as_at is None else asked.query.as_at
    headers = _headers(found, asked.format or "json", as_at)
    if unchanged(api.headers, headers["ETag"]):
        return Response(304, headers=headers)
    if whole := _whole_file(found, asked):
        return Response(302, headers={**_ANEW, "Location": whole})
    with found.at_head() as current:
        if asked.moment:
            as_at = asking.entries_at(current, asked.moment)
            asked = replace(asked, query=replace(asked.query, as_at=as_at))
        serving.check(asked.query, known, current.total)
        if asked.query.as_at == current.size:
            asked = replace(asked, query=replace(asked.query, as_at=None))
        page = listed(OverReplica(current.connection, known), dataset, f"{api.base_url}{api.path}", asked, _raw(), known, as_at)
    form = asked.format or "json"
    media_type = f"{CSV};charset=UTF-8" if form == "csv" else MEDIA_TYPES[form]
    return Response(200, media_type, page.body, {**headers, **_links(next=page.next)})


@api.get("/datasets/<dataset>/records/<key>")
def record(dataset: str, key: str) -> Response[Any]:
    """The record of a key, as it is or as it was; 410, and where its history is, when it was removed."""
    found, key = _dataset(dataset), _key(key)
    known = columns.of(found.dictionary)
    asked = _asked(found, known, ("json", "csv"))
    if not asked.query.selects_all or asked.query.order or asked.cursor:
        raise Invalid("can be _fields, as_at and _format here", "the query")
    headers = _headers(found, asked.format or "json") | _links(history=f"/datasets/{dataset}/records/{key}/history")
    if unchanged(api.headers, headers["ETag"]):
        return Response(304, headers=headers)
    with found.at_head() as current:
        if asked.moment:
            asked = replace(asked, query=replace(asked.query, as_at=asking.entries_at(current, asked.moment)))
        query = replace(asked.query, where=Condition("_key", Operator.EXACT, key), order=())
        source = OverReplica(current.connection, known)
        rows = (source.rows(query) if asked.format == "csv" else source.objects(query)).rows
        if not rows:
            _gone(current, key, query.as_at, headers)
        if asked.format == "csv":
            return Response(200, f"{CSV};charset=UTF-8", csv_page(rows, query.columns, known), headers)
        as_at = current.size if query.as_at is None else query.as_at
    return Response(200, JSON, f'{{"dataset":{json.dumps(dataset)},"as_at":{as_at},"record":{rows[0][0]}}}', headers)


@api.get("/datasets/<dataset>/records/<key>/history")
def history(dataset: str, key: str) -> Response[Any]:
    """Everything that the record of a key has been, oldest first, each with its entry and the event that it is owed to."""
    found, key = _dataset(dataset), _key(key)
    since, limit = _since_and_limit(found.size)
    headers = _headers(found, "json")
    if unchanged(api.headers, headers["ETag"]):
        return Response(304, headers=headers)
    with found.at_head() as current:
        made = changes.of_a_key(current, key, since, limit)
        if not made.lines and not current.trail(key, 1, 1):
            raise Refusal(404, f"There is no record {key}.", code="not_found")
        as_at = current.size
    following = f"{api.base_url}/datasets/{dataset}/records/{key}/history?since={made.last}&_limit={limit}" if made.last else None
    more = f',"next":{json.dumps(following)}' if following else ""
    body = f'{{"dataset":{json.dumps(dataset)},"key":{json.dumps(key)},"as_at":{as_at},"history":[{",".join(made.lines)}]{more}}}'
    return Response(200, JSON, body, headers | _links(next=following))


@api.get("/datasets/<dataset>/changes")
def changed(dataset: str) -> Response[Any]:
    """Every change since an entry, oldest first, one to a line (NDJSON); or, as RSF, where they can be had with what proves them."""
    found = _dataset(dataset)
    since, limit = _since_and_limit(found.size)
    form = asking.format_of(api.headers, api.query.get("_format"), ("ndjson", "rsf"))
    headers = _headers(found, form)
    if unchanged(api.headers, headers["ETag"]):
        return Response(304, headers=headers)
    if form == "rsf":
        location = f"/registers/{dataset}/download-rsf/{since}/{min(since + limit, found.size)}"
        return Response(302, headers={**_ANEW, "Location": location})
    with found.at_head() as current:
        made = changes.since(current, since, limit)
    following = f"{api.base_url}/datasets/{dataset}/changes?since={made.last}&_limit={limit}" if made.last else None
    return Response(200, NDJSON, "".join(f"{line}\n" for line in made.lines), headers | _links(next=following))


def _dataset(name: str) -> Dataset:
    _caller()
    declared = declarations.register(name) or _absent(f"There is no dataset {name[:80]}.")
    return Dataset(name, declared, dictionary.of(declared), log.head(name))


def _caller() -> None:
    """Who is asking. Datasets are open: nobody is turned away yet."""


def _asked(found: Dataset, known: Columns, formats: tuple[str, ...] = parameters.FORMATS) -> Asked:
    """The query of the request: at the place of its cursor, and as at an entry that there is."""
    asked = parameters.parse(_raw(), known)
    asked = replace(asked, format=asking.format_of(api.headers, asked.format, formats))
    if asked.format != "json" and "_limit" not in api.query:
        # What has no place for a next link holds as much as it can.
        asked = replace(asked, query=replace(asked.query, limit=MOST))
    if asked.query.search is not None and (asked.query.as_at is not None or asked.moment):
        raise Invalid("looks for words in records as they are: leave out as_at", "_search")
    if asked.cursor:
        place = cursor.read(asked.cursor, found.name, asked.query)
        if asked.moment is None and asked.query.as_at not in (None, place.as_at):
            raise Invalid(f"is of another state than the cursor, which is as at {place.as_at}", "as_at")
        asked = replace(asked, moment=None, query=replace(asked.query, as_at=place.as_at, after=place.after))
    if (asked.query.as_at or 0) > found.size:
        raise Invalid(f"there are {found.size} entries", "as_at")
    return asked


def _whole_file(found: Dataset, asked: Asked) -> str | None:
    """Where the whole dataset is as CSV, if that is asked for and is more than a page: the file of the newest snapshot."""
    query = asked.query
    partly = not query.selects_all or query.order or query.after or query.as_at is not None or asked.moment
    if asked.format != "csv" or partly or {"_limit", "_fields"} & api.query.keys() or found.size <= MOST:
        return None
    newest = snapshots.newest(found.name)
    there = newest and newest.records > MOST and newest.dictionary == found.dictionary.hash and newest.file(FILE)
    return f"/datasets/{found.name}/snapshots/{newest.number}/{FILE}" if newest and there else None


def _headers(found: Dataset, form: str, entries: int | None = None) -> dict[str, str]:
    """What every answer about a dataset says of its version: known from the head alone."""
    etag = asking.version(found.size if entries is None else entries, f"{api.path}?{_raw()}", found.dictionary.hash, form)
    return {**_ANEW, "ETag": etag, **asking.last_modified(found.head)}


def _gone(current: Replica, key: str, as_at: int | None, headers: Mapping[str, str]) -> NoReturn:
    first = current.trail(key, 1, 1)
    if first and (as_at is None or first[0].number <= as_at):
        told = f"The record {key} was removed. Its history is at /datasets/{current.register}/records/{key}/history."
        raise Refusal(410, told, code="gone", headers={"Link": headers["Link"]})
    _absent(f"There is no record {key}.")


def _since_and_limit(size: int) -> tuple[int, int]:
    if unknown := api.query.keys() - {"since", "_limit", "_format", "api_key"}:
        raise Invalid("there is no such parameter: there are since, _limit and _format", min(unknown)[:100])
    since = asking.whole_number(api.query, "since", 0, most=size)
    return since, max(1, asking.whole_number(api.query, "_limit", MOST, most=MOST))


def _raw() -> str:
    return str(api.resolver.current_event.raw_event.get("rawQueryString") or "")


def _key(segment: str) -> str:
    key = unquote(segment)
    return key if len(key) <= MAXIMUM_KEY else _absent("No key is that long.")


def _absent(message: str) -> NoReturn:
    raise Refusal(404, message, code="not_found")


def _links(**addresses: str | None) -> dict[str, str]:
    there = [f'<{address}>; rel="{relation}"' for relation, address in addresses.items() if address]
    return {"Link": ", ".join(there)} if there else {}


def _json(document: object, headers: Mapping[str, str]) -> Response[Any]:
    return Response(200, JSON, json.dumps(document, ensure_ascii=False, separators=(",", ":")), dict(headers))
