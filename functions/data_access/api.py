"""Registers over HTTP, open to everyone (Open Registers v1, contract 2.1), each under `/registers/<name>`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, NoReturn
from urllib.parse import quote, unquote, urlsplit

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from functions.common.failures import Refusal
from functions.common.http import Api
from functions.data_access import about, checkpoints, definitions, files, replica, rsf, tiles
from functions.data_access.answers import FOR_EVER, Table, affordable, answer, links, octets
from functions.data_access.canonical import Item
from functions.data_access.merkle import HIGHEST, Tree
from functions.data_access.negotiation import readdress
from functions.data_access.registers import ENTRY_COLUMNS, MAXIMUM_KEY, Entry, Head, Record, columns
from functions.data_access.store import log
from schemas.proof import PROOF_IDENTIFIER, printed

MOST = 5000
"""Entries or records to a page."""
MOST_OF_A_VALUE = 100
"""Records that the address of a field's value gives (contract 2.1)."""

api = Api(
    "Registers",
    invalid_status=400,
    readdress=readdress,
    always={
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Link, ETag, X-Event-Id, X-Event-Correlation-Id",
    },
)

Position = Annotated[int, Query(ge=1)]
Limit = Annotated[int, Query(ge=1, le=MOST)]
PageIndex = Annotated[int, Query(alias="page-index", ge=1)]
PageSize = Annotated[int, Query(alias="page-size", ge=1, le=MOST)]


@api.get("/registers")
def registers() -> Response[Any]:
    """Which registers there are, whose, and where."""
    declared = definitions.every().items()
    document = [
        {"register": name, "title": one["title"], "registry": one["department"], "href": f"/registers/{name}/register"}
        for name, one in declared
    ]
    return answer(api.headers, {"registers": document})


@api.get("/registers/<name>/register")
def register(name: str) -> Response[Any]:
    """What the register is, how much is in it and when it last changed."""
    declared, head = _declared(name), _head(name)
    document = {
        "domain": urlsplit(api.base_url).netloc,
        "total-records": replica.at_head(name, head).total,
        "total-entries": head.size,
        "register-record": about.register_record(name, declared),
        "custodian": declared["department"],
        **({"last-updated": head.updated} if head.updated else {}),
    }
    return answer(api.headers, document, version=str(head.size))


@api.get("/registers/<name>/records")
def records(name: str, page_index: PageIndex = 1, page_size: PageSize = 100) -> Response[Any]:
    """A page of records, in the order in which their keys first came."""
    declared, register, start = _declared(name), _register(name), (page_index - 1) * page_size
    if start and start >= register.total:
        raise Refusal(404, f"There are {register.total} records: page {page_index} is past the last.", code="not_found")
    found = affordable(register.records(start, page_size))
    turned = links(
        next=f"?page-index={page_index + 1}&page-size={page_size}" if start + page_size < register.total else None,
        previous=f"?page-index={page_index - 1}&page-size={page_size}" if start else None,
    )
    return _records(declared, found, turned)


@api.get("/registers/<name>/records/<key>")
def record(name: str, key: str) -> Response[Any]:
    """The record of one key. An address `<field>/<value>` that is no key gives the records with that value, a hundred at the most."""
    declared, register, key = _declared(name), _register(name), _key(key)
    found = register.record(key)
    field, slash, value = key.partition("/")
    if found is None and slash and field in about.fields(declared):
        return _records(declared, register.having(field, value, MOST_OF_A_VALUE))
    found = found or _absent(f"There is no record {key}.")
    history = links(version_history=f"/registers/{name}/records/{key}/entries")
    table = _records_table(declared, [found.row()])
    return answer(api.headers, {key: found.wire()}, table, str(found.entry.number), history)


@api.get("/registers/<name>/records/<key>/entries")
def trail(name: str, key: str, start: Position = 1, limit: Limit = MOST) -> Response[Any]:
    """The entries of one key, oldest first."""
    register, key = _register(name), _key(key)
    if not register.record(key):
        _absent(f"There is no record {key}.")
    # One more than asked for shows whether there are more.
    found = register.trail(key, start, limit + 1)
    return _entries(found[:limit], start, limit, start - 1 + len(found))


@api.get("/registers/<name>/entries")
def entries(name: str, start: Position = 1, limit: Limit = 100) -> Response[Any]:
    """Entries from a number on, in their order; none, where there are no newer ones."""
    register = _register(name)
    return _entries([*register.entries(start, limit)], start, limit, register.size)


@api.get("/registers/<name>/entries/<number>")
def entry(name: str, number: int) -> Response[Any]:
    """One entry, in a list of one. Which event it is owed to stands in the headers."""
    found = _register(name).entry(number) or _absent(f"There is no entry {number}.")
    owed = {"X-Event-Id": found.origin.event_id, "X-Event-Correlation-Id": found.origin.correlation_id, "Cache-Control": FOR_EVER}
    return answer(api.headers, [found.wire()], _entries_table([found]), str(number), owed)


