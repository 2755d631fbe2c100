"""Files as departments really send them, read into rows."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.data_access.rows import csv_rows, ndjson_rows, text
from functions.data_access.rows.raw import Fault, RawRow
from functions.data_access.rows.text import Unreadable

FIELDS = ("code", "name", "note", "tags")


def read_csv(data: bytes, size: int = 7) -> list[RawRow | Fault]:
    return list(csv_rows.read(text.lines(pieces(data, size)), FIELDS, ["tags"]))


def read_ndjson(data: bytes) -> list[RawRow | Fault]:
    return list(ndjson_rows.read(text.lines([data]), FIELDS, ["tags"]))


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def row(number: int, **values: str | list[str]) -> RawRow:
    return RawRow(number, values)


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        pytest.param(b"code,name\nA,Ann\nB,Ben\n", [row(2, code="A", name="Ann"), row(3, code="B", name="Ben")], id="plain"),
        pytest.param(b"\xef\xbb\xbfcode,name\nA,Ann", [row(2, code="A", name="Ann")], id="a byte order mark, and no last line end"),
        pytest.param("code,name\nA,Zoë".encode("utf-16"), [row(2, code="A", name="Zoë")], id="UTF-16 by its mark"),
        pytest.param(b"code,name\r\nA,Ann\r\n", [row(2, code="A", name="Ann")], id="CR LF"),
        pytest.param(b"code,name\rA,Ann\rB,Ben\r", [row(2, code="A", name="Ann"), row(3, code="B", name="Ben")], id="CR alone"),
        pytest.param(b'code,name\nA,"a, b"\n', [row(2, code="A", name="a, b")], id="a comma within quotes"),
        pytest.param(b'code,name\nA,"said ""no"""\n', [row(2, code="A", name='said "no"')], id="quotes within quotes"),
        pytest.param(
            b'code,name\nA,"one\r\ntwo"\nB,x\n', [row(2, code="A", name="one\r\ntwo"), row(3, code="B", name="x")], id="an end within"
        ),
        pytest.param(b"code;name\nA;a, b\n", [row(2, code="A", name="a, b")], id="semicolons"),
        pytest.param(b"code\tname\nA\ta, b\n", [row(2, code="A", name="a, b")], id="tabs"),
        pytest.param(b"code,name\n007, x \n", [row(2, code="007", name=" x ")], id="leading zeros and spaces stay"),
        pytest.param(
            b'code,name\nA,=1+1\nB,"=HYPERLINK(""x"")"\n',
            [row(2, code="A", name="=1+1"), row(3, code="B", name='=HYPERLINK("x")')],
            id="formulas",
        ),
        pytest.param(b"code,name\nA,\n", [row(2, code="A")], id="an empty cell is no value"),
        pytest.param(b"code,name,,\nA,Ann,,\n,,,\n", [row(2, code="A", name="Ann")], id="columns and rows that a spreadsheet adds"),
        pytest.param(b"\ncode,name\n\nA,Ann\n\n", [row(3, code="A", name="Ann")], id="blank lines"),
        pytest.param(b' code ,"name"\nA,Ann\n', [row(2, code="A", name="Ann")], id="spaces and quotes in the header"),
        pytest.param(b"code,tags\nA,x;;y\n", [row(2, code="A", tags=["x", "y"])], id="a list"),
        pytest.param(b"code,name\n", [], id="a header alone"),
        pytest.param(gzip.compress(b"code,name\nA,Ann\n"), [row(2, code="A", name="Ann")], id="gzip"),
        pytest.param(gzip.compress(b"code,name\n") + gzip.compress(b"A,Ann\n"), [row(2, code="A", name="Ann")], id="gzip of two members"),
    ],
)
def test_csv_is_read_as_it_was_meant(data: bytes, rows: list[RawRow]) -> None:
    assert read_csv(data) == rows
    assert read_csv(data, 1) == rows


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "the file is empty", id="nothing"),
        pytest.param(b"code,name\nA,Ren\xe9\n", "0xe9, which is not utf-8: save the file as UTF-8", id="another encoding"),
        pytest.param(b"code,nom,prix\n", "the dataset has no 'nom', 'prix': its columns are code, name, note, tags", id="unknown columns"),
        pytest.param(b"code,code\n", "the column code is there more than once", id="a column twice"),
        pytest.param(",".join(f"c{n}" for n in range(10_000)).encode(), "and 9990 more", id="10,000 columns"),
        pytest.param(b'code,name\nA,"open\nB,b\n', "row 2 does not end", id="a quotation mark never closed"),
        pytest.param(b"code,name\nA," + b"x" * 100_001, "row 2 has a cell of more than 100000 characters", id="a huge cell"),
        pytest.param(b"code,name\nA," + b"x" * 1_100_000, "line 2 has more than 1000000 characters", id="a huge line"),
        pytest.param(b"code,name\nA,x\0y\n", "line 2 holds the character NUL", id="NUL"),
        pytest.param("code,name\nA,b".encode("utf-16-le"), "holds the character NUL: save the file as UTF-8", id="UTF-16 without its mark"),
        pytest.param(b"\x1f\x8bcode,name\n", "what follows is none", id="no gzip"),
        pytest.param(gzip.compress(b"code,name\nA,Ann\n" * 9)[:-9], "is cut short", id="gzip cut short"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        read_csv(data, 65_536)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(b"A", "the row has 1 cells, and the header 2", id="too few"),
        pytest.param(b"A,b,c", "the row has 3 cells, and the header 2", id="too many"),
        pytest.param(b'A,"b"c', "write a quotation mark in it twice", id="text after a quotation mark"),
    ],
)
def test_a_row_that_does_not_fit_is_a_fault_and_the_next_is_read(line: bytes, message: str) -> None:
    fault, after = read_csv(b"code,name\n" + line + b"\nB,Ben\n")
    assert isinstance(fault, Fault)
    assert fault.row == 2
    assert message in fault.message
    assert after == row(3, code="B", name="Ben")


