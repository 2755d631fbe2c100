"""A machine on this one that others post to, which answers well or badly, and the certificate by which it proves its name."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

type Served = Callable[[socket.socket], None]


@dataclass
class Receiver:
    """A machine on this one, which does with each connection what it is told."""

    listener: socket.socket
    serve: Served
    trust: ssl.SSLContext | None = None
    heard: list[bytes] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    def start(self) -> None:
        """Take connections until it is stopped."""
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        self.stopped.set()
        self.listener.close()

    def _run(self) -> None:
        while not self.stopped.is_set():
            with suppress(OSError):
                connection, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self.trust:
                connection = self.trust.wrap_socket(connection, server_side=True)
            with connection:
                self.serve(connection)

    def hear(self, connection: socket.socket) -> None:
        """Read one request to its end. Raises ConnectionError where it has none."""
        request = b""
        while (missing := _missing(request)) and (part := connection.recv(65_536)):
            request += part
        if missing:
            raise ConnectionError
        self.heard.append(request)


def _missing(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    return not end or len(body) < int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])


def certified(name: str, home: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for a name, kept in a folder: the context that serves it, and the file by which it can be trusted."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (home / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    (home / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "certificate.pem", home / "key.pem")
    return context, home / "certificate.pem"
