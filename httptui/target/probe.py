"""Does the server on a port answer as the target that we started?"""

from __future__ import annotations

import asyncio
import ssl

import msgspec

from httptui.errors import TargetError
from httptui.target.stats import stats_from_json

PROBE_SECONDS = 10.0


async def check_nonce(port: int, ca_file: str | None, nonce: str) -> None:
    """Ask `/stats` on 127.0.0.1 once; TargetError where another server, or none, answers."""
    try:
        data = await asyncio.wait_for(_get_stats(port, ca_file), PROBE_SECONDS)
        found = stats_from_json(data.partition(b"\r\n\r\n")[2]).nonce
    except (OSError, TimeoutError, msgspec.MsgspecError) as error:
        raise TargetError(f"the embedded target does not answer on port {port}: {error}") from None
    if found != nonce:
        raise TargetError(f"another server answers on port {port}; the run would measure the wrong one")


async def _get_stats(port: int, ca_file: str | None) -> bytes:
    context = ssl.create_default_context(cafile=ca_file) if ca_file else None
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        writer.write(f"GET /stats HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
