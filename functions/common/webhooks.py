"""Post to an address that somebody else chose: over TLS, to the public internet alone, in bounded time.

Whoever may name an address could name one inside, or a machine that never ends its answer. So the address is checked where the connection
is made, not where the name was read; a redirect is an answer, and is not followed; and one deadline holds for all of it.
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import IO, Any
from urllib.parse import SplitResult, urlsplit

from functions.common.failures import Invalid, Transient
from functions.common.settings import stage

LONGEST_ANSWER = 8 * 1024
"""Bytes of an answer that are read: its status stands in the first of them."""

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 in IPv6 (RFC 6052): behind such an address stands whatever its last four bytes say."""


class Unreached(Transient):
    """The receiver was not there, not in time, or not well: it may be later, and may be away for long."""

    longest_pause = 3600


class Refused(Exception):
    """The receiver answered that it does not want this, or that it is elsewhere: sent again, it would say the same."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the receiver answered {status}")
        self.status = status


def post(url: str, body: bytes, headers: Mapping[str, str], *, patience: float = 5.0) -> None:
    """Post a body, and return where the receiver took it (2xx) within `patience` seconds.

    Raises Refused for another 4xx than 429 and for a redirect; Unreached for 429, 5xx, silence and whatever else went wrong on the way;
    Invalid where the address is none that may be posted to. In the stage `local` this machine itself may be, without TLS too.
    """
    place = _place(url)
    try:
        with closing(_Line(place, monotonic() + patience)) as line:
            status = line.post(body, headers)
    except (OSError, HTTPException, UnicodeError) as failure:
        # By its kind alone: what it says may hold the address, which may hold a secret.
        raise Unreached(f"the receiver was not reached: {type(failure).__name__}") from None
    if 200 <= status < 300:
        return
    if 300 <= status < 500 and status != 429:
        raise Refused(status)
    raise Unreached(f"the receiver answered {status}")


def _place(url: str) -> SplitResult:
    try:
        place = urlsplit(url)
        port = place.port
    except ValueError:
        raise Invalid("is no address", "url") from None
    if not place.hostname or port == 0 or place.username is not None or not url.isascii() or not url.isprintable() or " " in url:
        raise Invalid("is no address", "url")
    if place.scheme != "https" and not (place.scheme == "http" and _on_this_machine(place.hostname)):
        raise Invalid("must begin with https://", "url")
    return place


def _on_this_machine(host: str) -> bool:
    return stage() == "local" and host in {"localhost", "127.0.0.1"}


class _Line:
    """A connection for one request, and the moment at which it is over, whoever still speaks."""

    def __init__(self, place: SplitResult, deadline: float) -> None:
        self._place = place
        self._deadline = deadline
        self._socket = self._connected()

    def post(self, body: bytes, headers: Mapping[str, str]) -> int:
        """Send the request and hear its status."""
        host, port = str(self._place.hostname), self._place.port
        request = HTTPConnection(host, port)
        if self._place.scheme == "https":
            self._socket.settimeout(self.remaining())
            self._socket = _trust().wrap_socket(self._socket, server_hostname=host)
            # Without a context it would make one of its own, which takes longer than the request.
            request = HTTPSConnection(host, port, context=_trust())
        # It does all it does over this: a socket of its own would have a patience for each byte, and no end.
        request.sock = self
        target = self._place._replace(scheme="", netloc="", path=self._place.path or "/", fragment="").geturl()
        request.request("POST", target, body, {"User-Agent": "Commonweal", "Connection": "close", **headers})
        answer = HTTPResponse(self, method="POST")  # type: ignore[arg-type]  # of a socket it uses `makefile` alone
        answer.begin()
        return answer.status

    def sendall(self, content: bytes) -> None:
        """Send all of it, or raise TimeoutError. (A TLS socket's own begins its patience again with each part.)"""
        rest = memoryview(content)
        while rest:
            self._socket.settimeout(self.remaining())
            rest = rest[self._socket.send(rest) :]

    def makefile(self, _: str) -> IO[bytes]:
        """What it answers, as far as that is read."""
        return io.BufferedReader(_Answer(self))

    def read_into(self, buffer: memoryview) -> int:
        """Some bytes of the answer."""
        self._socket.settimeout(self.remaining())
        return self._socket.recv_into(buffer)

    def remaining(self) -> float:
        """The seconds until it is over. Raises TimeoutError where it is."""
        remaining = self._deadline - monotonic()
        if remaining <= 0:
            raise TimeoutError
        return remaining

    def close(self) -> None:
        self._socket.close()

    def _connected(self) -> socket.socket:
        """A connection to the first of the host's addresses that may be spoken to and answers; to none is anything sent but that."""
        failure: OSError = PermissionError("no address of this host is public")
        for family, address in self._addresses():
            if not _may_be_spoken_to(address[0]):
                continue
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                connection.settimeout(self.remaining())
                connection.connect(address)
            except OSError as raised:
                connection.close()
                failure = raised
            else:
                # Head and body are sent one after the other: the second must not wait until the first is acknowledged.
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return connection
        raise failure

    def _addresses(self) -> list[tuple[socket.AddressFamily, Any]]:
        # The resolver knows no deadline: so it is asked in a thread, for which nobody waits longer than that.
        found: SimpleQueue[list[Any] | OSError | UnicodeError] = SimpleQueue()
        Thread(target=_resolve, args=(self._place, found), daemon=True).start()
        try:
            addresses = found.get(timeout=self.remaining())
        except Empty:
            raise TimeoutError from None
        if isinstance(addresses, Exception):
            raise addresses
        return [(family, address) for family, _, _, _, address in addresses]


class _Answer(io.RawIOBase):
    """What a line says, until there was enough of it."""

    def __init__(self, line: _Line) -> None:
        self._line = line
        self._left = LONGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            return 0
        count = self._line.read_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count


def _resolve(place: SplitResult, found: SimpleQueue[list[Any] | OSError | UnicodeError]) -> None:
    port = place.port or (443 if place.scheme == "https" else 80)
    try:
        found.put(list(socket.getaddrinfo(place.hostname, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError) as failure:
        found.put(failure)


def _may_be_spoken_to(text: str) -> bool:
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        address = _inside(address)
    # Which addresses are global, IANA's registries say; multicast ones are, and are nobody's.
    return (address.is_global and not address.is_multicast) or (address.is_loopback and stage() == "local")


def _inside(address: IPv6Address) -> IPv4Address | IPv6Address:
    if address in _TRANSLATED:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
