"""Certificates for the target: an own CA, a leaf for loopback, and a CA bundle as heavy as a real one."""

from __future__ import annotations

import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import certifi
import trustme

NAMES = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Paths of PEM files.  `ca_file` is certifi's bundle with our CA appended, so that a client pays for loading it
    what it pays in life; `leaf` holds the chain and `key` its private key.
    """

    ca_file: Path
    leaf: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """A context for the HTTP/1.1 server."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.leaf, self.key)
        context.set_alpn_protocols(["http/1.1"])
        return context


class CertificateFolder:
    """A private folder (0700) with fresh certificates, removed on leaving."""

    def __init__(self, host: str) -> None:
        self._names = tuple(dict.fromkeys((*NAMES, host)))
        self._folder = tempfile.TemporaryDirectory(prefix="httptui-target-")

    def __enter__(self) -> Certificates:
        folder = Path(self._folder.name)
        authority = trustme.CA()
        leaf = authority.issue_cert(*self._names)
        found = Certificates(folder / "ca.pem", folder / "leaf.pem", folder / "key.pem")
        found.ca_file.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + authority.cert_pem.bytes())
        found.leaf.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
        found.key.touch(mode=0o600)
        leaf.private_key_pem.write_to_path(found.key)
        return found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()
