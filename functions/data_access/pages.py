"""Public data as pages: the catalogue, each dataset, each record with its history, and the proof of each entry. They need no JavaScript."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote, unquote

from aws_lambda_powertools.event_handler import Response

from functions.common import declarations, quota
from functions.common.browsers import SECURITY
from functions.common.developer_keys import SIGN_UP
from functions.common.failures import Refusal
from functions.common.http import Api
from functions.common.pages import MEDIA_TYPE, render, version
from functions.data_access import asking, definitions, describing
from functions.data_access.catalogue import searching, words
from functions.data_access.catalogue.searching import Listing
from functions.data_access.catalogue.values import entry_address, record_address
from functions.data_access.negotiation import unchanged
from functions.data_access.registers import MAXIMUM_KEY
from functions.data_access.store import heads, log, snapshots

if TYPE_CHECKING:
    from functions.data_access.dataset import Dataset
    from functions.data_access.registers import Head

BUNDLED: tuple[str, ...] = ("functions/data_access/views/*.html", "verify.py")

VIEWS = Path(__file__).parent / "views"
_VERIFIER = Path(__file__).parents[2] / "verify.py"
_RECORD = re.compile(r"(/data/[^/]+/records/)(.+)", re.DOTALL)
_HEADINGS = {
    400: "Too large to be shown here",
    404: "Page not found",
    429: "Try again later",
    500: "Something went wrong",
    503: "Try again later",
}


def readdress(event: dict[str, Any]) -> dict[str, Any]:
    """A request as the routes know it: a key with slashes becomes one segment."""
    # API Gateway has already decoded the address, so that a slash inside a key looks like one between segments.
    keyed = _RECORD.fullmatch(str(event["rawPath"]))
    return {**event, "rawPath": f"{keyed[1]}{quote(keyed[2], safe='')}"} if keyed else event


def refused(refusal: Refusal) -> Response[str]:
    """A refusal as a page, which says where to look instead."""
    heading = _HEADINGS.get(refusal.status, "That did not work")
    html = render(VIEWS, "refused.html", heading=heading, message=refusal.message)
    return Response(refusal.status, MEDIA_TYPE, html, {**refusal.headers, "Cache-Control": "no-store"})


pages = Api("Public data", admits=quota.admit_anyone, readdress=readdress, always=SECURITY, refused=refused)


@pages.get("/data")
def catalogue() -> Response[Any]:
    """Which datasets there are, found by words, department and keyword."""
    asked = searching.wanted(pages.query)
    shown = {name: one for name, one in definitions.every().items() if not one.get("made", {}).get("dropped")}
    standing = heads.of(shown)
    stand = [[name, one, standing[name].size if name in standing else 0] for name, one in shown.items()]
    headers = _headers(stand, asked.address(page=asked.page))
    if unchanged(pages.headers, headers["ETag"]):
        return Response(304, headers=headers)
    found = searching.search((_listing(name, one, standing.get(name)) for name, one in shown.items()), asked)
    return _page(
        "catalogue.html",
        headers,
        asked=asked,
        found=found,
        datasets=len(shown),
        department=declarations.title_of(asked.department),
        keyword=words.label(asked.keyword),
        moment=words.moment,
        amount=words.amount,
    )


@pages.get("/data/verify.py")
def verifier() -> Response[Any]:
    """The program that checks an entry: one file, to be read before it is run."""
    return Response(200, "text/x-python; charset=utf-8", _VERIFIER.read_text("utf-8"), {"Cache-Control": "public, max-age=3600"})


@pages.get("/data/<dataset>")
def about(dataset: str) -> Response[Any]:
    """A dataset: what it is, its data dictionary, its first records, its files, and how to ask for it."""
    found, snapshot = _dataset(dataset), snapshots.newest(dataset)
    headers = _headers(found.declared, _entries(found), snapshot.number if snapshot else 0, pages.base_url) | asking.last_modified(
        found.head
    )
    if unchanged(pages.headers, headers["ETag"]):
        return Response(304, headers=headers)
    # Local: as the replica.
    from functions.data_access.catalogue import dataset_page, examples
    from functions.data_access.queries.serving import LARGE

    site, department = examples.site(pages.base_url), declarations.department(found.declared["department"])
    records, first = found.counted(), dataset_page.first_records(found)
    return _page(
        "dataset.html",
        headers,
        **_of(found),
        records=records,
        contact=dataset_page.contact(found.declared, department),
        frequency=words.FREQUENCIES.get(found.declared.get("update_frequency", ""), ""),
        updated=found.head.updated if found.head else "",
        root=found.head and f"sha-256:{found.head.root.hex()}",
        fields=dataset_page.dictionary_rows(found.dictionary),
        preview=dataset_page.preview(dataset, found.dictionary, first),
        snapshot=snapshot,
        downloads=dataset_page.downloads(dataset, snapshot),
        examples=examples.of_a_dataset(
            site, dataset, found.dictionary, first[0].item if first else None, large=records > LARGE, has_files=bool(snapshot)
        ),
        verifying=examples.verifying(site, dataset, _entries(found)),
        sign_up=SIGN_UP,
    )


@pages.get("/data/<dataset>/records")
def find_record(dataset: str) -> Response[Any]:
    """The record whose key somebody typed."""
    _dataset(dataset)
    key = pages.query.get("key", "").strip()[:MAXIMUM_KEY]
    return Response(303, headers={"Location": record_address(dataset, key) if key else f"/data/{dataset}", "Cache-Control": "no-cache"})


@pages.get("/data/<dataset>/records/<key>")
def record(dataset: str, key: str) -> Response[Any]:
    """A record: its fields, and entry by entry what it was before. With 410 where it was removed: its history stays."""
    found, key = _dataset(dataset), unquote(key)
    page = int(given) if re.fullmatch(r"[1-9][0-9]{0,6}", given := pages.query.get("page", ""), re.ASCII) else 1
    headers = _headers(found.declared, _entries(found), key, page) | asking.last_modified(found.head)
    if unchanged(pages.headers, headers["ETag"]):
        return Response(304, headers=headers)
    from functions.data_access.catalogue import examples, record_page  # local: as the replica

    with found.at_head() as current:
        there = current.record(key) if len(key) <= MAXIMUM_KEY else None
        if there is None:
            _absent(f"There is no record {key[:80]} in this dataset.")
        history = record_page.history(current, key, page)
    return _page(
        "record.html",
        headers,
        status=200 if there.item else 410,
        **_of(found),
        key=key,
        entry=there.entry,
        entry_address=entry_address(dataset, there.entry.number),
        removed=not there.item,
        fields=record_page.fields(found.dictionary, there.item) if there.item else [],
        history=history,
        here=record_address(dataset, key),
        as_json=examples.record_address(dataset, key),
    )


@pages.get("/data/<dataset>/entries/<number>")
def entry(dataset: str, number: int) -> Response[Any]:
    """An entry: what it says, and each step by which anybody can check that it is in the log."""
    found = _dataset(dataset)
    if found.head is None or not 1 <= number <= found.head.size:
        _absent(f"There is no entry {number} in this dataset, which has {words.amount(_entries(found), 'entry', 'entries')}.")
    headers = _headers(found.declared, _entries(found), number, pages.base_url) | asking.last_modified(found.head)
    if unchanged(pages.headers, headers["ETag"]):
        return Response(304, headers=headers)
    from functions.data_access.catalogue import entry_page, examples  # local: as above

    [logged] = log.since(dataset, number - 1, number)
    proof = entry_page.prove(dataset, found.head, logged)
    return _page(
        "entry.html",
        headers,
        **_of(found),
        logged=logged,
        record=record_address(dataset, logged.key),
        proof=proof,
        verifying=examples.verifying(examples.site(pages.base_url), dataset, number),
    )


def _listing(name: str, definition: Mapping[str, Any], head: Head | None) -> Listing:
    return Listing(
        name,
        definition["title"],
        definition["description"],
        definition["department"],
        declarations.title_of(definition["department"]),
        tuple(definition.get("keywords", ())),
        tuple(field["field"] for field in definition["fields"]),
        head.size if head else 0,
        head.updated if head else "",
    )


def _dataset(name: str) -> Dataset:
    from functions.data_access.dataset import find  # local: the catalogue itself asks no dataset for its records

    return find(name) or _absent(f"There is no dataset {name[:80]}.")


def _entries(found: Dataset) -> int:
    """How many entries its register has: more than are read of one that is too large for a replica."""
    return found.head.size if found.head else 0


def _of(found: Dataset) -> dict[str, Any]:
    """What every page about a dataset says of it."""
    return {
        "name": found.name,
        "title": found.declared["title"],
        "description": found.declared["description"],
        "licence": found.declared["licence"],
        "department": found.declared["department"],
        "department_title": declarations.title_of(found.declared["department"]),
        "keywords": [(keyword, words.label(keyword)) for keyword in found.declared.get("keywords", ())],
        "size": _entries(found),
        "closed": describing.closed(found.declared),
        "moment": words.moment,
        "day": words.day,
        "amount": words.amount,
    }


def _headers(*states: object) -> dict[str, str]:
    """The version of a page: what it shows, and how it looks, known before a record is read."""
    state = json.dumps([version(VIEWS), *states], sort_keys=True, default=str)
    return {"ETag": f'"{hashlib.sha256(state.encode()).hexdigest()[:20]}"', "Cache-Control": "no-cache"}


def _page(template: str, headers: Mapping[str, str], status: int = 200, **given: object) -> Response[Any]:
    return Response(status, MEDIA_TYPE, render(VIEWS, template, **given), dict(headers))


def _absent(message: str) -> NoReturn:
    raise Refusal(404, message, code="not_found")
