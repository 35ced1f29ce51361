from __future__ import annotations

import asyncio
import ssl
import stat
from pathlib import Path

import certifi
import pytest

from httptui.target.listening import CertificateFolder
from httptui.target.options import TargetOptions
from httptui.target.server import Target


def test_the_ca_bundle_is_as_heavy_as_a_real_one_and_all_is_private() -> None:
    with CertificateFolder("127.0.0.1") as certificates:
        folder = certificates.ca_file.parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(certificates.key.stat().st_mode) & 0o077 == 0
        assert certificates.ca_file.read_bytes().startswith(Path(certifi.where()).read_bytes())
    assert not folder.exists()


def test_certificates_leave_when_something_fails() -> None:
    with pytest.raises(RuntimeError), CertificateFolder("127.0.0.1") as certificates:
        raise RuntimeError
    assert not certificates.ca_file.parent.exists()


async def test_pipelined_requests_over_tls_are_all_served_in_order() -> None:
    async with Target(TargetOptions(tls=True)) as target:
        context = ssl.create_default_context(cafile=target.ca_file)
        reader, writer = await asyncio.open_connection("127.0.0.1", target.ports[0], ssl=context)
        request = "GET {} HTTP/1.1\r\n\r\n".format
        last = b"GET /status/202 HTTP/1.1\r\nConnection: close\r\n\r\n"
        writer.write((request("/delay/5") + request("/bytes/500000") + request("/") * 1000).encode() + last)
        received = await asyncio.wait_for(reader.read(), 20)
        stats = target.stats()
        writer.close()
        await writer.wait_closed()
    assert received.count(b"HTTP/1.1 200 OK\r\n") == 1002
    assert received.endswith(b"202 Accepted\n")
    assert (stats.connections, stats.requests, stats.bytes_out) == (1, 1003, len(received))
