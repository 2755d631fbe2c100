"""Datasets over HTTP: records that are filtered, sorted and paged, their history, and every change (contract 4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn
from urllib.parse import quote, unquote

from aws_lambda_powertools.event_handler import Response

from functions.common import developer_keys, quota
from functions.common.failures import Invalid, Refusal
from functions.common.http import Api
from functions.data_access import asking, changes, definitions, describing, dictionary, downloads
from functions.data_access.asking import MEDIA_TYPES, NDJSON
from functions.data_access.dataset import Dataset, find
from functions.data_access.listing import csv_page, listed
from functions.data_access.negotiation import CSV, JSON, unchanged
from functions.data_access.queries import columns, cursor, parameters
from functions.data_access.queries.columns import Columns
from functions.data_access.queries.parameters import MOST, Asked
from functions.data_access.queries.query import Condition, Operator
from functions.data_access.registers import MAXIMUM_KEY
from functions.data_access.store import snapshots

FILE = "records.csv.gz"
"""Of a snapshot: where the whole of a dataset is as CSV."""
_ANEW = {"Cache-Control": "private, no-cache", "Vary": "Accept, X-Api-Key, Authorization"}


def shape(refusal: Refusal) -> object:
    """A refusal in the words of api.data.gov (contract 3), its message by itself saying where it is wrong."""
    message = f"{refusal.field}: {refusal.message}" if refusal.field else refusal.message
    return developer_keys.shape(Refusal(refusal.status, message, code=refusal.code, field=refusal.field))


def admitted(request: quota.Request) -> quota.Admitted:
    """Who asks for rows needs a key, and is counted; what datasets there are, and their files, anybody may see."""
    return quota.admit(request) if asking.is_for_rows(request) else quota.admit_anyone(request)


datasets = Api(
    "Datasets",
    admits=admitted,
    shape=shape,
    invalid_status=400,
    readdress=asking.readdress,
    always={
        **developer_keys.ALWAYS,
        "Access-Control-Expose-Headers": f"{developer_keys.ALWAYS['Access-Control-Expose-Headers']}, Link, ETag, Last-Modified",
    },
)


@datasets.get("/datasets")
def catalogue() -> Response[Any]:
    """Which datasets there are, whose they are, and what each is about."""
    declared = definitions.every().items()
    return _json({"datasets": [describing.summary(name, about) for name, about in declared]}, {})


@datasets.get("/datasets/<dataset>")
def about(dataset: str) -> Response[Any]:
    """What a dataset is: its data dictionary, how much is in it, its newest snapshot, and where the rest is."""
    found = _dataset(dataset)
    headers = _headers(found, "json")
    if unchanged(datasets.headers, headers["ETag"]):
        return Response(304, headers=headers)
    newest = found.snapshot or snapshots.newest(dataset)
    document = describing.described(dataset, found.declared, found.dictionary, found.head, found.counted(), newest)
    return _json(document, headers)


@datasets.get("/datasets/<dataset>/openapi.json")
def contract(dataset: str) -> Response[Any]:
    """The OpenAPI document of a dataset, made from its data dictionary."""
    from functions.data_access import openapi  # local: as rarely asked for as an API is learned

    declared = _declared(dataset)
    return _json(openapi.document(dataset, declared, dictionary.of(declared), datasets.base_url), {})


@datasets.get("/datasets/<dataset>/records")
def records(dataset: str) -> Response[Any]:
    """Records that meet conditions, in an order, page by page: as JSON, CSV or NDJSON. Each field is a parameter, by its name."""
    found = _dataset(dataset)
    known = columns.of(found.dictionary)
    asked = _asked(found, known)
    headers = _headers(found, asked.format or "json", asked.query.as_at)
    if unchanged(datasets.headers, headers["ETag"]):
        return Response(304, headers=headers)
    if whole := _whole_file(found, asked):
        return Response(302, headers={**_ANEW, "Location": whole})
    with found.reading(asked, known) as (source, query, as_at):
        page = listed(source, dataset, f"{datasets.base_url}{datasets.path}", replace(asked, query=query), _raw(), known, as_at)
    form = asked.format or "json"
    media_type = f"{CSV};charset=UTF-8" if form == "csv" else MEDIA_TYPES[form]
    return Response(200, media_type, page.body, {**headers, **_links(next=page.next)})


@datasets.get("/datasets/<dataset>/records/<key>")
def record(dataset: str, key: str) -> Response[Any]:
    """The record of a key, as it is or as it was; 410, and where its history is, when it was removed."""
    found, key = _dataset(dataset), _key(key)
    known = columns.of(found.dictionary)
    asked = _asked(found, known, ("json", "csv"))
    if not asked.query.selects_all or asked.query.order or asked.cursor:
        raise Invalid("can be _fields, as_at and _format here", "the query")
    headers = _headers(found, asked.format or "json") | _links(history=_history(dataset, key))
    if unchanged(datasets.headers, headers["ETag"]):
        return Response(304, headers=headers)
    asked = replace(asked, query=replace(asked.query, where=Condition("_key", Operator.EXACT, key), limit=1))
    with found.reading(asked, known) as (source, query, as_at):
        rows = (source.rows(query) if asked.format == "csv" else source.objects(query)).rows
        if not rows:
            _gone(found, key, as_at)
    if asked.format == "csv":
        return Response(200, f"{CSV};charset=UTF-8", csv_page(rows, asked.query.columns, known), headers)
    return Response(200, JSON, f'{{"dataset":{json.dumps(dataset)},"as_at":{as_at},"record":{rows[0][0]}}}', headers)


@datasets.get("/datasets/<dataset>/records/<key>/history")
def history(dataset: str, key: str) -> Response[Any]:
    """Everything that the record of a key has been, oldest first, each with its entry and the event that it is owed to."""
    found, key = _dataset(dataset), _key(key)
    since, limit = _since_and_limit(found.size)
    headers = _headers(found, "json")
    if unchanged(datasets.headers, headers["ETag"]):
        return Response(304, headers=headers)
    with found.at_head() as current:
        made = changes.of_a_key(current, key, since, limit)
        if not made.lines and not current.trail(key, 1, 1):
            raise Refusal(404, f"There is no record {key}.", code="not_found")
        as_at = current.size
    following = f"{datasets.base_url}{_history(dataset, key)}?since={made.last}&_limit={limit}" if made.last else None
    more = f',"next":{json.dumps(following)}' if following else ""
    body = f'{{"dataset":{json.dumps(dataset)},"key":{json.dumps(key)},"as_at":{as_at},"history":[{",".join(made.lines)}]{more}}}'
    return Response(200, JSON, body, headers | _links(next=following))


@datasets.get("/datasets/<dataset>/changes")
def changed(dataset: str) -> Response[Any]:
    """Every change since an entry, oldest first, one to a line (NDJSON); or, as RSF, where they can be had with what proves them."""
    found = _dataset(dataset)
    since, limit = _since_and_limit(found.size)
    form = asking.format_of(datasets.headers, datasets.query.get("_format"), ("ndjson", "rsf"))
    headers = _headers(found, form)
    if unchanged(datasets.headers, headers["ETag"]):
        return Response(304, headers=headers)
    if form == "rsf":
        location = f"/registers/{dataset}/download-rsf/{since}/{min(since + limit, found.size)}"
        return Response(302, headers={**_ANEW, "Location": location})
    made = found.changes(since, limit)
    following = f"{datasets.base_url}/datasets/{dataset}/changes?since={made.last}&_limit={limit}" if made.last else None
    return Response(200, NDJSON, "".join(f"{line}\n" for line in made.lines), headers | _links(next=following))


@datasets.get("/datasets/<dataset>/snapshots")
def snapshot_list(dataset: str) -> Response[Any]:
    """The snapshots of a dataset, the newest first, each with its files, their sizes and their hashes."""
    _declared(dataset)
    before = asking.whole_number(datasets.query, "before", 0, most=10**15)
    return downloads.listed(datasets.headers, dataset, before or None)


@datasets.get("/datasets/<dataset>/snapshots/latest/<file>")
def latest_file(dataset: str, file: str) -> Response[Any]:
    """A file of the newest snapshot: where it is for good."""
    _declared(dataset)
    return downloads.latest(dataset, file)


@datasets.get("/datasets/<dataset>/snapshots/<number>/<file>")
def snapshot_file(dataset: str, number: int, file: str) -> Response[Any]:
    """A file of a snapshot, which never changes: where it can be had, whole or in ranges, and its hash."""
    _declared(dataset)
    return downloads.file(datasets.headers, dataset, number, file)


def _declared(name: str) -> Mapping[str, Any]:
    return definitions.find(name) or _absent(f"There is no dataset {name[:80]}.")


def _dataset(name: str) -> Dataset:
    return find(name) or _absent(f"There is no dataset {name[:80]}.")


def _asked(found: Dataset, known: Columns, formats: tuple[str, ...] = parameters.FORMATS) -> Asked:
    """The query of the request: at the place of its cursor, and as at an entry that there is."""
    asked = parameters.parse(_raw(), known)
    asked = replace(asked, format=asking.format_of(datasets.headers, asked.format, formats))
    if asked.format != "json" and "_limit" not in datasets.query:
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
    if asked.format != "csv" or partly or {"_limit", "_fields"} & datasets.query.keys() or found.size <= MOST:
        return None
    newest = snapshots.newest(found.name)
    there = newest and newest.records > MOST and newest.dictionary == found.dictionary.hash and newest.file(FILE)
    return f"/datasets/{found.name}/snapshots/{newest.number}/{FILE}" if newest and there else None


def _headers(found: Dataset, form: str, entries: int | None = None) -> dict[str, str]:
    """What every answer about a dataset says of its version: known from the head alone."""
    etag = asking.version(found.size if entries is None else entries, f"{datasets.path}?{_raw()}", found.dictionary.hash, form)
    return {**_ANEW, "ETag": etag, **asking.last_modified(found.head)}


def _gone(found: Dataset, key: str, as_at: int) -> NoReturn:
    if not found.snapshot:
        with found.at_head() as current:
            first = current.trail(key, 1, 1)
        if first and first[0].number <= as_at:
            history = _history(found.name, key)
            raise Refusal(410, f"The record {key} was removed. Its history is at {history}.", code="gone", headers=_links(history=history))
    _absent(f"There is no record {key}.")


def _history(dataset: str, key: str) -> str:
    return f"/datasets/{dataset}/records/{quote(key)}/history"


def _since_and_limit(size: int) -> tuple[int, int]:
    if unknown := datasets.query.keys() - {"since", "_limit", "_format"}:
        raise Invalid("there is no such parameter: there are since, _limit and _format", min(unknown)[:100])
    since = asking.whole_number(datasets.query, "since", 0, most=size)
    return since, max(1, asking.whole_number(datasets.query, "_limit", MOST, most=MOST))


def _raw() -> str:
    return str(datasets.resolver.current_event.raw_event.get("rawQueryString") or "")


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
