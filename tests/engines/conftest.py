"""The recording server, plain and over TLS, and the engines in turn."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme
from engine_support import ENGINES, RecordingServer, recording_server


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each built-in engine in turn."""
    name: str = request.param
    return name


@pytest.fixture
async def server() -> AsyncIterator[RecordingServer]:
    """The recording server, without TLS."""
    async with recording_server() as recording:
        yield recording


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A CA of the tests' own."""
    return trustme.CA()


@pytest.fixture(scope="session")
def others_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file with the certificate of another CA, which signed nothing here."""
    path: Path = tmp_path_factory.mktemp("others") / "others.pem"
    path.write_bytes(trustme.CA().cert_pem.bytes())
    return str(path)


@pytest.fixture(autouse=True)
def few_authorities(others_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one authority in the place of the machine's, which take each client 40 ms to read."""
    monkeypatch.setenv("SSL_CERT_FILE", others_file)


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file with the CA's certificate."""
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    path.write_bytes(authority.cert_pem.bytes())
    return str(path)


@pytest.fixture
async def tls_server(authority: trustme.CA) -> AsyncIterator[RecordingServer]:
    """The recording server, with a leaf of the CA for 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    recording = RecordingServer()
    await recording.start(context)
    yield recording
    await recording.stop()