@api.get("/registers/<name>/items")
def items(name: str, start: Position = 1, limit: Limit = 100) -> Response[Any]:
    """The items that a page of entries names, each once, under their hashes."""
    register = _register(name)
    named = dict.fromkeys(entry.item_hash for entry in register.entries(start, limit))
    turned = _neighbours(start, limit, register.size)
    return answer(api.headers, {item_hash: json.loads(register.item(item_hash) or "{}") for item_hash in named}, headers=turned)


@api.get("/registers/<name>/items/<item_hash>")
def item(name: str, item_hash: str) -> Response[Any]:
    """An item by its hash: as JSON, the very bytes that were hashed."""
    declared = _declared(name)
    found = _register(name).item(item_hash) if re.fullmatch(r"sha-256:[0-9a-f]{64}", item_hash) else None
    canonical = found or _absent(f"There is no item {item_hash[:80]}.")
    return answer(api.headers, canonical, _item_table(declared, canonical), item_hash, {"Cache-Control": FOR_EVER})


@api.get(f"/registers/<name>/proof/register/{PROOF_IDENTIFIER}")
def register_proof(name: str) -> Response[Any]:
    """The root hash, and how many entries it covers."""
    head = _head(name)
    root = printed(head.root)
    return answer(
        api.headers,
        {"proof-identifier": PROOF_IDENTIFIER, "root-hash": root, "total-entries": head.size},
        version=str(head.size),
    )


@api.get(f"/registers/<name>/proof/entries/<number>/<size>/{PROOF_IDENTIFIER}")
def entry_proof(name: str, number: int, size: int) -> Response[Any]:
    """What shows that an entry is among the first `size` ones, which the root hash of that size covers."""
    head = _head(name)
    if not 1 <= number <= size <= head.size:
        raise Refusal(400, f"The entry must be within the size, and the size within {head.size}.", code="out_of_bounds")
    path = [printed(node) for node in _tree(name, head).inclusion(number - 1, size)]
    document = {"proof-identifier": PROOF_IDENTIFIER, "entry-number": str(number), "merkle-audit-path": path}
    return answer(api.headers, document, headers={"Cache-Control": FOR_EVER})


@api.get(f"/registers/<name>/proof/consistency/<smaller>/<larger>/{PROOF_IDENTIFIER}")
def consistency_proof(name: str, smaller: int, larger: int) -> Response[Any]:
    """What shows that the first `smaller` entries are the beginning of the first `larger` ones."""
    head = _head(name)
    if not 1 <= smaller <= larger <= head.size:
        raise Refusal(400, f"The sizes must ascend, within the {head.size} entries there are.", code="out_of_bounds")
    nodes = [printed(node) for node in _tree(name, head).consistency(smaller, larger)]
    document = {"proof-identifier": PROOF_IDENTIFIER, "merkle-consistency-nodes": nodes}
    return answer(api.headers, document, headers={"Cache-Control": FOR_EVER})


@api.get("/registers/<name>/checkpoint")
def checkpoint(name: str) -> Response[Any]:
    """The size and the root hash, signed: a note that the register cannot deny later (C2SP tlog-checkpoint)."""
    return _text(checkpoints.checkpoint(name, _head(name)), "no-cache")


@api.get("/registers/<name>/checkpoint/key")
def checkpoint_key(name: str) -> Response[Any]:
    """The key that checkpoints are verified with, in one line (C2SP signed-note)."""
    _declared(name)
    return _text(checkpoints.verifier_key(name) + "\n", "public, max-age=3600")


@api.get("/registers/<name>/tile/<level>/<place>")
def tile(name: str, level: int, place: str) -> Response[Any]:
    """A tile of the Merkle tree: 256 hashes in a row, as `tile/0/x001/067`, or its first 5, as `tile/0/x001/067.p/5` (C2SP tlog-tiles)."""
    head, parsed = _head(name), tiles.parse(unquote(place))
    hashes = tiles.served(name, head.frontier, level, *parsed) if parsed and 0 <= level < HIGHEST else None
    if hashes is None:
        _absent("There is no such tile, or not so much of it yet.")
    return octets("application/octet-stream", hashes, {"Cache-Control": FOR_EVER})


@api.get("/registers/<name>/download-register")
def download_register(name: str) -> Response[Any]:
    """The whole register as a zip: `register.json`, each entry and each item."""
    declared, head = _declared(name), _head(name)
    register = replica.at_head(name, head)
    members = files.archive(about.archive_members(name, declared, partial(register.entries, 1, head.size), register.item))
    return files.download(name, f"{name}-{head.size}.zip", "application/zip", head.size, members)


