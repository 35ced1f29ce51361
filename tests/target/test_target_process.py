from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import signal
import socket
import ssl
import stat
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from endings import still_running

from httptui.errors import TargetError
from httptui.target.process import EmbeddedTarget, check_nonces

pytestmark = pytest.mark.slow


@asynccontextmanager
async def embedded(**options: Any) -> AsyncIterator[EmbeddedTarget]:
    target = await EmbeddedTarget.start(**options)
    try:
        yield target
    finally:
        await target.stop()


def gone(pid: int) -> bool:
    """Wait, bounded, until a process has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return not still_running([psutil.Process(pid)])
    return True


def many_requests(port: int, count: int, path: str = "/") -> int:
    """Requests over one connection of http.client; how many bytes of body came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    received = 0
    for _ in range(count):
        connection.request("GET", path)
        received += len(connection.getresponse().read())
    connection.close()
    return received


async def test_counts_are_exact_request_for_request_and_per_listener() -> None:
    async with embedded(listeners=3) as target:
        with ThreadPoolExecutor(12) as pool:
            jobs = [pool.submit(many_requests, target.ports[index % 3], 20 + index) for index in range(12)]
            bodies = [job.result() for job in jobs]
        stats = await target.stats()
    assert bodies == [1024 * (20 + index) for index in range(12)]
    assert (stats.connections, stats.requests) == (12, sum(20 + index for index in range(12)))
    assert [one.requests for one in stats.listeners] == [98, 102, 106]
    assert [one.connections for one in stats.listeners] == [4, 4, 4]
    assert stats.pid == target.pid
    assert stats.cpu_seconds > 0


async def test_starting_and_asking_is_not_counted() -> None:
    async with embedded() as target:
        stats = await target.stats()
    assert (stats.connections, stats.requests, stats.bytes_in, stats.bytes_out) == (0, 0, 0, 0)


async def test_latency_can_be_changed_while_running() -> None:
    async with embedded() as target:
        await target.set(latency_ms=40)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.to_thread(many_requests, target.ports[0], 2)
        assert loop.time() - began >= 0.08
        with pytest.raises(TargetError, match="latency_ms"):
            await target.set(latency_ms=-1)
        await target.set(latency_ms=0)
        assert await asyncio.to_thread(many_requests, target.ports[0], 1, "/bytes/3") == 3


async def test_tls_is_trusted_with_the_ca_file_and_not_without() -> None:
    async with embedded(tls=True) as target:
        assert target.base_url().startswith("https://127.0.0.1:")
        assert target.ca_file is not None
        context = ssl.create_default_context(cafile=target.ca_file)
        context.set_alpn_protocols(["h2", "http/1.1"])
        _, writer = await asyncio.open_connection(
            "127.0.0.1", target.ports[0], ssl=context, server_hostname="localhost"
        )
        assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "http/1.1"
        writer.close()
        await writer.wait_closed()
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection("127.0.0.1", target.ports[0], ssl=ssl.create_default_context())
        async with httpx.AsyncClient(verify=context) as client:
            answers = [await client.get(target.base_url() + "/bytes/100000") for _ in range(5)]
        assert [len(answer.content) for answer in answers] == [100_000] * 5
        stats = await target.stats()
        assert (stats.requests, stats.connections) == (5, 3)


async def test_certificates_are_private_and_leave_with_the_target() -> None:
    async with embedded(tls=True) as target:
        assert target.ca_file is not None
        folder = Path(target.ca_file).parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()
    assert gone(target.pid)


async def test_certificates_leave_even_when_the_target_is_killed() -> None:
    async with embedded(tls=True) as target:
        assert target.ca_file is not None
        folder = Path(target.ca_file).parent
        os.kill(target.pid, signal.SIGKILL)
        with pytest.raises(TargetError, match="ended"):
            await target.stats()
    assert not folder.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_sigterm_ends_it_cleanly_and_sigint_is_left_to_the_parent(number: signal.Signals) -> None:
    async with embedded(tls=True) as target:
        assert target.ca_file is not None
        os.kill(target.pid, number)
        if number == signal.SIGINT:
            assert (await target.stats()).requests == 0
            return
        assert await asyncio.to_thread(gone, target.pid)
        assert not Path(target.ca_file).parent.exists()


async def test_stopping_twice_is_harmless_and_does_not_wait_for_clients() -> None:
    target = await EmbeddedTarget.start()
    _, writer = await asyncio.open_connection("127.0.0.1", target.ports[0])
    writer.write(b"GET /fault/hang HTTP/1.1\r\n\r\n")
    await target.stop()
    await target.stop()
    assert gone(target.pid)
    writer.transport.abort()


@pytest.mark.parametrize("options", [{}, {"tls": True}, {"http2": True}])
async def test_a_port_in_use_is_told_in_one_line(options: dict[str, Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(TargetError) as caught:
            await EmbeddedTarget.start(extra={"port": port}, **options)
    assert str(caught.value) == (
        f"target: port {port} on 127.0.0.1 is in use; choose another, or 0 for a free one"
    )


async def test_a_bad_option_is_told_in_one_line() -> None:
    with pytest.raises(TargetError, match=r"^target: .*latency_ms.*$"):
        await EmbeddedTarget.start(extra={"latency_ms": -1})


PARENT = """
import asyncio, sys
from httptui.target.process import check_nonces
from httptui.target.process import EmbeddedTarget

async def main():
    target = await EmbeddedTarget.start(tls=sys.argv[1] != "plain", http2=sys.argv[1] == "http2")
    print(target.pid, target.ca_file, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["plain", "tls", "http2"])
async def test_it_dies_with_a_parent_that_is_killed(kind: str) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, kind, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pid, ca_file = (await parent.stdout.readline()).decode().split()
    assert psutil.pid_exists(int(pid))
    parent.kill()
    await parent.wait()
    assert await asyncio.to_thread(gone, int(pid))
    assert kind == "plain" or not Path(ca_file).parent.exists()


FOREGROUND = (
    "import sys; from httptui.target.server import run_foreground; sys.exit(run_foreground(tls=True))"
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_in_the_foreground_it_prints_its_url_and_ends_cleanly(number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FOREGROUND, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    ca_file = (await process.stdout.readline()).decode().strip().removeprefix("CA file: ")
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=ca_file)) as client:
        assert (await client.get(url)).status_code == 200
        process.send_signal(number)
        assert await asyncio.wait_for(process.communicate(), 20) == (b"", b"")
    assert process.returncode == 0
    assert not Path(ca_file).parent.exists()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'first' >&2; echo 'no luck today' >&2; exit 1", "the embedded target ended: no luck today"),
        ("exit 1", "the embedded target ended: it said nothing"),
        ("echo banana; cat >/dev/null", "the embedded target cannot be understood"),
    ],
)
async def test_a_target_that_does_not_start_tells_its_last_words(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(TargetError, match=message):
        await EmbeddedTarget.start()


async def test_a_missing_interpreter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(TargetError, match="cannot be started"):
        await EmbeddedTarget.start()


async def test_another_server_on_the_port_is_noticed() -> None:
    async with embedded() as target:
        with pytest.raises(TargetError, match="another server answers"):
            await check_nonces(target.ports, target.ca_file, "another nonce", target.token)
