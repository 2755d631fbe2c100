"""Answers in the representation that was asked for, with their links, version and size seen to."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler import Response

from functions.common.failures import Refusal
from functions.data_access.canonical import Item, canonical_json
from functions.data_access.csv_text import csv_text
from functions.data_access.negotiation import CSV, JSON, chosen, unchanged
from functions.data_access.registers import Record

LARGEST_ANSWER = 4_000_000
"""Bytes of items in one answer. Lambda takes 6 MB, and each quotation mark of a body costs two."""

FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Table:
    """The same as CSV."""

    columns: Sequence[str]
    rows: Iterable[Item]


def answer(
    asked: Mapping[str, str],
    document: object,
    table: Table | None = None,
    version: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    """The document as JSON, or as CSV where there is a `table` and the request (its headers, `asked`) wants it; 304 when `version` is held.

    Refuses with 406 what it cannot give. A document that is text is JSON already.
    """
    media_type = chosen(asked.get("accept", ""), (JSON, CSV) if table else (JSON,))
    if media_type is None:
        raise Refusal(406, f"This can be had as {f'{JSON} and {CSV}' if table else JSON}.", code="not_acceptable")
    sent = {"Vary": "Accept", **(headers or {})}
    if version:
        sent["ETag"] = f'"{version}.{media_type.rsplit("/", 1)[-1]}"'
        if unchanged(asked, sent["ETag"]):
            return Response(304, headers=sent)
    if table and media_type == CSV:
        return Response(200, f"{CSV};charset=UTF-8", csv_text(table.columns, table.rows), sent)
    return Response(200, JSON, document if isinstance(document, str) else _json(document), sent)


def octets(media_type: str, body: bytes, headers: Mapping[str, str]) -> Response[Any]:
    """Bytes as they are."""
    # Powertools would take bytes for text where it checks answers: they are given as Lambda carries them.
    sent = Response(200, media_type, base64.b64encode(body).decode(), dict(headers))
    sent.base64_encoded = True
    return sent


def affordable(records: Iterable[Record]) -> list[Record]:
    """All of them. Refuses with 400 more than one answer may hold, so that nothing is cut in silence."""
    kept, size = list[Record](), 0
    for record in records:
        size += len(canonical_json(record.item))
        if size > LARGEST_ANSWER:
            raise Refusal(400, f"These records are too large for one answer: ask for a page-size of {len(kept)}.", field="page-size")
        kept.append(record)
    return kept


def links(**addresses: str | None) -> dict[str, str]:
    """A Link header of the relations that lead somewhere; `_` in a relation's name stands for `-`."""
    there = [f'<{address}>; rel="{relation.replace("_", "-")}"' for relation, address in addresses.items() if address]
    return {"Link": ", ".join(there)} if there else {}


def _json(document: object) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)