@api.get("/registers/<name>/download-rsf")
def download_rsf(name: str) -> Response[Any]:
    """The whole register as RSF."""
    declared, head = _declared(name), _head(name)
    register = replica.at_head(name, head)
    first = register.entry(1)
    system = about.system_entries(name, declared, first.timestamp if first else "")
    lines = rsf.whole_lines(system, partial(register.entries, 1, head.size), register.item, head.root)
    return files.download(name, f"{name}-{head.size}.rsf", rsf.MEDIA_TYPE, head.size, files.text(lines))


@api.get("/registers/<name>/download-rsf/<smaller>")
def download_rsf_from(name: str, smaller: int) -> Response[Any]:
    """What came after the first `smaller` entries, as RSF: a change feed that can be verified."""
    return _part(name, smaller, None)


@api.get("/registers/<name>/download-rsf/<smaller>/<larger>")
def download_rsf_between(name: str, smaller: int, larger: int) -> Response[Any]:
    """The entries after the first `smaller` up to the first `larger`, as RSF; of the same two sizes, their root hash alone."""
    return _part(name, smaller, larger)


@api.get("/registers/<name>/<singular>/<rest>")
def renamed(name: str, singular: str, rest: str) -> Response[Any]:
    """The old addresses, in the singular, lead to those in the plural."""
    plural = {"record": "records", "entry": "entries", "item": "items"}.get(singular) or _absent("There is nothing here.")
    return _moved(f"/registers/{name}/{plural}/{unquote(rest)}")


@api.get("/registers/<name>/proof/entry/<rest>")
def renamed_proof(name: str, rest: str) -> Response[Any]:
    """So does the old address of a proof."""
    return _moved(f"/registers/{name}/proof/entries/{unquote(rest)}")


def _part(name: str, smaller: int, larger: int | None) -> Response[Any]:
    head = _head(name)
    larger = head.size if larger is None else larger
    if not 0 <= smaller <= larger <= head.size:
        raise Refusal(400, f"The sizes must ascend, within the {head.size} entries there are.", code="out_of_bounds")
    register, tree = replica.at_head(name, head), _tree(name, head)
    roots = tree.root(smaller), tree.root(larger)
    lines = rsf.part_lines(partial(register.entries, smaller + 1, larger - smaller), register.item, *roots)
    return files.download(name, f"{name}-{smaller}-{larger}.rsf", rsf.MEDIA_TYPE, larger - smaller, files.text(lines))


def _text(text: str, cached: str) -> Response[Any]:
    return Response(200, "text/plain;charset=UTF-8", text, {"Cache-Control": cached})


def _moved(path: str) -> Response[Any]:
    return Response(301, headers={"Location": quote(path, safe="/:")})


def _declared(name: str) -> Mapping[str, Any]:
    return definitions.find(name) or _absent(f"There is no register {name[:80]}.")


def _head(name: str) -> Head:
    """Where a declared register stands; at nothing, before its first entry."""
    declared = _declared(name)
    return log.head(name) or Head(declared["department"])


def _register(name: str) -> replica.Replica:
    """A declared register, as it stands."""
    return replica.at_head(name, _head(name))


def _tree(name: str, head: Head) -> Tree:
    return Tree(head.frontier, partial(tiles.fetch, name))


def _key(segment: str) -> str:
    key = unquote(segment)
    return key if len(key) <= MAXIMUM_KEY else _absent("No key is that long.")


def _absent(message: str) -> NoReturn:
    raise Refusal(404, message, code="not_found")


def _records(declared: Mapping[str, Any], found: list[Record], headers: Mapping[str, str] | None = None) -> Response[Any]:
    document = {record.entry.key: record.wire() for record in found}
    return answer(api.headers, document, _records_table(declared, [record.row() for record in found]), headers=headers)


def _entries(found: list[Entry], start: int, limit: int, total: int) -> Response[Any]:
    return answer(api.headers, [one.wire() for one in found], _entries_table(found), headers=_neighbours(start, limit, total))


def _neighbours(start: int, limit: int, total: int) -> dict[str, str]:
    return links(
        next=f"?start={start + limit}&limit={limit}" if start + limit <= total else None,
        previous=f"?start={max(start - limit, 1)}&limit={limit}" if start > 1 else None,
    )


def _entries_table(found: list[Entry]) -> Table:
    return Table(ENTRY_COLUMNS, [one.wire() for one in found])


def _records_table(declared: Mapping[str, Any], rows: list[Item]) -> Table:
    return Table(columns(about.fields(declared), rows), rows)


def _item_table(declared: Mapping[str, Any], canonical: str) -> Table:
    row = json.loads(canonical)
    return Table(list(dict.fromkeys([*about.fields(declared), *row])), [row])
