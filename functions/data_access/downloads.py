"""Downloads of snapshots over HTTP: what there is, and where each file is. `latest` leads to the newest, whose files never change."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NoReturn

from aws_lambda_powertools.event_handler import Response

from functions.common.failures import Refusal
from functions.data_access import signed
from functions.data_access.answers import FOR_EVER, answer, links
from functions.data_access.exports.names import MEDIA_TYPES
from functions.data_access.negotiation import unchanged
from functions.data_access.store import snapshots
from functions.data_access.store.snapshots import File, Snapshot

MOST = 100
"""Snapshots to a page."""
OPEN_FOR = 3600
"""Seconds for which an address in S3 can be used."""
REMEMBERED_FOR = 1800
"""Seconds for which a redirect to it may be: whoever follows one has as much time again to begin."""


def listed(asked: Mapping[str, str], dataset: str, before: int | None = None) -> Response[Any]:
    """`GET /datasets/<d>/snapshots`: the snapshots, the newest first, each with its files; those `before` an entry, where one is given."""
    found = snapshots.listed(dataset, MOST, before)
    document = {"dataset": dataset, "snapshots": [_snapshot(dataset, one) for one in found]}
    turned = {}
    if len(found) == MOST:
        document["next"] = f"/datasets/{dataset}/snapshots?before={found[-1].number}"
        turned = links(next=str(document["next"]))
    version = f"snapshots-{before or ''}-{found[0].number if found else 0}-{len(found)}"
    return answer(asked, document, version=version, headers=turned)


def file(asked: Mapping[str, str], dataset: str, number: int, name: str) -> Response[Any]:
    """`GET /datasets/<d>/snapshots/<n>/<file>`: where the file is, with its hash. S3 gives it, whole or in ranges."""
    snapshot = snapshots.numbered(dataset, number) or _absent(f"There is no snapshot of {dataset} as at entry {number}.")
    found = _file(snapshot, name)
    digest = base64.b64encode(bytes.fromhex(found.sha256)).decode()
    headers = {
        "ETag": f'"{found.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Digest": f"SHA-256={digest}",
        "Accept-Ranges": "bytes",
    }
    if unchanged(asked, headers["ETag"]):
        return Response(304, headers={**headers, "Cache-Control": FOR_EVER})
    return Response(
        302, headers={**headers, "Location": _address(dataset, number, found), "Cache-Control": f"public, max-age={REMEMBERED_FOR}"}
    )


def latest(dataset: str, name: str) -> Response[Any]:
    """`GET /datasets/<d>/snapshots/latest/<file>`: where the file of the newest snapshot is, for good."""
    newest = snapshots.newest(dataset) or _absent(f"There is no snapshot of {dataset} yet.")
    _file(newest, name)
    return Response(
        302, headers={"Location": f"/datasets/{dataset}/snapshots/{newest.number}/{name}", "Cache-Control": "public, max-age=60"}
    )


def _snapshot(dataset: str, snapshot: Snapshot) -> dict[str, Any]:
    home = f"/datasets/{dataset}/snapshots/{snapshot.number}"
    return {
        "as_at": snapshot.number,
        "made": snapshot.made,
        "records": snapshot.records,
        "root_hash": snapshot.root,
        "files": [
            {
                "name": one.name,
                "href": f"{home}/{one.name}",
                "bytes": one.bytes,
                "sha256": one.sha256,
                "media_type": MEDIA_TYPES.get(one.name, "application/octet-stream"),
            }
            for one in snapshot.files
        ],
    }


def _file(snapshot: Snapshot, name: str) -> File:
    there = ", ".join(one.name for one in snapshot.files)
    return snapshot.file(name) or _absent(f"There is no such file in the snapshot as at entry {snapshot.number}, which has {there}.")


def _address(dataset: str, number: int, found: File) -> str:
    return signed.to_read(snapshots.address(dataset, number, found.name), OPEN_FOR, name=f"{dataset}-{number}-{found.name}")


def _absent(message: str) -> NoReturn:
    raise Refusal(404, message, code="not_found")
