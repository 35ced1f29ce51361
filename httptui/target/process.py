"""The embedded target as a separate process, started, queried and stopped from an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from httptui.engines.admission import TOKEN_HEADER
from httptui.errors import TargetError
from httptui.own_process import own_command, silence, start_process
from httptui.target.options import TargetStats, stats_from_json

PROBE_SECONDS = 10.0


async def check_nonces(ports: Sequence[int], ca_file: str | None, nonce: str, token: str = "") -> None:
    """Request `/stats` once from each port of 127.0.0.1; TargetError if another server, or none, answers."""
    context = ssl.create_default_context(cafile=ca_file) if ca_file else None
    await asyncio.gather(*(_check_nonce(port, context, nonce, token) for port in ports))


async def _check_nonce(port: int, context: ssl.SSLContext | None, nonce: str, token: str) -> None:
    try:
        data = await asyncio.wait_for(_get_stats(port, context, token), PROBE_SECONDS)
        found = stats_from_json(data.partition(b"\r\n\r\n")[2]).nonce
    except (OSError, TimeoutError, msgspec.MsgspecError) as error:
        raise TargetError(f"the embedded target does not answer on port {port}: {error}") from None
    if found != nonce:
        raise TargetError(f"another server answers on port {port}; the run would measure the wrong one")


async def _get_stats(port: int, context: ssl.SSLContext | None, token: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        known = f"{TOKEN_HEADER}: {token}\r\n" if token else ""
        head = f"GET /stats HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{known}Connection: close\r\n\r\n"
        writer.write(head.encode())
        return await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


START_SECONDS = 30.0
IDLE_SECONDS = 6.0
"""Seconds without any work after which a target that has to answer is given up."""
ANSWER_SECONDS = 5.0
STOP_SECONDS = 2.0
STDERR_KEPT = 4_096
ADDRESS = "127.0.0.1"
NAME = "localhost"
"""Name that every system resolves to the target's address, so that no lookup leaves this machine."""


class Ready(msgspec.Struct, frozen=True):
    """Message of a target once it listens."""

    ports: tuple[int, ...]
    ca_file: str | None
    nonce: str
    pid: int


class _Reply(msgspec.Struct, frozen=True):
    ready: Ready | None = None
    stats: TargetStats | None = None
    error: str | None = None


class EmbeddedTarget:
    """A running target on 127.0.0.1.

    `ports[i]` is the listener of contender `i`, `ca_file` a CA bundle that trusts it, `token` the one that its
    `/stats` requires.
    """

    def __init__(self, process: asyncio.subprocess.Process, encrypted: bool) -> None:
        self._process = process
        self._encrypted = encrypted
        self._turn = asyncio.Lock()
        self._stderr = bytearray()
        self._stderr_reader = asyncio.create_task(self._read_stderr())
        self.ports: tuple[int, ...] = ()
        self.ca_file: str | None = None
        self.token = ""
        self.pid = process.pid

    @classmethod
    async def start(
        cls,
        *,
        tls: bool = False,
        http2: bool = False,
        listeners: int = 1,
        extra: dict[str, Any] | None = None,
    ) -> EmbeddedTarget:
        """Start a target and wait until it answers on every port; TargetError, in one line, if it does not.

        `extra` has further fields of `TargetOptions` (port, latency_ms, jitter_ms, error_rate, seed).
        """
        nonce, token = secrets.token_hex(8), secrets.token_hex(16)
        options = {"tls": tls, "http2": http2, "listeners": listeners, "nonce": nonce, "token": token}
        options |= extra or {}
        try:
            process = await start_process(*own_command("httptui.target"))
        except OSError as error:
            raise TargetError(f"the embedded target cannot be started: {error}") from None
        target = cls(process, tls or http2)
        try:
            await target._begin(options, nonce, token)
        except BaseException:
            await target.stop()
            raise
        return target

    async def _begin(self, options: dict[str, Any], nonce: str, token: str) -> None:
        ready = (await self._ask(options, START_SECONDS)).ready
        if ready is None or ready.nonce != nonce:
            raise TargetError("the embedded target did not say that it is ready")
        self.ports, self.ca_file = ready.ports, ready.ca_file
        self.token = token
        await check_nonces(self.ports, self.ca_file, nonce, token)

    def base_url(self, index: int = 0, *, host: str = ADDRESS) -> str:
        """Return the URL of a listener, without a path; `host` may also be NAME."""
        return f"{'https' if self._encrypted else 'http'}://{host}:{self.ports[index]}"

    async def stats(self) -> TargetStats:
        """Return the target's counts so far; this query is not counted."""
        stats = (await self._ask({"do": "stats"}, ANSWER_SECONDS)).stats
        if stats is None:
            raise TargetError("the embedded target did not report its counts")
        return stats

    async def set(self, **changes: float) -> None:
        """Change `latency_ms`, `jitter_ms` or `error_rate` for every request from now on."""
        await self._ask({"do": "set", **changes}, ANSWER_SECONDS)

    def kill(self) -> None:
        """End the process at once; `stop` removes its files."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def stop(self) -> None:
        """End the process, by force if need be, and remove its files; safe to call twice."""
        process = self._process
        assert process.stdin is not None
        process.stdin.close()
        for step in (None, process.terminate, process.kill):
            if step is not None:
                with contextlib.suppress(ProcessLookupError):
                    step()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
                break
        await self._stderr_reader
        if self.ca_file is not None:
            await asyncio.to_thread(shutil.rmtree, Path(self.ca_file).parent, ignore_errors=True)

    async def _ask(self, order: dict[str, Any], seconds: float) -> _Reply:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        async with self._turn:
            try:
                stdin.write(msgspec.json.encode(order) + b"\n")
                await stdin.drain()
                line = await self._next_line(stdout, seconds)
            except ConnectionError:
                line = b""
        if not line:
            raise TargetError(f"the embedded target ended: {await self._last_words()}")
        try:
            reply = msgspec.json.decode(line, type=_Reply)
        except msgspec.MsgspecError as error:
            raise TargetError(f"the embedded target cannot be understood: {error}") from None
        if reply.error is not None:
            raise TargetError(reply.error)
        return reply

    async def _next_line(self, stdout: asyncio.StreamReader, seconds: float) -> bytes:
        reading = asyncio.create_task(stdout.readline())
        try:
            silent = await silence(reading, self._process.pid, seconds, IDLE_SECONDS)
            if silent is None:
                return reading.result()
        finally:
            reading.cancel()
        # Its next line would answer this question, and a frozen process does not end by itself.
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        raise TargetError(f"the embedded target did not answer within {silent:g} s")

    async def _read_stderr(self) -> None:
        assert self._process.stderr is not None
        while data := await self._process.stderr.read(STDERR_KEPT):
            self._stderr += data
            del self._stderr[:-STDERR_KEPT]

    async def _last_words(self) -> str:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._stderr_reader), STOP_SECONDS)
        lines = bytes(self._stderr).decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"
