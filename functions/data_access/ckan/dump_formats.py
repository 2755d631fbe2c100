"""The formats of a dump, written as rows come: a text for the beginning, one for each page of rows, one for the end (contract 1.8)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape

from functions.data_access.ckan import rows
from functions.data_access.ckan.envelope import written
from functions.data_access.ckan.rows import Row
from functions.data_access.ckan.tables import OWN, Column

TYPE = "application/octet-stream"

type Pages = Iterable[Sequence[Row]]
type Writer = Callable[[Sequence[Column], Pages], Iterator[str]]

_XML_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _csv(columns: Sequence[Column], pages: Pages) -> Iterator[str]:
    return _separated(columns, pages, ",")


def _tsv(columns: Sequence[Column], pages: Pages) -> Iterator[str]:
    return _separated(columns, pages, "\t")


def _separated(columns: Sequence[Column], pages: Pages, separator: rows.Separator) -> Iterator[str]:
    header = io.StringIO()
    # The header ends as RFC 4180 has it, the lines after it as PostgreSQL does: clients of CKAN know both.
    csv.writer(header, delimiter=separator, lineterminator="\r\n").writerow([column.name for column in columns])
    yield header.getvalue()
    for page in pages:
        yield rows.separated(columns, page, separator)


def _json(columns: Sequence[Column], pages: Pages) -> Iterator[str]:
    yield f'{{\n  "fields": {written([column.wire() for column in columns])},\n  "records": [\n    '
    between = ""
    for page in pages:
        yield between + ",\n    ".join(written(values) for values in rows.shown(columns, page))
        between = ",\n    "
    yield "\n]}\n"


def _xml(columns: Sequence[Column], pages: Pages) -> Iterator[str]:
    yield '<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    for page in pages:
        yield "".join(_row(columns, values) for values in rows.shown(columns, page))
    yield "</data>\n"


def _row(columns: Sequence[Column], values: Sequence[object]) -> str:
    identity = "".join(f' _id="{value}"' for column, value in zip(columns, values, strict=True) if column.name == OWN)
    cells = "".join(_element(column.name, value) for column, value in zip(columns, values, strict=True) if column.name != OWN)
    return f"<row{identity}>{cells}</row>\n"


def _element(name: str, value: object, key: str | None = None) -> str:
    # A name that XML has not for elements becomes the key of one that it has.
    tag, key = (name, key) if _XML_NAME.fullmatch(name) else ("value", name)
    begin = tag if key is None else f'{tag} key="{escape(_clean(key))}"'
    match value:
        case None:
            return f'<{begin} xsi:nil="true"/>'
        case list():
            inner = "".join(_element("value", part, str(place)) for place, part in enumerate(value))
        case dict():
            inner = "".join(_element("value", part, str(of)) for of, part in value.items())
        case bool():
            inner = json.dumps(value)
        case _:
            inner = escape(_clean(str(value)), quote=False)
    return f"<{begin}>{inner}</{tag}>"


def _clean(text: str) -> str:
    # Characters that no XML may hold, however they are written.
    return _NO_XML.sub("\ufffd", text)


WRITERS: Mapping[str, Writer] = {"csv": _csv, "tsv": _tsv, "json": _json, "xml": _xml}
