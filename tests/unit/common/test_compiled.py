"""A compiled file, read entry by entry: the same as if it were read whole, and no more of it than is asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common import compiled
from infra.declarations import laid_out

names = st.text(max_size=8)
entries = st.recursive(
    st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=8
)
members = st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), st.dictionaries(names, entries, max_size=5), max_size=4)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled") / "declarations.json"


@given(whole=members)
def test_whatever_is_written_is_read_again_one_by_one_and_all_together(file: Path, whole: dict[str, Any]) -> None:
    file.write_text(laid_out(whole), encoding="utf-8", newline="")
    assert json.loads(file.read_bytes()) == whole
    by_name, together = compiled.read(file), compiled.read(file)
    assert together == whole
    assert by_name.keys() == whole.keys()
    for member, inside in whole.items():
        assert {name: by_name[member][name] for name in inside} == inside
        assert [len(together[member]), list(together[member])] == [len(inside), sorted(inside)]


@given(whole=members, name=names)
def test_what_is_not_there_is_not_found(file: Path, whole: dict[str, Any], name: str) -> None:
    file.write_text(laid_out(whole), encoding="utf-8", newline="")
    for member, inside in compiled.read(file).items():
        assert (name in inside) == (name in whole[member])
        assert inside.get(name) == whole[member].get(name)


def test_an_entry_is_parsed_when_it_is_asked_for_once_and_no_other_is(file: Path) -> None:
    file.write_text(laid_out({"emits": {str(number): {"number": number} for number in range(100)}}))
    read = compiled.read(file)
    with patch.object(compiled, "_DECODER", wraps=json.JSONDecoder()) as decoder:
        assert read["emits"]["7"] is read["emits"]["7"]
    assert [call.args for call in decoder.raw_decode.call_args_list] == [('{"number": 7},',)]
