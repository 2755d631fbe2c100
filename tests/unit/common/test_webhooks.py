"""Posting to addresses that others chose: who is spoken to, what counts as taken, and when it is over."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.common import webhooks
from functions.common.failures import Invalid, Transient
from functions.common.webhooks import Refused, Unreached, post
from tests.unit.common.receiver import Receiver, Served, certified

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
CANARY = "a-secret-in-the-path"


@pytest.fixture
def receiver(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Receiver]]:
    """Make receivers: each answers with these bytes, or serves as it is told."""
    monkeypatch.setenv("STAGE", "local")
    made: list[Receiver] = []

    def make(answer: bytes | Served = OK, trust: ssl.SSLContext | None = None) -> Receiver:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(0.05)
        receiver = Receiver(listener, lambda _: None, trust)

        def answering(connection: socket.socket) -> None:
            receiver.hear(connection)
            connection.sendall(answer)  # type: ignore[arg-type]  # it is no function, below

        receiver.serve = answer if callable(answer) else answering
        receiver.start()
        made.append(receiver)
        return receiver

    yield make
    for one in made:
        one.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[ssl.SSLContext, Path]]:
    """Make a certificate for a name: the context that serves it, and the file by which it can be trusted."""
    return lambda name: certified(name, tmp_path_factory.mktemp(name))


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say what every name resolves to."""

    def say(*addresses: str) -> None:
        def found(_: object, port: int, **__: Any) -> list[Any]:
            families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
            return [(family, socket.SOCK_STREAM, 6, "", (one, port)) for family, one in zip(families, addresses, strict=True)]

        monkeypatch.setattr(socket, "getaddrinfo", found)

    return say


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The addresses to which a connection was tried; none comes about."""
    tried: list[Any] = []

    class Nowhere:
        def __init__(self, *_: object) -> None: ...

        def settimeout(self, _: float) -> None: ...

        def connect(self, address: Any) -> None:
            tried.append(address)
            raise ConnectionRefusedError

        def close(self) -> None: ...

    monkeypatch.setattr(socket, "socket", Nowhere)
    return tried


def answer(status: int, more: str = "") -> bytes:
    return f"HTTP/1.1 {status} Whatever\r\n{more}Content-Length: 0\r\n\r\n".encode()


class TestTaken:
    def test_the_receiver_is_given_what_was_to_be_sent(self, receiver: Callable[..., Receiver]) -> None:
        made = receiver()
        post(f"http://127.0.0.1:{made.port}/events?from=us#part", b'{"a": 1}', {"Authorization": "Bearer token", "webhook-id": "7"})
        [request] = made.heard
        head, _, body = request.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        assert (lines[0], body) == ("POST /events?from=us HTTP/1.1", b'{"a": 1}')
        assert {f"Host: 127.0.0.1:{made.port}", "Content-Length: 8", "Authorization: Bearer token", "webhook-id: 7"} <= set(lines)

    def test_an_address_without_a_path_is_its_root(self, receiver: Callable[..., Receiver]) -> None:
        made = receiver()
        post(f"http://localhost:{made.port}?a=1", b"", {})
        assert made.heard[0].startswith(b"POST /?a=1 HTTP/1.1\r\n")

    @pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
    def test_every_2xx_is_taken(self, receiver: Callable[..., Receiver], status: int) -> None:
        post(f"http://127.0.0.1:{receiver(answer(status)).port}/", b"{}", {})

    def test_a_body_larger_than_any_buffer_arrives_whole(self, receiver: Callable[..., Receiver]) -> None:
        made = receiver()
        body = b"x" * 3_000_000
        post(f"http://127.0.0.1:{made.port}/", body, {})
        assert made.heard[0].endswith(body)

    def test_an_answer_without_end_is_left_after_its_beginning(self, receiver: Callable[..., Receiver]) -> None:
        sent = [0]

        def flood(connection: socket.socket) -> None:
            made.hear(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                sent[0] += connection.send(b"x" * 65_536)

        made = receiver(flood)
        post(f"http://127.0.0.1:{made.port}/", b"{}", {})
        time.sleep(0.1)
        assert sent[0] < 50_000_000  # what the buffers of both ends hold, and no more


class TestRefused:
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
    def test_another_4xx_will_not_change(self, receiver: Callable[..., Receiver], status: int) -> None:
        with pytest.raises(Refused) as refused:
            post(f"http://127.0.0.1:{receiver(answer(status)).port}/", b"{}", {})
        assert refused.value.status == status

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_is_not_followed(self, receiver: Callable[..., Receiver], status: int) -> None:
        """Followed, the POST could go to an address inside, or become a GET whose answer counted as taken."""
        elsewhere = receiver()
        there = answer(status, f"Location: http://127.0.0.1:{elsewhere.port}/\r\n")
        with pytest.raises(Refused) as refused:
            post(f"http://127.0.0.1:{receiver(there).port}/", b"{}", {})
        assert (refused.value.status, elsewhere.heard) == (status, [])


class TestUnreached:
    @pytest.mark.parametrize("status", [103, 429, 500, 502, 503, 504])
    def test_a_receiver_that_is_not_well_may_be_later(self, receiver: Callable[..., Receiver], status: int) -> None:
        with pytest.raises(Unreached, match=str(status)) as unreached:
            post(f"http://127.0.0.1:{receiver(answer(status)).port}/", b"{}", {})
        assert isinstance(unreached.value, Transient)
        assert unreached.value.longest_pause == 3_600

    @pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 \r\n\r\n", b"\xff\xfe", b"x" * 100_000])
    def test_what_speaks_no_http_is_not_the_receiver(self, receiver: Callable[..., Receiver], said: bytes) -> None:
        with pytest.raises(Unreached):
            post(f"http://127.0.0.1:{receiver(said).port}/", b"{}", {})

    def test_nobody_listens(self, socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STAGE", "local")
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            with pytest.raises(Unreached, match="ConnectionRefusedError"):
                post(f"http://127.0.0.1:{deaf.getsockname()[1]}/", b"{}", {})

    def test_a_name_that_does_not_resolve(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> None:
            raise socket.gaierror(f"{CANARY} is not known")

        monkeypatch.setattr(socket, "getaddrinfo", fail)
        with pytest.raises(Unreached) as unreached:
            post("https://nowhere.example.gov.uk/", b"{}", {})
        assert CANARY not in str(unreached.value)

    def test_what_went_wrong_does_not_tell_the_address(self, receiver: Callable[..., Receiver]) -> None:
        with pytest.raises(Unreached) as unreached:
            post(f"http://127.0.0.1:{receiver(answer(500)).port}/{CANARY}", b"{}", {})
        assert CANARY not in str(unreached.value)


class TestInTime:
    """However a receiver spends its time, nobody waits longer than was said."""

    def patiently(self, url: str, body: bytes = b"{}") -> float:
        began = time.monotonic()
        with pytest.raises(Unreached, match="TimeoutError"):
            post(url, body, {}, patience=0.5)
        return time.monotonic() - began

    def test_silence(self, receiver: Callable[..., Receiver]) -> None:
        assert 0.4 < self.patiently(f"http://127.0.0.1:{receiver(lambda _: time.sleep(10)).port}/") < 5

    @pytest.mark.parametrize("drop", [b"HTTP/1.1 200 OK\r\n", b""])
    def test_an_answer_that_comes_in_drops(self, receiver: Callable[..., Receiver], drop: bytes) -> None:
        def drip(connection: socket.socket) -> None:
            connection.sendall(drop)
            while True:
                connection.sendall(b"x")
                time.sleep(0.05)

        assert 0.4 < self.patiently(f"http://127.0.0.1:{receiver(drip).port}/") < 5

    def test_a_body_that_is_taken_in_drops(self, receiver: Callable[..., Receiver]) -> None:
        def sip(connection: socket.socket) -> None:
            while connection.recv(1_000):
                time.sleep(0.05)

        assert 0.4 < self.patiently(f"http://127.0.0.1:{receiver(sip).port}/", b"x" * 30_000_000) < 5

    def test_a_handshake_that_does_not_begin(self, receiver: Callable[..., Receiver]) -> None:
        assert 0.4 < self.patiently(f"https://127.0.0.1:{receiver(lambda _: time.sleep(10)).port}/") < 5

    def test_a_name_whose_servers_do_not_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def answer_late(*_: object, **__: object) -> list[Any]:
            time.sleep(10)
            return []

        monkeypatch.setattr(socket, "getaddrinfo", answer_late)
        assert 0.4 < self.patiently("https://slow.example.gov.uk/") < 5


class TestTls:
    @pytest.fixture
    def proving(
        self,
        receiver: Callable[..., Receiver],
        authority: Callable[[str], tuple[ssl.SSLContext, Path]],
        resolve: Callable[..., None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> Callable[..., Receiver]:
        """Make a receiver that proves to have a name, by an authority that is trusted or by one that nobody knows."""

        def make(name: str, *, trusted: bool = True) -> Receiver:
            serves, certificate = authority(name)
            if trusted:
                monkeypatch.setattr(webhooks, "_trust", lambda: ssl.create_default_context(cafile=str(certificate)))
            resolve("127.0.0.1")
            return receiver(trust=serves)

        return make

    def test_a_receiver_that_proves_its_name_is_given_it(self, proving: Callable[..., Receiver]) -> None:
        made = proving("operations.example.gov.uk")
        post(f"https://operations.example.gov.uk:{made.port}/", b"x" * 1_000_000, {})
        assert f"Host: operations.example.gov.uk:{made.port}".encode() in made.heard[0]

    @pytest.mark.parametrize(("name", "trusted"), [("another.example.gov.uk", True), ("operations.example.gov.uk", False)])
    def test_one_that_proves_another_name_or_by_nobody_known_is_not(
        self, proving: Callable[..., Receiver], name: str, trusted: bool
    ) -> None:
        made = proving(name, trusted=trusted)
        with pytest.raises(Unreached, match="SSLCertVerificationError"):
            post(f"https://operations.example.gov.uk:{made.port}/", b"{}", {})
        assert made.heard == []


class TestWhere:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.5.4",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fe80::1%eth0",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
        ],
    )
    def test_nothing_inside_is_spoken_to(
        self, monkeypatch: pytest.MonkeyPatch, resolve: Callable[..., None], connected: list[Any], address: str
    ) -> None:
        monkeypatch.setenv("STAGE", "prod")
        resolve(address)
        with pytest.raises(Unreached, match="PermissionError"):
            post("https://operations.example.gov.uk/", b"{}", {})
        assert connected == []

    @pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
    def test_the_public_internet_is(
        self, monkeypatch: pytest.MonkeyPatch, resolve: Callable[..., None], connected: list[Any], address: str
    ) -> None:
        monkeypatch.setenv("STAGE", "prod")
        resolve(address)
        with pytest.raises(Unreached, match="ConnectionRefusedError"):
            post("https://operations.example.gov.uk/", b"{}", {})
        assert connected == [(address, 443)]

    def test_of_several_addresses_the_public_ones_are_tried_in_turn(
        self, monkeypatch: pytest.MonkeyPatch, resolve: Callable[..., None], connected: list[Any]
    ) -> None:
        monkeypatch.setenv("STAGE", "prod")
        resolve("10.0.0.1", "1.1.1.1", "127.0.0.1", "1.0.0.1")
        with pytest.raises(Unreached):
            post("https://operations.example.gov.uk:8443/", b"{}", {})
        assert connected == [("1.1.1.1", 8443), ("1.0.0.1", 8443)]

    def test_it_is_this_machines_network_that_is_closed_on_a_laptop_too(
        self, monkeypatch: pytest.MonkeyPatch, resolve: Callable[..., None], connected: list[Any]
    ) -> None:
        monkeypatch.setenv("STAGE", "local")
        resolve("192.168.1.1", "169.254.169.254")
        with pytest.raises(Unreached):
            post("https://operations.example.gov.uk/", b"{}", {})
        assert connected == []

    @pytest.mark.parametrize(
        ("stage", "url"),
        [
            ("prod", "http://operations.example.gov.uk/"),
            ("prod", "http://127.0.0.1/"),
            ("prod", "http://localhost/"),
            ("local", "http://operations.example.gov.uk/"),
            ("local", "http://127.0.0.1.example.gov.uk/"),
            ("prod", "ftp://operations.example.gov.uk/"),
            ("prod", "file:///etc/passwd"),
            ("prod", "https:///events"),
            ("prod", "https://user:password@operations.example.gov.uk/"),
            ("prod", "https://operations.example.gov.uk:0/"),
            ("prod", "https://operations.example.gov.uk:99999/"),
            ("prod", "https://operations.example.gov.uk:port/"),
            ("prod", "https://[::1/"),
            ("prod", "https://operations.example.gov.uk/a b"),
            ("prod", "https://operations.example.gov.uk/\r\nX: y"),
            ("prod", "operations"),
            ("prod", ""),
        ],
    )
    def test_what_is_no_address_to_post_to_never_will_be(
        self, monkeypatch: pytest.MonkeyPatch, connected: list[Any], stage: str, url: str
    ) -> None:
        monkeypatch.setenv("STAGE", stage)
        with pytest.raises(Invalid, match=r"^url: "):
            post(url, b"{}", {})
        assert connected == []
