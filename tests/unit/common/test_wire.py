"""A body is checked before anything reads it."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common import wire
from functions.common.failures import Refusal

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def refused(raw: bytes) -> Refusal:
    with pytest.raises(Refusal) as raised:
        wire.parse_json(raw)
    assert raised.value.status == 400
    return raised.value


@given(VALUES)
def test_every_json_value_is_read_as_it_is(value: object) -> None:
    assert wire.parse_json(json.dumps(value).encode()) == value
    assert wire.parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary())
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(Refusal):
        wire.parse_json(raw)


class TestJson:
    @pytest.mark.parametrize("raw", [b"", b"{", b"{} {}", b"nothing", b"{'a': 1}", b"[1,]", b"\xef\xbb\xbf{}"])
    def test_what_is_no_json_is_refused_with_its_place(self, raw: bytes) -> None:
        assert "line 1, column" in refused(raw).message

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
    def test_what_is_no_number_of_json_is_refused_by_name(self, number: str) -> None:
        assert number in refused(f'{{"a": [{number}]}}'.encode()).message

    def test_a_number_without_end_is_refused_in_few_words(self) -> None:
        message = refused(b"[" + b"9" * 100_000 + b"]").message
        assert "100000 digits" in message
        assert len(message) < 200

    def test_what_is_no_utf_8_is_refused_with_the_byte(self) -> None:
        refusal = refused(b'{"a": "\xff"}')
        assert (refusal.code, "byte 7" in refusal.message) == ("invalid_encoding", True)

    @pytest.mark.parametrize("raw", [rb'["\ud800"]', rb'{"\uDFFF": 1}', rb'["\ud800\ud800"]', rb'["\udc00\ud800"]'])
    def test_half_a_character_is_refused(self, raw: bytes) -> None:
        assert refused(raw).code == "invalid_encoding"

    def test_a_character_in_two_halves_is_one(self) -> None:
        assert wire.parse_json(rb'["\ud83d\ude00", "\\ud800"]') == ["😀", "\\ud800"]

    def test_a_key_may_stand_only_once(self) -> None:
        assert "twice" in refused(b'{"a": 1, "a": 2}').message

    def test_nesting_has_an_end(self) -> None:
        deep = wire.DEEPEST
        assert wire.parse_json(b"[" * deep + b"]" * deep)
        assert refused(b"[" * (deep + 1) + b"]" * (deep + 1)).code == "too_deep"

    def test_a_hundred_thousand_brackets_are_refused(self) -> None:
        assert refused(b"[" * 100_000).code == "too_deep"
        assert refused(b'{"a":' * 100_000).code == "too_deep"

    def test_brackets_in_texts_are_no_nesting(self) -> None:
        text = '[{"\\"' * 1_000
        assert wire.parse_json(json.dumps([text]).encode()) == [text]

    def test_brackets_beside_one_another_are_no_nesting(self) -> None:
        assert wire.parse_json(b"[" + b"[]," * 1_000 + b"[]]")


class TestSize:
    def event(self, body: str | None, encoded: bool = False) -> dict[str, Any]:
        return {"body": body, "isBase64Encoded": encoded}

    def test_a_body_of_the_limit_is_taken_and_one_byte_more_is_not(self) -> None:
        assert len(wire.body_bytes(self.event("é" * 50), 100)) == 100
        with pytest.raises(Refusal) as raised:
            wire.body_bytes(self.event("é" * 50 + "a"), 100)
        assert raised.value.status == 413

    def test_an_encoded_body_is_measured_as_it_is(self) -> None:
        assert wire.body_bytes(self.event(base64.b64encode(b"x" * 100).decode(), encoded=True), 100) == b"x" * 100
        with pytest.raises(Refusal):
            wire.body_bytes(self.event(base64.b64encode(b"x" * 101).decode(), encoded=True), 100)

    def test_a_body_far_too_large_is_not_even_decoded(self) -> None:
        with pytest.raises(Refusal) as raised:
            wire.body_bytes(self.event("!" * 1_000, encoded=True), 100)
        assert raised.value.status == 413

    @pytest.mark.parametrize("body", [None, ""])
    def test_no_body_is_an_empty_one(self, body: str | None) -> None:
        assert wire.body_bytes(self.event(body), 100) == b""


class TestMediaType:
    @pytest.mark.parametrize("given_type", ["application/json", "Application/JSON; charset=utf-8", " application/json ;x=y"])
    def test_parameters_and_case_do_not_matter(self, given_type: str) -> None:
        wire.check_media_type({"content-type": given_type}, ("application/json",))

    @pytest.mark.parametrize("headers", [{}, {"content-type": ""}, {"content-type": "text/plain"}, {"content-type": "application/jsonp"}])
    def test_another_is_refused_and_told_what_to_send(self, headers: dict[str, str]) -> None:
        with pytest.raises(Refusal) as raised:
            wire.check_media_type(headers, ("application/json",))
        assert (raised.value.status, raised.value.field) == (415, "content-type")
        assert "send application/json" in raised.value.message

    def test_without_a_list_any_will_do(self) -> None:
        wire.check_media_type({"content-type": "text/plain"}, ())
