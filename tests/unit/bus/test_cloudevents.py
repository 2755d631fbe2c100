"""CloudEvents 1.0 over HTTP, with the CloudEvents project's own SDK as the client."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings import http
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent as Sent
from hypothesis import given
from hypothesis import strategies as st

from functions.bus import cloudevents
from functions.common.failures import Refusal
from tests.unit.bus.conftest import Send
from tests.unit.common.ground import FLOOD_WARNING, FLOODS, Ground, sample

WARNING = sample()["data"]


def event(**attributes: Any) -> Sent:
    known = {"id": "1", "source": FLOODS, "type": FLOOD_WARNING, "time": datetime(2026, 11, 23, 9, 30, tzinfo=UTC)}
    return Sent({**known, **attributes}, WARNING)


def in_binary_mode(sent: Sent) -> tuple[bytes, dict[str, str]]:
    message = http.to_binary_event(sent)
    return message.body, message.headers


def in_structured_mode(sent: Sent) -> tuple[bytes, dict[str, str]]:
    message = http.to_structured_event(sent)
    return message.body, message.headers


def in_batched_mode(*sent: Sent) -> tuple[bytes, dict[str, str]]:
    # The SDK has no batch of its own: one is its structured events in an array (JSON batch format §4).
    bodies = b",".join(JSONFormat().write(one) for one in sent)
    return b"[" + bodies + b"]", {"content-type": "application/cloudevents-batch+json"}


class TestWithTheSdk:
    @pytest.mark.parametrize("mode", [in_binary_mode, in_structured_mode, in_batched_mode])
    @pytest.mark.parametrize("attributes", [{}, {"subject": "065WAF441", "datacontenttype": "application/json", "sequence": "7"}])
    def test_each_mode_is_taken_in_as_the_same_event(self, ground: Ground, send: Send, mode: Any, attributes: dict[str, Any]) -> None:
        assert send(*mode(event(**attributes))).status == 202
        [taken] = ground.said()
        expected = {"specversion": "1.0", "id": "1", "source": FLOODS, "type": FLOOD_WARNING, "time": "2026-11-23T09:30:00Z", **attributes}
        assert taken.wire() == {**expected, "hops": 0, "data": WARNING}

    def test_the_same_event_in_another_mode_is_a_duplicate(self, ground: Ground, send: Send) -> None:
        sent = event(datacontenttype="application/json")
        statuses = [send(*in_structured_mode(sent)).json["status"], send(*in_binary_mode(sent)).json["status"]]
        assert statuses == ["accepted", "duplicate"]

    @given(st.text(min_size=1, max_size=50))
    def test_any_text_in_a_header_arrives_as_it_was_sent(self, subject: str) -> None:
        body, headers = in_binary_mode(event(subject=subject))
        [members], batched = cloudevents.read({name.lower(): value for name, value in headers.items()}, body)
        assert isinstance(members, dict)
        assert (members["subject"], members["data"], batched) == (subject, WARNING, False)

    def test_a_batch_gets_a_receipt_for_each_event(self, ground: Ground, send: Send) -> None:
        answer = send(*in_batched_mode(event(id="1"), event(id="2")))
        assert [receipt["id"] for receipt in answer.json["receipts"]] == ["1", "2"]

    def test_what_the_sdk_calls_bytes_is_refused_by_name(self, ground: Ground, send: Send) -> None:
        attributes = {"id": "1", "source": FLOODS, "type": FLOOD_WARNING}
        answer = send(*in_structured_mode(Sent(attributes, b"\x00")))
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "data_base64")


class TestModes:
    def refused(self, headers: dict[str, str], body: bytes = b"{}") -> Refusal:
        with pytest.raises(Refusal) as raised:
            cloudevents.read(headers, body)
        return raised.value

    @pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain"}, {"content-type": "application/json"}, {"ce-id": "1"}])
    def test_a_request_in_no_mode_is_told_the_three(self, headers: dict[str, str]) -> None:
        refusal = self.refused(headers)
        assert refusal.status == 415
        for words in ("cloudevents+json", "cloudevents-batch+json", "ce- headers"):
            assert words in refusal.message

    @pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
    def test_data_that_is_not_json_is_refused(self, media_type: str) -> None:
        refusal = self.refused({"ce-specversion": "1.0", "content-type": media_type})
        assert (refusal.status, refusal.field) == (415, "content-type")

    def test_data_of_any_json_type_is_taken(self) -> None:
        [members], _ = cloudevents.read({"ce-specversion": "1.0", "content-type": "application/vnd.floods+json; v=1"}, b'{"a": 1}')
        assert members == {"specversion": "1.0", "datacontenttype": "application/vnd.floods+json", "data": {"a": 1}}

    def test_an_event_may_have_no_data(self) -> None:
        [members], _ = cloudevents.read({"ce-specversion": "1.0"}, b"")
        assert members == {"specversion": "1.0"}

    @pytest.mark.parametrize("body", [b"{}", b"null", b'"text"'])
    def test_a_batch_is_an_array(self, body: bytes) -> None:
        assert self.refused({"content-type": cloudevents.BATCHED}, body).code == "not_a_batch"

    def test_a_batch_has_an_end(self) -> None:
        headers = {"content-type": cloudevents.BATCHED}
        events, batched = cloudevents.read(headers, json.dumps([{}] * 100).encode())
        assert (len(events), batched) == (100, True)
        assert self.refused(headers, json.dumps([{}] * 101).encode()).status == 413
