"""A table as one file: CSV, TSV, JSON or XML (contract 1.8). What is too large for one answer is left in the bucket, and led to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from html import escape
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

from functions.common import clients
from functions.common.settings import setting
from functions.data_access import signed
from functions.data_access.ckan import dump_formats, search_parameters, searching, tables
from functions.data_access.ckan.asked import Asked
from functions.data_access.ckan.catalogue import table
from functions.data_access.ckan.failures import BadRequest, Refused, invalid_fields
from functions.data_access.ckan.searching import Asking
from functions.data_access.ckan.values import flag, natural
from functions.data_access.queries import columns as queried
from functions.data_access.queries.sql import Statement

if TYPE_CHECKING:
    import sqlite3

LARGEST_ANSWER = 4_300_000
"""Bytes of a file that is answered itself: Lambda takes 6 MB, and bytes go as base64."""
PAGE = 1_000
"""Rows taken from the replica at a time."""
LASTS = 3_600
"""Seconds that the address of a file in the bucket leads to it."""

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{told}</p></body>
</html>
"""

KNOWN = frozenset({"format", "bom", "offset", "limit", "filters", "q", "plain", "language", "fields", "sort", "distinct"})


def dump(asked: Asked, wanted: str) -> Response[Any]:
    """The file that is asked for, or the way to it."""
    search_parameters.refuse_unknown(asked.parameters, KNOWN)
    parameters = {name: value for name, value in asked.parameters.items() if name not in ("format", "bom", "limit")}
    ending = str(asked.get("format") or "csv").lower()
    if ending not in dump_formats.WRITERS:
        raise invalid_fields({"format": f"must be one of {', '.join(dump_formats.WRITERS)}"})
    limit = natural(asked.parameters, "limit", -1) if asked.get("limit") else -1
    about = tables.of(table(wanted))
    name = f"{about.id}.{ending}"
    with about.at_head() as current:
        columns = queried.of(current.dictionary)
        search = replace(search_parameters.read(parameters, about, columns), limit=limit)
        asking = Asking(search, about, columns)
        statement = asking.statement()
        with SpooledTemporaryFile(max_size=LARGEST_ANSWER) as file, searching.limited(current.connection):
            if flag(asked.parameters, "bom"):
                file.write("\N{BYTE ORDER MARK}".encode())
            for text in dump_formats.WRITERS[ending]([*asking.given, *asking.ranks], _pages(current.connection, statement)):
                file.write(text.encode())
            size = file.tell()
            file.seek(0)
            if size <= LARGEST_ANSWER:
                return Response(200, dump_formats.TYPE, file.read(), {"Content-Disposition": signed.attached(name)})
            return _led_to(about.register, name, current.size, statement, file, flag(asked.parameters, "bom"))


def refused(refusal: Refused | BadRequest) -> Response[Any]:
    """A refusal as a page: who asks here is a browser, or a program that wants a file."""
    status = refusal.status if isinstance(refusal, Refused) else 400
    title = "Not found" if status == 404 else "Bad request"
    status = 404 if status == 404 else 400
    told = str(refusal) if isinstance(refusal, BadRequest) else "; ".join(_told(refusal))
    return Response(status, "text/html;charset=utf-8", _PAGE.format(title=title, told=escape(told)))


def _told(refusal: Refused) -> Iterator[str]:
    for name, told in refusal.error.items():
        if name == "message":
            yield str(told)
        elif name != "__type":
            yield f"{name}: {', '.join(map(str, told)) if isinstance(told, list) else told}"


def _pages(connection: sqlite3.Connection, statement: Statement) -> Iterator[Sequence[Sequence[object]]]:
    cursor = connection.execute(statement.text, statement.parameters)
    while page := cursor.fetchmany(PAGE):
        yield page


def _led_to(register: str, name: str, size: int, statement: Statement, file: Any, bom: bool) -> Response[Any]:
    """Leave the file in the bucket, under a name that says what it is of, and lead there."""
    made_of = sha256(repr((size, statement, name, bom)).encode()).hexdigest()
    key = f"downloads/{register}/dumps/{made_of}"
    clients.s3().upload_fileobj(file, setting("BUCKET"), key, ExtraArgs={"ContentType": dump_formats.TYPE})
    address = signed.to_read(key, LASTS, name=name, media_type=dump_formats.TYPE)
    return Response(302, headers={"Location": address, "Cache-Control": "no-store"})