def test_a_compressed_file_that_comes_to_too_much_is_refused_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(b"code,name\n" + b"A,b\n" * 5_000_000, 9)
    tracemalloc.start()
    with pytest.raises(Unreadable, match="more than 1000000 bytes"):
        sum(1 for _ in text.lines([bomb], most=1_000_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=20), st.integers(1, 50))
def test_what_a_csv_writer_writes_is_read_back(values: list[tuple[str, str]], size: int) -> None:
    import csv
    import io

    written = [[left, right] for left, right in values if "\0" not in left + right and left]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["code", "name"], *written])
    encodable = out.getvalue().encode(errors="ignore").decode()
    assert [
        [one.values.get("code", ""), one.values.get("name", "")] for one in read_csv(encodable.encode(), size) if isinstance(one, RawRow)
    ] == [[left.encode(errors="ignore").decode(), right.encode(errors="ignore").decode()] for left, right in written]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param('{"code": "A", "name": "Ann"}', row(1, code="A", name="Ann"), id="texts"),
        pytest.param(
            '{"code": 12345678901234567890123, "name": 1.50}', row(1, code="12345678901234567890123", name="1.50"), id="exact numbers"
        ),
        pytest.param('{"code": "A", "name": true, "note": null}', row(1, code="A", name="true"), id="true and null"),
        pytest.param('{"code": "A", "tags": ["x", null, 2]}', row(1, code="A", tags=["x", "2"]), id="a list"),
        pytest.param('{"code": "A", "tags": "x"}', row(1, code="A", tags=["x"]), id="one value of a list"),
    ],
)
def test_ndjson_is_read(line: str, expected: RawRow) -> None:
    assert read_ndjson(line.encode()) == [expected]


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        pytest.param("{", "", "not valid JSON", id="cut short"),
        pytest.param("[" * 100_000, "", "not valid JSON", id="100,000 brackets"),
        pytest.param('{"code": NaN}', "", "not valid JSON", id="NaN"),
        pytest.param("[1]", "", "must be a JSON object", id="a list"),
        pytest.param('{"code": 1, "code": 2}', "code", "more than once", id="a field twice"),
        pytest.param('{"kod": 1}', "kod", "no such field: it has code, name, note, tags", id="unknown"),
        pytest.param('{"code": {"a": 1}}', "code", "must be a text", id="nested"),
        pytest.param('{"code": ["a"]}', "code", "must be one value, not a list", id="a list where one is due"),
        pytest.param('{"code": "a\\u0000b"}', "code", "holds the character NUL", id="NUL"),
        pytest.param('{"tags": [["a"]]}', "tags", "must be a text", id="a list within a list"),
    ],
)
def test_a_line_of_ndjson_that_does_not_fit_is_a_fault_and_the_next_is_read(line: str, column: str, message: str) -> None:
    fault, after = read_ndjson(line.encode() + b'\n\n{"code": "B"}')
    assert isinstance(fault, Fault)
    assert (fault.row, fault.column) == (1, column)
    assert message in fault.message
    assert len(fault.value) <= 100
    assert after == row(3, code="B")


@given(st.dictionaries(st.sampled_from(FIELDS[:3]), st.text(st.characters(exclude_characters="\0"), min_size=1)))
def test_what_json_writes_is_read_back(values: dict[str, str]) -> None:
    assert read_ndjson(json.dumps(values).encode()) == [RawRow(1, values)]


def test_many_rows_pass_in_the_memory_of_a_few() -> None:
    rows = 50_000

    def chunks() -> Iterable[bytes]:
        yield b"code,name\n"
        for number in range(rows // 1000):
            yield b"".join(b"%d,%s\n" % (number * 1000 + one, b"n" * 40) for one in range(1000))

    tracemalloc.start()
    count = sum(isinstance(one, RawRow) for one in csv_rows.read(text.lines(chunks()), FIELDS))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == rows
    assert peak < 5_000_000
