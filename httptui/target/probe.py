"""Do the servers on some ports answer as the target that we started?"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Sequence

import msgspec

from httptui.engines.admission import TOKEN_HEADER
from httptui.errors import TargetError
from httptui.target.stats import stats_from_json

PROBE_SECONDS = 10.0


async def check_nonces(ports: Sequence[int], ca_file: str | None, nonce: str, token: str = "") -> None:
    """Ask `/stats` on each port of 127.0.0.1 once; TargetError where another server, or none, answers."""
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
