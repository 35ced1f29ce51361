"""Cost of the embedded target and precision of its delays, printed as tables: `python benchmarks/target.py`.

Load goes to 127.0.0.1 only and stops by itself. Requests per second depend on the machine and its neighbours; CPU per
request of the target is the steadier figure.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import statistics
import time

from httptui.target.answers import ROOT
from httptui.target.http1 import answer_bytes
from httptui.target.listening import run_in_fast_loop
from httptui.target.process import EmbeddedTarget

WRK_PATHS = ("/", "/bytes/65536", "/bytes/1048576")
DELAYS_MS = (0, 5, 50, 200)


async def _wrk(target: EmbeddedTarget, path: str, seconds: int) -> tuple[float, float]:
    """Return requests per second from wrk, and the target's CPU µs per request."""
    before = await target.stats()
    process = await asyncio.create_subprocess_exec(
        "wrk",
        "-t1",
        "-c64",
        f"-d{seconds}s",
        target.base_url() + path,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    after = await target.stats()
    found = re.search(r"Requests/sec:\s*([0-9.]+)", output.decode())
    rate = float(found[1]) if found else 0.0
    requests = max(1, after.requests - before.requests)
    return rate, (after.cpu_seconds - before.cpu_seconds) / requests * 1e6


class _Caller(asyncio.Protocol):
    """One connection that sends a request, waits for `size` bytes of answer, and records the time."""

    def __init__(self, request: bytes, size: int, rounds: int, times: list[float]) -> None:
        self._request, self._size, self._rounds, self._times = request, size, rounds, times
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._left = self._size
        self._sent = time.perf_counter()
        self._transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left > 0:
            return
        self._times.append(time.perf_counter() - self._sent)
        self._rounds -= 1
        if self._rounds:
            self._send()
        else:
            self._transport.close()
            self.done.set_result(None)


async def _delays(target: EmbeddedTarget, delay_ms: int, connections: int, rounds: int) -> list[float]:
    """Return the milliseconds by which each answer exceeded its delay, on connections with staggered starts."""
    times: list[float] = []
    loop = asyncio.get_running_loop()
    request = f"GET /delay/{delay_ms} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    size = len(answer_bytes(ROOT, "GET", "1.1", keep_alive=True))
    callers = []
    for _ in range(connections):
        _, caller = await loop.create_connection(
            lambda: _Caller(request, size, rounds, times), "127.0.0.1", target.ports[0]
        )
        callers.append(caller)
        await asyncio.sleep(delay_ms / 1000 / connections)
    await asyncio.gather(*(caller.done for caller in callers))
    return [seconds * 1000 - delay_ms for seconds in times]


async def _throughput(seconds: int) -> None:
    if shutil.which("wrk") is None:
        print("wrk is not installed: no throughput measured")
        return
    print(f"{'server':14}{'path':18}{'req/s':>10}{'CPU µs/request':>18}")
    for name, tls, http2 in (
        ("HTTP/1.1", False, False),
        ("HTTP/1.1 TLS", True, False),
        ("granian TLS", False, True),
    ):
        target = await EmbeddedTarget.start(tls=tls, http2=http2)
        try:
            for path in WRK_PATHS:
                rate, cpu = await _wrk(target, path, seconds)
                print(f"{name:14}{path:18}{rate:>10,.0f}{cpu:>18.1f}")
        finally:
            await target.stop()


async def _accuracy(connections: int, rounds: int) -> None:
    print(f"\nadded delay in ms at {connections} connections, beyond what was asked")
    print(f"{'asked':>8}{'p50':>10}{'p99':>10}{'max':>10}{'least':>10}")
    target = await EmbeddedTarget.start()
    try:
        for delay_ms in DELAYS_MS:
            extra = await _delays(target, delay_ms, connections, rounds)
            cuts = statistics.quantiles(extra, n=100)
            print(f"{delay_ms:>8}{cuts[49]:>10.2f}{cuts[98]:>10.2f}{max(extra):>10.2f}{min(extra):>10.2f}")
    finally:
        await target.stop()


async def _main(seconds: int, connections: int, rounds: int) -> None:
    await _throughput(seconds)
    await _accuracy(connections, rounds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="of load per row")
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=20, help="requests per connection and delay")
    given = parser.parse_args()
    run_in_fast_loop(_main(given.seconds, given.connections, given.rounds))
