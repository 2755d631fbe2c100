"""Where a request comes from: what a visitor claims of that counts for nothing, and no table holds an address."""

from __future__ import annotations

from typing import Any

import pytest

from functions.common import keyring, visitors


def request(source: str, **headers: str) -> dict[str, Any]:
    return {"requestContext": {"http": {"sourceIp": source}}, "headers": {name.replace("_", "-"): text for name, text in headers.items()}}


def test_without_an_edge_it_is_who_the_api_saw_whatever_the_headers_say() -> None:
    assert visitors.address(request("192.0.2.7", x_forwarded_for="198.51.100.1, 203.0.113.9")) == "192.0.2.7"


def test_behind_the_edge_it_is_whom_the_edge_saw_not_whom_the_visitor_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEHIND_EDGE", "1")
    forged = "10.0.0.1, 198.51.100.77, 192.0.2.7, 130.176.0.1"
    assert visitors.address(request("130.176.0.1", X_Forwarded_For=forged)) == "192.0.2.7"
    assert visitors.address(request("130.176.0.1")) == "130.176.0.1"


def test_of_ipv6_a_network_is_one_visitor() -> None:
    first, second = (visitors.address(request(f"2001:db8:1:2:{host}")) for host in ("a:b:c:d", "1:2:3:4"))
    assert first == second == "2001:db8:1:2::"
    assert visitors.address(request("2001:db8:1:3::1")) != first


@pytest.mark.parametrize("nonsense", ["", "unix:", "1.2.3.4, 5.6.7.8", "\r\nX: y"])
def test_what_is_no_address_is_one_unknown_visitor(nonsense: str) -> None:
    assert visitors.address(request(nonsense)) == "unknown"


def test_a_pseudonym_needs_the_pepper_and_says_what_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "pepper", lambda: b"one")
    known = visitors.pseudonym("192.0.2.7", "demo")
    assert "192.0.2.7" not in known
    assert visitors.pseudonym("192.0.2.7", "demo") == known
    assert visitors.pseudonym("192.0.2.7", "sign-up") != known
    monkeypatch.setattr(keyring, "pepper", lambda: b"another")
    assert visitors.pseudonym("192.0.2.7", "demo") != known
